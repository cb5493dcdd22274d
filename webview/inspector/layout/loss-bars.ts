// The stacked bars of a short sequence: at every step the norms of what each loss sends there, one upon the other.
// Not a sum: norms do not add up to the norm of the whole, and the picture says so.
// Invariant: in the order of the losses, the first at the bottom; what is not finite has no band.
import type { Triangle } from '../../../protocol/inspector-page';
import { reachedSteps } from './triangle';

export interface LossBand {
  readonly loss: number;
  readonly step: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly norm: number;
}

export interface LossBarsLayout {
  readonly bands: readonly LossBand[];
  readonly height: number;
  /** Height of the largest bar, as a norm. */
  readonly top: number;
}

/** Steps up to which bars can be told apart. */
export const mostBars = 64;

export function lossBarsLayout(cells: Pick<Triangle, 'losses' | 'norm' | 'reaches'>, steps: number, width: number, height: number): LossBarsLayout {
  const { losses, norm } = cells;
  const value = (row: number, step: number): number => {
    const [first, end] = reachedSteps(cells, losses[row] ?? 0, steps);
    const got = norm[row * steps + step - 1] ?? 0;
    return step >= first && step <= end && Number.isFinite(got) ? got : 0;
  };
  const totals = Array.from({ length: steps }, (_, i) => losses.reduce((sum, _, row) => sum + value(row, i + 1), 0));
  const top = Math.max(0, ...totals);
  const column = width / Math.max(1, steps);
  const bands: LossBand[] = [];
  for (let step = 1; step <= steps && top > 0; step++) {
    let y = height;
    losses.forEach((loss, row) => {
      const own = value(row, step);
      if (own <= 0) return;
      const h = (own / top) * height;
      y -= h;
      bands.push({ loss, step, x: (step - 1) * column, y, width: Math.max(1, column - (column > 4 ? 1 : 0)), height: h, norm: own });
    });
  }
  return { bands, height, top };
}

/** The band at a place; undefined beside all of them. */
export function bandAt({ bands }: LossBarsLayout, x: number, y: number): LossBand | undefined {
  return bands.find((band) => x >= band.x && x < band.x + band.width + 1 && y >= band.y && y < band.y + band.height);
}
