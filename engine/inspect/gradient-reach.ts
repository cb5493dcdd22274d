// How far back a loss reaches, read off the norms of its gradient by step: the same definition wherever it is told.
// Not the gradients (seeded-backward.ts).
// Invariant: reach is the largest k for which the ratio is still at least 1 %, not the first crossing: the curve may dip and return.

export const reachThreshold = 0.01;
const faint = 1e-6;
const explosion = 100;

/** Norms k = 0, 1, … steps before the loss, in the walk's own direction, relative to the norm at the loss. @param start from 0. */
export function ratiosBack(norms: ArrayLike<number>, start: number, reversed: boolean): Float64Array {
  const longest = reversed ? norms.length - 1 - start : start;
  const first = norms[start] ?? NaN;
  return Float64Array.from({ length: longest + 1 }, (_, k) => (norms[reversed ? start + k : start - k] ?? NaN) / first);
}

export function reachOf(ratios: ArrayLike<number>): number {
  for (let k = ratios.length - 1; k > 0; k--) if ((ratios[k] ?? 0) >= reachThreshold) return k;
  return 0;
}

/** Steps back at which a straight line through the logarithms, by least squares, is down to 10⁻⁶; undefined when it does not fall. */
export function faintBack(ratios: ArrayLike<number>): number | undefined {
  let [n, sk, sy, skk, sky] = [0, 0, 0, 0, 0];
  for (let k = 0; k < ratios.length; k++) {
    const y = Math.log10(ratios[k] ?? NaN);
    if (!Number.isFinite(y)) continue;
    n++;
    sk += k;
    sy += y;
    skk += k * k;
    sky += k * y;
  }
  const spread = n * skk - sk * sk;
  const slope = (n * sky - sk * sy) / spread;
  if (n < 3 || !(slope < 0)) return undefined;
  return Math.round((Math.log10(faint) - (sy - slope * sk) / n) / slope);
}

export interface Explosion {
  /** Steps back of the largest ratio. */
  readonly back: number;
  readonly ratio: number;
  /** Growth a step: 0.1 is 10 %. */
  readonly perStep: number;
}

/** Undefined unless the gradient grows above a hundred times what it started with. */
export function explosionOf(ratios: ArrayLike<number>): Explosion | undefined {
  let back = 0;
  for (let k = 1; k < ratios.length; k++) if ((ratios[k] ?? 0) > (ratios[back] ?? 0)) back = k;
  const ratio = ratios[back] ?? NaN;
  return back > 0 && ratio > explosion ? { back, ratio, perStep: ratio ** (1 / back) - 1 } : undefined;
}
