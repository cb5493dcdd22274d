// How much of a batch's gradient each of its sequences has: squared norms of what reaches the states, over all layers and steps.
// Not the parameters' gradient, whose sum no longer tells the sequences apart, and nothing that is computed anew: the trace has it.
// Invariant: shares are of the sum over the batch; a sequence whose gradient is not finite comes before every other.
import { halvesOf } from '../ir/halves';
import type { Model } from '../ir/model';
import type { Trace } from '../trace/trace';

export interface LargestRow {
  /** Row of the batch; the first of equals. */
  readonly row: number;
  /** Rows of the batch. */
  readonly of: number;
  /** Of the squared norm; NaN where it is not finite, 0 where no sequence has any. */
  readonly share: number;
}

/** Squared norm of each row, `[batch]`. A model without states is measured by what reaches its lines. */
export function rowGradients(model: Model, { columns, batch }: Trace): Float64Array {
  const states = model.lines.flatMap((line) => (line.kind === 'step' ? halvesOf(line).flatMap(({ prefix }) => line.step.states.map(({ name }) => `grad/${prefix}.${name}`)) : []));
  const keys = states.length > 0 ? states : model.lines.map(({ name }) => `grad/${name}`);
  const squares = new Float64Array(batch.x.dims[0] ?? 1);
  for (const key of keys) {
    const data = columns.get(key)?.data ?? new Float32Array();
    const width = data.length / squares.length;
    data.forEach((value, i) => {
      const row = Math.floor(i / width);
      squares[row] = (squares[row] ?? 0) + value * value;
    });
  }
  return squares;
}

export function largestRow(model: Model, trace: Trace): LargestRow {
  const squares = rowGradients(model, trace);
  const broken = squares.findIndex((square) => !Number.isFinite(square));
  if (broken >= 0) return { row: broken, of: squares.length, share: NaN };
  const row = squares.indexOf(Math.max(...squares));
  const sum = squares.reduce((a, b) => a + b, 0);
  return { row, of: squares.length, share: sum > 0 ? (squares[row] ?? 0) / sum : 0 };
}
