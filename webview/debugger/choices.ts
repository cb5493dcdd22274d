// What a person has chosen here and a link carries: layer, order and groups, zoom and scroll, the lines and their threshold, and the weights where they are in front.
// Not cursor, units and comparison, which belong to the session.
// Invariant: what is left out is what the page begins with; what there is not here (an order, a lane, a layer, steps or rows beyond the end) is left out.
import type { ChosenThreshold, DebuggerChoices, Given } from '../../protocol/page-choices';
import { derive } from './derive';
import { alikeChoices, usuallyAlike } from './lanes/clusters';
import { isOrder } from './lanes/order';
import type { DebuggerState } from './state';
import { margins, type Threshold, thresholdPlace, thresholdShown } from './threshold';
import { shortest, tallest } from './timeline/layout';
import { layoutOf } from './timeline/layout-of';
import { linesLane } from './view/lines';
import { isQuantity } from './weights/sentences';

const usual = 'similar';

export function choicesOf(state: DebuggerState): DebuggerChoices {
  const { order, view, shown, weights: { of, layer, order: rows }, zoomedRows, laneHeights, linesOf, rowValue, alike, picksCleared } = state;
  const time = timeChoices(state);
  return {
    ...(shown === 'weights' ? { parameters: of, ...(layer === undefined ? {} : { weights: layer }), ...(rows === 'source' ? {} : { weightsRows: rows }) } : {}),
    ...(view === undefined ? {} : { layer: view.cursor.layer }), ...(order === usual ? {} : { order }), ...(alike === usuallyAlike ? {} : { alike }),
    ...(zoomedRows === undefined ? {} : { rows: zoomedRows }), ...(Object.keys(laneHeights).length === 0 ? {} : { heights: laneHeights }),
    ...(linesOf === undefined ? {} : { lines: linesOf }), ...(rowValue === 'extreme' ? {} : { rowValue }), ...(picksCleared ? { noPicks: true } : {}), ...time,
  };
}

/** What depends on what is drawn: the stretch of time in sight, the threshold over it, the groups that there are. */
function timeChoices(state: DebuggerState): DebuggerChoices {
  const derived = derive(state);
  if (!derived) return {};
  const { column, first, visible } = layoutOf(state, derived);
  const found = thresholdShown(derived, state);
  const means = state.meansWanted ?? state.meansOf.map((group) => derived.groups.indexOf(group)).filter((index) => index >= 0);
  return {
    ...(state.columnWidth === undefined ? {} : { column }), ...(visible < derived.view.trace.steps ? { first: first + 1 } : {}), ...(means.length === 0 ? {} : { means }),
    ...(found ? { lines: linesLane(derived, state), threshold: { pass: derived.pass, value: found.value, from: found.from, to: found.to, margin: found.margin, picked: found.picked } } : {}),
  };
}

/** As it is before anybody zoomed. */
export function withoutZoom({ columnWidth: _, ...state }: DebuggerState): DebuggerState {
  return state;
}

export function withChoices(before: DebuggerState, { choices, given }: Given<DebuggerChoices>): DebuggerState {
  const { columnWidth: _, zoomedRows: __, linesOf: ___, threshold: ____, meansWanted: _____, ...state } = before;
  const { layer, order, alike, means, parameters, weights, weightsRows, column, first, rows, heights = {}, lines, rowValue, noPicks } = choices;
  const { view } = state;
  const inView = view !== undefined && layer !== undefined && layer < view.trace.layers.length ? { ...view, cursor: { ...view.cursor, layer } } : view;
  const lanes = inView?.trace.layers[inView.cursor.layer]?.lanes ?? [];
  const has = (name: string): boolean => lanes.some((lane) => lane.name === name);
  const units = lanes.find(({ kind }) => kind === 'state')?.units ?? lanes[0]?.units ?? 0;
  const { layer: shownBefore, ...weightsRest } = state.weights;
  const inFront = parameters !== undefined && isQuantity(parameters);
  const kept = inFront ? (weights === undefined ? {} : { layer: weights }) : shownBefore === undefined ? {} : { layer: shownBefore };
  return {
    ...state, given, ...(inView ? { view: inView } : {}),
    shown: inFront ? 'weights' : 'time',
    weights: { ...weightsRest, ...kept, ...(inFront ? { of: parameters, order: weightsRows === 'lanes' ? ('lanes' as const) : ('source' as const) } : {}) },
    order: order !== undefined && isOrder(order) ? order : usual,
    alike: alikeChoices.find((choice) => choice === alike) ?? usuallyAlike,
    meansOf: [], ...(means === undefined || means.length === 0 ? {} : { meansWanted: means }),
    ...(column === undefined ? {} : { columnWidth: column }), ...(first === undefined ? {} : { first: first - 1 }),
    ...(rows !== undefined && rows.to - rows.from > 1 && rows.to <= units ? { zoomedRows: rows } : {}),
    laneHeights: Object.fromEntries(Object.entries(heights).filter(([name, height]) => has(name) && height >= shortest && height <= tallest)),
    ...(lines !== undefined && has(lines) ? { linesOf: lines } : {}),
    rowValue: rowValue === 'mean' ? 'mean' : 'extreme',
    picksCleared: noPicks === true,
    ...thresholdOf(inView, lines !== undefined && has(lines) ? lines : undefined, choices.threshold),
  };
}

function thresholdOf(view: DebuggerState['view'], lane: string | undefined, chosen: ChosenThreshold | undefined): { readonly threshold?: Threshold } {
  if (!view || lane === undefined || !chosen || chosen.from < 1 || chosen.to < chosen.from || chosen.to > view.trace.steps || !margins.includes(chosen.margin)) return {};
  const { pass, ...where } = chosen;
  return { threshold: { of: thresholdPlace(view.trace.traceId, view.cursor.layer, pass, lane), ...where, byKeys: false } };
}

/** With the groups that a link asks for, once they are made. */
export function withMeans(state: DebuggerState): DebuggerState {
  const { meansWanted, ...rest } = state;
  const derived = meansWanted && derive(state);
  if (!derived || state.arranged?.tree?.order !== derived.order || state.arranged.layer !== derived.layerIndex) return state;
  return { ...rest, meansOf: meansWanted.flatMap((index) => derived.groups[index] ?? []) };
}
