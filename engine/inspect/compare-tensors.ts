// Two trace files side by side: the largest relative difference of every name, names of one alone, and where they first differ.
// Not reading the files and not printing. Relative error is that of all contracts: max|a − b| / max|b| over one tensor.
// Invariant: every name of either file is accounted for; tensors of different shapes are never compared number by number.
import type { Tensor } from '../runtime/tensor';
import { differ, firstDivergence, type Divergence, type PairedColumn } from './first-divergence';

export type NameComparison =
  | { readonly kind: 'compared'; readonly name: string; readonly relative: number; readonly at: readonly number[]; readonly a: number; readonly b: number }
  | { readonly kind: 'shapes'; readonly name: string; readonly a: readonly number[]; readonly b: readonly number[] }
  | { readonly kind: 'alone'; readonly name: string; readonly in: 'a' | 'b' };

export interface TensorsCompared {
  readonly names: readonly NameComparison[];
  /** Among the values over time: the earliest step of any row of the batch. */
  readonly first?: Divergence & { readonly row: number };
}

/** In what order a trace's columns were computed, as its file says. */
export interface ComputedOrder {
  readonly columns: readonly string[];
  /** Layers, or directions of one, that walk from the last step to the first. */
  readonly reversed: readonly string[];
}

export type Tensors = ReadonlyMap<string, Tensor>;

/** @param order without it columns of one step stand in the order of their names. */
export function compareTensors(a: Tensors, b: Tensors, tolerance: number, order: ComputedOrder | undefined): TensorsCompared {
  const names = [...new Set([...a.keys(), ...b.keys()])].map((name): NameComparison => {
    const [one, other] = [a.get(name), b.get(name)];
    if (one === undefined || other === undefined) return { kind: 'alone', name, in: one === undefined ? 'b' : 'a' };
    return sameShape(one, other) ? farthest(name, one, other) : { kind: 'shapes', name, a: one.dims, b: other.dims };
  });
  const first = firstOf(a, b, tolerance, order);
  return { names, ...(first === undefined ? {} : { first }) };
}

/** Whether a name lies beyond the tolerance; a name of one alone and another shape do. */
export function beyond(comparison: NameComparison, tolerance: number): boolean {
  return comparison.kind !== 'compared' || !(comparison.relative <= tolerance);
}

function farthest(name: string, a: Tensor, b: Tensor): NameComparison {
  let [most, place, size] = [0, 0, 0];
  for (let i = 0; i < a.data.length; i++) {
    const [x, y] = [a.data[i] as number, b.data[i] as number];
    const apart = differ(x, y, 0) ? (Number.isFinite(x - y) ? Math.abs(x - y) : Infinity) : 0;
    if (apart > most) [most, place] = [apart, i];
    if (Math.abs(y) > size && Math.abs(y) < Infinity) size = Math.abs(y);
  }
  // A tensor that should be all zero must be exactly so.
  return { kind: 'compared', name, relative: most === 0 ? 0 : most / size, at: placeOf(place, a.dims), a: a.data[place] ?? NaN, b: b.data[place] ?? NaN };
}

function firstOf(a: Tensors, b: Tensors, tolerance: number, order: ComputedOrder | undefined): (Divergence & { readonly row: number }) | undefined {
  const shared = [...a.keys()].filter((name) => name.startsWith('value/') && b.has(name));
  const known = new Map(order?.columns.map((name, place) => [name, place]));
  const sorted = shared.sort((x, y) => (known.get(x) ?? Infinity) - (known.get(y) ?? Infinity) || (x < y ? -1 : 1));
  const tensors = sorted.flatMap((name) => {
    const [one, other] = [a.get(name), b.get(name)];
    return one && other && sameShape(one, other) && one.dims.length >= 2 ? [{ name, one, other }] : [];
  });
  const over = tensors.find(({ one }) => one.dims.length > 2)?.one.dims;
  const [rows = 1, steps = 1] = over ?? [tensors[0]?.one.dims[0] ?? 1, 1];
  let first: (Divergence & { readonly row: number }) | undefined;
  for (let row = 0; row < rows; row++) {
    const columns = tensors.filter(({ one }) => one.dims[0] === rows).map(({ name, one, other }): PairedColumn => {
      const perStep = one.dims.length > 2 && one.dims[1] === steps;
      const length = one.data.length / rows;
      const walk = walkOf(name);
      return {
        name, perStep, walk, width: perStep ? length / steps : length, reversed: order?.reversed.includes(walk) ?? walk.endsWith('.backward'),
        a: one.data.subarray(row * length, (row + 1) * length), b: other.data.subarray(row * length, (row + 1) * length),
      };
    });
    const found = firstDivergence(columns, steps, tolerance);
    if (found !== undefined && (first === undefined || (found.step ?? Infinity) < (first.step ?? Infinity))) first = { ...found, row };
  }
  return first;
}

/** `value/r1.backward.h` → `r1.backward`; `value/y` → `y`. */
function walkOf(name: string): string {
  const own = name.slice('value/'.length);
  const dot = own.lastIndexOf('.');
  return dot < 0 ? own : own.slice(0, dot);
}

function sameShape(a: Tensor, b: Tensor): boolean {
  return a.dims.length === b.dims.length && a.dims.every((dim, i) => dim === b.dims[i]);
}

function placeOf(index: number, dims: readonly number[]): readonly number[] {
  const place: number[] = [];
  let rest = index;
  for (const dim of [...dims].reverse()) {
    place.unshift(dim > 0 ? rest % dim : 0);
    rest = dim > 0 ? Math.floor(rest / dim) : 0;
  }
  return place;
}
