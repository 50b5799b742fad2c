// One stage as a list of lines. A line knows its places: the C# lines that it came from ("own") and the calls that led there ("via").

import { element, ask } from './dom.js';
import { colour } from './colours.js';

const chunkLines = 100;     // lines that are laid out and coloured together, when they come into view
const hues = 8;

export class Pane {
  /** stage: id, title, about, variant, variants. on: select(pane, line), hover(pane, line), leave(), close(pane), scroll(pane). */
  constructor(stage, on) {
    Object.assign(this, { stage, on, id: stage.id, variant: stage.variant, current: -1, lines: [], marked: [], hovered: [] });
    this.title = element('h2', { text: stage.title, id: `pane-${this.id}-title` });
    this.choice = stage.variants.length === 0 ? null : element('select', { 'aria-label': stage.id === 'ptx' ? 'Target of PTX' : 'Bits of a vector' },
      ...stage.variants.map(variant => element('option', { value: variant, text: stage.id === 'simd' ? `${variant} bits` : variant })));
    if (this.choice) this.choice.value = this.variant;
    this.copy = element('button', { type: 'button', class: 'small', 'aria-label': `Copy ${stage.title}`, text: 'Copy', onclick: () => this.copyText() });
    this.body = element('div', {
      class: 'lines mono', role: 'listbox', tabindex: 0, 'aria-labelledby': `pane-${this.id}-title`, id: `lines-${this.id}`,
      onkeydown: event => this.key(event), onclick: event => this.click(event), onpointerover: event => this.over(event),
      onpointerleave: () => on.leave(), onscroll: () => on.scroll(this), onfocus: () => this.current < 0 && this.lines.length > 0 && this.go(this.firstLinked()),
    });
    this.element = element('section', { class: 'pane', 'aria-labelledby': `pane-${this.id}-title`, 'data-stage': this.id },
      element('header', {}, this.title, element('span', { class: 'muted count' }), this.choice, this.copy,
        element('button', { type: 'button', class: 'small', 'aria-label': `Hide ${stage.title}`, text: '×', onclick: () => on.close(this) })),
      this.body);
    this.observer = new IntersectionObserver(entries => entries.filter(entry => entry.isIntersecting).forEach(entry => this.colourChunk(entry.target)), { root: this.body, rootMargin: '600px' });
  }

  /** Asks for the text and shows it. */
  async load(kernel) {
    const ticket = this.ticket = {};
    this.body.setAttribute('aria-busy', 'true');
    const answer = this.id === 'source' ? sourceLines(await ask('api/source', { kernel })) : stageLines(await ask('api/stage', { kernel, stage: this.id, variant: this.variant }));
    if (ticket === this.ticket) this.show(answer);
  }

  /** Shows a sentence instead, whatever is still on its way. */
  refuse(refusal) {
    this.ticket = {};
    this.show({ lines: [], refusal });
  }

  show({ lines, refusal }) {
    this.observer.disconnect();
    Object.assign(this, { lines, current: -1, marked: [], hovered: [], own: new Map(), via: new Map() });
    lines.forEach((line, i) => {
      line.own.forEach(place => append(this.own, place, i));
      line.via.forEach(place => append(this.via, place, i));
    });
    const digits = String(lines.reduce((most, line) => Math.max(most, line.number), 0)).length;
    this.body.style.setProperty('--digits', digits);
    const chunks = [];
    for (let start = 0; start < lines.length; start += chunkLines) {
      const chunk = element('div', { role: 'presentation', class: 'chunk', 'data-start': start });
      const count = Math.min(chunkLines, lines.length - start);
      chunk.style.setProperty('--lines', count);
      for (let i = start; i < start + count; i++) chunk.append(this.makeLine(lines[i], i));
      chunks.push(chunk);
      this.observer.observe(chunk);
    }
    this.body.replaceChildren(...(refusal ? [element('p', { class: 'refusal', text: refusal })] : chunks));
    this.body.setAttribute('aria-busy', 'false');
    this.body.removeAttribute('aria-activedescendant');
    this.body.scrollTop = 0;
    this.copy.disabled = lines.length === 0;
    const count = lines.filter(line => !line.isHead).length;
    this.element.querySelector('.count').textContent = refusal ? '' : `${count.toLocaleString('en')} lines`;
  }

  makeLine(line, i) {
    line.code = element('span', { class: 'code', text: line.text });
    line.element = element('div', {
      role: 'option', id: `${this.id}-${i}`, 'aria-selected': 'false', class: line.isHead ? 'line head' : 'line', 'data-line': i,
      'aria-label': line.text.trim() === '' ? 'blank line' : null, 'data-hue': line.own.length > 0 ? hueOf(line.own[0]) : null,
    }, element('span', { class: 'gutter', 'aria-hidden': 'true', text: line.isHead ? '' : line.number }), line.code);
    return line.element;
  }

  colourChunk(chunk) {
    this.observer.unobserve(chunk);
    const start = Number(chunk.dataset.start);
    for (const line of this.lines.slice(start, start + chunkLines))
      if (!line.isHead) colour(line.code, line.text, this.id);
  }

