// The page: which kernel, which stages, which line. The address holds all of it, so that a link leads back here.

import { ask, element } from './dom.js';
import { Pane } from './pane.js';
import { Picker } from './picker.js';
import { divider } from './divider.js';
import { Launch } from './launch.js';
import { Tiles } from './tiles.js';

const sourceStage = { id: 'source', title: 'C#', about: 'The kernel as it is written, then the methods whose code it takes in.', variant: '', variants: [] };
const state = { kernel: '', line: '', shown: [], together: false };
const status = document.getElementById('status');
let panes = [], picker, launch;

start();

async function start() {
  theme();
  try {
    const { kernels, stages } = await ask('api/kernels');
    panes = [sourceStage, ...stages].map(stage => new Pane(stage, { select, hover, leave, close: hide, scroll: follow }));
    panes.forEach(pane => pane.choice?.addEventListener('change', () => change(pane, pane.choice.value)));
    launch = new Launch(document.getElementById('launch-body'), place => select(null, place && { own: [place], via: [] }));
    new Tiles(document.getElementById('tiles-body'));
    picker = new Picker(kernels, name => go({ kernel: name, line: '' }));
    controls();
    addEventListener('hashchange', restore);
    state.shown = usual();
    if (!new URLSearchParams(location.hash.slice(1)).get('kernel')) state.kernel = (kernels.find(kernel => kernel.name === 'RmsNorm.Kernel') ?? kernels[0]).name;
    await restore();
  } catch (error) {
    fail(error);
  }
}

/** As many stages as the window has room for. */
function usual() {
  return innerWidth >= 1500 ? ['source', 'ir', 'simd', 'ptx'] : innerWidth >= 1000 ? ['source', 'ir', 'ptx'] : ['source', 'ir'];
}

async function restore() {
  const address = new URLSearchParams(location.hash.slice(1));
  const kernel = address.get('kernel') || state.kernel, stages = (address.get('stages') || '').split(',').filter(id => panes.some(pane => pane.id === id));
  for (const pane of panes.filter(pane => pane.choice)) {
    const variant = address.get(pane.id);
    if (variant && variant !== pane.variant && pane.stage.variants.includes(variant)) {
      pane.variant = pane.choice.value = variant;
      pane.kernel = '';
    }
  }
  state.shown = stages.length > 0 ? stages : state.shown;
  state.line = address.get('line') || '';
  arrange();
  await show(kernel);
  await mark();
}

/** Changes the address, which shows what it says. */
function go(changes) {
  Object.assign(state, changes);
  const address = new URLSearchParams({ kernel: state.kernel });
  if (state.line) address.set('line', state.line);
  if (String(state.shown) !== String(usual())) address.set('stages', state.shown);
  for (const pane of panes.filter(pane => pane.choice && pane.variant !== pane.stage.variant)) address.set(pane.id, pane.variant);
  const hash = `#${address.toString().replaceAll('%2F', '/').replaceAll('%3A', ':').replaceAll('%2C', ',')}`;
  if (location.hash === hash) return restore();
  if (changes.kernel) location.hash = hash;       // a step back leads to the kernel before
  else {
    history.replaceState(null, '', hash);
    return restore();
  }
}

