// Which loss reaches which step, as cells: a row a loss, a column a step; larger sequences are binned by their maximum.
// Not pixels of the screen: one texel a cell, stretched by the view.
import type { Triangle } from '../../../protocol/inspector-page';
import { emptyImage, type Image } from '../../picture/image';
import type { ColorTable } from '../../theme/palettes';
import { logEntry } from '../../theme/scales';

export const triangleLow = 1e-6;
export const triangleHigh = 16;

export interface TriangleLayout {
  readonly rows: number;
  readonly columns: number;
  readonly width: number;
  readonly height: number;
  /** Steps a column. */
  readonly per: number;
  /** Row of a loss, undefined when it is not among the rows. */
  readonly rowOf: (loss: number) => number | undefined;
  readonly lossAt: (row: number) => number | undefined;
}

export function triangleLayout(triangle: Triangle, steps: number, width: number): TriangleLayout {
  const rows = triangle.losses.length;
  const per = Math.max(1, Math.ceil(steps / Math.max(1, Math.floor(width))));
  const columns = Math.ceil(steps / per);
  const height = Math.max(60, Math.min(Math.round(width * 0.77), Math.max(120, rows * 6)));
  return {
    rows, columns, width, height, per,
    rowOf: (loss) => {
      const row = triangle.losses.indexOf(loss);
      return row < 0 ? undefined : row;
    },
    lossAt: (row) => triangle.losses[row],
  };
}

/** The ends of the colours in words; what lies beyond them has the colour of the end, and the legend says so. */
export function triangleEnds({ losses, norm }: Triangle, steps: number): readonly [string, string] {
  let [below, above] = [false, false];
  losses.forEach((loss, row) => {
    for (let step = 0; step < loss; step++) {
      const value = norm[row * steps + step] ?? NaN;
      below ||= value < triangleLow;
      above ||= value > triangleHigh;
    }
  });
  return [below ? '≤ 10⁻⁶' : '10⁻⁶', `${above ? '≥ ' : ''}${triangleHigh}, log`];
}

export function trianglePixels(triangle: Triangle, layout: TriangleLayout, steps: number, table: ColorTable): Image {
  const image = emptyImage(layout.columns, Math.max(1, layout.rows));
  triangle.losses.forEach((loss, row) => {
    for (let column = 0; column * layout.per < Math.min(loss, steps); column++) {
      let most = -1;
      for (let step = column * layout.per + 1; step <= Math.min(loss, (column + 1) * layout.per); step++) {
        const value = triangle.norm[row * steps + step - 1] ?? NaN;
        if (Number.isFinite(value)) most = Math.max(most, value);
      }
      // Nothing finite: left empty rather than drawn as small.
      if (most < 0) continue;
      const entry = logEntry(most, triangleLow, triangleHigh) * 3;
      image.bytes.set([table[entry] ?? 0, table[entry + 1] ?? 0, table[entry + 2] ?? 0, 255], 4 * (row * layout.columns + column));
    }
  });
  return image;
}
