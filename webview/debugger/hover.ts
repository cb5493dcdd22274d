// The one line beside the pointer on the timeline: name · unit · step · value, from float32 and never from the picture.
// Not drawing. Empty where nothing was recorded.
import { number, percent } from '../theme/numbers';
import { comparedLanes, comparedName, comparedUnit, nameOfDifference } from './compare/compared-lanes';
import { type Block, stepAt, type TimelineLayout } from './timeline/layout';
import { type Derived, shownUnits } from './derive';
import { layerLanes, layerUnit } from './lanes/layer-lanes';
import { type LaneValues, presence } from './lanes/raster';
import { summary } from './lanes/statistics';
import { outputText } from './output-text';
import { quote } from './sentences';
import type { DebuggerState, Pointing } from './state';

export function hoverLine(derived: Derived, pointing: Pointing, layout: TimelineLayout, state: DebuggerState, valueOfLine?: (y: number) => number): string {
  const { trace } = derived.view;
  const { step } = pointing;
  const at = `t = ${step}`;
  if (pointing.node !== undefined) return nodeLine(derived, pointing.node, pointing.unit, at);
  if (pointing.lines !== undefined) {
    const value = valueOfLine?.(pointing.lines);
    // While it is dragged, the threshold says in the picture what it finds.
    return value === undefined || pointing.from !== undefined ? '' : `click: units that cross ${number(value)} · drag: those beyond it in the steps dragged over`;
  }
  if (trace.valid[step - 1] === 0 && pointing.lane === undefined) return `${at} · masked`;
  if (pointing.lane === undefined) {
    const read = trace.reads.kind === 'tokens' ? ` · reads ${quote(trace.reads.text[step - 1] ?? '')}` : trace.reads.names.slice(0, 3).map((name, f) => ` · ${name} ${number(trace.reads.kind === 'numeric' ? (trace.reads.values[(step - 1) * trace.reads.names.length + f] ?? NaN) : NaN)}`).join('');
    const loss = trace.loss.values[step - 1];
    const { predictions } = trace;
    const top = predictions && (predictions.probability[(step - 1) * predictions.top] ?? 0) > 0 && ` · expects ${quote(predictions.text[(step - 1) * predictions.top] ?? '')} ${percent(predictions.probability[(step - 1) * predictions.top] ?? NaN)}`;
    const said = trace.outputs && outputText(trace.outputs.values, trace.outputs.size, step);
    const other = state.compared && (state.compared.run.trace.loss.values[step - 1] ?? NaN);
    return `${at}${read}${top || ''}${said === undefined ? '' : ` · output ${said}`}${loss !== undefined && Number.isFinite(loss) ? ` · loss ${number(loss)}` : ''}${other !== undefined && Number.isFinite(other) ? ` · ${state.compared?.run.label ?? ''} ${number(other)}` : ''}`;
  }
  const small = layout.layers.find(({ key }) => key === pointing.lane);
  if (small) {
    const found = layerUnit(layerLanes(derived, state.lanes), small.key, pointing.row ?? 0, small.height);
    const { lane } = found?.lane ?? {};
    if (!found || lane?.have[step - 1] !== presence.exact) return '';
    const named = derived.pass === 'backward' ? `∂L/∂${found.lane.header.name}` : `${found.lane.header.name}'`;
    return `${found.lane.name} ${named} · u${found.unit} · ${at} · ${number(lane.values[(step - 1) * lane.units + found.unit] ?? NaN)} · click: show ${found.lane.name}`;
  }
  const compared = comparedHover(derived, pointing, layout, state);
  if (compared !== undefined) return compared;
  const unit = unitAt(derived, pointing, layout);
  const lane = derived.lane(pointing.lane);
  if (unit === undefined || lane?.have[step - 1] !== presence.exact) return '';
  const header = derived.header(pointing.lane);
  const name = derived.pass === 'backward' ? `∂L/∂${pointing.lane}` : header?.kind === 'state' ? `${pointing.lane}'` : pointing.lane;
  return `${name} · u${unit} · ${at} · ${number(lane.values[(step - 1) * lane.units + unit] ?? NaN)}${trace.valid[step - 1] === 0 ? ' (masked, carried)' : ''}`;
}

