// How far back a gradient reaches: the one definition used on all pages.
// Not the first crossing: the curve may dip below and return.

/**
 * The largest k for which `ratio[k]` is still at least `share`; `ratio[k]` = gradient k steps back / gradient at the loss.
 * Undefined when no entry is (an empty curve, or one that is not finite).
 */
export function reach(ratio: ArrayLike<number>, share: number): number | undefined {
  for (let k = ratio.length - 1; k >= 0; k--) if ((ratio[k] ?? 0) >= share) return k;
  return undefined;
}
