// The numbers behind the debugger page's pictures, as tables to be saved: the timeline's lanes, and the cell at the cursor.
// Not the text of the file (../export/csv.ts). Steps count from 1, units from 0; what has not arrived yet is empty.
import type { TraceHeader } from '../../protocol/trace-view';
import type { Cell, Table } from '../export/csv';
import { type LaneValues, presence } from './lanes/raster';

export interface NamedLane {
  /** As in the source, after the step: `c'`, `f`. */
  readonly name: string;
  readonly values: LaneValues;
}

/** The pass that is compared with: its loss of every step, and its lanes under their whole names. */
export interface ComparedColumns {
  readonly label: string;
  readonly loss: ArrayLike<number>;
  readonly lanes: readonly NamedLane[];
}

/** One row a step, one column a unit of each lane; `what` says whether lanes hold values or gradients. */
export function timelineTable({ steps, reads, valid, loss, predictions }: TraceHeader, lanes: readonly NamedLane[], what: 'value' | 'gradient', compared?: ComparedColumns): Table {
  const read = reads.kind === 'tokens' ? ['reads'] : reads.names.map((name) => `reads ${name}`);
  const features = reads.kind === 'numeric' ? reads.names.length : 0;
  const column = (name: string): string => (what === 'value' ? name : `∂L/∂${name}`);
  function* rows(): Generator<Cell[]> {
    for (let t = 0; t < steps; t++) {
      const row: Cell[] = [t + 1, valid[t], ...(reads.kind === 'tokens' ? [reads.text[t]] : Array.from({ length: features }, (_, i) => reads.values[t * features + i])), loss.values[t]];
      if (predictions) row.push(predictions.target[t], predictions.targetRank[t]);
      for (const { values: lane } of lanes) for (let unit = 0; unit < lane.units; unit++) row.push(lane.have[t] === presence.exact ? lane.values[t * lane.units + unit] : undefined);
      if (compared) row.push(compared.loss[t]);
      for (const { values: lane } of compared?.lanes ?? []) for (let unit = 0; unit < lane.units; unit++) row.push(lane.have[t] === presence.exact ? lane.values[t * lane.units + unit] : undefined);
      yield row;
    }
  }
  return {
    columns: [
      'step t', 'valid (0/1)', ...read, `loss (${loss.unit})`, ...(predictions ? ['target', 'rank of the target (0 = none)'] : []),
      ...lanes.flatMap(({ name, values }) => Array.from({ length: values.units }, (_, unit) => `${column(name)} unit ${unit}`)),
      ...(compared ? [`loss of ${compared.label} (${loss.unit})`, ...compared.lanes.flatMap(({ name, values }) => Array.from({ length: values.units }, (_, unit) => `${name} unit ${unit}`))] : []),
    ],
    rows: rows(),
  };
}

export interface NamedValues {
  readonly name: string;
  readonly values: ArrayLike<number>;
}

/** What the cell's nodes hold at the cursor: one row a unit. */
export function cellTable(step: number, nodes: readonly NamedValues[], what: 'value' | 'gradient'): Table {
  return {
    columns: ['step t', 'name', 'unit', what === 'value' ? 'value' : 'gradient ∂L/∂name'],
    rows: nodes.flatMap(({ name, values }) => Array.from(values, (value, unit): Cell[] => [step, name, unit, value])),
  };
}
