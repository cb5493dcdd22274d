// A column of a lane as a strip: the same units in the same order, as many cells as fit.
// Not a lane: it has one step. Larger states show the most extreme value of each group.
import type { Rgb } from '../../theme/environment';
import type { ColorTable } from '../../theme/palettes';
import { emptyImage, type Image } from '../../picture/image';
import { rowsOf, rowValue } from './rows';

export function strip(values: Float32Array, order: readonly number[], cells: number, table: ColorTable, entry: (value: number) => number, error: Rgb): Image {
  const known = order.length === values.length ? order : Array.from({ length: values.length }, (_, unit) => unit);
  const rows = rowsOf(known, Math.max(1, Math.ceil(values.length / Math.max(1, cells))));
  const image = emptyImage(Math.max(1, rows.length), 1);
  rows.forEach((members, i) => {
    const value = rowValue(values, 0, members, 'extreme');
    const color = Number.isFinite(value) ? [0, 1, 2].map((k) => table[entry(value) * 3 + k] ?? 0) : error;
    image.bytes.set([...color, 255], 4 * i);
  });
  return image;
}
