// A lane as pixels: one texel per row and step, shown scaled without smoothing; a second image for what the pass has not reached.
// Not symbols, hatching or axes, which lie above. Masked and wholly non-finite steps are empty.
// Invariant: moving the cursor paints nothing anew: it moves the boundary between the two images.
import type { Rgb } from '../../theme/environment';
import type { ColorTable } from '../../theme/palettes';
import { emptyImage, type Image } from '../../picture/image';
import { rowValue, type RowValue } from './rows';

export interface LanePixels {
  /** Reached by the pass. */
  readonly full: Image;
  /** Recorded, but not reached. */
  readonly faded: Image;
}

export interface LaneValues {
  /** `[step, unit]`; NaN-filled columns that have not arrived are told by `have`. */
  readonly values: Float32Array;
  readonly steps: number;
  readonly units: number;
  /** 1 where the step's values are here. */
  readonly have: Uint8Array;
}

export interface LanePaint {
  readonly table: ColorTable;
  readonly entry: (value: number) => number;
  readonly rows: readonly (readonly number[])[];
  readonly how: RowValue;
  readonly valid: Uint8Array;
  readonly background: Rgb;
  readonly error: Rgb;
}

export function lanePixels(lane: LaneValues, paint: LanePaint): LanePixels {
  const full = emptyImage(lane.steps, paint.rows.length);
  const faded = emptyImage(lane.steps, paint.rows.length);
  const fadedTable = fadeTable(paint.table, paint.background);
  const fadedError = fade(paint.error, paint.background);
  for (let step = 0; step < lane.steps; step++) {
    if (!paint.valid[step] || !lane.have[step] || wholeColumnBroken(lane, step)) continue;
    paint.rows.forEach((members, row) => {
      const value = rowValue(lane.values, step * lane.units, members, paint.how);
      const at = 4 * (row * lane.steps + step);
      if (!Number.isFinite(value)) {
        put(full, at, paint.error);
        put(faded, at, fadedError);
        return;
      }
      const entry = paint.entry(value) * 3;
      copy(full, at, paint.table, entry);
      copy(faded, at, fadedTable, entry);
    });
  }
  return { full, faded };
}

/** Colours of a table as they look where the pass has not been. */
export function fadeTable(table: ColorTable, background: Rgb): ColorTable {
  const result = new Uint8Array(table.length);
  for (let i = 0; i < table.length; i += 3) result.set(fade([table[i] ?? 0, table[i + 1] ?? 0, table[i + 2] ?? 0], background), i);
  return result;
}

/** 60 % towards its own grey, then 56 % towards the background: plain opacity would read as another value. */
export function fade([r, g, b]: Rgb, background: Rgb): Rgb {
  const grey = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  const mix = (channel: number, under: number): number => Math.round((channel * 0.4 + grey * 0.6) * 0.44 + under * 0.56);
  return [mix(r, background[0]), mix(g, background[1]), mix(b, background[2])];
}

interface Broken {
  readonly whole: readonly number[];
  readonly some: ReadonlyMap<number, number>;
}

const known = new WeakMap<LaneValues, { readonly filled: number; readonly broken: Broken }>();

/** The same, counted once for a lane as far as it is filled: a frame has no time to look at every value. */
export function knownBrokenSteps(lane: LaneValues, valid: Uint8Array): Broken {
  const filled = lane.have.reduce((sum, have) => sum + have, 0);
  const before = known.get(lane);
  if (before?.filled === filled) return before.broken;
  const broken = brokenSteps(lane, valid);
  known.set(lane, { filled, broken });
  return broken;
}

/** Steps whose every value is not finite, and how many values of the others are not. */
export function brokenSteps(lane: LaneValues, valid: Uint8Array): Broken {
  const whole: number[] = [];
  const some = new Map<number, number>();
  for (let step = 0; step < lane.steps; step++) {
    if (!valid[step] || !lane.have[step]) continue;
    let count = 0;
    for (let unit = 0; unit < lane.units; unit++) if (!Number.isFinite(lane.values[step * lane.units + unit])) count++;
    if (count === lane.units && lane.units > 0) whole.push(step);
    else if (count > 0) some.set(step, count);
  }
  return { whole, some };
}

function wholeColumnBroken({ values, units }: LaneValues, step: number): boolean {
  for (let unit = 0; unit < units; unit++) if (Number.isFinite(values[step * units + unit])) return false;
  return units > 0;
}

function put({ bytes }: Image, at: number, [r, g, b]: Rgb): void {
  bytes[at] = r;
  bytes[at + 1] = g;
  bytes[at + 2] = b;
  bytes[at + 3] = 255;
}

function copy({ bytes }: Image, at: number, table: ColorTable, entry: number): void {
  bytes[at] = table[entry] ?? 0;
  bytes[at + 1] = table[entry + 1] ?? 0;
  bytes[at + 2] = table[entry + 2] ?? 0;
  bytes[at + 3] = 255;
}
