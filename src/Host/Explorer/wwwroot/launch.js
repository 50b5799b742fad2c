// A small launch of the kernel: what it is, what it counts, and each of its accesses drawn.

import { ask, element, number, table } from './dom.js';
import { drawGlobal, drawShared } from './access.js';
import { drawGeometry } from './geometry.js';
import { drawRoofline } from './roofline.js';

const widths = [8, 16, 32, 64];

export class Launch {
  /** choose is called with the C# line of what is chosen here. */
  constructor(body, choose) {
    Object.assign(this, { body, choose, warp: 32, site: null, example: 0 });
    this.width = element('select', { id: 'warp', onchange: () => { this.warp = Number(this.width.value); this.load(this.kernel); } }, ...widths.map(lanes => element('option', { value: lanes, text: `${lanes} lanes`, selected: lanes === 32 })));
    this.about = element('p', { class: 'about', 'aria-live': 'polite' });
    this.rest = element('div', { class: 'cards' });
    body.append(element('div', { class: 'toolbar' }, element('label', { for: 'warp', text: 'Warp of' }), this.width, this.about), this.rest);
  }

  async load(kernel) {
    this.kernel = kernel;
    const ticket = this.ticket = {};
    this.about.textContent = 'Running …';
    let answer;
    try {
      answer = await ask('api/launch', { kernel, warp: this.warp });
    } catch (error) {
      answer = { refusal: error.message };
    }
    if (ticket !== this.ticket) return;
    if (!answer.launch) return this.refuse(answer.refusal, answer.geometry);
    this.site = null;
    this.launch = answer.launch;
    this.about.textContent = `${answer.description[0].toUpperCase()}${answer.description.slice(1)}${answer.launches > 1 ? `; the launch that moves most of ${answer.launches}` : ''}.`;
    this.show();
    this.pick(this.siteAt(this.place) ?? answer.launch.sites.find(site => site.examples.length > 0) ?? null, false);
  }

  /** Says why nothing is counted, and what is known all the same. */
  refuse(sentence, geometry) {
    Object.assign(this, { ticket: {}, site: null, launch: null });
    this.about.textContent = sentence;
    this.rest.replaceChildren(...geometry ? [this.plan(geometry)] : []);
  }

  /** A line was chosen elsewhere: its first access is drawn. */
  select(place) {
    this.place = place;
    if (!this.launch) return;
    for (const row of this.rest.querySelectorAll('[data-place]')) row.classList.toggle('hit', place !== '' && row.dataset.place === place);
    const site = this.siteAt(place);
    if (site && site.place !== this.site?.place) this.pick(site, false);
  }

  siteAt(place) {
    return place ? this.launch?.sites.find(site => site.place === place) : null;
  }

  show() {
    this.geometry = element('figure', { class: 'card', 'aria-label': 'Geometry' });
    this.rest.replaceChildren(this.accessCard(), this.geometryCard(), this.counterCard(), this.roofCard(), this.lineCard());
  }

  // ---- One access -------------------------------------------------------------------------------------------------

  accessCard() {
    const { sites } = this.launch;
    this.choice = element('select', { id: 'site', onchange: () => this.pick(sites[this.choice.value], true) },
      ...sites.map((site, i) => element('option', { value: i, text: `${short(site.place)}  ${site.kind} ${site.space === 'shared' ? 'shared ' : ''}${site.memory}` })));
    this.which = element('select', { id: 'example', onchange: () => { this.example = Number(this.which.value); this.draw(); } });
    this.drawing = element('div', { class: 'drawing', tabindex: 0, role: 'region', 'aria-label': 'The access drawn' });
    this.fact = element('p', { id: 'fact', class: 'fact', 'aria-live': 'polite' });
    this.total = element('p', { class: 'muted' });
    return element('section', { class: 'card wide', 'aria-labelledby': 'access-title', id: 'access' },
      element('h3', { id: 'access-title', text: 'An access of a warp' }),
      sites.length === 0 ? element('p', { text: 'This launch touches neither global nor shared memory.' }) : element('div', { class: 'toolbar' },
        element('label', { for: 'site', text: 'Line' }), this.choice, element('label', { for: 'example', text: 'Warp' }), this.which,
        element('button', { type: 'button', class: 'small', text: '◂', 'aria-label': 'The access before', onclick: () => this.step(-1) }),
        element('button', { type: 'button', class: 'small', text: '▸', 'aria-label': 'The next access', onclick: () => this.step(1) })),
      this.fact, this.drawing, this.total);
  }

  pick(site, tell) {
    this.site = site;
    if (!site) return this.draw();
    this.choice.value = this.launch.sites.indexOf(site);
    this.example = 0;
    this.which.replaceChildren(...site.examples.map((example, i) => element('option', { value: i, text: `${example.warp} of group ${example.group.join(', ')}: time ${example.time + 1}` })));
    this.draw();
    if (tell && site.place) this.choose(site.place);
  }

  step(by) {
    const count = this.site.examples.length;
    this.example = (this.example + by + count) % count;
    this.which.value = this.example;
    this.draw();
  }

