// The float64 value of every operation: one rule per kind, complete by type. The oracle that everything else is measured by.
// Not the gradients (../autodiff) and never what a person waits for.
// Invariant: a rule is pure, reads its arguments sequence by sequence and shares unbatched ones; it knows nothing of derivatives.
import { defined, invariant } from '../base/invariant';
import type { ValueType } from '../ir/graph';
import type { Operation, OperationKind, OperationOf } from '../ir/operation';
import { gelu, sigmoid, softplus } from './special-functions';
import { batchStride, countOf, elements, rowOf, zerosOf, type Value } from './value';

/** @param type the result's type, as the shape rules give it. */
export type ValueRule<K extends OperationKind> = (op: OperationOf<K>, args: readonly Value[], type: ValueType, batch: number) => Float64Array;
export type ValueRules = { readonly [K in OperationKind]: ValueRule<K> };
type AnyRule = (op: unknown, args: readonly Value[], type: ValueType, batch: number) => Float64Array;

const argument = (args: readonly Value[], index: number): Value => defined(args[index], `argument ${index} is missing`);
const truth = (condition: boolean): number => (condition ? 1 : 0);

/** y = f(a, b, c) element by element, for one to three arguments; a scalar goes with every element. */
function elementwise(f: (a: number, b: number, c: number) => number): AnyRule {
  return (_op, args, type, batch) => {
    const result = zerosOf(type, batch);
    const size = elements(type.shape);
    // How far an argument moves from element to element (0 for a scalar) and from sequence to sequence (0 for what all share).
    const [a, b, c] = [0, 1, 2].map((position) => {
      const arg = args[position] ?? argument(args, 0);
      return { data: arg.data, within: arg.type.shape.length === 0 ? 0 : 1, stride: batchStride(arg.type) };
    }) as [Operand, Operand, Operand];
    for (let sequence = 0, index = 0; index < result.length; sequence++) {
      for (let k = 0; k < size; k++, index++) {
        result[index] = f(
          a.data[sequence * a.stride + k * a.within] as number,
          b.data[sequence * b.stride + k * b.within] as number,
          c.data[sequence * c.stride + k * c.within] as number,
        );
      }
    }
    return result;
  };
}

interface Operand {
  readonly data: Float64Array;
  readonly within: number;
  readonly stride: number;
}

/** Calls `f(row, out)` for each row of the last axis; `out` is where the row's result goes, of `perRow` numbers (0 = the row's length). */
function overRows(perRow: 0 | 1, f: (row: Float64Array, out: Float64Array) => void): AnyRule {
  return (_op, args, type, batch) => {
    const { type: from, data } = argument(args, 0);
    const length = defined(from.shape[from.shape.length - 1], 'a scalar has no rows');
    const result = zerosOf(type, batch);
    const step = perRow === 0 ? length : perRow;
    for (let row = 0; row * length < data.length; row++) {
      f(data.subarray(row * length, (row + 1) * length), result.subarray(row * step, (row + 1) * step));
    }
    return result;
  };
}

/** A reduction of the last axis. */
const reduction = (f: (row: Float64Array) => number): AnyRule => overRows(1, (row, out) => { out[0] = f(row); });

/** Calls `f` once per sequence (once when the result is unbatched) with each argument's own numbers and the result's. */
function perSequence<K extends OperationKind>(f: (op: OperationOf<K>, args: readonly Float64Array[], out: Float64Array, types: readonly ValueType[]) => void): ValueRule<K> {
  return (op, args, type, batch) => {
    const result = zerosOf(type, batch);
    const types = args.map((arg) => arg.type);
    const size = elements(type.shape);
    for (let sequence = 0; sequence < (type.batched ? batch : 1); sequence++) {
      f(op, args.map((arg) => rowOf(arg, sequence)), result.subarray(sequence * size, (sequence + 1) * size), types);
    }
    return result;
  };
}

const sum = (row: Float64Array): number => row.reduce((total, v) => total + v, 0);
const mean = (row: Float64Array): number => sum(row) / row.length;
const largest = (row: Float64Array): number => row.reduce((best, v) => Math.max(best, v), -Infinity);
const smallest = (row: Float64Array): number => row.reduce((best, v) => Math.min(best, v), Infinity);

/** 1 / sqrt(biased variance + 1e-5), PyTorch's layer normalisation. */
function inverseDeviation(row: Float64Array): number {
  const centre = mean(row);
  return 1 / Math.sqrt(row.reduce((total, v) => total + (v - centre) ** 2, 0) / row.length + 1e-5);
}

/** log Σ e^v, shifted by the largest so that nothing overflows. */
export function logSumExp(row: Float64Array): number {
  const top = largest(row);
  return top + Math.log(row.reduce((total, v) => total + Math.exp(v - top), 0));
}

