// Draws the timeline's SVG: what is recorded part by part, what moves with the cursor, and the cross-hair.
// Not the lanes' cells (lane-cells.ts), nor the marks of predictions, tokens and lines, which have files of their own.
import { select } from 'd3-selection';
import { must } from '../../must';
import { layerOf } from '../../picture/svg-layer';
import { number } from '../../theme/numbers';
import type { Group } from '../lanes/clusters';
import { symbolOf } from '../lanes/broken-cells';
import { countBroken } from '../lanes/statistics';
import { axisSteps, overviewBins, stepX, type TimelineLayout } from '../timeline/layout';
import type { Derived } from '../derive';
import type { DebuggerState } from '../state';
import { lossTop } from '../compare/compared-loss';
import { type Bar, drawBars } from './bars';
import { drawOutputs } from './outputs';
import { drawOrigins, drawPredictions, largestOrigin } from './predictions';
import { drawnLayout, setReach, shiftOf, shownSteps, stageOf } from './stretch';
import { drawTokens } from './tokens';
import { drawLines, drawLinesFrame, drawLineValues } from './lines';

export interface TimelineActions {
  goto(step: number): void;
  pick(unit: number): void;
  unpick(unit: number): void;
  /** Picks its units, or shows them alone when they are too many; its mean joins the lines. `only` leaves the picks as they are. */
  chooseGroup(group: Group, only: boolean): void;
  showLines(lane: string): void;
  showLayer(layer: number): void;
  /** Rows of several units show the most extreme or the mean. */
  rowValue(): void;
}

/** The parts of what is recorded, in the order of painting: each is drawn by itself, so that a frame need not draw them all. */
export const recordedParts = ['losses', 'reads', 'expects', 'courses'] as const;

/**
 * What stays where it is while the cursor moves: losses, tokens, predictions or gradients by origin, masks, lines and the axis.
 * Drawn over a stretch that is longer than what is seen, and shifted (`shiftRecorded`) while time scrolls.
 */
export function drawRecorded(part: (typeof recordedParts)[number], svg: SVGSVGElement, seen: TimelineLayout, derived: Derived, state: DebuggerState): void {
  const layout = drawnLayout(seen, derived);
  const steps = shownSteps(layout);
  const stage = stageOf(svg);
  switch (part) {
    case 'losses':
      select(svg).attr('width', seen.width).attr('height', seen.height);
      drawOverview(svg, seen, derived);
      drawLoss(stage, layout, derived, steps);
      return;
    case 'reads':
      drawTokens(stage, layout, derived, steps);
      return;
    case 'expects':
      drawOutputs(stage, layout, derived, steps);
      if (derived.pass === 'forward') drawPredictions(stage, layout, derived, steps);
      else drawOrigins(stage, layout, state, derived, steps);
      return;
    case 'courses':
      drawMasks(stage, layout, derived, steps);
      drawLines(stage, layout, derived, state);
      drawAxis(stageOf(svg, 'axis'), layout, derived);
  }
}

/** Shifts what was drawn to where it is seen, and draws what stays at the plot's edges. */
export function shiftRecorded(svg: SVGSVGElement, seen: TimelineLayout, derived: Derived, state: DebuggerState, act: TimelineActions): void {
  const shift = shiftOf(seen);
  for (const stage of [stageOf(svg), stageOf(svg, 'axis')]) select(stage).attr('transform', shift);
  const cut = (name: string, beyond: number): unknown => select(svg).select(`#${name} rect`).attr('x', seen.left - beyond).attr('width', seen.plotWidth + 2 * beyond).attr('y', 0).attr('height', seen.height);
  cut('plot-clip', 0);
  // The numbers of the axis may stand over the plot's edge.
  cut('axis-clip', 14);
  const right = seen.left + seen.plotWidth + 6;
  const { mean } = derived.view.trace.loss;
  const edge = layerOf(svg, 'edge');
  edge.selectAll('text.mean').data(derived.view.comparison.compared ? ['', mean] : ['mean', mean]).join('text').attr('class', (m) => `mean tick${typeof m === 'string' || Number.isFinite(m) ? '' : ' broken-word'}`)
    .attr('x', right).attr('y', (_, i) => seen.loss.y + seen.loss.height - 13 + 13 * i).text((m) => (typeof m === 'string' ? m : Number.isFinite(m) ? number(m) : brokenLosses(derived)));
  const top = derived.pass === 'backward' ? largestOrigin(state) : 0;
  edge.selectAll('text.origin').data(top > 0 ? [top] : []).join('text').attr('class', 'origin tick').attr('x', right).attr('y', seen.predictions.y + 12).text((v) => number(v));
  drawLinesFrame(svg, seen, derived, state, act);
}

