// A matrix as cells of a picture: from numbers that are all here, or as a host made them; and which number a cell stands for.
// Not geometry (layout.ts) and not colours (raster.ts).
// Invariant: what a cell says is a number of the matrix, with its place; one that is not finite wins over every other.
import type { PlacedTensor } from '../../protocol/run';
import type { ByRole, MatrixCells } from '../../protocol/weights-view';
import type { MatrixLayout, MatrixPlace } from './layout';

export interface FoundNumber {
  readonly name: string;
  readonly row: number;
  readonly column: number;
  readonly value: number;
  /** How many share its cell. */
  readonly shared: number;
}

/** @param data row-major. */
export function cellsOf({ tensor, rows, columns, perRow, perColumn }: Pick<MatrixPlace, 'tensor' | 'rows' | 'columns' | 'perRow' | 'perColumn'>, data: Float32Array): MatrixCells {
  const [down, across] = [Math.ceil(rows / perRow), Math.ceil(columns / perColumn)];
  const values = new Float32Array(down * across);
  const places = new Int32Array(down * across);
  for (let y = 0; y < down; y++) {
    for (let x = 0; x < across; x++) {
      const { row, column, value } = cellOf({ rows, columns }, data, [y * perRow, (y + 1) * perRow], [x * perColumn, (x + 1) * perColumn]);
      values[y * across + x] = value;
      places[y * across + x] = row * columns + column;
    }
  }
  return { name: tensor.name, down, across, values, places };
}

/** The most extreme number of a cell that several share, and where it stands. */
export function cellOf({ rows, columns }: Pick<MatrixPlace, 'rows' | 'columns'>, data: Float32Array, [fromRow, toRow]: readonly [number, number], [fromColumn, toColumn]: readonly [number, number]): { readonly row: number; readonly column: number; readonly value: number } {
  let best = { row: fromRow, column: fromColumn, value: data[fromRow * columns + fromColumn] ?? NaN };
  for (let row = fromRow; row < Math.min(rows, toRow); row++) {
    for (let column = fromColumn; column < Math.min(columns, toColumn); column++) {
      const value = data[row * columns + column] ?? NaN;
      if (!Number.isFinite(value)) return { row, column, value };
      if (Math.abs(value) > Math.abs(best.value)) best = { row, column, value };
    }
  }
  return best;
}

/** The number under a pixel of the picture. */
export function matrixAt(layout: MatrixLayout, cells: (name: string) => MatrixCells | undefined, x: number, y: number): FoundNumber | undefined {
  const place = layout.places.find((one) => x >= one.x && x < one.x + one.width && y >= one.y && y < one.y + one.height);
  const found = place && cells(place.tensor.name);
  if (!place || !found) return undefined;
  const { down, across, values, places } = found;
  const cell = Math.floor(((y - place.y) / place.height) * down) * across + Math.floor(((x - place.x) / place.width) * across);
  const at = places?.[cell] ?? cell;
  return { name: place.tensor.name, row: Math.floor(at / place.columns), column: at % place.columns, value: values[cell] ?? NaN, shared: place.perRow * place.perColumn };
}

const roles = ['input', 'recurrent', 'other'] as const;

/** Where the colours of each role end, and how many finite numbers lie beyond. */
export function domainsOf(tensors: readonly PlacedTensor[], numbers: (name: string) => Float32Array | undefined): { readonly bounds: ByRole; readonly beyond: ByRole } {
  const parts = roles.map((role) => tensors.filter((tensor) => tensor.role === role).map(({ name }) => numbers(name) ?? new Float32Array()));
  const bounds = parts.map(boundOf);
  const beyond = parts.map((own, i) => own.reduce((sum, data) => sum + data.filter((value) => Number.isFinite(value) && Math.abs(value) > (bounds[i] ?? 0)).length, 0));
  const byRole = ([input = 0, recurrent = 0, other = 0]: readonly number[]): ByRole => ({ input, recurrent, other });
  return { bounds: byRole(bounds), beyond: byRole(beyond) };
}

/** So that 99.7 % of the finite numbers lie within; all of them, where there are few. */
export function boundOf(parts: readonly Float32Array[]): number {
  const sizes = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let length = 0;
  for (const part of parts) for (const value of part) if (Number.isFinite(value)) sizes[length++] = Math.abs(value);
  const sorted = sizes.subarray(0, length).sort();
  return sorted[Math.min(length - 1, Math.ceil(length * 0.997))] ?? 0;
}
