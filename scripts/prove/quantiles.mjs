// Quantiles of measured times, for the figures of proofs.
// Not a proof of its own. Invariant: a quantile is one of the measured values, never one in between.

/** @param {readonly number[]} values @param {number} part 0 to 1 @returns {number} NaN for none */
export function quantile(values, part) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? NaN;
}

/** To a thousandth: more digits than a clock deserves. @param {number} value */
export function rounded(value) {
  return Number(value.toFixed(3));
}