/** How many losses have no mean, in the little room that a number has. */
function brokenLosses({ view: { trace } }: Derived): string {
  const { loss, valid, predictions } = trace;
  // Without classes, a NaN may be a step that is asked for nothing.
  const { nan, infinite } = countBroken(loss.values.filter((value, t) => valid[t] === 1 && (predictions ? predictions.targetRank[t] !== 0 : !Number.isNaN(value))));
  return nan > 0 ? `${nan} NaN` : infinite > 0 ? `${infinite} inf` : symbolOf(loss.mean);
}

/** What moves with the cursor. Drawn after what is recorded. */
export function drawAtCursor(svg: SVGSVGElement, layout: TimelineLayout, derived: Derived, state: DebuggerState): void {
  const { cursor } = derived.view;
  const drawn = drawnLayout(layout, derived);
  setReach(svg, drawn, cursor);
  coverTicks(svg, layout, cursor.step);
  drawWay(svg, layout, derived, state);
  drawLineValues(svg, layout, derived, state);
  drawPlaceInOverview(svg, layout, derived);
  drawCursor(svg, layout, cursor.step);
}

/** Numbers under the cursor's label would be covered by half, those beyond the plot's edge cut in half: they are hidden. */
export function coverTicks(svg: SVGSVGElement, layout: TimelineLayout, step: number): void {
  layerOf(svg, 'axis').selectAll<SVGTextElement, number>('text').classed('covered', (s) => Math.abs(s - step) * layout.column <= 26 || !stepIsVisible(layout, s));
}

/** A column of the overview for each of so many parts of the sequence: its path is made once and stretched to the plot. */
const overviewColumns = 1024;
const overviews = new WeakMap<Float32Array, string>();

function overviewPath(losses: Float32Array): string {
  const known = overviews.get(losses);
  if (known !== undefined) return known;
  const bins = overviewBins(losses, overviewColumns);
  const top = Math.max(...bins, 0) || 1;
  const made = `M0,1${bins.map((value, i) => `L${i},${(1 - value / top).toFixed(3)}`).join('')}V1Z`;
  overviews.set(losses, made);
  return made;
}

function drawOverview(svg: SVGSVGElement, { overview, left, plotWidth }: TimelineLayout, { view }: Derived): void {
  layerOf(svg, 'overview').selectAll('path').data(overview ? [overview] : []).join('path').attr('d', () => overviewPath(view.trace.loss.values))
    .attr('transform', ({ y, height }) => `translate(${left} ${y}) scale(${plotWidth / overviewColumns} ${height})`);
}

/** What is seen of the whole, and where the cursor stands in it. */
function drawPlaceInOverview(svg: SVGSVGElement, layout: TimelineLayout, { view }: Derived): void {
  const { overview } = layout;
  const { steps } = view.trace;
  const layer = layerOf(svg, 'overview-place');
  const x = (step: number): number => layout.left + (step / steps) * layout.plotWidth;
  layer.selectAll('rect').data(overview ? [overview] : []).join('rect').attr('x', x(layout.first)).attr('width', Math.max(2, x(layout.visible) - layout.left)).attr('y', (b) => b.y - 1).attr('height', (b) => b.height + 2);
  layer.selectAll('line').data(overview ? [overview] : []).join('line').attr('class', 'now').attr('x1', x(view.cursor.step - 0.5)).attr('x2', x(view.cursor.step - 0.5)).attr('y1', (b) => b.y - 2).attr('y2', (b) => b.y + b.height + 2);
}

