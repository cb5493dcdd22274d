// Sample arguments for every operation, drawn by seed: the same for its value, its gradient and its emission.
// Not a test. Invariant: complete by type; numbers lie where the operation is defined and, but for kinks, smooth.
import type { Random } from '../../engine/base/random';
import type { ValueType } from '../../engine/ir/graph';
import { binaryKinds, reductionKinds, rowKinds, unaryKinds, type Operation, type OperationKind } from '../../engine/ir/operation';
import { zerosOf, type Value } from '../../engine/reference/value';

export interface Sample {
  readonly op: Operation;
  readonly args: readonly Value[];
}

export const sampleBatch = 2;

type Draw = (random: Random) => number;
const anywhere: Draw = (random) => 1.5 * random.normal();
const positive: Draw = (random) => 0.5 + 2 * random.uniform();

export function drawValue(random: Random, shape: readonly number[], batched: boolean, draw: Draw = anywhere): Value {
  const type: ValueType = { shape, batched };
  return { type, data: zerosOf(type, sampleBatch).map(() => draw(random)) };
}

const shapes: readonly (readonly number[])[] = [[], [3], [2, 3]];
const coin = (random: Random): boolean => random.below(2) === 1;
const pick = <T>(random: Random, items: readonly T[]): T => items[random.below(items.length)] as T;

function unarySample(kind: (typeof unaryKinds)[number], random: Random): Sample {
  const draw = kind === 'log' || kind === 'sqrt' ? positive : kind === 'reciprocal' ? (r: Random) => (coin(r) ? 1 : -1) * positive(r) : anywhere;
  return { op: { kind }, args: [drawValue(random, pick(random, shapes), coin(random), draw)] };
}

function binarySample(kind: (typeof binaryKinds)[number], random: Random): Sample {
  const shape = pick(random, shapes);
  const other = pick(random, [shape, shape, []]);
  const [first, second] = coin(random) ? [shape, other] : [other, shape];
  const base = kind === 'pow' ? positive : anywhere;
  const exponent = kind === 'div' ? positive : anywhere;
  return { op: { kind }, args: [drawValue(random, first, coin(random), base), drawValue(random, second, coin(random), exponent)] };
}

function rowSample(kind: Exclude<OperationKind, never>, random: Random): Sample {
  return { op: { kind } as Operation, args: [drawValue(random, pick(random, [[4], [2, 4]]), coin(random))] };
}

const along = ['scalar', 'rows', 'columns'] as const;
const reducedShape = (shape: readonly [number, number], which: (typeof along)[number]): readonly number[] =>
  which === 'scalar' ? [] : [shape[which === 'rows' ? 1 : 0]];

const table: { readonly [K in OperationKind]: (random: Random) => Sample } = {
  ...perKind(unaryKinds, unarySample),
  ...perKind(binaryKinds, binarySample),
  ...perKind(reductionKinds, rowSample),
  ...perKind(rowKinds, rowSample),
  inverseDeviation: (random) => rowSample('inverseDeviation', random),
  constant: (random) => ({ op: { kind: 'constant', value: random.normal(), shape: pick(random, shapes) }, args: [] }),
  where: (random) => {
    const shape = pick(random, shapes);
    const condition = drawValue(random, pick(random, [shape, []]), coin(random), (r) => (coin(r) ? positive(r) : 0));
    return { op: { kind: 'where' }, args: [condition, drawValue(random, shape, coin(random)), drawValue(random, pick(random, [shape, []]), coin(random))] };
  },
  matvec: (random) => {
    const transposed = coin(random);
    return { op: { kind: 'matvec', transposed }, args: [drawValue(random, [2, 3], coin(random)), drawValue(random, [transposed ? 2 : 3], coin(random))] };
  },
  dot: (random) => ({ op: { kind: 'dot' }, args: [drawValue(random, [3], coin(random)), drawValue(random, [3], coin(random))] }),
  outer: (random) => ({ op: { kind: 'outer' }, args: [drawValue(random, [2], coin(random)), drawValue(random, [3], coin(random))] }),
  outerSum: (random) => ({ op: { kind: 'outerSum' }, args: [drawValue(random, [2], true), drawValue(random, [3], coin(random))] }),
  matmat: (random) => {
    const transposeA = coin(random);
    const transposeB = coin(random);
    return {
      op: { kind: 'matmat', transposeA, transposeB },
      args: [drawValue(random, transposeA ? [3, 2] : [2, 3], coin(random)), drawValue(random, transposeB ? [4, 3] : [3, 4], coin(random))],
    };
  },
  transpose: (random) => ({ op: { kind: 'transpose' }, args: [drawValue(random, [2, 3], coin(random))] }),
  concat: (random) => {
    const axis = random.below(2);
    const args = [2, 1, 3].map((size) => drawValue(random, axis === 0 ? [size, 2] : [2, size], coin(random)));
    return coin(random) ? { op: { kind: 'concat', axis }, args } : { op: { kind: 'concat', axis: 0 }, args: [2, 3].map((size) => drawValue(random, [size], coin(random))) };
  },
  slice: (random) => {
    const axis = random.below(2);
    const op = { kind: 'slice', axis, start: 1, end: 3 } as const;
    return coin(random) ? { op, args: [drawValue(random, [4, 3], coin(random))] } : { op: { ...op, axis: 0 }, args: [drawValue(random, [5], coin(random))] };
  },
  pad: (random) => {
    const axis = random.below(2);
    const op = { kind: 'pad', axis, before: 1, after: 2 } as const;
    return coin(random) ? { op, args: [drawValue(random, [2, 3], coin(random))] } : { op: { ...op, axis: 0 }, args: [drawValue(random, [2], coin(random))] };
  },
  broadcast: (random) => {
    const which = pick(random, along);
    return { op: { kind: 'broadcast', shape: [2, 3], along: which }, args: [drawValue(random, reducedShape([2, 3], which), coin(random))] };
  },
  sumTo: (random) => {
    const which = pick(random, [...along, 'batch'] as const);
    const keeps = which !== 'batch' && coin(random);
    const shape = which === 'batch' ? [2, 3] : reducedShape([2, 3], which);
    return { op: { kind: 'sumTo', shape, batched: keeps, along: which }, args: [drawValue(random, [2, 3], true)] };
  },
};

function perKind<K extends OperationKind>(kinds: readonly K[], make: (kind: K, random: Random) => Sample): { readonly [P in K]: (random: Random) => Sample } {
  return Object.fromEntries(kinds.map((kind) => [kind, (random: Random) => make(kind, random)])) as { readonly [P in K]: (random: Random) => Sample };
}

export const operationKinds = Object.keys(table) as readonly OperationKind[];

export function sampleOperation(kind: OperationKind, random: Random): Sample {
  return table[kind](random);
}
