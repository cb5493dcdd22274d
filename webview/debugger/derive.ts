// What the page computes from its state before it draws: the layer at the cursor, its graph, its order, its units' numbers.
// Not drawing and not remembered by views. Expensive parts are kept by what they were computed from.
import type { DebuggerView, Pass } from '../../protocol/debugger-page';
import type { LaneHeader, LayerHeader } from '../../protocol/trace-view';
import { cellGraph } from './cell/fold';
import { keepingGate, type CellGraph } from './cell/graph';
import { type Group, groupsOf, type Tree } from './lanes/clusters';
import { activityOrder, indexOrder, meanOrder, sortedBy, type OrderName } from './lanes/order';
import { type LaneValues, presence } from './lanes/raster';
import { column, firstPicks, halfLives } from './lanes/statistics';
import type { AtCursor } from './sentences';
import { stepKey, type DebuggerState } from './state';

export interface Derived {
  readonly view: DebuggerView;
  readonly layer: LayerHeader;
  readonly layerIndex: number;
  readonly pass: Pass;
  readonly what: 'value' | 'gradient';
  readonly graph: CellGraph;
  /** Units from top to bottom, for lanes of the layer's usual size. */
  readonly order: readonly number[];
  /** Units that act alike, as runs of the order; empty in every other order. */
  readonly groups: readonly Group[];
  /** Places in the order that lanes are zoomed to, without `to`; all of them when left out. */
  readonly zoom?: { readonly from: number; readonly to: number };
  readonly picked: readonly number[];
  readonly lane: (name: string) => LaneValues | undefined;
  /** Value or gradient, by the pass, of a node or an expression at the cursor. */
  readonly at: (text: string) => Float32Array | undefined;
  readonly keeps?: { readonly gate: string; readonly state: string } | undefined;
  readonly header: (name: string) => LaneHeader | undefined;
}

const graphs = new WeakMap<LayerHeader, { readonly graph: CellGraph; readonly keeps: Derived['keeps'] }>();
const orders = new Map<string, readonly number[]>();

/** Kept by the state it was derived from: several views ask for it in one frame. */
const derivations = new WeakMap<DebuggerState, Derived | 'nothing'>();

export function derive(state: DebuggerState): Derived | undefined {
  const known = derivations.get(state) ?? deriveAnew(state) ?? 'nothing';
  derivations.set(state, known);
  return known === 'nothing' ? undefined : known;
}

function deriveAnew(state: DebuggerState): Derived | undefined {
  const { view, lanes } = state;
  const layerIndex = view?.cursor.layer ?? 0;
  const layer = view?.trace.layers[layerIndex];
  if (!view || !layer || !lanes) return undefined;
  const { pass, step } = view.cursor;
  const what = pass === 'forward' ? 'value' : 'gradient';
  const known = graphs.get(layer);
  const graph = known?.graph ?? cellGraph(layer.equations);
  const keeps = known ? known.keeps : keepingGate(layer.equations, graph);
  graphs.set(layer, { graph, keeps });
  const lane = (name: string): LaneValues | undefined => lanes.lane(layerIndex, what, name);
  const order = orderOf(state, view, layer, layerIndex, keeps);
  const { tree } = state.arranged ?? {};
  const groups = state.order === 'groups' && tree?.order === order ? memoGroups(tree, state.alike) : noGroups;
  const stateLane = layer.lanes.filter(({ kind }) => kind === 'state').at(-1)?.name;
  const kept = keeps?.state ?? stateLane;
  const values = kept === undefined ? undefined : lanes.lane(layerIndex, 'value', kept);
  const gate = keeps && lanes.lane(layerIndex, 'value', keeps.gate);
  const complete = values && isComplete(values);
  const tokens = view.trace.reads.kind === 'tokens' ? view.trace.reads.text : undefined;
  const picked =
    view.selection.layer === layerIndex && view.selection.units.length > 0 ? view.selection.units : !state.picksCleared && complete && values ? memoPicks(values, () => firstPicks(values, gate, view.trace.valid, tokens)) : [];
  const here = state.step?.key === stepKey(view) ? state.step.values : undefined;
  const found = new Map<string, Float32Array | undefined>();
  const at = (text: string): Float32Array | undefined => {
    if (!found.has(text)) found.set(text, find(text));
    return found.get(text);
  };
  const find = (text: string): Float32Array | undefined => {
    const isNew = text.endsWith("'");
    const name = isNew ? text.slice(0, -1) : text;
    const header = layer.lanes.find((h) => h.name === name);
    // A bare state name is the value before the step: the one after the step before, where there is one.
    const wanted = header?.kind === 'state' && !isNew ? undefined : header;
    const values = wanted ? lane(name) : undefined;
    if (values?.have[step - 1] === presence.exact) return memoColumn(values, step - 1);
    return here?.get(text);
  };
  return {
    view, layer, layerIndex, pass, what, graph, order, groups, ...(state.zoomedRows && state.zoomedRows.to <= order.length ? { zoom: state.zoomedRows } : {}), picked, lane, at, ...(keeps ? { keeps } : {}),
    header: (name) => layer.lanes.find((h) => h.name === name),
  };
}

