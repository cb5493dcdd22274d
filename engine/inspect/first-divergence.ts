// Where two passes over the same sequence first differ, in the order in which the numbers were computed.
// Not which columns belong together (the caller pairs them) and not why they differ.
// Invariant: a number that is not finite differs from every finite one and never from its like; without a difference there is no answer.

/** Two columns of one name, `[time, width]` each (`[width]` when not per step), in the order of computation. */
export interface PairedColumn {
  /** `r1.c`. */
  readonly name: string;
  readonly a: ArrayLike<number>;
  readonly b: ArrayLike<number>;
  readonly width: number;
  readonly perStep: boolean;
  /** What is walked together: a layer, or one direction of it. */
  readonly walk: string;
  /** It was computed from the last step to the first. */
  readonly reversed: boolean;
}

export interface Divergence {
  readonly name: string;
  /** From 1; undefined for what is computed once, after the last step. */
  readonly step: number | undefined;
  readonly unit: number;
  readonly a: number;
  readonly b: number;
}

/** Two numbers of a column differ when they lie farther apart than this part of the column's largest: the bound within which two backends are called the same. */
export const sameWithin = 1e-4;

/**
 * Walks that go forwards are looked at step by step, all columns of a step before the next; as soon as one goes backwards, walk after walk, since
 * the later ones read the earlier ones whole.
 * @param columns in the order of computation
 * @param steps T
 * @param tolerance part of each column's largest finite absolute value, of both passes
 */
export function firstDivergence(columns: readonly PairedColumn[], steps: number, tolerance = sameWithin): Divergence | undefined {
  const overTime = columns.filter(({ perStep }) => perStep);
  const groups = overTime.some(({ reversed }) => reversed) ? groupsByWalk(overTime) : [overTime];
  for (const group of groups) {
    const bounds = group.map((column) => tolerance * largest(column));
    const backwards = group.some(({ reversed }) => reversed);
    for (let place = 0; place < steps; place++) {
      const t = backwards ? steps - 1 - place : place;
      for (const [index, column] of group.entries()) {
        const found = differsIn(column, t * column.width, bounds[index] ?? 0);
        if (found !== undefined) return { ...found, step: t + 1 };
      }
    }
  }
  for (const column of columns) {
    if (column.perStep) continue;
    const found = differsIn(column, 0, tolerance * largest(column));
    if (found !== undefined) return { ...found, step: undefined };
  }
  return undefined;
}

/** this − other of two columns of one shape; where both are the same infinity, 0: they do not differ. */
export function differences(a: ArrayLike<number>, b: ArrayLike<number>): Float32Array {
  const result = new Float32Array(a.length);
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] as number, b[i] as number];
    result[i] = x === y ? 0 : x - y;
  }
  return result;
}

function differsIn({ name, a, b, width }: PairedColumn, from: number, bound: number): Omit<Divergence, 'step'> | undefined {
  for (let unit = 0; unit < width; unit++) {
    const [x, y] = [a[from + unit] as number, b[from + unit] as number];
    if (differ(x, y, bound)) return { name, unit, a: x, b: y };
  }
  return undefined;
}

export function differ(x: number, y: number, bound: number): boolean {
  if (Number.isFinite(x) && Number.isFinite(y)) return Math.abs(x - y) > bound;
  return !Object.is(x, y);
}

function largest({ a, b }: PairedColumn): number {
  let most = 0;
  for (const values of [a, b]) {
    for (let i = 0; i < values.length; i++) {
      const size = Math.abs(values[i] as number);
      if (size > most && size < Infinity) most = size;
    }
  }
  return most;
}

function groupsByWalk(columns: readonly PairedColumn[]): readonly (readonly PairedColumn[])[] {
  const groups = new Map<string, PairedColumn[]>();
  for (const column of columns) {
    const group = groups.get(column.walk) ?? [];
    groups.set(column.walk, group);
    group.push(column);
  }
  return [...groups.values()];
}
