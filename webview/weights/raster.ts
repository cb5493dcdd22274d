// One parameter as pixels: a texel a cell, signed colours symmetric about zero.
// Not smoothed and not transposed: row 0 is on top, column 0 at the left, unless the rows were ordered.
// Invariant: what is not finite has no colour of the palette: it is left empty for a symbol, or painted in the alarm's colour.
import type { MatrixCells } from '../../protocol/weights-view';
import { emptyImage, type Image } from '../picture/image';
import type { Rgb } from '../theme/environment';
import type { ColorTable } from '../theme/palettes';
import { signedEntry, signedRootEntry } from '../theme/scales';

/** @param root colours by the signed square root, for gradients and updates. @param broken colour of what is not finite; undefined leaves it empty. */
export function matrixPixels({ down, across, values }: MatrixCells, bound: number, table: ColorTable, root: boolean, broken: Rgb | undefined): Image {
  const image = emptyImage(across, down);
  values.forEach((value, at) => {
    const entry = 3 * (root ? signedRootEntry(value, bound) : signedEntry(value, bound));
    const color = Number.isFinite(value) ? [table[entry] ?? 0, table[entry + 1] ?? 0, table[entry + 2] ?? 0] : broken;
    if (color) image.bytes.set([...color, 255], 4 * at);
  });
  return image;
}

/** Pixels from which on a symbol can be read in a cell, and how many are drawn in one matrix at most. */
const leastSymbol = 7;
const mostSymbols = 300;

/** Symbols of what is not finite, at the middle of its cell; undefined where they would be too small or too many. */
export function symbolsOf({ down, across, values }: MatrixCells, { x, y, width, height }: { readonly x: number; readonly y: number; readonly width: number; readonly height: number }): readonly { readonly x: number; readonly y: number; readonly text: string }[] | undefined {
  const broken = [...values.keys()].filter((at) => !Number.isFinite(values[at]));
  const [wide, tall] = [width / across, height / down];
  if (broken.length > mostSymbols || wide < leastSymbol || tall < leastSymbol) return undefined;
  return broken.map((at) => ({ x: x + ((at % across) + 0.5) * wide, y: y + (Math.floor(at / across) + 0.5) * tall, text: symbol(values[at] ?? NaN) }));
}

export function symbol(value: number): string {
  return Number.isNaN(value) ? '×' : value > 0 ? 'I' : '−I';
}