/** `f * c · u3 · t = 24 · −0.12`, or of the whole: `f · t = 24 · mean 0.66`. Empty until its values are here. */
function nodeLine(derived: Derived, id: string, unit: number | undefined, at: string): string {
  const values = derived.at(id);
  if (!values || values.length === 0) return '';
  const backward = derived.pass === 'backward';
  const name = backward ? `∂L/∂${/ /.test(id) ? `(${id})` : id}` : id;
  const kind = derived.graph.nodes.find((node) => node.id === id)?.kind;
  const when = kind === 'state' ? ' (before the step)' : '';
  if (unit !== undefined) return `${name} · u${unit} · ${at} · ${number(values[unit] ?? NaN)}${when}`;
  const { broken, mean, norm } = summary(values);
  const gate = kind === 'gate' && !backward;
  const worth = broken ?? (gate ? (mean === undefined ? '' : `mean ${number(mean)}`) : norm === undefined ? '' : `‖·‖ ${number(norm)}`);
  return `${name} · ${at} · ${worth}${when}`;
}

/** The row under a pixel of a lane. */
export function rowAt(pixel: number, height: number, rows: number): number {
  return Math.min(rows - 1, Math.max(0, Math.floor((pixel / height) * rows)));
}

/** The unit under the pointer's row. */
export function unitAt(derived: Derived, pointing: Pointing, layout: TimelineLayout): number | undefined {
  const block = layout.lanes.find(({ name }) => name === pointing.lane) ?? layout.compared.find(({ key }) => key === pointing.lane);
  const units = block && derived.header('name' in block ? block.name : (nameOfDifference(block.key) ?? ''))?.units;
  if (!block || units === undefined || pointing.row === undefined) return undefined;
  const shown = shownUnits(derived, units);
  return shown[rowAt(pointing.row, block.height, shown.length)];
}

/** `h' − RNN · u3 · t = 5 · −0.12 (0.22 against 0.34)`; undefined when the pointer is not over the compared pass. */
function comparedHover(derived: Derived, { lane: key, row, step }: Pointing, layout: TimelineLayout, state: DebuggerState): string | undefined {
  const block = layout.compared.find((each) => each.key === key);
  const { compared } = state;
  if (!block || !compared || key === undefined) return undefined;
  const found = comparedUnit(comparedLanes(derived, state), key, row ?? 0, block.height);
  const { lane } = found?.lane ?? {};
  const valueOf = (of: LaneValues | undefined): number | undefined => (found && of?.have[step - 1] === presence.exact ? of.values[(step - 1) * of.units + found.unit] : undefined);
  const value = valueOf(lane);
  if (!found || value === undefined) return '';
  const mine = found.lane.kind === 'difference' ? valueOf(derived.lane(found.lane.name)) : undefined;
  const recorded = valueOf(compared.other.lane(compared.run.layers[derived.layerIndex]?.other ?? -1, derived.what, found.lane.name));
  // A difference that is not finite does not tell the other's value: that is shown once it has arrived.
  const theirs = recorded ?? (mine !== undefined && Number.isFinite(value) ? mine - value : undefined);
  const from = mine === undefined || theirs === undefined ? '' : ` (${number(mine)} against ${number(theirs)})`;
  const masked = derived.view.trace.valid[step - 1] === 0 ? ' (masked, carried)' : '';
  return `${comparedName(found.lane, derived.pass, compared.run.label)} · u${found.unit} · t = ${step} · ${number(value)}${from}${masked}`;
}

/** What lies under a place of the timeline; `row` is the pixel within the lane. The profile beside the lanes stands for the step of the cursor. */
export function under(layout: TimelineLayout, x: number, y: number, cursor?: number): { readonly step: number; readonly lane?: string; readonly row?: number; readonly lines?: number } | undefined {
  const { profile } = layout;
  const inProfile = cursor !== undefined && profile !== undefined && x >= profile.x && x < profile.x + profile.width;
  const step = inProfile ? cursor : stepAt(layout, x);
  if (step === undefined) return undefined;
  const within = (lane: Block): boolean => y >= lane.y && y < lane.y + lane.height;
  const block = layout.lanes.find(within);
  if (inProfile) return block && { step, lane: block.name, row: y - block.y };
  const beneath = [...layout.compared, ...layout.layers].find(within);
  if (beneath) return { step, lane: beneath.key, row: y - beneath.y };
  if (y >= layout.lines.y && y < layout.lines.y + layout.lines.height) return { step, lines: y };
  return block ? { step, lane: block.name, row: y - block.y } : { step };
}
