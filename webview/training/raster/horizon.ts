// The horizon map as pixels: magnitude palette on log₁₀ from 10⁻⁶ to 1, columns at device pixels.
// Not smoothed: a column is what was measured at one iteration.
import { emptyImage, type Image } from '../../picture/image';
import type { ColorTable } from '../../theme/palettes';
import { logEntry } from '../../theme/scales';
import type { HorizonLayout } from '../layout/horizon';

export const horizonLow = 1e-6;
export const horizonHigh = 1;

/** One row a step back; shown stretched to the picture's height without smoothing. `left` is the first pixel's place. */
export function horizonPixels(layout: HorizonLayout, table: ColorTable, left: number, scale: number): Image {
  const right = layout.edges.at(-1) ?? left;
  const image = emptyImage(Math.max(0, Math.round((right - left) * scale)), layout.depth);
  layout.columns.forEach(({ ratio }, column) => {
    const from = Math.round(((layout.edges[column] ?? 0) - left) * scale);
    const to = Math.min(image.width, Math.round(((layout.edges[column + 1] ?? 0) - left) * scale));
    for (let k = 0; k < layout.depth; k++) {
      const value = ratio[k];
      // A sequence shorter than k, or a value that is not finite: nothing is drawn.
      if (value === undefined || !Number.isFinite(value)) continue;
      const entry = logEntry(value, horizonLow, horizonHigh) * 3;
      for (let x = from; x < to; x++) {
        const at = 4 * (k * image.width + x);
        image.bytes[at] = table[entry] ?? 0;
        image.bytes[at + 1] = table[entry + 1] ?? 0;
        image.bytes[at + 2] = table[entry + 2] ?? 0;
        image.bytes[at + 3] = 255;
      }
    }
  });
  return image;
}
