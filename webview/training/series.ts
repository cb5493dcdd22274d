// The iterations of a run as growing arrays, with the moving averages the pictures draw.
// Not the run's file: a copy of what the host sent, appended to and never edited otherwise.
// Invariant: iterations ascend; a batch that begins at or before the last known one replaces everything from there.
import type { IterationBatch } from '../../protocol/run';

/** Weight of a new value in a moving average; early values count fully, so that the line starts on the first dot. */
const weight = (seen: number): number => Math.max(0.02, 1 / (seen + 1));

export class Series {
  length = 0;
  iteration = new Int32Array(1024);
  loss = new Float64Array(1024);
  gradNorm = new Float64Array(1024);
  clipped = new Uint8Array(1024);
  /** Moving average of the finite losses. */
  lossAverage = new Float64Array(1024);
  /** Moving average of the gradient norm after clipping. */
  normAverage = new Float64Array(1024);

  /** `threshold` of clipping by norm; undefined when gradients are not clipped by norm. */
  constructor(private readonly threshold: number | undefined) {}

  append(batch: IterationBatch): void {
    const first = batch.iteration[0];
    if (first === undefined) return;
    while (this.length > 0 && (this.iteration[this.length - 1] ?? 0) >= first) this.length--;
    this.reserve(this.length + batch.iteration.length);
    for (let i = 0; i < batch.iteration.length; i++) {
      const at = this.length++;
      const loss = batch.loss[i] ?? NaN;
      const norm = batch.gradNorm[i] ?? NaN;
      const clipped = batch.clipped[i] ?? 0;
      this.iteration[at] = batch.iteration[i] ?? 0;
      this.loss[at] = loss;
      this.gradNorm[at] = norm;
      this.clipped[at] = clipped;
      this.lossAverage[at] = average(this.lossAverage[at - 1], loss, at);
      this.normAverage[at] = average(this.normAverage[at - 1], clipped && this.threshold !== undefined ? Math.min(norm, this.threshold) : norm, at);
    }
  }

  /** Index of the last entry at or before an iteration; −1 when there is none. */
  indexAt(iteration: number): number {
    let low = -1;
    let high = this.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.iteration[middle] ?? 0) <= iteration) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Share of clipped iterations among the last `last` ones (all when left out); undefined without iterations. */
  clippedShare(last = this.length): number | undefined {
    const from = Math.max(0, this.length - last);
    if (this.length === from) return undefined;
    let sum = 0;
    for (let i = from; i < this.length; i++) sum += this.clipped[i] ?? 0;
    return sum / (this.length - from);
  }

  private reserve(size: number): void {
    if (size <= this.iteration.length) return;
    const capacity = Math.max(size, this.iteration.length * 2);
    const grow = <A extends Int32Array | Float64Array | Uint8Array>(old: A, fresh: A): A => {
      fresh.set(old);
      return fresh;
    };
    this.iteration = grow(this.iteration, new Int32Array(capacity));
    this.loss = grow(this.loss, new Float64Array(capacity));
    this.gradNorm = grow(this.gradNorm, new Float64Array(capacity));
    this.clipped = grow(this.clipped, new Uint8Array(capacity));
    this.lossAverage = grow(this.lossAverage, new Float64Array(capacity));
    this.normAverage = grow(this.normAverage, new Float64Array(capacity));
  }
}

function average(before: number | undefined, value: number, seen: number): number {
  if (before === undefined || !Number.isFinite(before)) return value;
  return Number.isFinite(value) ? before + weight(seen) * (value - before) : before;
}
