// The numbers behind the debugger page's pictures, as tables to be saved: the timeline's lanes, and the cell and the block beside it at the cursor.
// Not the text of the file (../export/csv.ts). Steps count from 1, units from 0; what has not arrived yet is empty.
import type { StateFlow, TraceHeader } from '../../protocol/trace-view';
import type { Cell, Table } from '../export/csv';
import { indexOrder } from './lanes/order';
import { type LaneValues, presence } from './lanes/raster';

export interface NamedLane {
  /** As in the source, after the step: `c'`, `f`. */
  readonly name: string;
  readonly values: LaneValues;
  /** All when left out. */
  readonly units?: readonly number[];
}

const unitsOf = ({ units, values }: NamedLane): readonly number[] => units ?? indexOrder(values.units);

const numberOf = ({ values: { values, units, have } }: NamedLane, t: number, unit: number): number | undefined => (have[t] === presence.exact ? values[t * units + unit] : undefined);

/** The pass that is compared with: its loss of every step, and its lanes under their whole names. */
export interface ComparedColumns {
  readonly label: string;
  readonly loss: ArrayLike<number>;
  readonly lanes: readonly NamedLane[];
}

/** A number a step. */
export interface StepColumn {
  readonly name: string;
  readonly values: ArrayLike<number>;
}

/** One row a step, one column a unit of each lane; `what` says whether lanes hold values or gradients, `besides` stands before the lanes. */
export function timelineTable({ steps, reads, valid, loss, predictions }: TraceHeader, lanes: readonly NamedLane[], what: 'value' | 'gradient', compared?: ComparedColumns, besides: readonly StepColumn[] = []): Table {
  const guesses = predictions ? Array.from({ length: Math.min(5, predictions.top) }, (_, k) => k) : [];
  const read = reads.kind === 'tokens' ? ['reads'] : reads.names.map((name) => `reads ${name}`);
  const features = reads.kind === 'numeric' ? reads.names.length : 0;
  const column = (name: string): string => (what === 'value' ? name : `∂L/∂${name}`);
  function* rows(): Generator<Cell[]> {
    for (let t = 0; t < steps; t++) {
      const row: Cell[] = [t + 1, valid[t], ...(reads.kind === 'tokens' ? [reads.text[t]] : Array.from({ length: features }, (_, i) => reads.values[t * features + i])), loss.values[t]];
      if (predictions) {
        row.push(predictions.target[t], predictions.targetRank[t]);
        for (const k of guesses) row.push(predictions.text[t * predictions.top + k], predictions.probability[t * predictions.top + k]);
      }
      for (const { values } of besides) row.push(values[t]);
      for (const lane of lanes) for (const unit of unitsOf(lane)) row.push(numberOf(lane, t, unit));
      if (compared) row.push(compared.loss[t]);
      for (const lane of compared?.lanes ?? []) for (const unit of unitsOf(lane)) row.push(numberOf(lane, t, unit));
      yield row;
    }
  }
  return {
    columns: [
      'step t', 'valid (0/1)', ...read, `loss (${loss.unit})`, ...(predictions ? ['target', 'rank of the target (0 = none)'] : []), ...guesses.flatMap((k) => [`guess ${k + 1}`, `probability of guess ${k + 1} (share)`]), ...besides.map(({ name }) => name),
      ...lanes.flatMap((lane) => unitsOf(lane).map((unit) => `${column(lane.name)} unit ${unit}`)),
      ...(compared ? [`loss of ${compared.label} (${loss.unit})`, ...compared.lanes.flatMap((lane) => unitsOf(lane).map((unit) => `${lane.name} unit ${unit}`))] : []),
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

export interface EquationValues extends NamedValues {
  readonly line: number;
  readonly text: string;
  /** Of the pass that is compared with; left out where it has no such name. */
  readonly other?: ArrayLike<number>;
}

/** What each equation gives at the cursor: one row a unit; beside it, when another pass is compared with, what the equation of that name gives there. */
export function equationsTable(step: number, equations: readonly EquationValues[], what: 'value' | 'gradient', compared?: string): Table {
  const measure = what === 'value' ? 'value' : 'gradient ∂L/∂name';
  const units = ({ values, other }: EquationValues): number => Math.max(values.length, other?.length ?? 0);
  return {
    columns: ['step t', 'line', 'equation', 'name', 'unit', measure, ...(compared === undefined ? [] : [`${measure} of ${compared}`])],
    rows: equations.flatMap((equation) => Array.from({ length: units(equation) }, (_, unit): Cell[] => [
      step, equation.line, equation.text, equation.name, unit, equation.values[unit], ...(compared === undefined ? [] : [equation.other?.[unit]]),
    ])),
  };
}

/** What is expected after a step, by each run: one row a guess. */
export function nextTable(step: number, runs: readonly { readonly label: string; readonly trace: Pick<TraceHeader, 'predictions'> }[]): Table {
  return {
    columns: ['step t', 'run', 'guess', 'text', 'probability (share)', 'target', 'rank of the target (0 = none)'],
    rows: runs.flatMap(({ label, trace: { predictions } }) => (predictions ? Array.from({ length: Math.min(5, predictions.top) }, (_, k): Cell[] => {
      const at = (step - 1) * predictions.top + k;
      return [step, label === '' ? 'this' : label, k + 1, predictions.text[at], predictions.probability[at], predictions.target[step - 1], predictions.targetRank[step - 1]];
    }) : [])),
  };
}

/** What passes through a step: one row a state, norms. */
export function flowTable(step: number, flow: readonly StateFlow[]): Table {
  return {
    columns: ['step t', 'state', 'norm of ∂L/∂state: arrives from t + 1', 'added here', 'added by', 'sum', 'leaves to t − 1'],
    rows: flow.map(({ state, arrives, added, addedBy, sum, leaves }): Cell[] => [step, state, arrives[step - 1], added[step - 1], addedBy, sum[step - 1], leaves[step - 1]]),
  };
}
