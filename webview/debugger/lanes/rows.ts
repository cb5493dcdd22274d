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
  for (const unit of members) {
    const value = values[at + unit] ?? NaN;
    if (!Number.isFinite(value)) return value;
    if (Math.abs(value) >= Math.abs(extreme)) extreme = value;
    sum += value;
  }
  return how === 'extreme' ? extreme : sum / Math.max(1, members.length);
}

export function rowsOf(order: readonly number[], per: number): readonly (readonly number[])[] {
  const rows: number[][] = [];
  for (let i = 0; i < order.length; i += per) rows.push(order.slice(i, i + per));
  return rows;
}
