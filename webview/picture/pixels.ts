// Puts bytes on a canvas, at the device's own pixels.
// Not a raster: the bytes were made elsewhere and are pure.
// Invariant: the canvas has as many pixels as the image; CSS says how large it is shown.
import type { Image } from './image';

export function showImage(canvas: HTMLCanvasElement, image: Image): void {
  if (canvas.width !== image.width) canvas.width = image.width;
  if (canvas.height !== image.height) canvas.height = image.height;
  const context = canvas.getContext('2d');
  if (!context || image.width === 0 || image.height === 0) return;
  context.putImageData(new ImageData(image.bytes, image.width, image.height), 0, 0);
}
