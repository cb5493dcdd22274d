// What each step adds to each parameter's gradient: rows of parameters by gate, columns of steps.
// Not the sum, which is the bar beside a row.
import type { ParameterGradients } from '../../../protocol/inspector-page';
import { emptyImage, type Image } from '../../picture/image';
import type { ColorTable } from '../../theme/palettes';
import { rootEntry } from '../../theme/scales';

export interface ParameterRow {
  readonly name: string;
  readonly y: number;
  readonly height: number;
  /** Part of the largest sum. */
  readonly part: number;
}

export interface ParameterLayout {
  readonly rows: readonly ParameterRow[];
  readonly height: number;
  /** Largest norm of one step. */
  readonly max: number;
}

export const rowHeight = 11.5;
const groupGap = 4;

export function parameterLayout({ rows, norm }: ParameterGradients): ParameterLayout {
  const top = Math.max(0, ...rows.map(({ sum }) => sum).filter(Number.isFinite));
  let max = 0;
  for (const value of norm) if (Number.isFinite(value)) max = Math.max(max, value);
  let y = 0;
  const placed = rows.map(({ name, group, sum }, i): ParameterRow => {
    if (i > 0 && rows[i - 1]?.group !== group) y += groupGap;
    const row = { name, y, height: rowHeight, part: top > 0 && Number.isFinite(sum) ? sum / top : 0 };
    y += rowHeight;
    return row;
  });
  return { rows: placed, height: y, max };
}

/** One texel a row and step. */
export function parameterPixels({ rows, norm }: ParameterGradients, steps: number, max: number, table: ColorTable): Image {
  const image = emptyImage(Math.max(1, steps), Math.max(1, rows.length));
  for (let i = 0; i < rows.length * steps; i++) {
    const value = norm[i] ?? NaN;
    if (!Number.isFinite(value)) continue;
    const entry = rootEntry(value, max) * 3;
    image.bytes.set([table[entry] ?? 0, table[entry + 1] ?? 0, table[entry + 2] ?? 0, 255], 4 * i);
  }
  return image;
}
