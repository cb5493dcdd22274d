// The strips of how parameters are spread, as pixels: darkest where nothing lies, by the square root of the share of the fullest bin.
// Not smoothed: a column is one measurement. Empty bins keep the background.
import { emptyImage, type Image } from '../../picture/image';
import type { ColorTable } from '../../theme/palettes';
import { rootEntry } from '../../theme/scales';
import type { SpreadLayout } from '../layout/spread';

/** Covers the layout's whole height; `left` is the first pixel's place. */
export function spreadPixels({ rows, edges, height, strip }: SpreadLayout, table: ColorTable, left: number, scale: number): Image {
  const right = edges.at(-1) ?? left;
  const image = emptyImage(Math.max(0, Math.round((right - left) * scale)), Math.round(height * scale));
  for (const { top, columns } of rows) {
    columns.forEach((shares, column) => {
      if (shares === undefined) return;
      const from = Math.max(0, Math.round(((edges[column] ?? left) - left) * scale));
      const to = Math.min(image.width, Math.round(((edges[column + 1] ?? left) - left) * scale));
      shares.forEach((share, bin) => {
        if (share <= 0) return;
        const entry = rootEntry(share, 1) * 3;
        const above = Math.round((top + (bin * strip) / shares.length) * scale);
        const below = Math.min(image.height, Math.round((top + ((bin + 1) * strip) / shares.length) * scale));
        for (let y = above; y < below; y++) for (let x = from; x < to; x++) image.bytes.set([table[entry] ?? 0, table[entry + 1] ?? 0, table[entry + 2] ?? 0, 255], 4 * (y * image.width + x));
      });
    });
  }
  return image;
}
