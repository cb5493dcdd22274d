// The float64 value of every operation against numbers computed by hand or taken from tables.
import { describe, expect, it } from 'vitest';
import type { Operation } from '../../engine/ir/operation';
import { resultType } from '../../engine/ir/shape-rules';
import { Random } from '../../engine/base/random';
import { erf, erfc } from '../../engine/reference/special-functions';
import { batchedData, type Value } from '../../engine/reference/value';
import { valueOf } from '../../engine/reference/value-rules';
import { tolerances } from '../tolerances';
import { operationKinds, sampleBatch, sampleOperation } from './sample-operations';

type Nested = number | readonly Nested[];
const flat = (nested: Nested): number[] => (typeof nested === 'number' ? [nested] : nested.flatMap(flat));
const shapeOf = (nested: Nested): number[] => (typeof nested === 'number' ? [] : [nested.length, ...shapeOf(nested[0] ?? 0)]);
const shared = (nested: Nested): Value => ({ type: { shape: shapeOf(nested), batched: false }, data: Float64Array.from(flat(nested)) });
const batched = (...rows: readonly Nested[]): Value => ({ type: { shape: shapeOf(rows[0] ?? 0), batched: true }, data: Float64Array.from(rows.flatMap(flat)) });

function check(op: Operation, args: readonly Value[], expected: Nested): void {
  const result = valueOf(op, args, resultType(op, args.map(({ type }) => type)), 2);
  const want = flat(expected);
  expect(result.data).toHaveLength(want.length);
  result.data.forEach((v, index) => {
    const wanted = want[index] as number;
    expect(Math.abs(v - wanted), `${op.kind}[${index}]: ${v}, not ${wanted}`).toBeLessThanOrEqual(tolerances.handComputed * Math.max(1, Math.abs(wanted)));
  });
}

describe('elementwise functions', () => {
  const cases: readonly (readonly [Operation['kind'], readonly number[], readonly number[]])[] = [
    ['neg', [1, -2], [-1, 2]],
    ['sigmoid', [0, 1, -800], [0.5, 0.7310585786300049, 0]],
    ['tanh', [0, 0.5], [0, 0.46211715726000975]],
    ['relu', [-1, 2], [0, 2]],
    ['leakyRelu', [-1, 2], [-0.01, 2]],
    ['elu', [-1, 2], [-0.6321205588285577, 2]],
    ['gelu', [1, -1, 0], [0.8413447460685429, -0.15865525393145705, 0]],
    ['silu', [1, -1], [0.7310585786300049, -0.2689414213699951]],
    ['softplus', [0, 800, -800], [0.6931471805599453, 800, 0]],
    ['softsign', [3, -1], [0.75, -0.5]],
    ['hardSigmoid', [-4, 0, 1.5, 4], [0, 0.5, 0.75, 1]],
    ['hardTanh', [-4, 0.3, 4], [-1, 0.3, 1]],
    ['exp', [1], [Math.E]],
    ['log', [Math.E], [1]],
    ['sqrt', [9], [3]],
    ['abs', [-2, 2], [2, 2]],
    ['sign', [-3, 0, 3], [-1, 0, 1]],
    ['square', [-3], [9]],
    ['reciprocal', [4], [0.25]],
    ['not', [0, 2], [1, 0]],
    ['stop', [5], [5]],
  ];
  it.each(cases)('%s', (kind, inputs, outputs) => check({ kind } as Operation, [shared(inputs)], outputs));

  const pairs: readonly (readonly [Operation['kind'], readonly number[]])[] = [
    ['add', [3, 4, 5]], ['sub', [-1, 0, 1]], ['mul', [2, 4, 6]], ['div', [0.5, 1, 1.5]], ['pow', [1, 4, 9]],
    ['minimum', [1, 2, 2]], ['maximum', [2, 2, 3]], ['less', [1, 0, 0]], ['lessEqual', [1, 1, 0]], ['greater', [0, 0, 1]],
    ['greaterEqual', [0, 1, 1]], ['equal', [0, 1, 0]], ['notEqual', [1, 0, 1]], ['and', [1, 1, 1]], ['or', [1, 1, 1]],
  ];
  it.each(pairs)('%s of a vector and a scalar', (kind, outputs) => check({ kind } as Operation, [shared([1, 2, 3]), shared(2)], outputs));

  it('mixes what differs by sequence with what all share', () => {
    check({ kind: 'add' }, [batched([1, 2], [3, 4]), shared([10, 20])], [11, 22, 13, 24]);
    check({ kind: 'mul' }, [batched(2, 3), shared([1, 5])], [2, 10, 3, 15]);
    check({ kind: 'where' }, [shared([1, 0]), batched([1, 2], [3, 4]), shared(9)], [1, 9, 3, 9]);
    check({ kind: 'and' }, [shared([0, 1]), shared([1, 1])], [0, 1]);
  });
});