function drawLoss(svg: SVGGElement, layout: TimelineLayout, { view }: Derived, steps: readonly number[]): void {
  const { values } = view.trace.loss;
  const top = lossTop(view);
  const { y, height } = layout.loss;
  const layer = layerOf(svg, 'loss');
  const width = Math.max(1, layout.column - (layout.column > 5 ? 4 : layout.column > 3 ? 1 : 0));
  const isRight = (step: number): boolean => view.trace.predictions?.targetRank[step - 1] === 1;
  const classed = view.trace.predictions !== undefined;
  drawBars(svg, 'loss', steps.filter((s) => Number.isFinite(values[s - 1])).map((step): Bar => {
    const tall = Math.max(1, ((values[step - 1] ?? 0) / top) * height);
    return { className: classed ? (isRight(step) ? 'right' : 'wrong') : 'plain', x: stepX(layout, step) + (layout.column - width) / 2, width, y: y + height - tall, height: tall };
  }));
  // The largest of the whole sequence, not of what is seen: the label does not jump as time scrolls.
  const own = values.reduce((most, value) => (value < Infinity ? Math.max(most, value) : most), 0);
  const largest = own > 0 && view.trace.steps > 1 ? values.indexOf(own) + 1 : 0;
  const label = number(own);
  const room = Math.ceil((label.length * 6.6 + 8) / layout.column);
  const isFree = (side: -1 | 1): boolean => Array.from({ length: room }, (_, i) => largest + side * (i + 1)).every((s) => s >= 1 && s <= view.trace.steps && !((values[s - 1] ?? 0) > 0.6 * top));
  const side = isFree(1) ? 'start' : isFree(-1) ? 'end' : 'middle';
  layer.selectAll('text.largest').data(largest > layout.first && largest <= layout.first + layout.visible ? [largest] : []).join('text').attr('class', 'largest tick')
    .attr('x', (s) => stepX(layout, s) + { start: layout.column + 3, end: -4, middle: layout.column / 2 }[side]).attr('text-anchor', side).attr('y', side === 'middle' ? y - 1 : y + 7).text(label);
}

export function drawAxis(svg: SVGGElement, layout: TimelineLayout, { view }: Derived): void {
  const ticks = axisSteps(layout, view.trace.steps);
  layerOf(svg, 'axis').selectAll<SVGTextElement, number>('text').data(ticks, (s) => s).join('text').attr('x', (s) => stepX(layout, s) + layout.column / 2).attr('y', layout.axis.y + 14).attr('text-anchor', 'middle').text((s) => s);
}

/** From where the pass began to where it stands. */
export function drawWay(svg: SVGSVGElement, layout: TimelineLayout, { view }: Derived, state: DebuggerState): void {
  const { step, pass } = view.cursor;
  const start = pass === 'forward' ? layout.left : layout.left + layout.plotWidth;
  const end = Math.max(layout.left, Math.min(layout.left + layout.plotWidth, stepX(layout, step) + (pass === 'forward' ? 0 : layout.column)));
  const way = layerOf(svg, 'way');
  const line = layout.axis.y + 21;
  way.selectAll('line').data([0]).join('line').attr('x1', start).attr('x2', end).attr('y1', line).attr('y2', line);
  const length = Math.abs(end - start);
  const count = Math.min(5, Math.floor(length / 40));
  const sign = pass === 'forward' ? 1 : -1;
  const chevrons = Array.from({ length: count }, (_, i) => start + (sign * length * (i + 1)) / (count + 1) + sign * 8);
  way.selectAll('path').data(chevrons).join('path').attr('d', (x) => `M${x - sign * 5},${line - 4}L${x},${line}L${x - sign * 5},${line + 4}`);
  way.classed('still', state.playing === false);
}

function drawMasks(svg: SVGGElement, layout: TimelineLayout, derived: Derived, steps: readonly number[]): void {
  const { valid } = derived.view.trace;
  const runs: { from: number; to: number }[] = [];
  for (const s of steps) {
    if (valid[s - 1] !== 0) continue;
    const last = runs.at(-1);
    if (last && last.to === s - 1) last.to = s;
    else runs.push({ from: s, to: s });
  }
  const blocks = [layout.tokens, ...layout.lanes, ...layout.layers];
  const hatched = blocks.flatMap((block) => runs.map((run) => ({ ...run, y: block.y, height: block.height })));
  layerOf(svg, 'masks').selectAll('rect').data(hatched).join('rect').attr('fill', 'url(#hatch)').attr('x', (m) => stepX(layout, m.from)).attr('width', (m) => (m.to - m.from + 1) * layout.column).attr('y', (m) => m.y).attr('height', (m) => m.height);
}

export function stepIsVisible(layout: TimelineLayout, step: number): boolean {
  return step > layout.first && step <= layout.first + layout.visible;
}