async function show(kernel) {
  if (!picker.options.some(option => option.kernel === kernel)) return miss(kernel);
  const isNew = kernel !== picker.chosen;
  state.kernel = kernel;
  if (isNew) {
    picker.select(kernel);
    document.getElementById('name').textContent = kernel;
    document.title = `${kernel} · Kernel explorer`;
    document.body.classList.remove('choosing');
    launch.load(kernel);
  }
  const visible = panes.filter(pane => state.shown.includes(pane.id) && pane.kernel !== kernel);
  if (visible.length === 0) return;
  say(`Compiling ${kernel} …`);
  await Promise.all(visible.map(async pane => {
    pane.kernel = kernel;
    try {
      await pane.load(kernel);
    } catch (error) {
      pane.kernel = '';
      pane.refuse(error.message);
      throw error;
    }
  })).catch(fail);
  const source = panes[0];
  document.getElementById('parameters').textContent = picker.options.find(option => option.kernel === kernel)?.title ?? '';
  const linked = new Set(panes.filter(pane => pane !== source && pane.kernel === kernel).flatMap(pane => [...pane.own.keys(), ...pane.via.keys()]));
  for (const line of source.lines) line.element.classList.toggle('unlinked', !line.own.some(place => linked.has(place)));
  if (!status.classList.contains('error')) status.textContent = `${kernel}: choose a line, and the lines that belong to it are marked in every pane.`;
}

/** The address names a kernel that there is not. */
function miss(kernel) {
  const sentence = `There is no kernel '${kernel}' here; choose one from the list.`;
  state.kernel = kernel;
  picker.select(kernel);
  document.getElementById('name').textContent = 'No such kernel';
  document.getElementById('parameters').textContent = '';
  document.title = 'Kernel explorer';
  for (const pane of panes) {
    pane.kernel = '';
    pane.refuse(sentence);
  }
  launch.refuse(sentence);
  fail(new Error(sentence));
}

function change(pane, variant) {
  pane.variant = variant;
  pane.kernel = '';
  go({});
}

// ---- Lines -------------------------------------------------------------------------------------------------------

/** Selects a line, and with it a place: in C# its own; elsewhere that which it came from. */
function select(pane, line) {
  const place = line?.own[0] ?? line?.via[0] ?? '';
  state.from = pane;
  return go({ line: place });
}

async function mark() {
  const own = state.line ? [state.line] : [], counts = [];
  let compiled = 0;
  for (const pane of shownPanes()) {
    const { full, light } = pane.mark(own, [], 'hit');
    const first = full[0] ?? light[0];
    if (first !== undefined && pane !== state.from) pane.reveal(first);
    if (pane.id !== 'source' && pane.id !== 'il') compiled += full.length + light.length;
    if (pane.id !== 'source') counts.push(`${full.length + light.length} of ${pane.stage.title}`);
  }
  launch.select(state.line);
  const source = panes[0], isElsewhere = source.kernel === state.kernel && !source.own.has(state.line);
  if (state.line && !status.classList.contains('error')) say(isElsewhere ? `Line ${state.line} is not among the code of this kernel.` : compiled > 0 || counts.length === 0 ? `Line ${state.line}: ${counts.join(', ')}.`
    : `Line ${state.line}: nothing is left of it after optimising; it is empty, was computed in advance, or became part of another line.`);
  state.from = null;
}

function hover(pane, line) {
  for (const other of shownPanes()) other.mark(line.own, line.via, 'hover');
}

function leave() {
  for (const pane of shownPanes()) pane.mark([], [], 'hover');
}

/** When panes scroll together, the others show what belongs to the top line of the one that is scrolled. */
function follow(pane) {
  if (!state.together || performance.now() < (pane.quiet ?? 0) || pane.waiting) return;
  pane.waiting = true;
  requestAnimationFrame(() => {
    pane.waiting = false;
    const found = pane.topLinked();
    if (!found) return;
    for (const other of shownPanes().filter(other => other !== pane)) {
      const goal = other.linesOf(found.line.own)[0] ?? other.linesOf(found.line.via)[0] ?? other.linesOf(found.line.own, other.via)[0];
      if (goal === undefined) continue;
      const top = other.lines[goal].element.getBoundingClientRect().top - other.body.getBoundingClientRect().top;
      other.scrollTo(other.body.scrollTop + top - found.top);
    }
  });
}

// ---- Panes -------------------------------------------------------------------------------------------------------

function shownPanes() {
  return panes.filter(pane => state.shown.includes(pane.id));
}

