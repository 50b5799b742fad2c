// One access of a warp drawn: lanes above, the sectors of global memory or the banks of shared memory below.

import { element, picture, svg, asTable, number } from './dom.js';

const sector = 32, line = 128, banks = 32;
const width = 960, laneY = 30, laneHeight = 22;

/** What of memory an access touches, in the model of the counters. */
export function sectorsOf(access) {
  const found = new Map();
  access.offsets.forEach((offset, lane) => {
    if (offset === null) return;
    const from = access.alignment + offset, to = from + access.size;
    for (let s = Math.floor(from / sector); s * sector < to; s++) {
      if (!found.has(s)) found.set(s, { index: s, lanes: [], used: new Set() });
      const touched = found.get(s);
      touched.lanes.push(lane);
      for (let byte = Math.max(from, s * sector); byte < Math.min(to, (s + 1) * sector); byte++) touched.used.add(byte - s * sector);
    }
  });
  return [...found.values()].sort((a, b) => a.index - b.index);
}

/** The words that each bank serves, for lanes that are served together; the longest queue is the number of passes. Lanes that read or
 * write the same word are served together, atomic operations one by one. */
export function bankPhases(access, isAtomic) {
  const atOnce = Math.min(banks, banks * 4 / Math.max(4, access.size)), phases = [];
  for (let first = 0; first < access.offsets.length; first += atOnce) {
    const queues = Array.from({ length: banks }, () => new Map());
    for (let lane = first; lane < Math.min(first + atOnce, access.offsets.length); lane++) {
      if (access.offsets[lane] === null) continue;
      for (let word = Math.floor(access.offsets[lane] / 4); word * 4 < access.offsets[lane] + access.size; word++) {
        const queue = queues[word % banks];
        const turn = isAtomic ? `${word} ${lane}` : word;
        queue.set(turn, [...(queue.get(turn) ?? []), lane]);
      }
    }
    const passes = Math.max(...queues.map(queue => queue.size));
    if (passes > 0) phases.push({ first, last: Math.min(first + atOnce, access.offsets.length) - 1, queues, passes });
  }
  return phases;
}

export function drawGlobal(site, access) {
  const sectors = sectorsOf(access), lanes = access.offsets.length, active = access.offsets.filter(offset => offset !== null).length;
  const lines = new Set(sectors.map(touched => Math.floor(touched.index / 4)));
  const used = sectors.reduce((sum, touched) => sum + touched.used.size, 0);
  const fact = `${count(active, 'lane')} ${verb(site, active)} ${access.size} bytes each: ${count(sectors.length, 'sector')} of 32 bytes in ${count(lines.size, 'line')} of 128; ${number(used)} of the ${number(sectors.length * sector)} bytes that move are used (${Math.round(100 * used / (sectors.length * sector))} %).`;

  // Few lines are drawn whole; of many only the sectors that are touched.
  const whole = lines.size <= 8;
  const cells = whole ? [...lines].flatMap(l => [0, 1, 2, 3].map(s => sectors.find(touched => touched.index === l * 4 + s) ?? { index: l * 4 + s, lanes: [], used: new Set() })) : sectors;
  const gaps = cells.filter((cell, i) => i > 0 && Math.floor(cell.index / 4) !== Math.floor(cells[i - 1].index / 4)).length;
  const gap = Math.min(10, width / 4 / Math.max(1, gaps)), cellWidth = Math.min(200, (width - 20 - gap * gaps) / cells.length), cellY = 150, cellHeight = 34;
  let x = (width - cellWidth * cells.length - gap * gaps) / 2;
  const place = new Map(), drawn = [];
  cells.forEach((cell, i) => {
    if (i > 0 && Math.floor(cell.index / 4) !== Math.floor(cells[i - 1].index / 4)) x += gap;
    place.set(cell.index, x);
    drawn.push(svg('rect', { x, y: cellY, width: cellWidth, height: cellHeight, class: cell.lanes.length > 0 ? 'moved' : 'untouched' }));
    for (const [from, to] of runs(cell.used)) drawn.push(svg('rect', { x: x + cellWidth * from / sector, y: cellY, width: cellWidth * (to - from) / sector, height: cellHeight, class: 'used' }));
    drawn.push(svg('rect', { x, y: cellY, width: cellWidth, height: cellHeight, class: 'outline' }));
    const isFirst = i === 0 || Math.floor(cell.index / 4) !== Math.floor(cells[i - 1].index / 4);
    if (isFirst && (whole || cells.length <= 12 || i % Math.ceil(cells.length / 12) === 0))
      drawn.push(svg('text', { x: x > width - 80 ? x + cellWidth : x, y: cellY + cellHeight + 16, 'text-anchor': x > width - 80 ? 'end' : 'start', text: `byte ${number(cell.index * sector - access.alignment)}` }));
    x += cellWidth;
  });
  const rays = access.offsets.map((offset, lane) => {
    if (offset === null) return null;
    const from = access.alignment + offset, first = place.get(Math.floor(from / sector));
    return ray(laneX(lane, lanes), first + cellWidth * ((from % sector) + Math.min(access.size, sector - from % sector) / 2) / sector, cellY, lane);
  });
  const rows = access.offsets.map((offset, lane) => offset === null ? [`lane ${lane}`, 'not active', '', ''] : [`lane ${lane}`, offset, Math.floor((access.alignment + offset) / sector) - Math.floor(access.alignment / sector), Math.floor((access.alignment + offset) / line) - Math.floor(access.alignment / line)]);
  return {
    fact, sectors: sectors.length, lines: lines.size,
    parts: [picture(`Lanes and sectors of ${site.memory}`, fact, width, 210, ...laneRow(access), ...rays, ...drawn),
      legend(['used', 'bytes that are used'], ['moved', 'bytes that move for nothing'], whole ? ['stays', 'sectors that stay where they are'] : null),
      asTable(`Where each lane ${verb(site, 1)}`, ['lane', 'byte', 'sector', 'line'], rows)],
  };
}