export function drawCursor(svg: SVGSVGElement, layout: TimelineLayout, step: number): void {
  const layer = select(movedCursor(svg, layout, step));
  const seen = stepIsVisible(layout, step) ? [step] : [];
  const x = 0;
  const { y, height } = layout.cursor;
  for (const name of ['halo', 'column']) layer.selectAll(`rect.${name}`).data(seen).join('rect').attr('class', name).attr('x', x - 1).attr('y', y).attr('width', layout.column + 2).attr('height', height);
  const label = String(step);
  const width = Math.max(22, label.length * 8 + 8);
  const middle = x + layout.column / 2;
  layer.selectAll('rect.label').data(seen).join('rect').attr('class', 'label').attr('x', middle - width / 2).attr('y', layout.axis.y + 1).attr('width', width).attr('height', 17).attr('rx', 2);
  layer.selectAll('text').data(seen).join('text').attr('x', middle).attr('y', layout.axis.y + 14).text(label);
}

/** Where cursors were last drawn. */
const cursors = new WeakMap<SVGGElement, { readonly step: number; readonly first: number; readonly column: number; readonly seen: boolean }>();

/** The group that stands at the step's left edge. It glides there (the style sheet says how) when nothing but the step has changed. */
function movedCursor(svg: SVGSVGElement, layout: TimelineLayout, step: number): SVGGElement {
  const { first, column } = layout;
  const along = must(layerOf(svg, 'cursor').attr('transform', `translate(${stepX(layout, 1)} 0)`).node(), 'a group that was just made is there');
  const at = layerOf(along, 'at');
  const before = cursors.get(along);
  const seen = stepIsVisible(layout, step);
  cursors.set(along, { step, first, column, seen });
  at.classed('glides', before !== undefined && before.seen && seen && before.first === first && before.column === column).attr('transform', `translate(${(step - 1) * column} 0)`);
  return must(at.node(), 'a group that was just made is there');
}

/** Apart from the rest: it moves with the pointer. */
export function drawCross(svg: SVGSVGElement, layout: TimelineLayout, { pointing }: DebuggerState): void {
  const layer = layerOf(svg, 'cross-hair');
  const threshold = pointing?.lines === undefined || pointing.from !== undefined ? [] : [pointing.lines];
  const [a, b] = [stepX(layout, Math.min(pointing?.from ?? layout.first + 1, pointing?.step ?? 1)), stepX(layout, (pointing?.from === undefined ? layout.first + layout.visible : Math.max(pointing.from, pointing.step)) + 1)];
  layer.selectAll('line.threshold').data(threshold).join('line').attr('class', 'threshold').attr('x1', a).attr('x2', b).attr('y1', (y) => y).attr('y2', (y) => y);
  // Steps brushed on the axis, to be zoomed to.
  const brushed = pointing?.from !== undefined && pointing.lines === undefined && Math.abs(pointing.from - pointing.step) > 1 ? [layout.axis] : [];
  layer.selectAll('rect.brushed-steps').data(brushed).join('rect').attr('class', 'brushed brushed-steps').attr('x', a).attr('width', Math.max(0, b - a)).attr('y', (d) => d.y).attr('height', (d) => d.height);
  const x = pointing && stepIsVisible(layout, pointing.step) ? [Math.round(stepX(layout, pointing.step) + layout.column / 2) + 0.5] : [];
  const block = pointing?.lane === undefined ? undefined : (layout.lanes.find(({ name }) => name === pointing.lane) ?? [...layout.compared, ...layout.layers].find(({ key }) => key === pointing.lane));
  layer.selectAll('line.vertical').data(x).join('line').attr('class', 'cross vertical').attr('x1', (d) => d).attr('x2', (d) => d).attr('y1', layout.cursor.y).attr('y2', layout.cursor.y + layout.cursor.height);
  const rows = block && pointing?.fromRow !== undefined && pointing.row !== undefined && Math.abs(pointing.row - pointing.fromRow) > 3 ? [{ y: block.y + Math.min(pointing.row, pointing.fromRow), height: Math.abs(pointing.row - pointing.fromRow) }] : [];
  layer.selectAll('rect.brushed-rows').data(rows).join('rect').attr('class', 'brushed brushed-rows').attr('x', layout.left).attr('width', layout.plotWidth).attr('y', (d) => d.y).attr('height', (d) => d.height);
  const row = block && pointing?.row !== undefined ? [pointing.row] : [];
  layer.selectAll('line.horizontal').data(row.map((r) => (block?.y ?? 0) + r)).join('line').attr('class', 'cross horizontal').attr('x1', layout.left).attr('x2', layout.left + layout.plotWidth).attr('y1', (d) => d).attr('y2', (d) => d);
}
