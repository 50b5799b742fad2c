// The list of kernels: a combobox over a listbox in groups, one group a family. The text field keeps the focus.

import { element } from './dom.js';

export class Picker {
  constructor(kernels, choose) {
    this.choose = choose;
    this.search = document.getElementById('search');
    this.list = document.getElementById('list');
    this.found = document.getElementById('found');
    this.options = [];
    this.groups = [];
    for (const family of new Set(kernels.map(kernel => kernel.family))) {
      const group = element('div', { role: 'group', 'aria-label': family }, element('p', { class: 'family', 'aria-hidden': 'true', text: family }));
      for (const kernel of kernels.filter(kernel => kernel.family === family)) {
        const name = kernel.name.startsWith(`${family}.`) ? kernel.name.slice(family.length + 1) : kernel.name;
        const option = element('div', { role: 'option', id: `kernel-${this.options.length}`, 'aria-selected': 'false', title: kernel.parameters, 'aria-label': kernel.name, onclick: () => this.pick(option) }, element('span', { text: name }));
        Object.assign(option, { kernel: kernel.name, text: `${family} ${kernel.name} ${kernel.parameters}`.toLowerCase() });
        this.options.push(option);
        group.append(option);
      }
      this.groups.push(group);
    }
    this.list.append(...this.groups);
    this.search.addEventListener('input', () => this.filter());
    this.search.addEventListener('keydown', event => this.key(event));
    this.filter();
  }

  get shown() {
    return this.options.filter(option => !option.hidden);
  }

  filter() {
    const words = this.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const option of this.options) option.hidden = !words.every(word => option.text.includes(word));
    for (const group of this.groups) group.hidden = ![...group.children].some(child => child.role === 'option' && !child.hidden);
    const count = this.shown.length;
    this.found.textContent = count === 0 ? 'No kernel has all of these words.' : `${count} of ${this.options.length} kernels`;
    this.activate(words.length > 0 ? this.shown[0] : this.shown.find(option => option.kernel === this.chosen));
  }

  activate(option) {
    this.active?.classList.remove('active');
    this.active = option;
    option?.classList.add('active');
    if (option) this.search.setAttribute('aria-activedescendant', option.id);
    else this.search.removeAttribute('aria-activedescendant');
    if (option) this.reveal(option);
  }

  /** Scrolls the list only, not the page. */
  reveal(option) {
    const top = option.offsetTop - this.list.offsetTop, bottom = top + option.offsetHeight;
    if (top < this.list.scrollTop || bottom > this.list.scrollTop + this.list.clientHeight) this.list.scrollTop = top - this.list.clientHeight / 3;
  }

  key(event) {
    const shown = this.shown, at = shown.indexOf(this.active);
    if (event.key === 'ArrowDown') this.activate(shown[Math.min(at + 1, shown.length - 1)]);
    else if (event.key === 'ArrowUp') this.activate(shown[Math.max(at - 1, 0)]);
    else if (event.key === 'Enter' && this.active) this.pick(this.active);
    else return;
    event.preventDefault();
  }

  pick(option) {
    this.activate(option);
    this.choose(option.kernel);
  }

  /** Shows which kernel is chosen. */
  select(kernel) {
    this.chosen = kernel;
    for (const option of this.options) option.setAttribute('aria-selected', option.kernel === kernel);
    this.activate(this.options.find(option => option.kernel === kernel && !option.hidden));
  }
}
