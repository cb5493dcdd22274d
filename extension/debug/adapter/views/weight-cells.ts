// Matrices of numbers as cells of a picture and as what can be said of them, without sending the numbers.
// Not which numbers (weight-views.ts) and not their colours.
// Invariant: the most extreme number of a cell survives, with its place; numbers are only read.
import type { PlacedTensor } from '../../../../protocol/run';
import type { ByRole, CellsWanted, MatrixCells, WeightSummary } from '../../../../protocol/weights-view';
import { norm } from './state-flow';
import { absoluteQuantile } from './quantile';

/** Share of the numbers that the colours reach. */
const within = 0.997;

/** `[rows, columns]`: a vector is a column. */
export function matrixSize(shape: readonly number[]): readonly [rows: number, columns: number] {
  const [rows = 1, ...rest] = shape;
  return [rows, rest.reduce((product, size) => product * size, 1)];
}

export function cellsOf(shape: readonly number[], data: Float32Array, { name, perRow, perColumn, rows: rowOrder, columns: columnOrder }: CellsWanted): MatrixCells {
  const [rows, columns] = matrixSize(shape);
  const [down, across] = [Math.ceil(rows / perRow), Math.ceil(columns / perColumn)];
  if (perRow === 1 && perColumn === 1 && rowOrder === undefined && columnOrder === undefined) return { name, down, across, values: data.slice() };
  const values = new Float32Array(down * across);
  const places = new Int32Array(down * across);
  for (let y = 0; y < down; y++) {
    for (let x = 0; x < across; x++) {
      let place = -1;
      let best = 0;
      search: for (let r = y * perRow; r < Math.min(rows, (y + 1) * perRow); r++) {
        for (let c = x * perColumn; c < Math.min(columns, (x + 1) * perColumn); c++) {
          const at = (rowOrder?.[r] ?? r) * columns + (columnOrder?.[c] ?? c);
          const value = data[at] ?? NaN;
          if (place < 0 || !Number.isFinite(value) || Math.abs(value) > Math.abs(best)) [place, best] = [at, value];
          if (!Number.isFinite(value)) break search;
        }
      }
      values[y * across + x] = best;
      places[y * across + x] = place;
    }
  }
  return { name, down, across, values, places };
}

export function summaryOf(name: string, shape: readonly number[], data: Float32Array, whole?: Float32Array): WeightSummary {
  const [, columns] = matrixSize(shape);
  let squares = 0;
  let largest = -1;
  let broken = -1;
  let count = 0;
  data.forEach((value, at) => {
    squares += value * value;
    if (!Number.isFinite(value)) {
      if (broken < 0) broken = at;
      count++;
    } else if (value !== 0 && (largest < 0 || Math.abs(value) > Math.abs(data[largest] ?? 0))) largest = at;
  });
  const place = (at: number): { readonly row: number; readonly column: number } => ({ row: Math.floor(at / columns), column: at % columns });
  return {
    name, norm: Math.sqrt(squares),
    ...(whole === undefined ? {} : { whole: norm(whole) }),
    ...(largest < 0 ? {} : { largest: { ...place(largest), value: data[largest] ?? NaN } }),
    ...(broken < 0 ? {} : { notFinite: { ...place(broken), count } }),
  };
}

const roles = ['input', 'recurrent', 'other'] as const;

/** Where the colours of each role end, over all its numbers. */
export function boundsOf(tensors: readonly { readonly role: PlacedTensor['role']; readonly data: Float32Array }[]): ByRole {
  const bound = (role: PlacedTensor['role']): number => {
    const parts = tensors.filter((tensor) => tensor.role === role).map(({ data }) => data);
    const all = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return absoluteQuantile(all, within);
  };
  return byRole(bound);
}

/** How many finite numbers lie beyond. */
export function beyondOf(tensors: readonly { readonly role: PlacedTensor['role']; readonly data: Float32Array }[], bounds: ByRole): ByRole {
  return byRole((role) => {
    let count = 0;
    for (const { role: own, data } of tensors) if (own === role) for (const value of data) if (Number.isFinite(value) && Math.abs(value) > bounds[role]) count++;
    return count;
  });
}

function byRole(of: (role: PlacedTensor['role']) => number): ByRole {
  const [input, recurrent, other] = roles.map(of) as [number, number, number];
  return { input, recurrent, other };
}
