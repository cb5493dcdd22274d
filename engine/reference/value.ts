// A float64 value of the graph: numbers with their type. The currency of the interpreter.
// Not a tensor of a backend (those are float32 and have no type); slow and small on purpose.
// Invariant: data is row-major `[batch, ...shape]` when the type is batched, else `[...shape]`.
import type { ValueType } from '../ir/graph';

export interface Value {
  readonly type: ValueType;
  readonly data: Float64Array;
}

/** Numbers with dimensions, of whatever width: weights, inputs and columns of a trace. Row-major. */
export interface Numbers {
  readonly dims: readonly number[];
  readonly data: Float64Array | Float32Array | Int32Array;
}

/** Numbers that the reference computed. */
export interface Column {
  readonly dims: readonly number[];
  readonly data: Float64Array;
}

export function elements(shape: readonly number[]): number {
  let count = 1;
  for (const size of shape) count *= size;
  return count;
}

/** How far apart two sequences of the batch lie in `data`; 0 for an unbatched value, which all sequences share. */
export function batchStride(type: ValueType): number {
  return type.batched ? elements(type.shape) : 0;
}

/** How many numbers a value of the type has, for `batch` sequences. */
export function countOf(type: ValueType, batch: number): number {
  return elements(type.shape) * (type.batched ? batch : 1);
}

/** Zeros of the type, for `batch` sequences. */
export function zerosOf(type: ValueType, batch: number): Float64Array {
  return new Float64Array(countOf(type, batch));
}

export function column(dims: readonly number[]): Column {
  return { dims, data: new Float64Array(elements(dims)) };
}

/** The numbers of one sequence, as a view where the value is batched and the shared numbers where it is not. */
export function rowOf(value: Value, sequence: number): Float64Array {
  const stride = batchStride(value.type);
  const size = elements(value.type.shape);
  return value.data.subarray(sequence * stride, sequence * stride + size);
}

/** The value as a batched one: an unbatched value is repeated for every sequence. */
export function batchedData(value: Value, batch: number): Float64Array {
  if (value.type.batched) return value.data;
  const repeated = new Float64Array(value.data.length * batch);
  for (let sequence = 0; sequence < batch; sequence++) repeated.set(value.data, sequence * value.data.length);
  return repeated;
}
