// Which measurement of the parameters stands at an iteration, and how much an iteration changes one.
// Not drawing.
import type { ParameterColumn, ParameterSize } from '../../../protocol/run';
import type { IterationAxis } from './frame';
import { placeOf } from './frame';

/** Index of the last column at or before an iteration, the first when there is none before; −1 without columns. */
export function columnAt(columns: readonly { readonly iteration: number }[], iteration: number): number {
  let index = columns.length > 0 ? 0 : -1;
  columns.forEach((column, i) => {
    if (column.iteration <= iteration) index = i;
  });
  return index;
}

/** Index of the column drawn nearest to a pixel; −1 without columns. */
export function columnNear(columns: readonly { readonly iteration: number }[], axis: IterationAxis, x: number): number {
  let nearest = -1;
  let least = Infinity;
  columns.forEach(({ iteration }, i) => {
    const distance = Math.abs(placeOf(axis, iteration) - x);
    if (distance < least) [nearest, least] = [i, distance];
  });
  return nearest;
}

/** Left edges of the columns and the right edge of the last; each column reaches half-way to its neighbours, the last to where the run stands. */
export function columnEdges(columns: readonly { readonly iteration: number }[], axis: IterationAxis, now: number): readonly number[] {
  const at = columns.map(({ iteration }) => placeOf(axis, iteration));
  const [first = axis.left, second = first] = at;
  return [Math.max(axis.left, first - Math.max(1, (second - first) / 2)), ...at.slice(1).map((place, i) => (place + (at[i] ?? place)) / 2), Math.max(now, (at.at(-1) ?? axis.left) + 1)];
}

export function sizeOf({ tensors }: ParameterColumn, name: string): ParameterSize | undefined {
  return tensors.find((tensor) => tensor.name === name);
}

/** How much of a parameter one iteration changes; undefined where the parameter is zero. */
export function ratioOf({ rms, change }: ParameterSize): number | undefined {
  return rms > 0 && Number.isFinite(change) ? change / rms : undefined;
}
