// How far back the gradient reaches while a network learns: one column of the horizon map.
// Not the picture and not the pass itself (program-interface.ts, `reach`).
// Invariant: each sequence is compared with its own last step; the median over sequences is robust against a few that explode.
import type { FloatTensor } from '../runtime/tensor';

/** Of 64 fixed sequences; more would cost time and change little. */
export const horizonSequences = 64;

/** Most of the training time that measuring the horizon may take. */
const largestShare = 0.05;

/** Iterations between two columns, a multiple of `every`, so that they cost at most a twentieth of the time: a column is about as dear as the iterations that read as many sequences. */
export function horizonInterval(batch: number, every: number): number {
  const cost = Math.ceil(horizonSequences / batch);
  return Math.max(1, Math.ceil(cost / largestShare / every)) * every;
}

/** Median over sequences of ‖∂L_T/∂h_{T−k}‖ / ‖∂L_T/∂h_T‖ for k = 0, 1, …; NaN where no sequence has a number. @param norms `[time, batch]` each. */
export function horizonOf(norms: readonly FloatTensor[]): Float64Array {
  const time = Math.max(0, ...norms.map((tensor) => tensor.dims[0] ?? 0));
  const ratios: number[][] = Array.from({ length: time }, () => []);
  for (const { dims, data } of norms) {
    const [steps = 0, batch = 0] = dims;
    for (let b = 0; b < batch; b++) {
      let last = steps - 1;
      // Padding at the end carries the last valid step's gradient on: it begins where the norm is not 0.
      while (last > 0 && data[last * batch + b] === 0) last--;
      const own = data[last * batch + b] ?? 0;
      if (!(own > 0)) continue;
      for (let k = 0; k <= last; k++) ratios[k]?.push((data[(last - k) * batch + b] ?? 0) / own);
    }
  }
  return Float64Array.from(ratios, median);
}

function median(values: readonly number[]): number {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  if (sorted.length === 0) return Number.NaN;
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] as number) : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}
