// Draws what is not finite as symbols over what is recorded: in the cells of lanes, in the losses, the guesses, the features, the lines, the profile.
// Not which cells have one (../lanes/broken-cells.ts), nor how many there are in words (gutter.ts). Red letters, never faded.
// Invariant: a step of which something shown is not finite has a mark in the picture that shows it; masked steps have none.
import { type BrokenCells, brokenCells, holdsSymbols, symbolOf } from '../lanes/broken-cells';
import { presence } from '../lanes/raster';
import { rowValue } from '../lanes/rows';
import { layerOf } from '../../picture/svg-layer';
import { type Block, stepX, type TimelineLayout } from '../timeline/layout';
import type { Derived } from '../derive';
import type { DebuggerState } from '../state';
import { laneRows, lanesShown } from './lane-cells';
import { linesLane } from './lines';
import { drawnLayout, shownSteps, stageOf } from './stretch';

interface Sign {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

/** The symbols that shift with time. Apart from what is recorded: they follow the order of the rows, too. */
export function drawSymbols(svg: SVGSVGElement, seen: TimelineLayout, derived: Derived, state: DebuggerState): void {
  const layout = drawnLayout(seen, derived);
  const lanes = lanesShown(layout, derived, state).map(({ lane, rows, block }) => brokenCells(lane, derived.view.trace.valid, block, layout, rows));
  const signs = [...lanes.flatMap(({ signs: inLane }) => inLane), ...lossSigns(layout, derived), ...guessSigns(layout, derived), ...featureSigns(layout, derived), ...lineSigns(layout, derived, state)];
  writeSigns(stageOf(svg), 'symbols', { signs, ticks: lanes.flatMap(({ ticks }) => ticks) }, layout.column);
}

/** In the rows of the profile, beside the lanes whose rows hold symbols. */
export function drawProfileSymbols(svg: SVGSVGElement, layout: TimelineLayout, derived: Derived, state: DebuggerState): void {
  const { profile } = layout;
  const { step } = derived.view.cursor;
  const shown = profile && derived.view.trace.valid[step - 1] === 1 ? layout.lanes : [];
  const signs = shown.flatMap(({ name, y, height }): Sign[] => {
    const values = derived.at(derived.header(name)?.kind === 'state' ? `${name}'` : name);
    const rows = values ? laneRows(derived, values.length, height, state.scale) : [];
    if (!profile || !values || !holdsSymbols(rows.length, height, profile.width)) return [];
    return rows.flatMap((members, row) => {
      const value = rowValue(values, 0, members, 'extreme');
      return Number.isFinite(value) ? [] : [{ x: profile.x + profile.width / 2, y: y + ((row + 0.5) / rows.length) * height + 4, text: symbolOf(value) }];
    });
  });
  writeSigns(svg, 'profile-symbols', { signs, ticks: [] }, layout.column);
}

/** @param column width of a tick. */
export function writeSigns(stage: SVGGElement | SVGSVGElement, name: string, { signs, ticks }: BrokenCells, column: number): void {
  const layer = layerOf(stage, name);
  layer.selectAll('text').data(signs).join('text').attr('class', 'broken').attr('x', ({ x }) => x).attr('y', ({ y }) => y).text(({ text }) => text);
  layer.selectAll('rect').data(ticks).join('rect').attr('x', ({ x }) => x).attr('y', ({ y }) => y).attr('width', column).attr('height', 3);
}

const middleOf = (layout: TimelineLayout, step: number): number => stepX(layout, step) + layout.column / 2;

function brokenSteps(layout: TimelineLayout, { view }: Derived, valueAt: (step: number) => number | undefined, y: number): Sign[] {
  return shownSteps(layout).flatMap((step) => {
    const value = view.trace.valid[step - 1] === 1 ? valueAt(step) : undefined;
    return value === undefined || Number.isFinite(value) ? [] : [{ x: middleOf(layout, step), y, text: symbolOf(value) }];
  });
}

/** A step that is asked for nothing has NaN for a loss: only targets of classes tell which steps those are. */
function lossSigns(layout: TimelineLayout, derived: Derived): Sign[] {
  const { loss, predictions } = derived.view.trace;
  const isAsked = (step: number): boolean => (predictions ? predictions.targetRank[step - 1] !== 0 : !Number.isNaN(loss.values[step - 1]));
  return brokenSteps(layout, derived, (step) => (isAsked(step) ? loss.values[step - 1] : undefined), layout.loss.y + layout.loss.height - 2);
}

function guessSigns(layout: TimelineLayout, derived: Derived): Sign[] {
  const { predictions } = derived.view.trace;
  return derived.pass === 'backward' || !predictions ? [] : brokenSteps(layout, derived, (step) => predictions.probability[(step - 1) * predictions.top], layout.predictions.y + 12);
}

/** What the step reads, when it is numbers: the first of the shown features that is not finite. */
function featureSigns(layout: TimelineLayout, derived: Derived): Sign[] {
  const { reads } = derived.view.trace;
  if (reads.kind !== 'numeric') return [];
  const { names, values } = reads;
  return brokenSteps(layout, derived, (step) => names.slice(0, 4).map((_, f) => values[(step - 1) * names.length + f] ?? 0).find((value) => !Number.isFinite(value)), layout.tokens.y + 14);
}

/** Where the line of a picked unit is broken, a symbol of each kind at the top of the lines. */
function lineSigns(layout: TimelineLayout, derived: Derived, state: DebuggerState): Sign[] {
  const lane = derived.lane(linesLane(derived, state));
  const { y }: Block = layout.lines;
  if (!lane) return [];
  const units = derived.picked.filter((unit) => unit < lane.units).slice(0, 8);
  return shownSteps(layout).flatMap((step) => {
    if (derived.view.trace.valid[step - 1] !== 1 || lane.have[step - 1] !== presence.exact) return [];
    const kinds = new Set(units.map((unit) => lane.values[(step - 1) * lane.units + unit] ?? 0).filter((value) => !Number.isFinite(value)).map(symbolOf));
    return [...kinds].map((text, i) => ({ x: middleOf(layout, step), y: y + 12 + 12 * i, text }));
  });
}