const columns = new WeakMap<LaneValues, { readonly step: number; readonly values: Float32Array }>();
/** The same object while the cursor stays: what is counted of a column is counted once. */
function memoColumn(lane: LaneValues, step: number): Float32Array {
  const known = columns.get(lane);
  if (known?.step === step) return known.values;
  const values = column(lane, step);
  columns.set(lane, { step, values });
  return values;
}

const zoomed = new WeakMap<readonly number[], Map<string, readonly number[]>>();

/** Units that a lane of so many shows, from the top; the same object for the same order and zoom. */
export function shownUnits({ order, zoom }: Pick<Derived, 'order' | 'zoom'>, units: number): readonly number[] {
  if (order.length !== units) return indexOrder(units);
  if (!zoom) return order;
  const made = zoomed.get(order) ?? new Map<string, readonly number[]>();
  zoomed.set(order, made);
  const key = `${zoom.from}-${zoom.to}`;
  const part = made.get(key) ?? order.slice(zoom.from, zoom.to);
  made.set(key, part);
  return part;
}

/** Units of a strip of so many, from the left. */
export function stripOrder({ order }: Pick<Derived, 'order'>, units: number): readonly number[] {
  return order.length === units ? order : indexOrder(units);
}

/** Texts to ask the host for: what the cell shows and no lane holds. */
export function missingExpressions({ graph, layer }: Derived): string[] {
  const inLanes = new Set(layer.lanes.map(({ name, kind }) => (kind === 'state' ? `${name}'` : name)));
  const nodes = graph.nodes.map(({ id }) => id).filter((id) => !inLanes.has(id));
  return [...new Set([...nodes, ...graph.edges.flatMap(({ products }) => products)])];
}

/** What to ask the host for about the edges, in the backward pass: those with a matrix product have the product's own gradient. */
export function flowsOfEdges({ graph, pass }: Derived): string[] {
  return pass === 'backward' ? graph.edges.filter(({ products }) => products.length === 0).map(flowName) : [];
}

export const flowName = ({ from, to }: { readonly from: string; readonly to: string }): string => `${from} -> ${to}`;

/** The steps that the layer's walk over time makes before and after the one at the cursor; left out at its ends. */
export function neighbours({ layer, view }: Pick<Derived, 'layer' | 'view'>): { readonly before?: number; readonly after?: number } {
  const { step } = view.cursor;
  const by = layer.reversed ? -1 : 1;
  const within = (t: number): boolean => t >= 1 && t <= view.trace.steps;
  return { ...(within(step - by) ? { before: step - by } : {}), ...(within(step + by) ? { after: step + by } : {}) };
}

export function atCursor(derived: Derived, state: DebuggerState): AtCursor {
  const { view, keeps, layer } = derived;
  const stateName = keeps?.state ?? layer.lanes.find(({ kind }) => kind === 'state')?.name;
  const values = keeps && derived.at(keeps.gate);
  const words = keeps && derived.header(keeps.gate)?.words;
  const before = stateName === undefined ? undefined : derived.at(stateName);
  const after = stateName === undefined ? undefined : derived.at(`${stateName}'`);
  const forward = derived.pass === 'forward';
  return {
    trace: view.trace, cursor: view.cursor,
    ...(keeps && (values || !forward) ? { keeps: { ...keeps, ...(words === undefined ? {} : { words }), values: values ?? new Float32Array(0) } } : {}),
    ...(forward && stateName !== undefined && before && after ? { change: { state: stateName, before, after } } : {}),
    bounded: stateName !== undefined && derived.header(stateName)?.bounds !== undefined,
    ...(state.flow ? { flow: state.flow } : {}),
    ...neighbours(derived),
  };
}

