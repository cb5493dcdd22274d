// A quantile of the absolute values of many numbers, without sorting them.
// Not an estimate. Numbers that are not finite do not count.
// Invariant: the argument is only read.

/** The smallest absolute value that at least `share` of the finite ones do not exceed; 0 when there are none. */
export function absoluteQuantile(values: Float32Array, share: number): number {
  const sizes = new Float32Array(values.length);
  let count = 0;
  for (const value of values) if (Number.isFinite(value)) sizes[count++] = Math.abs(value);
  if (count === 0) return 0;
  return select(sizes, count, Math.min(count - 1, Math.max(0, Math.ceil(share * count) - 1)));
}

/** Hoare's selection: the k-th smallest of the first `count` numbers, which it reorders. */
function select(numbers: Float32Array, count: number, k: number): number {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const pivot = numbers[(low + high) >> 1] as number;
    let i = low;
    let j = high;
    while (i <= j) {
      while ((numbers[i] as number) < pivot) i++;
      while ((numbers[j] as number) > pivot) j--;
      if (i <= j) {
        const swapped = numbers[i] as number;
        numbers[i++] = numbers[j] as number;
        numbers[j--] = swapped;
      }
    }
    if (k <= j) high = j;
    else if (k >= i) low = i;
    else break;
  }
  return numbers[k] as number;
}
