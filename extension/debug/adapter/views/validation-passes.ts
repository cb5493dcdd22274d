// Recorded passes over sequences of the validation split, several at a time: what horizons and saturation are measured over.
// Not the session's own recording. Without data, the recording's own batch is all there is.
// Invariant: at most 96 sequences, and no more at a time than memory allows; rows of different lengths are padded and masked.
import { defined } from '../../../../engine/base/invariant';
import type { Pace } from '../../../../engine/inspect/pace';
import { floats, ints, type Tensor } from '../../../../engine/runtime/tensor';
import { runTrace } from '../../../../engine/trace/run-trace';
import type { Batch, Trace } from '../../../../engine/trace/trace';
import type { ViewSource } from './view-source';

const mostSequences = 96;
const mostRows = 32;
/** Numbers of one pass's columns: 128 MiB. */
const largestPass = 2 ** 25;

/** Calls `use` with each pass in turn. Returns the number of sequences. */
export async function validationPasses({ data, recording, programs }: ViewSource, pace: Pace, use: (trace: Trace, share: number) => Promise<void>): Promise<number> {
  const { model, trace } = recording;
  if (data === undefined || data.validationSequences === 0) {
    await use(trace, 1);
    return trace.batch.x.dims[0] ?? 1;
  }
  const perStep = model.lines.reduce((sum, line) => sum + 2 * line.size * (line.kind === 'step' ? line.step.named.length + 1 : 1), 0);
  const rows = Math.max(1, Math.min(mostRows, data.validationSequences, Math.floor(largestPass / (perStep * data.length))));
  const total = Math.min(mostSequences, data.validationSequences, rows * 6);
  const count = Math.max(rows, Math.floor(total / rows) * rows);
  for (let first = 0; first < count; first += rows) {
    // Spread over the split: its beginning alone would be one scene of one text.
    const batches = Array.from({ length: rows }, (_, row) => data.validationSequence(Math.floor(((first + row) * data.validationSequences) / count)));
    await pace(first / count);
    const recorded = await runTrace(model, trace.weights, stackRows(batches), programs.backend, { programs });
    await use(recorded, (first + rows) / count);
  }
  return count;
}

/** Batches of one row each as one batch. */
export function stackRows(batches: readonly Batch[]): Batch {
  const time = Math.max(...batches.map(({ x }) => x.dims[1] ?? 1));
  const padded = batches.some(({ x, mask }) => x.dims[1] !== time || mask !== undefined);
  const mask = floats([batches.length, time]);
  batches.forEach((batch, row) => {
    const length = batch.x.dims[1] ?? 1;
    for (let t = 0; t < length; t++) mask.data[row * time + t] = batch.mask?.data[t] ?? 1;
  });
  const steps = batches.map(({ x }) => x.dims[1] ?? 1);
  return { x: stack(batches.map(({ x }) => x), steps, time), y: stack(batches.map(({ y }) => y), steps, time), ...(padded ? { mask } : {}) };
}

/** Along the first axis; a second axis that is the row's time is padded with zeros. */
function stack(tensors: readonly Tensor[], steps: readonly number[], time: number): Tensor {
  const first = defined(tensors[0], 'there is a row');
  const perStep = tensors.every(({ dims }, row) => dims[1] === steps[row]);
  const rest = first.dims.slice(perStep ? 2 : 1);
  const dims = [tensors.length, ...(perStep ? [time] : []), ...rest];
  const width = dims.slice(1).reduce((a, b) => a * b, 1);
  if (first.kind === 'i32') {
    const all = ints(dims, new Int32Array(tensors.length * width));
    tensors.forEach(({ data }, row) => all.data.set(data, row * width));
    return all;
  }
  const all = floats(dims);
  tensors.forEach(({ data }, row) => all.data.set(data, row * width));
  return all;
}
