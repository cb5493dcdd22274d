// One parameter as pixels: a texel a cell, signed colours symmetric about zero; cells that several numbers share show the most extreme.
// Not smoothed and not transposed: row 0 is on top, column 0 at the left.
import { emptyImage, type Image } from '../../picture/image';
import type { Rgb } from '../../theme/environment';
import type { ColorTable } from '../../theme/palettes';
import { signedEntry, signedRootEntry } from '../../theme/scales';
import { cellOf, type MatrixPlace, perCell } from '../layout/matrices';

/** @param root colours by the signed square root, for gradients and updates. @param broken colour of what is not finite. */
export function matrixPixels(place: MatrixPlace, data: Float32Array, table: ColorTable, root: boolean, broken: Rgb, scale: number): Image {
  const perRow = perCell(place.rows, Math.floor(place.height * scale));
  const perColumn = perCell(place.columns, Math.floor(place.width * scale));
  const image = emptyImage(Math.ceil(place.columns / perColumn), Math.ceil(place.rows / perRow));
  for (let y = 0; y < image.height; y++) {
    for (let x = 0; x < image.width; x++) {
      const { value } = cellOf(place, data, [y * perRow, (y + 1) * perRow], [x * perColumn, (x + 1) * perColumn]);
      const entry = 3 * (root ? signedRootEntry(value, place.bound) : signedEntry(value, place.bound));
      const color = Number.isFinite(value) ? [table[entry] ?? 0, table[entry + 1] ?? 0, table[entry + 2] ?? 0] : broken;
      image.bytes.set([...color, 255], 4 * (y * image.width + x));
    }
  }
  return image;
}
