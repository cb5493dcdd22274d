// The cursor's column of a lane as one bar a row, from the left edge (gate) or from the middle (signed): pixels.
// Not the lane: one step, the same rows and colours. Values that are not finite are a whole red row.
// Invariant: a bar is as long as its colour is far along the palette, so that both say the same.
import type { Rgb } from '../../theme/environment';
import type { ColorTable } from '../../theme/palettes';
import { emptyImage, type Image } from '../../picture/image';
import type { LaneDomain } from './domain';
import { wordsOf } from './raster';
import { rowValue, type RowValue } from './rows';

/** @param values of the step, `[units]`; @param width in device pixels; the image is one texel a row high */
export function profilePixels(values: Float32Array, rows: readonly (readonly number[])[], how: RowValue, domain: LaneDomain, table: ColorTable, error: Rgb, width: number): Image {
  const image = emptyImage(width, rows.length);
  const words = new Uint32Array(image.bytes.buffer);
  const colors = wordsOf(table);
  const [red = 0] = wordsOf(error);
  const gate = domain.palette === 'gate';
  const middle = gate ? 0 : width / 2;
  rows.forEach((members, row) => {
    const value = rowValue(values, 0, members, how);
    const broken = !Number.isFinite(value);
    const entry = broken ? 255 : domain.entry(value);
    const end = (entry / 255) * width;
    const from = broken ? 0 : Math.round(Math.min(middle, end));
    const to = broken ? width : Math.max(from + 1, Math.round(Math.max(middle, end)));
    words.fill(broken ? red : (colors[entry] ?? 0), row * width + from, row * width + Math.min(width, to));
  });
  return image;
}