/** Marks the first element equal to `best`; a row with NaN marks nothing. */
const markFirst = (best: (row: Float64Array) => number): AnyRule =>
  overRows(0, (row, out) => {
    const index = row.indexOf(best(row));
    if (index >= 0) out[index] = 1;
  });

/** Copies a block between arrays seen as `[outer, axis, inner]`. */
function copyAlong(
  from: { readonly data: Float64Array; readonly length: number; readonly start: number },
  to: { readonly data: Float64Array; readonly length: number; readonly start: number },
  count: number,
  inner: number,
): void {
  const outer = to.data.length / (to.length * inner);
  for (let block = 0; block < outer; block++) {
    const begin = (block * from.length + from.start) * inner;
    to.data.set(from.data.subarray(begin, begin + count * inner), (block * to.length + to.start) * inner);
  }
}
const innerOf = (shape: readonly number[], axis: number): number => elements(shape.slice(axis + 1));
const sizeAt = (type: ValueType, axis: number): number => defined(type.shape[axis], 'no such axis');

/** Index of an element of a scalar, vector or matrix argument that stands at (row, column) of `[rows, columns]`. */
const alongIndex = (along: 'scalar' | 'rows' | 'columns', index: number, columns: number): number =>
  along === 'scalar' ? 0 : along === 'rows' ? index % columns : Math.floor(index / columns);