function arrange() {
  const shown = shownPanes();
  if (String(shown.map(pane => pane.id)) !== state.arranged) {
    state.arranged = String(shown.map(pane => pane.id));
    document.getElementById('panes').replaceChildren(...shown.flatMap((pane, i) => i === 0 ? [pane.element] : [divider(shown[i - 1], pane), pane.element]));
  }
  for (const button of document.querySelectorAll('#stages [data-stage]')) button.setAttribute('aria-pressed', state.shown.includes(button.dataset.stage));
}

function hide(pane) {
  toggle(pane.id);
  document.querySelector(`#stages [data-stage=${pane.id}]`).focus();
}

function toggle(id) {
  const shown = state.shown.includes(id) ? state.shown.filter(other => other !== id) : [...state.shown, id];
  if (shown.length === 0) return say('One stage stays.');
  go({ shown: panes.map(pane => pane.id).filter(known => shown.includes(known)) });
}

function controls() {
  const buttons = panes.map(pane => element('button', { type: 'button', 'data-stage': pane.id, 'aria-pressed': 'false', title: pane.stage.about, text: pane.stage.title, onclick: () => toggle(pane.id) }));
  const together = element('button', { type: 'button', 'aria-pressed': 'false', id: 'together', text: 'Scroll together', onclick: () => {
    state.together = !state.together;
    together.setAttribute('aria-pressed', state.together);
  } });
  const link = element('button', { type: 'button', id: 'link', text: 'Copy link', onclick: async () => {
    await navigator.clipboard.writeText(location.href);
    say('The link to this view is copied.');
  } });
  const bar = document.getElementById('stages');
  bar.append(...buttons, element('span', { class: 'gap' }), together, link);
  rove(bar);

  const menu = document.getElementById('menu');
  menu.addEventListener('click', () => {
    const narrow = matchMedia('(max-width: 60rem)').matches;
    const open = document.body.classList.toggle(narrow ? 'choosing' : 'alone') === narrow;
    menu.setAttribute('aria-expanded', open);
    if (open) document.getElementById('search').focus();
  });
  document.querySelector('.skip').addEventListener('click', event => {       // the address is the kernel's
    event.preventDefault();
    document.getElementById('code').focus();
  });
  document.getElementById('help').addEventListener('click', () => document.getElementById('keys').showModal());
  addEventListener('keydown', event => {
    if (event.key !== '/' || event.target.matches('input, select, textarea')) return;
    event.preventDefault();
    document.body.classList.remove('alone');
    document.body.classList.add('choosing');
    menu.setAttribute('aria-expanded', true);
    document.getElementById('search').focus();
  });
}

/** One tab stop for a toolbar; arrows move within. */
function rove(bar) {
  const buttons = [...bar.querySelectorAll('button')];
  buttons.forEach((button, i) => { button.tabIndex = i === 0 ? 0 : -1; });
  bar.addEventListener('keydown', event => {
    const at = buttons.indexOf(document.activeElement), moves = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 };
    if (at < 0 || !(event.key in moves)) return;
    event.preventDefault();
    buttons[(moves[event.key] + buttons.length) % buttons.length].focus();
  });
  bar.addEventListener('focusin', event => buttons.forEach(button => { button.tabIndex = button === event.target ? 0 : -1; }));
}

function theme() {
  const button = document.getElementById('theme'), names = ['system', 'light', 'dark'];
  const set = name => {
    document.documentElement.dataset.theme = name;
    button.textContent = `Theme: ${name}`;
    localStorage.setItem('theme', name);
  };
  set(names.includes(localStorage.getItem('theme')) ? localStorage.getItem('theme') : 'system');
  button.addEventListener('click', () => set(names[(names.indexOf(document.documentElement.dataset.theme) + 1) % names.length]));
}

function say(sentence) {
  status.classList.remove('error');
  status.textContent = sentence;
}

function fail(error) {
  status.classList.add('error');
  status.textContent = error.message;
}
