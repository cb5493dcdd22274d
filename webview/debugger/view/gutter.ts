// Draws what stands left of the timeline: names, domains, values at the cursor, chips of picked units and their triangles.
// Not the lanes. A number over values that are not finite is never printed: the gutter says how many there are.
import { number } from '../../theme/numbers';
import { laneDomain } from '../lanes/domain';
import { unitsPerRow } from '../lanes/rows';
import { layerLanes } from '../lanes/layer-lanes';
import { summary } from '../lanes/statistics';
import type { TimelineLayout } from '../timeline/layout';
import { type Derived, shownUnits } from '../derive';
import type { DebuggerState } from '../state';
import { layerOf } from '../../picture/svg-layer';
import { linesLane } from './lines';
import { outputRange } from './outputs';
import type { TimelineActions } from './timeline';

interface Word {
  readonly key: string;
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly className: string;
  readonly title?: string;
  readonly press?: () => void;
}

/** What the words of the gutter say. */
const written = new WeakMap<SVGTextElement, Word>();

export function drawGutter(svg: SVGSVGElement, layout: TimelineLayout, derived: Derived, state: DebuggerState, act: TimelineActions): void {
  const { trace, cursor } = derived.view;
  const backward = cursor.pass === 'backward';
  const words: Word[] = [];
  const say = (key: string, y: number, text: string, className: string, more: Partial<Word> = {}): void => void words.push({ key, x: 12, y, text, className, ...more });
  const narrow = layout.form === 'narrow';
  say('loss', layout.loss.y + 12, 'loss', 'name-word');
  say('loss unit', layout.loss.y + 27, trace.loss.unit, 'note-word');
  if (trace.reads.kind === 'tokens') say('reads', layout.tokens.y + 15, 'reads', 'name-word');
  else {
    // Each in the colour of its curve, as many as there is room for.
    let x = 12;
    trace.reads.names.slice(0, 4).forEach((name, i) => {
      if (x > 12 && x + name.length * 6.6 > layout.left - 4) return;
      say(`reads ${i}`, layout.tokens.y + 15, clip(name, layout.left - x - 4), `name-word feature-word-${i + 1}`, { x });
      x += name.length * 6.6 + 9;
    });
  }
  if (backward) {
    const own = state.flow?.find(({ addedBy }) => addedBy === 'own loss') ?? state.flow?.[0];
    if (own) {
      say('origins', layout.predictions.y + 13, `‖∂L/∂${own.state}‖`, 'name-word');
      say('later', layout.predictions.y + 33, 'later losses', 'note-word legend-later', { x: 26 });
      say('own', layout.predictions.y + 50, own.addedBy, 'note-word legend-own', { x: 26 });
    }
  } else if (trace.predictions) {
    say('predicts', layout.predictions.y + 12, 'predicts', 'name-word');
    if (layout.predictions.shows === 'letters') [trace.predictions.top === 1 ? 'first guess;' : `top ${Math.min(5, trace.predictions.top)} below;`, 'target boxed,', 'else its rank'].forEach((text, i) => say(`predicts ${i}`, layout.predictions.y + 28 + i * 15, text, 'note-word'));
    else ['up: right', 'down: wrong'].forEach((text, i) => say(`predicts ${i}`, layout.predictions.y + 25 + i * 13, text, 'note-word'));
  }
  const range = trace.outputs && !backward ? outputRange(trace.outputs) : undefined;
  if (range) {
    say('outputs', layout.predictions.y + 14, 'output', 'name-word feature-word-1');
    say('outputs target', layout.predictions.y + 29, '- - target', 'note-word');
    const right = { x: layout.left + layout.plotWidth + 6 };
    say('outputs high', layout.predictions.y + 12, number(range.high), 'tick', right);
    if (range.low !== range.high) say('outputs low', layout.predictions.y + layout.predictions.height - 3, number(range.low), 'tick', right);
  }
  say('axis', layout.axis.y + 14, narrow ? 'step t' : 'time step t', 'note-word');
  if (layout.profile) say('profile', layout.axis.y + 14, `${cursor.step > 99 ? '' : 'at '}t = ${cursor.step}`, 'note-word', { x: layout.profile.x });
  for (const block of layout.lanes) {
    const header = derived.header(block.name);
    if (!header) continue;
    const domain = laneDomain(header, derived.pass);
    const shown = header.kind === 'state' && !backward ? `${block.name}'` : backward ? `∂L/∂${block.name}` : block.name;
    say(`${block.name} name`, block.y + 11, shown, 'lane-name', { press: () => act.showLines(block.name), title: `Show lines of ${block.name}` });
    // Beneath the name where there is room for four lines: beside it they would reach under the triangles of picked units.
    const below = backward || block.height >= 56;
    // Four lines do not fit beside a lane of a narrow page, nor do words beside the names of groups.
    const worded = header.words !== undefined && !(narrow && (backward || derived.groups.length > 0));
    if (worded) {
      const x = below ? 12 : 12 + shown.length * 8 + 5;
      say(`${block.name} words`, block.y + (below ? 25 : 11), clip(header.words ?? '', layout.left - (derived.groups.length > 0 ? 90 : 10) - x, narrow ? 5.2 : 5.75), 'note-word', { x, ...(header.words === undefined ? {} : { title: header.words }) });
    }
    const values = derived.lane(block.name)?.have[cursor.step - 1] ? derived.at(header.kind === 'state' ? `${block.name}'` : block.name) : undefined;
    const numbers = values ? summary(values) : {};
    const { broken } = numbers;
    const isGate = domain.palette === 'gate';
    const value = isGate ? numbers.mean : numbers.norm;
    const first = worded && below ? 38 : 26;
    const tight = first + 14 > block.height + 4;
    if (!tight) say(`${block.name} domain`, block.y + first, domain.words, 'note-word');
    const label = broken ?? (value === undefined ? '' : isGate ? `mean ${number(value)}` : `‖${backward ? '·' : shown}‖ ${number(value)}`);
    say(`${block.name} value`, block.y + (tight ? first : first + 14), label, broken ? 'value-word broken-word' : 'value-word', broken ? { press: () => header.nonFinite && act.goto(header.nonFinite.step), title: 'Go to the first' } : {});
    const per = unitsPerRow(shownUnits(derived, header.units).length, block.height, state.scale);
    const rows = { press: act.rowValue, title: `Show the ${state.rowValue === 'extreme' ? 'mean' : 'most extreme'} of each row’s units` };
    if (per > 1 && block.height >= 84) {
      say(`${block.name} group`, block.y + block.height - 15, `${per} units a row,`, 'note-word', rows);
      say(`${block.name} shows`, block.y + block.height - 2, state.rowValue === 'extreme' ? 'most extreme' : 'their mean', 'note-word', rows);
    } else if (per > 1 && block.height >= 56) say(`${block.name} group`, block.y + block.height - 2, `${per} a row, ${state.rowValue}`, 'note-word', rows);
  }
  for (const { key, layer, name, header } of layerLanes(derived, state.lanes)) {
    const block = layout.layers.find((each) => each.key === key);
    if (!block) continue;
    say(key, block.y + 12, `${name} ${backward ? `∂L/∂${header.name}` : `${header.name}'`}`, 'layer-name', { press: () => act.showLayer(layer), title: `Show layer ${name}` });
    say(`${key} domain`, block.y + 25, laneDomain(header, derived.pass).words, 'note-word');
  }
  const lines = linesLane(derived, state);
  const few = trace.steps < 2 ? ['a line needs', 'two steps'] : derived.picked.length === 0 && state.meansOf.length === 0 ? ['click a row', 'to see its line'] : [];
  few.forEach((text, i) => say(`lines ${i}`, layout.lines.y + 26 + i * 14, text, 'note-word'));
  say('lines', layout.lines.y + 11, backward ? `∂L/∂${lines}` : derived.header(lines)?.kind === 'state' ? `${lines}'` : lines, 'lane-name');
  layerOf(svg, 'gutter').selectAll<SVGTextElement, Word>('text').data(words, (word) => word.key).join((enter) => enter.append('text').on('click', (_, word) => word.press?.())).each(function (word) {
    const className = `${word.className}${word.press ? ' press' : ''}`;
    const was = written.get(this);
    written.set(this, { ...word, className });
    // A step changes a few of them: the document is not asked about the others.
    if (was?.className !== className) this.setAttribute('class', className);
    if (was?.x !== word.x) this.setAttribute('x', String(word.x));
    if (was?.y !== word.y) this.setAttribute('y', String(word.y));
    if (was?.text !== word.text) this.textContent = word.text;
  });
  layerOf(svg, 'legend-marks').selectAll('rect').data(backward && state.flow ? ['later', 'own'] : []).join('rect').attr('class', String).attr('x', 12).attr('width', 9).attr('height', 9).attr('y', (_, i) => layout.predictions.y + 25 + i * 17);
}

/** The picked units: a chip each beside the lines, and a triangle at their row in every lane. */
export function drawPicks(svg: SVGSVGElement, layout: TimelineLayout, derived: Derived, act: TimelineActions): void {
  drawChips(svg, layout, derived, act);
  drawTriangles(svg, layout, derived);
}

/** What fits into so many pixels, by the letters' usual width. */
function clip(text: string, width: number, letter = 5.75): string {
  const letters = Math.max(2, Math.floor(width / letter));
  return text.length <= letters ? text : `${text.slice(0, letters - 1)}…`;
}

function drawChips(svg: SVGSVGElement, layout: TimelineLayout, derived: Derived, act: TimelineActions): void {
  const chips = derived.picked.slice(0, 8).map((unit, i) => ({ unit, i, y: layout.lines.y + 17 + i * 17 }));
  const layer = layerOf(svg, 'chips');
  const groups = layer.selectAll<SVGGElement, (typeof chips)[number]>('g').data(chips, (chip) => chip.unit).join((enter) => {
    const g = enter.append('g').attr('role', 'button').attr('tabindex', 0);
    g.append('rect');
    g.append('text');
    return g;
  });
  groups.attr('class', (chip) => `chip picked-${(chip.i % 3) + 1}`).attr('transform', (chip) => `translate(12, ${chip.y})`).attr('aria-label', (chip) => `u${chip.unit} ×, remove`)
    .on('click', (_, chip) => act.unpick(chip.unit)).on('keydown', (event: KeyboardEvent, chip) => (event.key === 'Enter' || event.key === ' ' ? act.unpick(chip.unit) : undefined));
  groups.select('rect').attr('width', (chip) => 25 + 6 * String(chip.unit).length).attr('height', 14).attr('rx', 3);
  groups.select('text').attr('x', 4).attr('y', 11).text((chip) => `u${chip.unit} ×`);
}

function drawTriangles(svg: SVGSVGElement, layout: TimelineLayout, derived: Derived): void {
  const marks = layout.lanes.flatMap((block) => {
    const units = derived.header(block.name)?.units ?? 0;
    return derived.picked.slice(0, 8).flatMap((unit, i) => {
      const shown = shownUnits(derived, units);
      const row = shown.indexOf(unit);
      return row < 0 ? [] : [{ key: `${block.name}/${unit}`, i, y: block.y + ((row + 0.5) / shown.length) * block.height }];
    });
  });
  const x = layout.left - 9;
  layerOf(svg, 'triangles').selectAll<SVGPathElement, (typeof marks)[number]>('path').data(marks, (mark) => mark.key).join('path')
    .attr('class', (mark) => `picked-${(mark.i % 3) + 1}`).attr('d', (mark) => `M${x},${mark.y - 3}L${x + 6},${mark.y}L${x},${mark.y + 3}Z`);
}
