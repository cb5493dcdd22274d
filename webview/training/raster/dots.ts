// Thousands of small dots as pixels: each a soft square whose coverage adds up.
// Not circles in the document: a run has more dots than a page can hold elements.
import type { Rgb } from '../../theme/environment';
import { emptyImage, type Image } from '../../picture/image';
import type { Point } from '../layout/curve';

export interface DotStyle {
  readonly points: readonly Point[];
  readonly color: Rgb;
  /** Diameter in CSS pixels. */
  readonly size: number;
  /** 0 … 1. */
  readonly opacity: number;
}

/** Later styles lie over earlier ones. `scale` = device pixels per CSS pixel. */
export function dots(styles: readonly DotStyle[], width: number, height: number, scale: number): Image {
  const image = emptyImage(Math.round(width * scale), Math.round(height * scale));
  for (const { points, color, size, opacity } of styles) {
    const half = (size * scale) / 2;
    for (const [x, y] of points) cover(image, x * scale - half, y * scale - half, x * scale + half, y * scale + half, color, opacity);
  }
  return image;
}

function cover({ width, height, bytes }: Image, left: number, top: number, right: number, bottom: number, [r, g, b]: Rgb, opacity: number): void {
  for (let y = Math.max(0, Math.floor(top)); y < Math.min(height, Math.ceil(bottom)); y++) {
    const rows = Math.min(bottom, y + 1) - Math.max(top, y);
    for (let x = Math.max(0, Math.floor(left)); x < Math.min(width, Math.ceil(right)); x++) {
      const part = (Math.min(right, x + 1) - Math.max(left, x)) * rows * opacity;
      const at = 4 * (y * width + x);
      const under = (bytes[at + 3] ?? 0) / 255;
      const alpha = part + under * (1 - part);
      if (alpha <= 0) continue;
      const mix = (over: number, below: number): number => (over * part + below * under * (1 - part)) / alpha;
      bytes[at] = mix(r, bytes[at] ?? 0);
      bytes[at + 1] = mix(g, bytes[at + 1] ?? 0);
      bytes[at + 2] = mix(b, bytes[at + 2] ?? 0);
      bytes[at + 3] = alpha * 255;
    }
  }
}
