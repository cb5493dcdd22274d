// Which loss reaches which step, as cells: a row a loss, a column a step; larger sequences are binned by what is most extreme.
// Not pixels of the screen: one texel a cell, stretched by the view.
// Invariant: what is not finite, and what no loss reaches, stays empty.
import type { Triangle, TriangleRow } from '../../../protocol/inspector-page';
import { emptyImage, type Image } from '../../picture/image';
import type { ColorTable } from '../../theme/palettes';
import { logEntry, signedEntry } from '../../theme/scales';

type Cells = Pick<Triangle, 'losses' | 'norm' | 'reaches'>;

/** First and last step (from 1) that a loss reaches in the layer. */
export function reachedSteps({ reaches }: Pick<Triangle, 'reaches'>, loss: number, steps: number): readonly [number, number] {
  return [reaches === 'later' ? loss : 1, reaches === undefined ? Math.min(loss, steps) : steps];
}

/** With one row more, in its place. */
export function withRow(triangle: Triangle, row: TriangleRow, steps: number): Triangle {
  if (triangle.losses.includes(row.loss)) return triangle;
  const at = triangle.losses.filter((loss) => loss < row.loss).length;
  const norm = new Float32Array(triangle.norm.length + steps);
  norm.set(triangle.norm.subarray(0, at * steps));
  norm.set(row.norm, at * steps);
  norm.set(triangle.norm.subarray(at * steps), (at + 1) * steps);
  return { ...triangle, losses: Int32Array.from([...triangle.losses.subarray(0, at), row.loss, ...triangle.losses.subarray(at)]), norm };
}

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

/** @param chosen how many rows there will be: the picture does not grow with what arrives. */
export function triangleLayout(triangle: Pick<Triangle, 'losses'>, steps: number, width: number, chosen = triangle.losses.length): TriangleLayout {
  const rows = triangle.losses.length;
  const per = Math.max(1, Math.ceil(steps / Math.max(1, Math.floor(width))));
  const columns = Math.ceil(steps / per);
  // One loss is a strip, and a short sequence no tower.
  const height = chosen === 1 ? 24 : Math.max(60, Math.min(Math.round(width * 0.77), Math.max(120, chosen * 6), chosen * 36));
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
export function triangleEnds(cells: Cells, steps: number): readonly [string, string] {
  let [below, above] = [false, false];
  cells.losses.forEach((loss, row) => {
    const [first, end] = reachedSteps(cells, loss, steps);
    for (let step = first; step <= end; step++) {
      const value = cells.norm[row * steps + step - 1] ?? NaN;
      below ||= value < triangleLow;
      above ||= value > triangleHigh;
    }
  });
  return [below ? '≤ 10⁻⁶' : '10⁻⁶', `${above ? '≥ ' : ''}${triangleHigh}, log`];
}

export function trianglePixels(triangle: Cells, layout: TriangleLayout, steps: number, table: ColorTable): Image {
  return cellPixels(triangle, layout, steps, table, (value) => logEntry(value, triangleLow, triangleHigh));
}

/** By how many powers of ten one triangle's norms are larger than the other's, where both have the loss. */
export interface TriangleDifference {
  readonly losses: Int32Array;
  /** log₁₀ of this / other, `[loss, step]`; NaN where one of them is 0 or not finite, and above the diagonal. */
  readonly norm: Float32Array;
  readonly reaches?: 'later' | 'all';
  /** The colours' ends: a whole power of ten, 1 … 6. */
  readonly bound: number;
}

export function triangleDifference(run: Triangle, other: Triangle, steps: number): TriangleDifference {
  const losses = run.losses.filter((loss) => other.losses.includes(loss));
  const norm = new Float32Array(losses.length * steps).fill(NaN);
  let most = 0;
  losses.forEach((loss, row) => {
    const [mine, theirs] = [run.losses.indexOf(loss) * steps, other.losses.indexOf(loss) * steps];
    const [first, end] = reachedSteps(run, loss, steps);
    for (let t = first - 1; t < end; t++) {
      const ratio = Math.log10((run.norm[mine + t] ?? NaN) / (other.norm[theirs + t] ?? NaN));
      if (!Number.isFinite(ratio)) continue;
      norm[row * steps + t] = ratio;
      most = Math.max(most, Math.abs(ratio));
    }
  });
  return { losses, norm, ...(run.reaches === undefined ? {} : { reaches: run.reaches }), bound: Math.max(1, Math.min(6, Math.ceil(most))) };
}

export function differencePixels(difference: TriangleDifference, layout: TriangleLayout, steps: number, table: ColorTable): Image {
  return cellPixels(difference, layout, steps, table, (value) => signedEntry(value, difference.bound));
}

function cellPixels(cells: Cells, layout: TriangleLayout, steps: number, table: ColorTable, entryOf: (value: number) => number): Image {
  const image = emptyImage(layout.columns, Math.max(1, layout.rows));
  cells.losses.forEach((loss, row) => {
    const [first, end] = reachedSteps(cells, loss, steps);
    for (let column = Math.floor((first - 1) / layout.per); column * layout.per < end; column++) {
      let most = NaN;
      for (let step = Math.max(first, column * layout.per + 1); step <= Math.min(end, (column + 1) * layout.per); step++) {
        const value = cells.norm[row * steps + step - 1] ?? NaN;
        if (Number.isFinite(value) && !(Math.abs(most) >= Math.abs(value))) most = value;
      }
      // Nothing finite: left empty rather than drawn as small.
      if (Number.isNaN(most)) continue;
      const entry = entryOf(most) * 3;
      image.bytes.set([table[entry] ?? 0, table[entry + 1] ?? 0, table[entry + 2] ?? 0, 255], 4 * (row * layout.columns + column));
    }
  });
  return image;
}