describe('rows', () => {
  const matrix = shared([[1, 4, 2], [3, 3, -1]]);
  it('reduces the last axis', () => {
    check({ kind: 'reduceSum' }, [matrix], [7, 5]);
    check({ kind: 'reduceMean' }, [matrix], [7 / 3, 5 / 3]);
    check({ kind: 'reduceMin' }, [matrix], [1, -1]);
    check({ kind: 'reduceMax' }, [matrix], [4, 3]);
    check({ kind: 'reduceNorm' }, [shared([3, 4])], 5);
    check({ kind: 'inverseDeviation' }, [shared([1, 3])], 1 / Math.sqrt(1 + 1e-5));
  });
  it('keeps the shape', () => {
    check({ kind: 'softmax' }, [shared([0, Math.log(3)])], [0.25, 0.75]);
    check({ kind: 'softmax' }, [shared([1000, 1000, -1000])], [0.5, 0.5, 0]);
    check({ kind: 'logSoftmax' }, [shared([0, Math.log(3)])], [Math.log(0.25), Math.log(0.75)]);
    check({ kind: 'layerNorm' }, [shared([1, 3])], [-1 / Math.sqrt(1 + 1e-5), 1 / Math.sqrt(1 + 1e-5)]);
    check({ kind: 'firstMaxMask' }, [shared([[1, 4, 4], [3, 3, -1]])], [[0, 1, 0], [1, 0, 0]]);
    check({ kind: 'firstMinMask' }, [matrix], [[1, 0, 0], [0, 0, 1]]);
  });
});

describe('products', () => {
  const matrix = shared([[1, 2, 3], [4, 5, 6]]);
  it('matrix and vector', () => {
    check({ kind: 'matvec', transposed: false }, [matrix, batched([1, 0, 1], [0, 1, 0])], [4, 10, 2, 5]);
    check({ kind: 'matvec', transposed: true }, [matrix, shared([1, 2])], [9, 12, 15]);
    check({ kind: 'dot' }, [shared([1, 2]), shared([3, 4])], 11);
  });
  it('outer products, one a sequence and summed over the batch', () => {
    check({ kind: 'outer' }, [batched([1, 2], [0, 1]), shared([3, 4])], [3, 4, 6, 8, 0, 0, 3, 4]);
    check({ kind: 'outerSum' }, [batched([1, 2], [0, 1]), shared([3, 4])], [3, 4, 9, 12]);
  });
  it('two matrices, transposed or not', () => {
    const square = shared([[1, 2], [3, 4]]);
    check({ kind: 'matmat', transposeA: false, transposeB: false }, [square, matrix], [[9, 12, 15], [19, 26, 33]]);
    check({ kind: 'matmat', transposeA: true, transposeB: false }, [square, matrix], [[13, 17, 21], [18, 24, 30]]);
    check({ kind: 'matmat', transposeA: false, transposeB: true }, [matrix, matrix], [[14, 32], [32, 77]]);
    check({ kind: 'matmat', transposeA: true, transposeB: true }, [matrix, square], [[9, 19], [12, 26], [15, 33]]);
    check({ kind: 'transpose' }, [matrix], [[1, 4], [2, 5], [3, 6]]);
  });
});

