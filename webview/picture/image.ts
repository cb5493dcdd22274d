// A picture as bytes: what every raster makes and a canvas shows.
// Not a canvas: rasters run without a browser.

export interface Image {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue, alpha, row by row from the top: `4 · width · height`. */
  readonly bytes: Uint8ClampedArray<ArrayBuffer>;
}

export function emptyImage(width: number, height: number): Image {
  return { width, height, bytes: new Uint8ClampedArray(4 * width * height) };
}
