// The one line beside the pointer on the timeline: name · unit · step · value, from float32 and never from the picture.
// Not drawing. Empty where nothing was recorded.
import { number, percent } from '../theme/numbers';
import { stepAt, type TimelineLayout } from './timeline/layout';
import type { Derived } from './derive';
import { quote } from './sentences';
import type { Pointing } from './state';

export function hoverLine(derived: Derived, pointing: Pointing, layout: TimelineLayout, valueOfLine?: (y: number) => number): string {
  const { trace } = derived.view;
  const { step } = pointing;
  const at = `t = ${step}`;
  if (pointing.lines !== undefined) {
    const value = valueOfLine?.(pointing.lines);
    return value === undefined ? '' : `${pointing.from === undefined ? 'all steps' : `t = ${Math.min(pointing.from, step)} … ${Math.max(pointing.from, step)}`} · click: units that cross ${number(value)}`;
  }
  if (trace.valid[step - 1] === 0 && pointing.lane === undefined) return `${at} · masked`;
  if (pointing.lane === undefined) {
    const read = trace.reads.kind === 'tokens' ? ` · reads ${quote(trace.reads.text[step - 1] ?? '')}` : trace.reads.names.slice(0, 3).map((name, f) => ` · ${name} ${number(trace.reads.kind === 'numeric' ? (trace.reads.values[(step - 1) * trace.reads.names.length + f] ?? NaN) : NaN)}`).join('');
    const loss = trace.loss.values[step - 1];
    const { predictions } = trace;
    const top = predictions && ` · expects ${quote(predictions.text[(step - 1) * predictions.top] ?? '')} ${percent(predictions.probability[(step - 1) * predictions.top] ?? NaN)}`;
    return `${at}${read}${top ?? ''}${loss !== undefined && Number.isFinite(loss) ? ` · loss ${number(loss)}` : ''}`;
  }
  const unit = unitAt(derived, pointing, layout);
  const lane = derived.lane(pointing.lane);
  if (unit === undefined || !lane || !lane.have[step - 1]) return '';
  const header = derived.header(pointing.lane);
  const name = derived.pass === 'backward' ? `∂L/∂${pointing.lane}` : header?.kind === 'state' ? `${pointing.lane}'` : pointing.lane;
  return `${name} · u${unit} · ${at} · ${number(lane.values[(step - 1) * lane.units + unit] ?? NaN)}${trace.valid[step - 1] === 0 ? ' (masked, carried)' : ''}`;
}

/** The unit under the pointer's row. */
export function unitAt(derived: Derived, pointing: Pointing, layout: TimelineLayout): number | undefined {
  const block = layout.lanes.find(({ name }) => name === pointing.lane);
  const units = block && derived.header(block.name)?.units;
  if (!block || units === undefined || pointing.row === undefined) return undefined;
  const row = Math.min(units - 1, Math.max(0, Math.floor((pointing.row / block.height) * units)));
  return derived.order.length === units ? derived.order[row] : row;
}

/** What lies under a place of the timeline; `row` is the pixel within the lane. */
export function under(layout: TimelineLayout, x: number, y: number): { readonly step: number; readonly lane?: string; readonly row?: number; readonly lines?: number } | undefined {
  const step = stepAt(layout, x);
  if (step === undefined) return undefined;
  const block = layout.lanes.find((lane) => y >= lane.y && y < lane.y + lane.height);
  if (y >= layout.lines.y && y < layout.lines.y + layout.lines.height) return { step, lines: y };
  return block ? { step, lane: block.name, row: y - block.y } : { step };
}
