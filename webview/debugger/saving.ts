// What can be saved of the debugger page: the timeline whole or one of its parts, the block beside it, the cell, and the equations; each as a picture and as numbers.
// Not the menu and not the files (../export). Numbers are those of the trace: what of a long one is not here yet is fetched first.
// Invariant: a part's table holds the numbers of what the part shows, for every step of the sequence, seen or not.
import type { Table } from '../export/csv';
import type { Strip } from '../export/read-picture';
import type { Saveable } from '../export/save-menu';
import { comparedLanes, comparedName } from './compare/compared-lanes';
import type { Derived } from './derive';
import type { LaneStore } from './lane-store';
import { layerLanes } from './lanes/layer-lanes';
import type { DebuggerState } from './state';
import { type ComparedColumns, cellTable, equationsTable, type EquationValues, flowTable, type NamedLane, nextTable, type StepColumn, timelineTable } from './tables';
import type { Block, TimelineLayout } from './timeline/layout';
import type { LaneValues } from './lanes/raster';
import { column } from './lanes/statistics';
import { linesLane } from './view/lines';

/** Fetches what of some lanes is not here as recorded. */
export type FetchWhole = (lanes: LaneStore, layer: number, what: Derived['what'], names: readonly string[]) => Promise<void>;

interface LaneOf {
  readonly store: LaneStore;
  readonly layer: number;
  readonly lane: string;
  readonly name: string;
  readonly units?: readonly number[];
}

interface Part {
  readonly name: string;
  readonly strips: readonly Strip[];
  readonly lanes: readonly LaneOf[];
  readonly others: readonly LaneOf[];
}

/** Ticks stand a little over a lane's upper edge; beneath another lane there is no room for them. */
const around = ({ y, height }: Block, above = 4): Strip => ({ y: y - above, height: height + above });

/** What can be saved by itself, in the order of the page. */
export function timelineParts(derived: Derived, state: DebuggerState, layout: TimelineLayout): readonly Part[] {
  const { layer, layerIndex, picked } = derived;
  const { lanes: store, compared } = state;
  if (!store) return [];
  const after = (name: string): string => (derived.header(name)?.kind === 'state' ? `${name}'` : name);
  const gradient = (name: string): string => (derived.pass === 'backward' ? `∂L/∂${name}` : after(name));
  // A step is told by what it reads and by its number.
  const scale = [around(layout.tokens), { y: layout.axis.y, height: layout.axis.height + 4 }];
  const own = (lane: string, units?: readonly number[]): LaneOf => ({ store, layer: layerIndex, lane, name: after(lane), ...(units ? { units } : {}) });
  const head = { y: layout.loss.y - 14, height: layout.axis.y + layout.axis.height - layout.loss.y + 18 };
  const line = linesLane(derived, state);
  const lanes = layout.lanes.map((block): Part & Block => ({ ...block, name: gradient(block.name), strips: [...scale, around(block)], lanes: [own(block.name)], others: [] }));
  const lines: Part & Block = { ...layout.lines, name: `units of ${gradient(line)}`, strips: [...scale, around(layout.lines)], lanes: [own(line, picked)], others: [] };
  const beside = comparedLanes(derived, state).flatMap((other): readonly (Part & Block)[] => {
    const block = layout.compared.find(({ key }) => key === other.key);
    if (!block || !compared) return [];
    const of = other.kind === 'difference' ? { store: compared.difference, layer: layerIndex } : { store: compared.other, layer: compared.run.layers[layerIndex]?.other ?? 0 };
    const name = comparedName(other, derived.pass, compared.run.label);
    return [{ ...block, name, strips: [...scale, around(block, 0)], lanes: [], others: [{ ...of, lane: other.name, name }] }];
  });
  const small = layerLanes(derived, store).flatMap((thin): readonly (Part & Block)[] => {
    const block = layout.layers.find(({ key }) => key === thin.key);
    const shown = `${thin.name} ${thin.header.name}`;
    return block ? [{ ...block, name: derived.pass === 'backward' ? `${thin.name} ∂L/∂${thin.header.name}` : `${shown}'`, strips: [...scale, around(block)], lanes: [{ store, layer: thin.layer, lane: thin.header.name, name: derived.pass === 'backward' ? shown : `${shown}'` }], others: [] }] : [];
  });
  const upper: Part = { name: derived.pass === 'backward' ? 'losses and gradients by origin' : layer.lanes.length > 0 && derived.view.trace.predictions ? 'losses and predictions' : 'losses', strips: [head], lanes: [], others: [] };
  return [upper, ...[...lanes, ...(picked.length > 0 ? [lines] : []), ...beside, ...small].sort((a, b) => a.y - b.y).map(({ name, strips, lanes: of, others }) => ({ name, strips, lanes: of, others }))];
}

