// A divider between two panes: dragged, or moved with the arrow keys.

import { element } from './dom.js';

const least = 10, step = 4;     // per cent of the two panes together

export function divider(before, after) {
  const bar = element('div', { class: 'divider', role: 'separator', tabindex: 0, 'aria-orientation': 'vertical', 'aria-valuemin': least, 'aria-valuemax': 100 - least, 'aria-label': `Width of ${before.title.textContent}` });
  const share = () => {
    const left = before.element.offsetWidth, right = after.element.offsetWidth;
    return left + right > 0 ? 100 * left / (left + right) : 50;
  };
  const set = percent => {
    const total = grow(before) + grow(after), value = Math.min(Math.max(percent, least), 100 - least);
    before.element.style.flexGrow = total * value / 100;
    after.element.style.flexGrow = total * (100 - value) / 100;
    bar.setAttribute('aria-valuenow', Math.round(value));
  };
  bar.setAttribute('aria-valuenow', 50);
  bar.addEventListener('keydown', event => {
    const moves = { ArrowLeft: -step, ArrowRight: step };
    if (!(event.key in moves)) return;
    set(share() + moves[event.key]);
    event.preventDefault();
  });
  bar.addEventListener('pointerdown', event => {
    bar.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  bar.addEventListener('pointermove', event => {
    if (!bar.hasPointerCapture(event.pointerId)) return;
    const left = before.element.getBoundingClientRect().left, right = after.element.getBoundingClientRect().right;
    set(100 * (event.clientX - left) / (right - left));
  });
  return bar;
}

function grow(pane) {
  return Number(pane.element.style.flexGrow || 1);
}
