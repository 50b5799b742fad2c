// The tiles of scores that an attention kernel visits, for a local and a global layer side by side.

import { ask, element, picture, svg, asTable, number } from './dom.js';

const kernels = [
  { name: 'AttentionPrefill', rows: 16, keys: 64, blocks: 1 },
  { name: 'FlashKernels, heads of 64 or 128', rows: 64, keys: 64, blocks: 0 },
  { name: 'FlashKernels, heads of 256', rows: 64, keys: 32, blocks: 0 },
];
const fields = [
  ['tokens', 'New tokens', 768, 1, 8192], ['cached', 'Tokens in the cache', 0, 0, 65536], ['window', 'Sliding window', 256, 1, 65536],
  ['heads', 'Query heads a KV head', 1, 1, 64], ['rows', 'Rows of a tile', 16, 1, 1024], ['keys', 'Keys of a tile', 64, 1, 1024],
];
const side = 420;

export class Tiles {
  constructor(body) {
    this.kernel = element('select', { id: 'tiles-kernel', onchange: () => this.preset() }, ...kernels.map((kernel, i) => element('option', { value: i, text: kernel.name })));
    this.inputs = Object.fromEntries(fields.map(([name, , value, low, high]) => [name, element('input', { id: `tiles-${name}`, type: 'number', value, min: low, max: high, oninput: () => this.draw() })]));
    this.status = element('p', { class: 'status', role: 'status', 'aria-live': 'polite', id: 'tiles-status' });
    this.drawings = element('div', { class: 'cards' });
    body.append(
      element('p', { class: 'fact', text: 'Each row of a picture is a query head of a token, each column a key. A tile is visited if any of its rows sees any of its keys; in a masked tile some do not.' }),
      element('div', { class: 'fields' }, element('div', {}, element('label', { for: 'tiles-kernel', text: 'Kernel' }), this.kernel),
        ...fields.map(([name, label]) => element('div', {}, element('label', { for: `tiles-${name}`, text: label }), this.inputs[name]))),
      this.status, this.drawings);
    this.draw();
  }

  preset() {
    const { rows, keys } = kernels[this.kernel.value];
    [this.inputs.rows.value, this.inputs.keys.value] = [rows, keys];
    this.draw();
  }

  async draw() {
    const ticket = this.ticket = {}, query = Object.fromEntries(fields.map(([name]) => [name, this.inputs[name].value]));
    query.blocks = kernels[this.kernel.value].blocks;
    const wrong = fields.find(([name]) => !this.inputs[name].checkValidity() || this.inputs[name].value === '');
    if (wrong) return this.say(`${wrong[1]}: a whole number from ${wrong[3]} to ${wrong[4]}.`, true);
    try {
      const [local, global] = await Promise.all([ask('api/tiles', query), ask('api/tiles', { ...query, window: 0 })]);
      if (ticket !== this.ticket) return;
      this.drawings.replaceChildren(layer('Local layer', `window of ${query.window}`, local, query), layer('Global layer', 'everything before', global, query));
      const share = Math.round(1000 * local.computed / global.computed) / 10;
      this.say(`The local layer visits ${number(local.visited)} tiles, the global one ${number(global.visited)}, of ${number(local.all)}; it computes ${share} % of the scores.`);
    } catch (error) {
      if (ticket === this.ticket) this.say(error.message, true);
    }
  }

  say(sentence, isError = false) {
    this.status.textContent = sentence;
    this.status.classList.toggle('error', isError);
  }
}

function layer(title, kind, answer, query) {
  const height = Math.max(60, Math.min(side, side * answer.rows / answer.keys / Number(query.heads))), left = 4, top = 18;
  const x = key => left + side * key / answer.keys, y = row => top + height * row / answer.rows;
  const parts = [svg('rect', { x: left, y: top, width: side, height, class: 'untouched' })];
  if (side * query.keys / answer.keys >= 4 && height * query.rows / answer.rows >= 4) {
    for (let key = 0; key < answer.keys; key += Number(query.keys)) parts.push(svg('line', { x1: x(key), x2: x(key), y1: top, y2: top + height, class: 'grid' }));
    for (let row = 0; row < answer.rows; row += Number(query.rows)) parts.push(svg('line', { x1: left, x2: left + side, y1: y(row), y2: y(row), class: 'grid' }));
  }
  for (const tile of answer.tiles) {
    const gap = Math.min(1, height * (tile.to - tile.from) / answer.rows / 8);
    for (const [first, last, isWhole] of tile.visits)
      parts.push(svg('rect', { x: x(first) + gap / 2, y: y(tile.from) + gap / 2, width: Math.max(0.3, x(last + 1) - x(first) - gap), height: Math.max(0.3, y(tile.to) - y(tile.from) - gap), class: isWhole ? 'whole' : 'masked' }));
  }
  parts.push(svg('text', { x: left, y: 12, text: 'key 0' }), svg('text', { x: left + side, y: 12, 'text-anchor': 'end', text: `key ${number(answer.keys - 1)}` }));
  const share = Math.round(1000 * answer.scores / answer.computed) / 10;
  const fact = `${number(answer.visited)} of ${number(answer.all)} tiles are visited, ${number(answer.masked)} of them masked in part, ${number(answer.all - answer.visited)} skipped. ${number(answer.computed)} scores are computed, ${share} % of them count.`;
  return element('figure', { class: 'card', 'aria-label': title, 'data-visited': answer.visited, 'data-all': answer.all, 'data-masked': answer.masked },
    element('h3', { text: `${title}: ${kind}` }), element('p', { class: 'fact', text: fact }),
    element('div', { class: 'drawing' }, picture(`${title}, tiles visited`, fact, side + 8, height + top + 4, ...parts)),
    element('ul', { class: 'legend' }, element('li', { class: 'legend-whole', text: 'visited' }), element('li', { class: 'legend-masked', text: 'visited, masked in part' }), element('li', { class: 'legend-skipped', text: 'skipped' })),
    asTable(`${title}: tiles of keys for each tile of queries`, ['tokens', 'visited', 'masked', 'first key', 'last key'],
      answer.tiles.slice(0, 256).map(tile => [`${tile.firstToken} to ${tile.lastToken}`, tile.visits.length, tile.visits.filter(visit => !visit[2]).length, tile.visits[0][0], tile.visits.at(-1)[1]])));
}
