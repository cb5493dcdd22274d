// The parameters of a run by layer, and which measurement stands at an iteration.
// Not drawing. A layer's parameters are those whose full name begins with its own; a reverse half is a layer of its own here.
import type { ParameterColumn, ParameterSize } from '../../../protocol/run';
import type { IterationAxis } from './frame';
import { placeOf } from './frame';

/** `r1` of `r1.W_i` and of `r1.initial.h`. */
export function layerOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('.'))).replace(/\.initial$/, '');
}

/** `W_i`, `initial.h`. */
export function shortName(name: string): string {
  return name.slice(layerOf(name).length + 1);
}

export interface Named {
  readonly name: string;
}

/** In the order of their first name. */
export function layersOf(names: readonly Named[]): readonly string[] {
  return [...new Set(names.map(({ name }) => layerOf(name)))];
}

/** The chosen layer if there is such, else the first of those that recur (they have the most parameters), else the first. */
export function shownLayer(names: readonly Named[], chosen: string | undefined): string | undefined {
  const layers = layersOf(names);
  if (chosen !== undefined && layers.includes(chosen)) return chosen;
  const counts = layers.map((layer) => names.filter(({ name }) => layerOf(name) === layer).length);
  return layers[counts.indexOf(Math.max(...counts))];
}

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
