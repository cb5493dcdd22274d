// From a value to its entry in a colour table: linear for values, signed square root for gradients, logarithm for magnitudes.
// Not the colours themselves (palettes.ts). Values outside the domain are clipped; what is not finite has no entry.
// Invariant: zero falls on the middle of the signed table, whatever the domain.

/** Entry 0 … 255 of the signed table for a value whose domain is ±`bound`. */
export function signedEntry(value: number, bound: number): number {
  if (!(bound > 0)) return 127;
  return entry(0.5 + 0.5 * clamp(value / bound, -1, 1));
}

/** The same with a signed square root, so that small gradients show without hiding their sign. */
export function signedRootEntry(value: number, bound: number): number {
  if (!(bound > 0)) return 127;
  return entry(0.5 + 0.5 * signedRoot(clamp(value / bound, -1, 1)));
}

/** Entry of the gate table for a value in 0 … 1. */
export function gateEntry(value: number): number {
  return entry(clamp(value, 0, 1));
}

/** Entry of the magnitude table on log₁₀ from `low` to `high` (both positive); 0 and below is the lowest colour. */
export function logEntry(value: number, low: number, high: number): number {
  if (!(value > 0)) return 0;
  return entry(clamp((Math.log10(value) - Math.log10(low)) / (Math.log10(high) - Math.log10(low)), 0, 1));
}

/** Entry of the magnitude table on √(value / max). */
export function rootEntry(value: number, max: number): number {
  return max > 0 ? entry(Math.sqrt(clamp(value / max, 0, 1))) : 0;
}

/** sign(x) · √|x|. */
export function signedRoot(x: number): number {
  return Math.sign(x) * Math.sqrt(Math.abs(x));
}

function entry(t: number): number {
  return Math.round(t * 255);
}

function clamp(x: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, x));
}
