// Elements of HTML and SVG in one call: tag, attributes (on… are listeners), children.

const svgSpace = 'http://www.w3.org/2000/svg';

export function element(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(svgSpace, tag), attributes, children);
}

function fill(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) made.addEventListener(name.slice(2), value);
    else if (name === 'text') made.textContent = value;
    else made.setAttribute(name, value === true ? '' : value);
  }
  made.append(...children.filter(child => child !== null && child !== undefined));
  return made;
}

/** A picture with a title and a description, which screen readers say instead of its parts. */
export function picture(title, description, width, height, ...children) {
  const id = `picture-${++pictures}`;
  return svg('svg', { viewBox: `0 0 ${width} ${height}`, width, height, role: 'img', 'aria-labelledby': `${id}-title ${id}-desc` },
    svg('title', { id: `${id}-title`, text: title }), svg('desc', { id: `${id}-desc`, text: description }), ...children);
}

let pictures = 0;

/** A table: the text alternative of a picture. Numbers are right-aligned. */
export function table(caption, heads, rows) {
  return element('table', {}, element('caption', { text: caption }),
    element('thead', {}, element('tr', {}, ...heads.map(head => element('th', { scope: 'col', text: head })))),
    element('tbody', {}, ...rows.map(row => element('tr', {}, ...row.map((cell, i) => i === 0
      ? element('th', { scope: 'row', text: cell })
      : element('td', { class: typeof cell === 'number' || /^[\d,.]+( ?%)?$/.test(cell) ? 'number' : null, text: number(cell) }))))));
}

/** The table of a picture, folded away. */
export function asTable(...arguments_) {
  return element('details', { class: 'as-table' }, element('summary', { text: 'As a table' }), element('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': arguments_[0] }, table(...arguments_)));
}

/** A number with thousands divided; anything else as it is. */
export function number(value) {
  return typeof value === 'number' ? value.toLocaleString('en', { maximumFractionDigits: 2 }) : value;
}

/** Asks the server; a refusal is an Error with its sentence. */
export async function ask(path, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  const response = await fetch(given.length ? `${path}?${new URLSearchParams(given)}` : path);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}
