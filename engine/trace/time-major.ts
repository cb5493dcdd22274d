// Turns `[batch, time, …]` into `[time × batch, …]` and back: files and people count sequences first, programs steps first.
// Not a transposition of anything else.
// Invariant: row t·batch + b is sequence b at step t; both directions copy.

type Numbers = Float32Array | Int32Array;

export function toTimeMajor<A extends Numbers>(data: A, batch: number, time: number): A {
  return permuted(data, batch, time);
}

export function toBatchMajor<A extends Numbers>(data: A, batch: number, time: number): A {
  return permuted(data, time, batch);
}

/** Below this many numbers a loop is faster than copying through a view (ids, targets and masks are 1 wide). */
const narrow = 16;

/** `[outer, inner, …]` → `[inner, outer, …]`. */
function permuted<A extends Numbers>(data: A, outer: number, inner: number): A {
  const width = data.length / (outer * inner);
  const result = data.slice() as A;
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const from = (o * inner + i) * width;
      const to = (i * outer + o) * width;
      if (width < narrow) for (let k = 0; k < width; k++) result[to + k] = data[from + k] ?? 0;
      else result.set(data.subarray(from, from + width) as never, to);
    }
  }
  return result;
}