const completed = new WeakSet<LaneValues>();
/** Something of every step has arrived. */
function isComplete(lane: LaneValues): boolean {
  if (!completed.has(lane) && lane.have.every((have) => have !== presence.none)) completed.add(lane);
  return completed.has(lane);
}

const picksOf = new WeakMap<LaneValues, number[]>();
function memoPicks(values: LaneValues, make: () => number[]): number[] {
  const known = picksOf.get(values) ?? make();
  picksOf.set(values, known);
  return known;
}

const noGroups: readonly Group[] = [];
const groupsKnown = new WeakMap<Tree, Map<number, readonly Group[]>>();
/** The same groups for the same tree and cut. */
function memoGroups(tree: Tree, alike: number): readonly Group[] {
  const cuts = groupsKnown.get(tree) ?? new Map<number, readonly Group[]>();
  groupsKnown.set(tree, cuts);
  const groups = cuts.get(alike) ?? groupsOf(tree, alike);
  cuts.set(alike, groups);
  return groups;
}

export interface States {
  readonly units: number;
  readonly headers: readonly LaneHeader[];
  readonly lanes: readonly LaneValues[];
}

/** The states of a layer's usual size, once something of every step of all of them has arrived. */
export function statesOf({ lanes }: DebuggerState, layer: LayerHeader, layerIndex: number): States | undefined {
  const headers = layer.lanes.filter(({ kind }) => kind === 'state');
  const units = headers[0]?.units ?? layer.lanes[0]?.units ?? 0;
  const same = headers.filter((header) => header.units === units);
  const found = same.map(({ name }) => lanes?.lane(layerIndex, 'value', name));
  const complete = found.flatMap((lane) => (lane && isComplete(lane) ? [lane] : []));
  return complete.length > 0 && complete.length === same.length ? { units, headers: same, lanes: complete } : undefined;
}

function orderOf(state: DebuggerState, view: DebuggerView, layer: LayerHeader, layerIndex: number, keeps: Derived['keeps']): readonly number[] {
  const units = layer.lanes.find(({ kind }) => kind === 'state')?.units ?? layer.lanes[0]?.units ?? 0;
  if (state.order === 'index') return indexOrder(units);
  if (state.order === 'similar' || state.order === 'groups') {
    // Until it is made for this trace, the one before stays: rows of a fork or of another sequence do not jump twice.
    const { arranged } = state;
    const made = arranged?.layer === layerIndex ? (state.order === 'similar' ? arranged.similar : arranged.tree?.order) : undefined;
    return made?.length === units ? made : indexOrder(units);
  }
  const states = statesOf(state, layer, layerIndex);
  if (!states) return indexOrder(units);
  const byCursor = state.order === 'cursor' ? `/${view.cursor.step}` : '';
  const key = `${view.trace.traceId}/${layerIndex}/${state.order}${byCursor}`;
  const known = orders.get(key);
  if (known) return known;
  const made = computeOrder(state.order, states, view, keeps && state.lanes?.lane(layerIndex, 'value', keeps.gate));
  if (orders.size > 64) orders.clear();
  orders.set(key, made);
  return made;
}

function computeOrder(order: Exclude<OrderName, 'similar' | 'groups' | 'index'>, { lanes, units }: States, view: DebuggerView, gate: LaneValues | undefined): readonly number[] {
  const { steps, valid } = view.trace;
  const last = lanes.slice(-1).map(({ values }) => values);
  switch (order) {
    case 'mean':
      return meanOrder(last, steps, units);
    case 'halfLife':
      return gate && gate.units === units ? sortedBy(units, byHalfLife(gate, valid)) : indexOrder(units);
    case 'cursor':
      return sortedBy(units, (unit) => last[0]?.[(view.cursor.step - 1) * units + unit] ?? 0);
    case 'activity':
      return activityOrder(last, steps, units);
  }
}

function byHalfLife(gate: LaneValues, valid: Uint8Array): (unit: number) => number {
  const lives = halfLives(gate, valid);
  return (unit) => lives[unit] ?? 0;
}
