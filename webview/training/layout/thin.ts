// Thins dots to the picture's width: per pixel column the smallest, the largest and the last stay.
// Not averaging: a spike must survive.

/** Indices to draw, ascending. `column[i]` is the pixel column of entry i (never falling); entries without a finite value are left out. */
export function thin(length: number, column: (index: number) => number, value: (index: number) => number): number[] {
  const kept: number[] = [];
  let start = 0;
  while (start < length) {
    const here = column(start);
    let low = -1;
    let high = -1;
    let last = -1;
    let i = start;
    for (; i < length && column(i) === here; i++) {
      const v = value(i);
      if (!Number.isFinite(v)) continue;
      if (low < 0 || v < value(low)) low = i;
      if (high < 0 || v > value(high)) high = i;
      last = i;
    }
    for (const index of [...new Set([low, high, last])].sort((a, b) => a - b)) if (index >= 0) kept.push(index);
    start = i;
  }
  return kept;
}
