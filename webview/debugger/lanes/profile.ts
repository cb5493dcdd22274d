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
  paintProfile(image, 0, rows.length, values, rows, how, domain, table, error);
  return image;
}

/** The same in a part of an image, from a pixel down and so many pixels high: each pixel shows the row that its middle lies in. What is there must be empty. */
export function paintProfile({ width, bytes }: Image, top: number, height: number, values: Float32Array, rows: readonly (readonly number[])[], how: RowValue, domain: LaneDomain, table: ColorTable, error: Rgb): void {
  const words = new Uint32Array(bytes.buffer);
  const colors = wordsOf(table);
  const [red = 0] = wordsOf(error);
  const gate = domain.palette === 'gate';
  const middle = gate ? 0 : width / 2;
  const edge = (row: number): number => top + Math.ceil((row * height) / rows.length - 0.5);
  rows.forEach((members, row) => {
    const value = rowValue(values, 0, members, how);
    const broken = !Number.isFinite(value);
    const entry = broken ? 255 : domain.entry(value);
    const end = (entry / 255) * width;
    const from = broken ? 0 : Math.round(Math.min(middle, end));
    const to = broken ? width : Math.max(from + 1, Math.round(Math.max(middle, end)));
    const color = broken ? red : (colors[entry] ?? 0);
    for (let y = edge(row); y < edge(row + 1); y++) words.fill(color, y * width + from, y * width + Math.min(width, to));
  });
}
