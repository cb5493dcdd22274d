// What pooling over time reads besides the values: the rows of the last or first valid steps, and the weights of the mean.
// Not the pooling itself (../onnx/line-emission.ts).
// Invariant: "last" is the last valid step of the half's own walk, so for units that walked backwards it is the smallest valid t.
import type { Pooling } from '../ir/model';
import { floats, ints, type Tensor } from '../runtime/tensor';

/** @param mask time-major `[time × batch]`; undefined = all valid. */
export function poolInputs(how: Pooling, time: number, batch: number, mask: Float32Array | undefined): Readonly<Record<'forwardRows' | 'backwardRows' | 'weights', Tensor>> {
  const lastRows = new Int32Array(batch);
  const firstRows = new Int32Array(batch);
  const weights = new Float32Array(time * batch);
  for (let b = 0; b < batch; b++) {
    let first = -1;
    let last = 0;
    let valid = 0;
    for (let t = 0; t < time; t++) {
      if (mask && mask[t * batch + b] === 0) continue;
      if (first < 0) first = t;
      last = t;
      valid++;
    }
    lastRows[b] = last * batch + b;
    firstRows[b] = first * batch + b;
    for (let t = 0; t < time; t++) {
      const row = t * batch + b;
      const isValid = mask ? (mask[row] ?? 0) : 1;
      weights[row] = how === 'mean' ? isValid / valid : isValid;
    }
  }
  const [forwardRows, backwardRows] = how === 'first' ? [firstRows, lastRows] : [lastRows, firstRows];
  return { forwardRows: ints([batch], forwardRows), backwardRows: ints([batch], backwardRows), weights: floats([time, batch, 1], weights) };
}
