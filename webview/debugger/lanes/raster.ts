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
  /** By step: one of `presence`. */
  readonly have: Uint8Array;
}

/** What a lane has of a step: nothing, its values as recorded, or the most extreme of the sixteen steps around it. */
export const presence = { none: 0, exact: 1, coarse: 2 } as const;

export interface LanePaint {
  readonly table: ColorTable;
  readonly entry: (value: number) => number;
  readonly rows: readonly (readonly number[])[];
  readonly how: RowValue;
  readonly valid: Uint8Array;
  readonly background: Rgb;
  readonly error: Rgb;
}

/** Columns `from` … `to` (without `to`) as two images of that width. */
export function lanePixels(lane: LaneValues, paint: LanePaint, from = 0, to = lane.steps): LanePixels {
  const { rows, how, entry, background } = paint;
  const { values, units } = lane;
  const width = Math.max(0, to - from);
  const full = emptyImage(width, rows.length);
  const faded = emptyImage(width, rows.length);
  // A texel is one word: a large lane has half a million of them.
  const fullWords = new Uint32Array(full.bytes.buffer);
  const fadedWords = new Uint32Array(faded.bytes.buffer);
  const bright = wordsOf(paint.table);
  const dim = wordsOf(fadeTable(paint.table, background));
  const [error = 0] = wordsOf(paint.error);
  const [dimError = 0] = wordsOf(fade(paint.error, background));
  const single = rows.every((members) => members.length === 1);
  for (let step = from; step < to; step++) {
    if (!paint.valid[step] || !lane.have[step] || wholeColumnBroken(lane, step)) continue;
    const first = step * units;
    let at = step - from;
    for (const members of rows) {
      const value = single ? (values[first + (members[0] as number)] as number) : rowValue(values, first, members, how);
      if (Number.isFinite(value)) {
        const index = entry(value);
        fullWords[at] = bright[index] as number;
        fadedWords[at] = dim[index] as number;
      } else {
        fullWords[at] = error;
        fadedWords[at] = dimError;
      }
      at += width;
    }
  }
  return { full, faded };
}

const tables = new WeakMap<ColorTable, Uint32Array>();

/** Opaque texels of a table's colours, in the machine's own order of bytes; those of a whole table are made once. */
export function wordsOf(table: ColorTable | Rgb): Uint32Array {
  if (!(table instanceof Uint8Array)) return wordsAnew(table);
  const words = tables.get(table) ?? wordsAnew(table);
  tables.set(table, words);
  return words;
}

function wordsAnew(table: ArrayLike<number>): Uint32Array {
  const bytes = new Uint8Array((table.length / 3) * 4).fill(255);
  for (let i = 0; i < table.length / 3; i++) for (let k = 0; k < 3; k++) bytes[4 * i + k] = table[3 * i + k] ?? 0;
  return new Uint32Array(bytes.buffer);
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

const known = new WeakMap<LaneValues, { readonly filled: number; readonly broken: Broken; readonly counts: Int32Array }>();

/** The same, counted once for every step of a lane that is filled: a frame has no time to look at every value. */
export function knownBrokenSteps(lane: LaneValues, valid: Uint8Array): Broken {
  const filled = lane.have.reduce((sum, have) => sum + (have === presence.exact ? 1 : 0), 0);
  const before = known.get(lane);
  if (before?.filled === filled) return before.broken;
  const counts = before?.counts ?? new Int32Array(lane.steps).fill(-1);
  const broken = brokenSteps(lane, valid, counts);
  known.set(lane, { filled, broken, counts });
  return broken;
}

/** Steps whose every value is not finite, and how many values of the others are not; of steps that are here as recorded. `counts` keeps what was counted before, −1 where nothing was. */
export function brokenSteps(lane: LaneValues, valid: Uint8Array, counts: Int32Array = new Int32Array(lane.steps).fill(-1)): Broken {
  const whole: number[] = [];
  const some = new Map<number, number>();
  for (let step = 0; step < lane.steps; step++) {
    if (!valid[step] || lane.have[step] !== presence.exact) continue;
    let count = counts[step] as number;
    if (count < 0) {
      count = 0;
      for (let unit = 0; unit < lane.units; unit++) if (!Number.isFinite(lane.values[step * lane.units + unit])) count++;
      counts[step] = count;
    }
    if (count === lane.units && lane.units > 0) whole.push(step);
    else if (count > 0) some.set(step, count);
  }
  return { whole, some };
}

function wholeColumnBroken({ values, units }: LaneValues, step: number): boolean {
  for (let unit = 0; unit < units; unit++) if (Number.isFinite(values[step * units + unit])) return false;
  return units > 0;
}
