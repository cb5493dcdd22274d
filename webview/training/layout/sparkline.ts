// A small line of a validation number over time, without the first values that would flatten the rest.
// Not an axis: it shows the course, the number beside it the value.
import type { Point } from './curve';

/** Values before this many are left out of sparklines. */
export const sparklineSkip = 12;

/** Points within `width × height`; empty with fewer than two finite values. */
export function sparkline(values: readonly number[], width: number, height: number): Point[] {
  const shown = (values.length > sparklineSkip + 2 ? values.slice(sparklineSkip) : values).filter(Number.isFinite);
  if (shown.length < 2) return [];
  const low = Math.min(...shown);
  const high = Math.max(...shown);
  return shown.map((value, i) => [(i / (shown.length - 1)) * (width - 8) + 1, high > low ? height - 3 - ((value - low) / (high - low)) * (height - 6) : height / 2]);
}
