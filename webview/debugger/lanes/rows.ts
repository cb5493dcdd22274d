// Which units share a row of a lane when there are more units than device pixels.
// Not a mean: a row shows its most extreme value, so that a spike survives; the mean is a choice.
// Invariant: rows are runs of the order, all of one size but the last.

export type RowValue = 'extreme' | 'mean';

/** Units a row: 1, 2, 4, … so that a row is at least one device pixel high. */
export function unitsPerRow(units: number, height: number, scale: number): number {
  let per = 1;
  while (Math.ceil(units / per) > height * scale) per *= 2;
  return per;
}

/** The lane's height: one pixel a unit at 64, more for larger layers, never under 24. */
export function laneHeight(units: number, usual: number): number {
  return units > 256 ? usual * 2 : Math.max(24, usual);
}

/** The value of a row at one step: a value that is not finite wins over every other. `at` is the column's first index. */
export function rowValue(values: Float32Array, at: number, members: readonly number[], how: RowValue): number {
  let extreme = 0;
  let sum = 0;
  // An index, not an iterator: a frame asks for thousands of rows.
  for (let i = 0; i < members.length; i++) {
    const value = values[at + (members[i] as number)] ?? NaN;
    if (!Number.isFinite(value)) return value;
    if (Math.abs(value) >= Math.abs(extreme)) extreme = value;
    sum += value;
  }
  return how === 'extreme' ? extreme : sum / Math.max(1, members.length);
}

const known = new WeakMap<readonly number[], Map<number, readonly (readonly number[])[]>>();

/** Runs of the order; the same object for the same order, which must not change. */
export function rowsOf(order: readonly number[], per: number): readonly (readonly number[])[] {
  const made = known.get(order) ?? new Map<number, readonly (readonly number[])[]>();
  known.set(order, made);
  const rows = made.get(per) ?? Array.from({ length: Math.ceil(order.length / per) }, (_, i) => order.slice(i * per, (i + 1) * per));
  made.set(per, rows);
  return rows;
}
