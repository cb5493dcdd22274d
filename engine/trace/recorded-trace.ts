// A trace out of a file that `unroll trace` wrote, to stand beside a pass of the same model over the same sequence.
// Not a recording: nothing is computed but the loss of each step, which a file does not hold. Without weights it cannot be measured further.
// Invariant: every value and every gradient of the pass beside it is there, in the same shape; otherwise it is refused with a sentence.
import { OperationalError } from '../base/operational-error';
import type { Model } from '../ir/model';
import { floats, type FloatTensor, ints } from '../runtime/tensor';
import type { TensorFile } from '../weights/safetensors';
import { fingerprint, readsMetadata } from './fingerprint';
import { toBatchMajor, toTimeMajor } from './time-major';
import type { Trace } from './trace';
import type { TracePrograms } from './trace-programs';

/** A file of weights holds no values over time. */
export function holdsTrace({ tensors }: TensorFile): boolean {
  for (const name of tensors.keys()) if (name.startsWith('value/')) return true;
  return false;
}

/**
 * @param beside the pass that it is to stand beside, of `model`
 * @param name the file's, for messages
 * @throws OperationalError `other-sequence` for a trace of another model, shape or sequence
 */
export async function recordedTrace({ tensors, metadata }: TensorFile, model: Model, beside: Trace, programs: TracePrograms, name: string): Promise<Trace> {
  const refuse = (why: string, what: string): never => {
    throw new OperationalError('other-sequence', `The trace "${name}" cannot be compared: ${why}. ${what}`);
  };
  const reads = metadata[readsMetadata];
  if (reads !== undefined && reads !== fingerprint(beside.batch.x)) refuse('it was recorded over another sequence than the one that is shown', 'Show that sequence, or record this one with `unroll trace`.');
  const columns = new Map<string, FloatTensor>();
  for (const [key, { dims }] of beside.columns) {
    if (!key.startsWith('value/') && !key.startsWith('grad/')) continue;
    const found = tensors.get(key);
    const instead = 'Compare with the run it was recorded of, or two traces with `unroll compare`.';
    if (found?.kind !== 'f32') return refuse(`it has no ${key}, so another model was recorded`, instead);
    if (found.dims.join() !== dims.join()) return refuse(`${key} is [${found.dims.join(', ')}] there and [${dims.join(', ')}] here`, instead);
    columns.set(key, found);
  }
  const { loss, target } = model;
  const [rows = 1, time = 1] = beside.batch.x.dims;
  const steps = target.perStep ? time : 1;
  const scores = columns.get(`value/${loss.of}`);
  if (scores === undefined) return refuse(`it has no value/${loss.of}, which the loss is of`, 'Record it again with `unroll trace`.');
  const size = scores.data.length / (rows * steps);
  const { y, mask } = beside.batch;
  const valid = target.perStep && mask ? toTimeMajor(mask.data, rows, time) : new Float32Array(rows * steps).fill(1);
  const { rowLoss } = await programs.loss(loss, rows * steps, size, {
    y: floats([rows * steps, size], toTimeMajor(scores.data, rows, steps)),
    target: y.kind === 'i32' ? ints([rows * steps], toTimeMajor(y.data, rows, steps)) : floats([rows * steps, size], toTimeMajor(y.data, rows, steps)),
    valid: floats([rows * steps, 1], valid), scale: floats([], new Float32Array([1 / valid.reduce((a, b) => a + b, 0)])),
  });
  const mean = tensors.get('loss')?.data[0] ?? NaN;
  return { backend: beside.backend, batch: beside.batch, loss: mean, stepLoss: floats([rows, steps], toBatchMajor(rowLoss, rows, steps)), weights: beside.weights, columns };
}