  /** The numbers of the lines that belong to places. */
  linesOf(places, which = this.own) {
    return [...new Set([...places].flatMap(place => which.get(place) ?? []))].sort((a, b) => a - b);
  }

  /** Marks what belongs to places: fully where it came from them, lightly where a call from them led, or where they were called from. */
  mark(own, via, kind) {
    const list = kind === 'hover' ? 'hovered' : 'marked';
    for (const line of this[list]) {
      line.element.classList.remove(kind, `${kind}-via`);
      if (kind === 'hit') line.element.setAttribute('aria-selected', 'false');
    }
    const full = this.linesOf(own), light = this.linesOf([...via], this.own).concat(this.linesOf(own, this.via));
    const marked = new Set();
    full.forEach(i => add(this.lines[i], kind));
    light.forEach(i => !marked.has(this.lines[i]) && add(this.lines[i], `${kind}-via`));
    this[list] = [...marked];
    return { full, light };

    function add(line, name) {
      line.element.classList.add(name);
      if (kind === 'hit' && name === kind) line.element.setAttribute('aria-selected', 'true');
      marked.add(line);
    }
  }

  /** Brings a line into view, a third below the top, unless it is already in view. */
  reveal(i) {
    const line = this.lines[i]?.element;
    if (!line) return;
    const top = line.getBoundingClientRect().top - this.body.getBoundingClientRect().top;
    if (top < 0 || top > this.body.clientHeight - line.offsetHeight) this.scrollTo(this.body.scrollTop + top - this.body.clientHeight / 3);
  }

  scrollTo(top) {
    this.quiet = performance.now() + 300;       // what this scrolls, others do not follow
    this.body.scrollTop = top;
  }

  /** The first line in view that came from somewhere, and how far below the top it is. */
  topLinked() {
    const edge = this.body.getBoundingClientRect().top;
    for (const chunk of this.body.querySelectorAll('.chunk')) {
      if (chunk.getBoundingClientRect().bottom < edge) continue;
      for (const shown of chunk.children) {
        const line = this.lines[shown.dataset.line], top = shown.getBoundingClientRect().top - edge;
        if (top >= 0 && line.own.length > 0) return { line, top };
      }
    }
    return null;
  }

  firstLinked() {
    return Math.max(0, this.lines.findIndex(line => line.own.length > 0));
  }

  /** Makes a line the current one, as the arrow keys do. */
  go(i) {
    this.lines[this.current]?.element.classList.remove('current');
    this.current = Math.min(Math.max(i, 0), this.lines.length - 1);
    const line = this.lines[this.current].element;
    line.classList.add('current');
    this.body.setAttribute('aria-activedescendant', line.id);
    this.reveal(this.current);
    this.on.hover(this, this.lines[this.current]);
  }

  key(event) {
    if (this.lines.length === 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor(this.body.clientHeight / 20) - 1);
    const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -this.lines.length, End: this.lines.length };
    if (event.key in moves) this.go(this.current + moves[event.key]);
    else if (event.key === 'Enter' || event.key === ' ') this.on.select(this, this.lines[this.current]);
    else if (event.key === 'Escape') this.on.select(this, null);
    else return;
    event.preventDefault();
  }

  click(event) {
    const i = event.target.closest('.line')?.dataset.line;
    if (i === undefined || !getSelection().isCollapsed) return;
    this.go(Number(i));
    this.on.select(this, this.lines[i]);
  }

  over(event) {
    const i = event.target.closest('.line')?.dataset.line;
    if (i !== undefined) this.on.hover(this, this.lines[i]);
  }

  async copyText() {
    await navigator.clipboard.writeText(this.lines.map(line => line.text).join('\n') + '\n');
    this.copy.textContent = 'Copied';
    setTimeout(() => { this.copy.textContent = 'Copy'; }, 1500);
  }
}

function append(map, key, value) {
  const list = map.get(key);
  if (list) list.push(value); else map.set(key, [value]);
}

/** Neighbouring lines of a file differ in hue. */
function hueOf(place) {
  return Number(place.slice(place.lastIndexOf(':') + 1)) * 3 % hues;
}

function sourceLines({ sections, refusal }) {
  const lines = [];
  for (const section of sections) {
    lines.push({ text: `${section.method}   ${section.file}`, number: 0, own: [], via: [], isHead: true });
    section.lines.forEach((text, i) => {
      const number = section.firstLine + i;
      lines.push({ text, number, own: [`${section.file}:${number}`], via: [] });
    });
  }
  return { lines, refusal };
}

function stageLines({ lines, places, links, refusal }) {
  return {
    refusal,
    lines: lines.map((text, i) => {
      const calls = links[i].indexOf(-1);
      const own = calls < 0 ? links[i] : links[i].slice(0, calls), via = calls < 0 ? [] : links[i].slice(calls + 1);
      return { text, number: i + 1, own: own.map(link => places[link]), via: via.map(link => places[link]) };
    }),
  };
}
