// Units chosen by a threshold, as one draws a line through their curves: all that cross it, or all that are beyond it in some steps and not beside them.
// Not a picture. Those that go farthest beyond the line come first.
// Invariant: beyond the line is away from zero: at or above a threshold of zero or more, at or below a negative one.
import type { LaneValues } from './raster';

/** @returns at most `most` units that are on both sides of the line within the valid steps */
export function unitsCrossing(lane: LaneValues, value: number, valid: Uint8Array, most: number): number[] {
  const found: { readonly unit: number; readonly beyond: number }[] = [];
  for (let unit = 0; unit < lane.units; unit++) {
    let below = false;
    let above = false;
    let beyond = 0;
    for (let step = 1; step <= lane.steps; step++) {
      const distance = beyondAt(lane, value, step, unit, valid);
      if (distance === undefined) continue;
      // On the line counts as above it.
      if (value >= 0 ? distance < 0 : distance > 0) below = true;
      else above = true;
      beyond = Math.max(beyond, distance);
    }
    if (below && above) found.push({ unit, beyond });
  }
  return farthest(found).slice(0, most);
}

export interface OnAndOff {
  readonly value: number;
  /** First and last step, from 1, in which a unit must be on. */
  readonly from: number;
  readonly to: number;
  /** Steps on either side of them in which it must be off. */
  readonly margin: number;
}

/** Units beyond the line in every valid step from `from` to `to` and, in the margin, in none. A step that is masked or past the sequence's end asks nothing. */
export function unitsOn(lane: LaneValues, { value, from, to, margin }: OnAndOff, valid: Uint8Array): number[] {
  const found: { readonly unit: number; readonly beyond: number }[] = [];
  for (let unit = 0; unit < lane.units; unit++) {
    let asked = 0;
    let matches = true;
    let beyond = 0;
    for (let step = Math.max(1, from - margin); step <= Math.min(lane.steps, to + margin) && matches; step++) {
      const within = step >= from && step <= to;
      if (!valid[step - 1] || !lane.have[step - 1]) continue;
      const distance = beyondAt(lane, value, step, unit, valid);
      matches = distance !== undefined && distance >= 0 === within;
      if (!within) continue;
      asked++;
      beyond += distance ?? 0;
    }
    if (matches && asked > 0) found.push({ unit, beyond: beyond / asked });
  }
  return farthest(found);
}

/** How far a unit is beyond the line, negative on the side of zero; undefined where nothing can be said. */
function beyondAt(lane: LaneValues, value: number, step: number, unit: number, valid: Uint8Array): number | undefined {
  if (!valid[step - 1] || !lane.have[step - 1]) return undefined;
  const distance = (lane.values[(step - 1) * lane.units + unit] ?? NaN) - value;
  return Number.isFinite(distance) ? (value >= 0 ? distance : -distance) : undefined;
}

function farthest(found: readonly { readonly unit: number; readonly beyond: number }[]): number[] {
  return [...found].sort((a, b) => b.beyond - a.beyond || a.unit - b.unit).map(({ unit }) => unit);
}