export const valueRules: ValueRules = {
  neg: elementwise((x) => -x),
  sigmoid: elementwise((x) => sigmoid(x)),
  tanh: elementwise((x) => Math.tanh(x)),
  relu: elementwise((x) => Math.max(x, 0)),
  leakyRelu: elementwise((x) => (x > 0 ? x : 0.01 * x)),
  elu: elementwise((x) => (x > 0 ? x : Math.expm1(x))),
  gelu: elementwise((x) => gelu(x)),
  silu: elementwise((x) => x * sigmoid(x)),
  softplus: elementwise((x) => softplus(x)),
  softsign: elementwise((x) => x / (1 + Math.abs(x))),
  // PyTorch's: the line x/6 + 1/2, cut at 0 and 1.
  hardSigmoid: elementwise((x) => Math.min(Math.max(x / 6 + 0.5, 0), 1)),
  hardTanh: elementwise((x) => Math.min(Math.max(x, -1), 1)),
  exp: elementwise((x) => Math.exp(x)),
  log: elementwise((x) => Math.log(x)),
  sqrt: elementwise((x) => Math.sqrt(x)),
  abs: elementwise((x) => Math.abs(x)),
  sign: elementwise((x) => Math.sign(x)),
  square: elementwise((x) => x * x),
  reciprocal: elementwise((x) => 1 / x),
  not: elementwise((x) => truth(x === 0)),
  stop: elementwise((x) => x),

  add: elementwise((a, b) => a + b),
  sub: elementwise((a, b) => a - b),
  mul: elementwise((a, b) => a * b),
  div: elementwise((a, b) => a / b),
  pow: elementwise((a, b) => a ** b),
  minimum: elementwise((a, b) => Math.min(a, b)),
  maximum: elementwise((a, b) => Math.max(a, b)),
  less: elementwise((a, b) => truth(a < b)),
  lessEqual: elementwise((a, b) => truth(a <= b)),
  greater: elementwise((a, b) => truth(a > b)),
  greaterEqual: elementwise((a, b) => truth(a >= b)),
  equal: elementwise((a, b) => truth(a === b)),
  notEqual: elementwise((a, b) => truth(a !== b)),
  and: elementwise((a, b) => truth(a !== 0 && b !== 0)),
  or: elementwise((a, b) => truth(a !== 0 || b !== 0)),
  where: elementwise((condition, a, b) => (condition !== 0 ? a : b)),

  reduceSum: reduction(sum),
  reduceMean: reduction(mean),
  reduceMin: reduction(smallest),
  reduceMax: reduction(largest),
  reduceNorm: reduction((row) => Math.sqrt(row.reduce((total, v) => total + v * v, 0))),
  inverseDeviation: reduction(inverseDeviation),

  softmax: overRows(0, (row, out) => {
    const top = largest(row);
    const total = row.reduce((partial, v) => partial + Math.exp(v - top), 0);
    row.forEach((v, index) => { out[index] = Math.exp(v - top) / total; });
  }),
  logSoftmax: overRows(0, (row, out) => {
    const shift = logSumExp(row);
    row.forEach((v, index) => { out[index] = v - shift; });
  }),
  layerNorm: overRows(0, (row, out) => {
    const centre = mean(row);
    const scale = inverseDeviation(row);
    row.forEach((v, index) => { out[index] = (v - centre) * scale; });
  }),
  firstMaxMask: markFirst(largest),
  firstMinMask: markFirst(smallest),

  constant: (op, _args, type, batch) => zerosOf(type, batch).fill(op.value),
  matvec: perSequence((op, [matrix, vector], out, [type]) => {
    const [rows, columns] = (type as ValueType).shape as readonly [number, number];
    if (matrix === undefined || vector === undefined) return;
    for (let i = 0; i < rows; i++) {
      let total = 0;
      for (let j = 0, place = i * columns; j < columns; j++, place++) {
        const weight = matrix[place] as number;
        if (op.transposed) out[j] = (out[j] as number) + weight * (vector[i] as number);
        else total += weight * (vector[j] as number);
      }
      if (!op.transposed) out[i] = total;
    }
  }),
  dot: perSequence((_op, [a, b], out) => {
    a?.forEach((v, index) => { out[0] = (out[0] as number) + v * (b?.[index] as number); });
  }),
  outer: perSequence((_op, args, out) => addOuter(args, out)),
  outerSum: (_op, args, type, batch) => {
    const out = zerosOf(type, batch);
    const batched = args.some((arg) => arg.type.batched);
    for (let sequence = 0; sequence < (batched ? batch : 1); sequence++) addOuter(args.map((arg) => rowOf(arg, sequence)), out);
    return out;
  },
  matmat: perSequence((op, [a, b], out, [typeA, typeB]) => {
    const [rowsA, columnsA] = (typeA as ValueType).shape as readonly [number, number];
    const [rowsB, columnsB] = (typeB as ValueType).shape as readonly [number, number];
    const [m, inner] = op.transposeA ? [columnsA, rowsA] : [rowsA, columnsA];
    const n = op.transposeB ? rowsB : columnsB;
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let total = 0;
        for (let k = 0; k < inner; k++) {
          total += (a?.[op.transposeA ? k * columnsA + i : i * columnsA + k] as number) * (b?.[op.transposeB ? j * columnsB + k : k * columnsB + j] as number);
        }
        out[i * n + j] = total;
      }
    }
  }),
  transpose: perSequence((_op, [matrix], out, [type]) => {
    const [rows, columns] = (type as ValueType).shape as readonly [number, number];
    for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) out[j * rows + i] = matrix?.[i * columns + j] as number;
  }),
  concat: perSequence((op, args, out, types) => {
    const first = defined(types[0], 'concat of nothing');
    const length = types.reduce((total, type) => total + sizeAt(type, op.axis), 0);
    let start = 0;
    args.forEach((data, index) => {
      const count = sizeAt(types[index] as ValueType, op.axis);
      copyAlong({ data, length: count, start: 0 }, { data: out, length, start }, count, innerOf(first.shape, op.axis));
      start += count;
    });
  }),
  slice: perSequence((op, [data], out, [type]) => {
    const count = op.end - op.start;
    const from = { data: data as Float64Array, length: sizeAt(type as ValueType, op.axis), start: op.start };
    copyAlong(from, { data: out, length: count, start: 0 }, count, innerOf((type as ValueType).shape, op.axis));
  }),
  pad: perSequence((op, [data], out, [type]) => {
    const count = sizeAt(type as ValueType, op.axis);
    const to = { data: out, length: op.before + count + op.after, start: op.before };
    copyAlong({ data: data as Float64Array, length: count, start: 0 }, to, count, innerOf((type as ValueType).shape, op.axis));
  }),
  broadcast: perSequence((op, [data], out) => {
    const columns = op.shape[1] ?? 1;
    for (let index = 0; index < out.length; index++) out[index] = data?.[alongIndex(op.along, index, columns)] as number;
  }),
  sumTo: (op, args, type, batch) => {
    const value = argument(args, 0);
    const out = zerosOf(type, batch);
    const columns = value.type.shape[1] ?? 1;
    for (let sequence = 0; sequence < (value.type.batched ? batch : 1); sequence++) {
      const into = out.subarray(type.batched ? sequence * elements(type.shape) : 0);
      rowOf(value, sequence).forEach((v, index) => {
        const place = op.along === 'batch' ? index : alongIndex(op.along, index, columns);
        into[place] = (into[place] as number) + v;
      });
    }
    return out;
  },
};

function addOuter([a, b]: readonly Float64Array[], out: Float64Array): void {
  const columns = defined(b, 'outer has two arguments').length;
  a?.forEach((v, i) => b?.forEach((w, j) => { out[i * columns + j] = (out[i * columns + j] as number) + v * w; }));
}

/** The value of an operation of known result type. `batch` is the number of sequences. */
export function valueOf(op: Operation, args: readonly Value[], type: ValueType, batch: number): Value {
  // The table is complete by type; TypeScript cannot relate op.kind to the rule's own parameter.
  const rule = valueRules[op.kind] as unknown as AnyRule;
  const data = rule(op, args, type, batch);
  invariant(data.length === countOf(type, batch), `${op.kind} gave ${data.length} numbers`);
  return { type, data };
}
