// A batch as a training program reads it: checked, time-major, with the number of targets.
// Not the feeds of one graph, which depend on the chunk (onnx-training-program.ts).
// Invariant: row t·batch + b is sequence b at step t; without padding there is no mask.
import type { Model } from '../ir/model';
import { floats, type FloatTensor, ints, type Tensor } from '../runtime/tensor';
import { checkBatch } from '../trace/check-batch';
import { toTimeMajor } from '../trace/time-major';
import type { Batch } from '../trace/trace';

export interface Prepared {
  readonly steps: number;
  readonly batch: number;
  readonly masked: boolean;
  readonly targets: number;
  /** `[time × batch, …]`; made when first asked for. */
  readonly x: Tensor;
  /** Numeric x as it came, `[batch, time, features]`: a program that holds the whole sequence turns it faster itself. */
  readonly sequences?: FloatTensor;
  readonly y: Tensor;
  readonly mask: FloatTensor | undefined;
}

/** Checks the batch against the model and lays it out time-major. Throws OperationalError `inputs-mismatch`. */
export function prepareBatch(model: Model, batch: Batch): Prepared {
  const shape = checkBatch(model, batch);
  const { x, y } = batch;
  const { batch: count, time: steps } = shape;
  const rows = count * steps;
  const perStep = model.target.perStep;
  const mask = shape.mask && toTimeMajor(shape.mask, count, steps);
  const width = x.data.length / rows;
  const lossSteps = perStep ? steps : 1;
  const lossRows = count * lossSteps;
  let timeMajor: Tensor | undefined;
  return {
    steps,
    batch: count,
    masked: mask !== undefined,
    targets: perStep && mask ? mask.reduce((a, b) => a + b, 0) : lossRows,
    get x() {
      timeMajor ??= x.kind === 'i32' ? ints([rows], toTimeMajor(x.data, count, steps)) : floats([rows, width], toTimeMajor(x.data, count, steps));
      return timeMajor;
    },
    ...(x.kind === 'f32' ? { sequences: floats([count, steps, width], x.data) } : {}),
    y: y.kind === 'i32' ? ints([lossRows], toTimeMajor(y.data, count, lossSteps)) : floats([lossRows, y.data.length / lossRows], toTimeMajor(y.data, count, lossSteps)),
    mask: mask && floats([rows, 1], mask),
  };
}

/** Rows `[start, end)` of a tensor, a view. */
export function rowsOf<T extends Tensor>(tensor: T, start: number, end: number): T {
  const width = tensor.data.length / (tensor.dims[0] ?? 1);
  return { ...tensor, dims: [end - start, ...tensor.dims.slice(1)], data: tensor.data.subarray(start * width, end * width) };
}

/** The last valid step of a sequence. */
export function lastValid({ steps, batch, mask }: Prepared, row: number): number {
  for (let t = steps - 1; t > 0; t--) if (!mask || mask.data[t * batch + row] === 1) return t;
  return 0;
}

/** Whether x is fed as it came, since the program holds all of every sequence. */
export function isWhole(prepared: Prepared, from: number, to: number): prepared is Prepared & { readonly sequences: FloatTensor } {
  return prepared.sequences !== undefined && from === 0 && to === prepared.steps;
}
