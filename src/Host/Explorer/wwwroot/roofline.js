// The roofline: how many operations a second a GPU can do at most, by the operations for each byte that moves.

import { picture, svg, asTable, number } from './dom.js';

const width = 620, height = 320, left = 62, right = 20, top = 16, bottom = 44;

export function drawRoofline(launch) {
  const intensity = launch.arithmeticIntensity, roofs = launch.roofs;
  const lowest = Math.min(1 / 8, 2 ** Math.floor(Math.log2(intensity || 1) - 1)), highest = Math.max(256, intensity * 2);
  const most = Math.max(...roofs.map(roof => roof.peakFlops)) * 1.5, least = Math.min(...roofs.map(roof => roof.bytesPerSecond)) * lowest;
  const x = value => left + (width - left - right) * Math.log(value / lowest) / Math.log(highest / lowest);
  const y = value => height - bottom - (height - top - bottom) * Math.log(value / least) / Math.log(most / least);
  const parts = [];
  for (let power = Math.ceil(Math.log2(lowest)); 2 ** power <= highest; power += 2) {
    parts.push(svg('line', { x1: x(2 ** power), x2: x(2 ** power), y1: top, y2: height - bottom, class: 'grid' }), svg('text', { x: x(2 ** power), y: height - bottom + 16, 'text-anchor': 'middle', text: power < 0 ? `1/${2 ** -power}` : `${2 ** power}` }));
  }
  for (let power = Math.ceil(Math.log10(least)); 10 ** power <= most; power++)
    parts.push(svg('line', { x1: left, x2: width - right, y1: y(10 ** power), y2: y(10 ** power), class: 'grid' }), svg('text', { x: left - 6, y: y(10 ** power) + 4, 'text-anchor': 'end', text: power >= 12 ? `${10 ** (power - 12)} T` : `${10 ** (power - 9)} G` }));
  roofs.forEach((roof, i) => {
    const ridge = roof.peakFlops / roof.bytesPerSecond;
    parts.push(svg('path', { class: `roof roof-${i}`, d: `M${x(lowest)} ${y(lowest * roof.bytesPerSecond)}L${x(Math.min(ridge, highest))} ${y(Math.min(ridge, highest) * roof.bytesPerSecond)}L${x(highest)} ${y(Math.min(roof.peakFlops, highest * roof.bytesPerSecond))}` }));
    if (intensity > 0) parts.push(svg('circle', { cx: x(intensity), cy: y(Math.min(roof.peakFlops, intensity * roof.bytesPerSecond)), r: 4.5, class: `point roof-${i}` }));
  });
  if (intensity > 0) parts.push(svg('line', { x1: x(intensity), x2: x(intensity), y1: top, y2: height - bottom, class: 'kernel-line' }));
  parts.push(svg('text', { x: (left + width - right) / 2, y: height - 8, 'text-anchor': 'middle', class: 'note', text: 'operations for each byte that must move' }),
    svg('text', { x: 14, y: (height - bottom) / 2, 'text-anchor': 'middle', class: 'note', transform: `rotate(-90 14 ${(height - bottom) / 2})`, text: 'operations a second' }));
  const bound = roofs.filter(roof => roof.isMemoryBound).length;
  const description = intensity > 0
    ? `The kernel does ${number(intensity)} operations for each byte: memory decides on ${bound === roofs.length ? 'all' : bound === 0 ? 'none' : bound} of the ${roofs.length} GPUs.`
    : 'The kernel does no floating-point operations: memory decides everywhere.';
  return {
    description,
    parts: [picture('Roofline', description, width, height, ...parts),
      asTable('The least time of this launch', ['GPU', 'operations/s', 'bytes/s', 'least time', 'bound by'],
        roofs.map(roof => [roof.name, `${number(roof.peakFlops / 1e12)} T`, `${number(roof.bytesPerSecond / 1e9)} G`, time(roof.seconds), roof.isMemoryBound ? 'memory' : 'arithmetic']))],
    names: roofs.map(roof => roof.name),
  };
}

export function time(seconds) {
  return seconds < 1e-6 ? `${number(seconds * 1e9)} ns` : seconds < 1e-3 ? `${number(seconds * 1e6)} µs` : `${number(seconds * 1e3)} ms`;
}