  draw() {
    const access = this.site?.examples[this.example], { description, picture } = drawGeometry(this.launch, access);
    this.geometry.replaceChildren(element('h3', { text: 'Geometry' }), element('p', { class: 'fact', text: description }), element('div', { class: 'drawing' }, picture),
      element('ul', { class: 'legend' }, element('li', { class: 'legend-used', text: 'lanes of the access above' }), element('li', { class: 'legend-near', text: 'lanes of its warp that are not active' })),
      sharedMemory(this.launch));
    if (!access) return;
    const drawn = this.site.space === 'shared' ? drawShared(this.site, access) : drawGlobal(this.site, access);
    this.fact.textContent = drawn.fact;
    this.fact.dataset.units = drawn.sectors ?? drawn.passes;
    this.fact.dataset.counted = access.units;
    this.drawing.replaceChildren(...drawn.parts);
    const unit = this.site.space === 'shared' ? 'passes' : 'sectors';
    this.total.textContent = `In the whole launch this line's ${this.site.kind}s of ${this.site.memory} are ${number(this.site.requests)} requests and ${number(this.site.units)} ${unit}; ${number(this.site.leastUnits)} would be the fewest.`;
  }

  // ---- The whole launch -------------------------------------------------------------------------------------------

  /** How a kernel is launched that cannot be run here. */
  plan(geometry) {
    const { description, picture } = drawGeometry(geometry);
    return element('figure', { class: 'card', 'aria-label': 'Geometry' }, element('h3', { text: 'Geometry' }), element('p', { class: 'fact', text: `For example ${geometry.description}: ${description}` }),
      element('div', { class: 'drawing' }, picture), sharedMemory(geometry));
  }

  geometryCard() {
    return this.geometry;
  }

  counterCard() {
    const l = this.launch, percent = share => `${number(Math.round(1000 * share) / 10)} %`;
    const rows = [
      ['Loads: sectors, of them needed', l.globalLoads.sectors, percent(l.globalLoads.efficiency)],
      ['Stores: sectors, of them needed', l.globalStores.sectors, percent(l.globalStores.efficiency)],
      ['Atomic operations: sectors', l.globalAtomics.sectors, ''],
      ['Shared memory: passes, of them conflicts', l.sharedLoads.passes + l.sharedStores.passes, number(l.sharedLoads.conflicts + l.sharedStores.conflicts)],
      ['Bytes that must move; that move without caches', l.distinctBytes, number(l.movedBytes)],
      ['Operations; for each byte', l.flops, number(l.arithmeticIntensity)],
      ['Instructions of warps; lanes busy', l.instructions.total, percent(l.laneUtilization)],
      ['Barriers; branches that separate lanes', l.barriers, number(l.divergentBranches)],
    ];
    return element('section', { class: 'card', 'aria-label': 'Counters' }, element('h3', { text: 'Counters' }), table('What the launch counts', ['', 'number', 'and'], rows),
      ...(l.advice.length > 0 ? l.advice : ['Nothing stands out.']).map(sentence => element('p', { class: 'fact', text: sentence })));
  }

  roofCard() {
    const { description, parts, names } = drawRoofline(this.launch);
    return element('section', { class: 'card', 'aria-label': 'Roofline' }, element('h3', { text: 'Roofline' }), element('p', { class: 'fact', text: description }), element('div', { class: 'drawing' }, parts[0]),
      element('ul', { class: 'legend' }, ...names.map((name, i) => element('li', { class: `roof-${i}`, text: name }))), parts[1]);
  }

  lineCard() {
    const lines = [...this.launch.lines].sort((a, b) => a.place.localeCompare(b.place, 'en', { numeric: true })), most = Math.max(...lines.map(line => line.instructions), 1);
    const body = element('tbody', {}, ...lines.map(line => {
      const busy = line.laneInstructions / (line.instructions * this.launch.warpSize), bar = element('div', { class: 'bar-of' }, element('div', { class: 'busy' }));
      bar.style.width = `${100 * line.instructions / most}%`;
      bar.firstChild.style.width = `${100 * busy}%`;
      return element('tr', { 'data-place': line.place },
        element('th', { scope: 'row' }, element('button', { type: 'button', class: 'small mono', text: short(line.place), onclick: () => this.choose(line.place) })),
        element('td', { class: 'number', text: number(line.instructions) }), element('td', { class: 'number', text: `${number(Math.round(1000 * busy) / 10)} %` }),
        element('td', { class: 'number', text: number(line.divergentBranches) }), element('td', { class: 'bar-cell', 'aria-hidden': 'true' }, bar));
    }));
    return element('section', { class: 'card', 'aria-label': 'Lanes by line', id: 'by-line' }, element('h3', { text: 'Lanes by line' }),
      element('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Instructions and busy lanes of each line' },
        element('table', {}, element('caption', { text: 'Instructions of warps by C# line; the strong part of a bar is the share of lanes that are active.' }),
          element('thead', {}, element('tr', {}, ...['line', 'instructions', 'lanes busy', 'separating branches'].map(head => element('th', { scope: 'col', text: head })), element('td', {}))), body)));
  }
}

function sharedMemory({ shared }) {
  return element('p', { class: 'fact', text: shared.length === 0 ? 'No static shared memory.' : `Shared memory of a group: ${shared.map(array => `${array.name}, ${number(array.sizeInBytes)} bytes`).join('; ')}.` });
}

function short(place) {
  return place.slice(place.lastIndexOf('/') + 1) || 'no line';
}