export function saveTimeline(derived: Derived, state: DebuggerState, layout: TimelineLayout, plots: readonly HTMLElement[], chosen: string | undefined, fetch: FetchWhole): Saveable {
  const { view: { trace }, layer, what } = derived;
  const parts = timelineParts(derived, state, layout);
  const part = parts.find(({ name }) => name === chosen);
  // The lines' units are in their lanes already.
  const whole = { lanes: parts.flatMap(({ lanes }) => lanes.filter(({ units }) => units === undefined)), others: parts.flatMap(({ others }) => others) };
  const { lanes, others } = part ?? whole;
  const run = state.compared?.run;
  // A part that shows nothing of the other says nothing of it; the name of a difference does already.
  const beside = run && (part === undefined || part.lanes.length + part.others.length === 0) ? `, compared with ${run.label}` : '';
  const table = async (): Promise<Table> => {
    const mine = await allOf(lanes, what, fetch);
    const theirs = await allOf(others, what, fetch);
    const compared: ComparedColumns | undefined = run && { label: run.label, loss: run.trace.loss.values, lanes: theirs };
    return timelineTable(trace, mine, what, compared, origins(derived, state));
  };
  return {
    name: `${trace.model} ${layer.name} ${part?.name ?? 'timeline'}`, table,
    picture: { title: `${trace.model}: ${layer.name}, ${part?.name ?? `${what}s over time`}${beside}`, plots, ...(part ? { strips: part.strips } : {}) },
  };
}

async function allOf(lanes: readonly LaneOf[], what: Derived['what'], fetch: FetchWhole): Promise<readonly NamedLane[]> {
  const found: NamedLane[] = [];
  for (const { store, layer, lane, name, units } of lanes) {
    await fetch(store, layer, what, [lane]);
    const values = store.lane(layer, what, lane);
    if (values) found.push({ name, values, ...(units ? { units } : {}) });
  }
  return found;
}

/** The bars that stand in the place of the predictions in the backward pass. */
function origins({ pass }: Derived, { flow }: DebuggerState): readonly StepColumn[] {
  const own = flow?.find(({ addedBy }) => addedBy === 'own loss') ?? flow?.[0];
  if (pass === 'forward' || !own) return [];
  return [{ name: `norm of ∂L/∂${own.state} from later losses`, values: own.arrives }, { name: `norm of ∂L/∂${own.state} from ${own.addedBy}`, values: own.added }];
}

/** What comes next, or what passes through the step; undefined where the block says why the session stopped. */
export function saveFirst(derived: Derived, state: DebuggerState, section: HTMLElement): Saveable | undefined {
  const { view: { trace, cursor }, pass } = derived;
  if (cursor.stop?.kind === 'filter') return undefined;
  const words = [...section.querySelectorAll('h2 > .title, h2 > .note, h2 > .outcome')].map(({ textContent }) => textContent ?? '').filter((text) => text !== '');
  const title = `${trace.model}: ${words.join(' · ')}`;
  const plots = [...section.querySelectorAll<HTMLElement>('.first-body, .other-expects')];
  const run = state.compared?.run;
  const runs = [{ label: '', trace }, ...(run ? [{ label: run.label, trace: run.trace }] : [])];
  return { name: `${trace.model} ${pass === 'forward' ? 'next' : 'flow'} step ${cursor.step}`, picture: { title, plots }, table: () => (pass === 'forward' ? nextTable(cursor.step, runs) : flowTable(cursor.step, state.flow ?? [])) };
}

export function saveCell({ view, layer, what, graph, at }: Derived, plot: HTMLElement): Saveable {
  const { step } = view.cursor;
  const nodes = graph.nodes.flatMap(({ id }) => {
    const values = at(id);
    return values ? [{ name: id, values }] : [];
  });
  return { name: `${view.trace.model} ${layer.name} cell step ${step}`, picture: { title: `${view.trace.model}: cell of ${layer.name}, ${what}s at t = ${step}`, plots: [plot] }, table: () => cellTable(step, nodes, what) };
}

/** The equations with what they give at the cursor; of the other pass, in numbers, what the equations of the same names give. */
export function saveEquations(derived: Derived, state: DebuggerState, list: HTMLElement, fetch: FetchWhole): Saveable {
  const { view, layer, layerIndex, what, at } = derived;
  const { step } = view.cursor;
  const { compared } = state;
  const beside = compared?.run.layers[layerIndex]?.other;
  const laneOf = async (store: LaneStore, index: number, name: string): Promise<LaneValues | undefined> => {
    if (!store.trace.layers[index]?.lanes.some((lane) => lane.name === name)) return undefined;
    await fetch(store, index, what, [name]);
    return store.lane(index, what, name);
  };
  const table = async (): Promise<Table> => {
    const equations: EquationValues[] = [];
    for (const { kind, name, line, text } of layer.equations) {
      const shown = kind === 'state' ? `${name}'` : name;
      const other = compared && beside !== undefined && step <= compared.run.trace.steps ? await laneOf(compared.other, beside, name) : undefined;
      equations.push({ name: shown, line, text: text.trim(), values: at(shown) ?? [], ...(other ? { other: column(other, step - 1) } : {}) });
    }
    return equationsTable(step, equations, what, compared?.run.label);
  };
  return { name: `${view.trace.model} ${layer.name} equations step ${step}`, table, picture: { title: `${view.trace.model}: equations of ${layer.name}, ${what}s at t = ${step}`, plots: [list] } };
}