describe('shapes', () => {
  const matrix = shared([[1, 2, 3], [4, 5, 6]]);
  it('concat, slice, pad', () => {
    check({ kind: 'concat', axis: 0 }, [batched([1], [2]), shared([7, 8])], [1, 7, 8, 2, 7, 8]);
    check({ kind: 'concat', axis: 1 }, [matrix, shared([[9], [8]])], [[1, 2, 3, 9], [4, 5, 6, 8]]);
    check({ kind: 'slice', axis: 1, start: 1, end: 3 }, [matrix], [[2, 3], [5, 6]]);
    check({ kind: 'slice', axis: 0, start: 1, end: 2 }, [matrix], [[4, 5, 6]]);
    check({ kind: 'pad', axis: 1, before: 1, after: 0 }, [matrix], [[0, 1, 2, 3], [0, 4, 5, 6]]);
    check({ kind: 'pad', axis: 0, before: 0, after: 1 }, [shared([5])], [5, 0]);
    check({ kind: 'constant', value: 2, shape: [3] }, [], [2, 2, 2]);
  });
  it('broadcast and its adjoint', () => {
    check({ kind: 'broadcast', shape: [2, 2], along: 'scalar' }, [shared(7)], [[7, 7], [7, 7]]);
    check({ kind: 'broadcast', shape: [2, 3], along: 'rows' }, [shared([1, 2, 3])], [[1, 2, 3], [1, 2, 3]]);
    check({ kind: 'broadcast', shape: [2, 3], along: 'columns' }, [shared([1, 2])], [[1, 1, 1], [2, 2, 2]]);
    check({ kind: 'sumTo', shape: [], batched: false, along: 'scalar' }, [matrix], 21);
    check({ kind: 'sumTo', shape: [3], batched: false, along: 'rows' }, [matrix], [5, 7, 9]);
    check({ kind: 'sumTo', shape: [2], batched: false, along: 'columns' }, [matrix], [6, 15]);
    check({ kind: 'sumTo', shape: [2], batched: false, along: 'batch' }, [batched([1, 2], [3, 4])], [4, 6]);
    check({ kind: 'sumTo', shape: [], batched: true, along: 'scalar' }, [batched([1, 2], [3, 4])], [3, 7]);
    check({ kind: 'sumTo', shape: [], batched: false, along: 'scalar' }, [batched([1, 2], [3, 4])], 10);
  });
});

describe('the error function', () => {
  // Abramowitz & Stegun, table 7.1, and Mathematica's Erfc for the tail.
  it.each([[0.5, 0.5204998778130465], [1, 0.8427007929497149], [2, 0.9953222650189527], [-1, -0.8427007929497149]])('erf(%f)', (x, want) => {
    expect(Math.abs(erf(x) - want)).toBeLessThanOrEqual(tolerances.handComputed);
  });
  it.each([[3, 2.209049699858544e-5], [5, 1.5374597944280349e-12], [10, 2.088487583762545e-45], [30, 0]])('erfc(%f)', (x, want) => {
    expect(Math.abs(erfc(x) - want)).toBeLessThanOrEqual(tolerances.handComputed * want);
  });
});

describe('every operation', () => {
  it.each(operationKinds)('%s gives as many numbers as its type says, the same for shared arguments repeated by sequence', (kind) => {
    for (let seed = 0; seed < 8; seed++) {
      const { op, args } = sampleOperation(kind, Random.for(seed, kind));
      const type = resultType(op, args.map((arg) => arg.type));
      const value = valueOf(op, args, type, sampleBatch);
      // A sum over the batch of what all share is not that of its copies.
      if (kind === 'outerSum' || kind === 'sumTo' || args.length === 0) continue;
      const repeated = args.map((arg): Value => ({ type: { ...arg.type, batched: true }, data: batchedData(arg, sampleBatch) }));
      const other = valueOf(op, repeated, { ...type, batched: true }, sampleBatch);
      expect([...other.data]).toEqual([...batchedData(value, sampleBatch)]);
    }
  });
});
