// A curve of iterations as points in a picture: thinned to about one point a pixel.
// Not a path: the view joins the points. Points that cannot be placed split the curve into pieces.
import type { LogAxis } from '../../picture/log-axis';
import { logPlace } from '../../picture/log-axis';
import type { Series } from '../series';
import { placeOf, type IterationAxis } from './frame';

export type Point = readonly [number, number];

/** Pieces of a line through one value of each pixel column (the last). */
export function curve(series: Series, values: Float64Array, x: IterationAxis, y: LogAxis): Point[][] {
  const pieces: Point[][] = [];
  let piece: Point[] = [];
  let column = NaN;
  for (let i = 0; i < series.length; i++) {
    const value = values[i] ?? NaN;
    if (!(value > 0) || !Number.isFinite(value)) {
      if (piece.length > 0) pieces.push(piece);
      piece = [];
      column = NaN;
      continue;
    }
    const px = placeOf(x, series.iteration[i] ?? 0);
    const point: Point = [px, logPlace(y, value)];
    // The end of the line is the newest value, so a later point of the same pixel takes the place of the one before.
    if (Math.floor(px) === column && piece.length > 1) piece[piece.length - 1] = point;
    else piece.push(point);
    column = Math.floor(px);
  }
  if (piece.length > 0) pieces.push(piece);
  return pieces;
}