export function drawShared(site, access) {
  const lanes = access.offsets.length, active = access.offsets.filter(offset => offset !== null).length, phases = bankPhases(access, site.kind === 'atomic');
  const passes = phases.reduce((sum, phase) => sum + phase.passes, 0), worst = Math.max(...phases.map(phase => phase.passes));
  const fact = `${count(active, 'lane')} ${verb(site, active)} ${access.size} bytes each: ${count(passes, 'pass', 'passes')} over the 32 banks where ${phases.length} would do${worst > 1 ? `; up to ${worst} words wait for the same bank` : '; no bank is asked for two words'}.`;
  const cell = 22, top = 150, step = Math.max(4, Math.min(cell, 220 / worst));
  const drawn = [], rays = [];
  let y = top;
  phases.forEach((phase, p) => {
    if (phases.length > 1) drawn.push(svg('text', { x: 0, y: y - 4, class: 'note', text: `lanes ${phase.first} to ${phase.last}` }));
    phase.queues.forEach((queue, bank) => {
      const x = laneX(bank, banks) - cell / 2;
      drawn.push(svg('rect', { x, y, width: cell, height: step * phase.passes, class: 'untouched' }));
      [...queue.values()].forEach((who, way) => {
        drawn.push(svg('rect', { x: x + 1, y: y + step * way + 1, width: cell - 2, height: Math.max(2, step - 2), class: queue.size > 1 ? 'conflict' : 'used' }));
        if (p === 0) who.forEach(lane => rays.push(ray(laneX(lane, lanes), x + cell / 2, top, lane)));
      });
      if (p === phases.length - 1 && bank % 4 === 0) drawn.push(svg('text', { x: x + cell / 2, y: y + step * phase.passes + 16, 'text-anchor': 'middle', text: `${bank}` }));
    });
    y += step * phase.passes + 24;
  });
  const rows = access.offsets.map((offset, lane) => offset === null ? [`lane ${lane}`, 'not active', ''] : [`lane ${lane}`, offset, Math.floor(offset / 4) % banks]);
  return {
    fact, passes,
    parts: [picture(`Lanes and banks of ${site.memory}`, fact, width, y + 4, ...laneRow(access), ...rays, ...drawn),
      legend(['used', 'a word that a bank serves in one pass'], worst > 1 ? ['conflict', 'words that wait for the same bank'] : null),
      asTable(`Where each lane ${verb(site, 1)}`, ['lane', 'byte', 'bank'], rows)],
  };
}

function legend(...entries) {
  return element('ul', { class: 'legend' }, ...entries.filter(Boolean).map(([kind, words]) => element('li', { class: `legend-${kind}`, text: words })));
}

function laneRow(access) {
  const lanes = access.offsets.length, size = Math.min(22, width / lanes - 2);
  return [svg('text', { x: 0, y: 14, class: 'note', text: 'lanes' }),
    ...access.offsets.flatMap((offset, lane) => [
      svg('rect', { x: laneX(lane, lanes) - size / 2, y: laneY, width: size, height: laneHeight, class: offset === null ? 'idle' : 'lane', 'data-lane': lane }),
      lanes <= 32 ? svg('text', { x: laneX(lane, lanes), y: laneY + 15, 'text-anchor': 'middle', class: offset === null ? 'idle-number' : 'lane-number', text: `${lane}` }) : null,
    ])];
}

function laneX(lane, lanes) {
  return width * (lane + 0.5) / lanes;
}

function ray(fromX, toX, toY, lane) {
  const fromY = laneY + laneHeight, middle = (fromY + toY) / 2;
  return svg('path', { d: `M${fromX.toFixed(1)} ${fromY}C${fromX.toFixed(1)} ${middle} ${toX.toFixed(1)} ${middle} ${toX.toFixed(1)} ${toY}`, class: 'ray', 'data-lane': lane });
}

function runs(bytes) {
  const found = [];
  for (const byte of [...bytes].sort((a, b) => a - b)) {
    if (found.length > 0 && found.at(-1)[1] === byte) found.at(-1)[1]++;
    else found.push([byte, byte + 1]);
  }
  return found;
}

function verb(site, many) {
  const word = { load: 'read', store: 'write', atomic: 'change' }[site.kind];
  return many === 1 ? `${word}s` : word;
}

function count(many, one, more = `${one}s`) {
  return `${number(many)} ${many === 1 ? one : more}`;
}
