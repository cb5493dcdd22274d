// A dense array with its dimensions: what crosses between the engine and a backend, a file or a trace.
// Not a value of the graph (those are names) and not a device buffer (see backend.ts).
// Invariant: data.length is the product of dims; row-major.

export interface FloatTensor {
  readonly kind: 'f32';
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

export interface IntTensor {
  readonly kind: 'i32';
  readonly dims: readonly number[];
  readonly data: Int32Array;
}

export type Tensor = FloatTensor | IntTensor;

export function sizeOf(dims: readonly number[]): number {
  let size = 1;
  for (const dim of dims) size *= dim;
  return size;
}

export function floats(dims: readonly number[], data: Float32Array = new Float32Array(sizeOf(dims))): FloatTensor {
  return { kind: 'f32', dims, data };
}

export function ints(dims: readonly number[], data: Int32Array): IntTensor {
  return { kind: 'i32', dims, data };
}
