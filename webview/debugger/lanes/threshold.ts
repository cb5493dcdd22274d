// Units chosen by a threshold, as one draws a line through their curves: all that cross it within some steps.
// Not a picture. Those that rise farthest beyond the line come first; at most as many as can be told apart.
import type { LaneValues } from './raster';

/**
 * @param value the threshold
 * @param from first step, `to` last step, from 1
 * @returns at most `most` units
 */
export function unitsCrossing(lane: LaneValues, value: number, from: number, to: number, valid: Uint8Array, most: number): number[] {
  const found: { readonly unit: number; readonly beyond: number }[] = [];
  for (let unit = 0; unit < lane.units; unit++) {
    let below = false;
    let above = false;
    let beyond = 0;
    for (let step = from; step <= to; step++) {
      if (!valid[step - 1] || !lane.have[step - 1]) continue;
      const distance = (lane.values[(step - 1) * lane.units + unit] ?? NaN) - value;
      if (!Number.isFinite(distance)) continue;
      if (distance < 0) below = true;
      else above = true;
      // Beyond the line is away from zero.
      beyond = Math.max(beyond, value >= 0 ? distance : -distance);
    }
    if (below && above) found.push({ unit, beyond });
  }
  return found.sort((a, b) => b.beyond - a.beyond || a.unit - b.unit).slice(0, most).map(({ unit }) => unit);
}
