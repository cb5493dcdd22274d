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

/** `[outer, inner, …]` → `[inner, outer, …]`. */
function permuted<A extends Numbers>(data: A, outer: number, inner: number): A {
  const width = data.length / (outer * inner);
  const result = data.slice() as A;
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const from = (o * inner + i) * width;
      result.set(data.subarray(from, from + width) as never, (i * outer + o) * width);
    }
  }
  return result;
}
