// A column of a lane as a strip: the same units in the same order, as many cells as fit.
// Not a lane: it has one step. Larger states show the most extreme value of each group.
import type { Rgb } from '../../theme/environment';
import type { ColorTable } from '../../theme/palettes';
import { emptyImage, type Image } from '../../picture/image';
import { indexOrder } from './order';
import { rowsOf, rowValue } from './rows';

export function strip(values: Float32Array, order: readonly number[], cells: number, table: ColorTable, entry: (value: number) => number, error: Rgb): Image {
  const units = order.length === values.length ? order : indexOrder(values.length);
  const rows = rowsOf(units, Math.max(1, Math.ceil(values.length / Math.max(1, cells))));
  const image = emptyImage(Math.max(1, rows.length), 1);
  rows.forEach((members, i) => {
    const value = rowValue(values, 0, members, 'extreme');
    const broken = !Number.isFinite(value);
    const from = broken ? 0 : entry(value) * 3;
    for (let k = 0; k < 3; k++) image.bytes[4 * i + k] = (broken ? error[k] : table[from + k]) ?? 0;
    image.bytes[4 * i + 3] = 255;
  });
  return image;
}

/** The strip at the screen's own pixels, without smoothing. */
export function stretched({ width, bytes }: Image, toWidth: number, toHeight: number): Image {
  const image = emptyImage(toWidth, toHeight);
  const from = new Uint32Array(bytes.buffer);
  const to = new Uint32Array(image.bytes.buffer);
  for (let x = 0; x < toWidth; x++) to[x] = from[Math.floor(((x + 0.5) * width) / toWidth)] ?? 0;
  for (let y = 1; y < toHeight; y++) to.copyWithin(y * toWidth, 0, toWidth);
  return image;
}
