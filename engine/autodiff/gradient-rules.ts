// The gradient of every operation: from the cotangent of the result to cotangents of the arguments.
// Not the walk over a graph (differentiate.ts) and not the undoing of broadcasting, which that walk does in one place.
// Invariant: rules are linear in the cotangent, and whatever multiplies it does not contain it, so that such factors
// can be computed for all time steps at once; `undefined` means that no gradient flows to that argument.
import type { ValueId, ValueType } from '../ir/graph';
import type { Operation, OperationKind, OperationOf } from '../ir/operation';

/** What a rule may build with: equations are appended to the backward graph. */
export interface RuleBuilder {
  add(op: Operation, ...args: readonly ValueId[]): ValueId;
  typeOf(id: ValueId): ValueType;
}

export interface RuleContext<K extends OperationKind> {
  readonly op: OperationOf<K>;
  readonly args: readonly ValueId[];
  readonly result: ValueId;
  readonly cotangent: ValueId;
  readonly build: RuleBuilder;
}

export type GradientRule<K extends OperationKind> = (context: RuleContext<K>) => readonly (ValueId | undefined)[];
export type GradientRules = { readonly [K in OperationKind]: GradientRule<K> };

const none = (): readonly undefined[] => [undefined, undefined, undefined];

function constant(build: RuleBuilder, value: number): ValueId {
  return build.add({ kind: 'constant', value, shape: [] });
}

/** A rule for y = φ(x): cotangent times a factor that is a function of x and y. */
function pointwise(factor: (build: RuleBuilder, x: ValueId, y: ValueId) => ValueId): GradientRule<OperationKind> {
  return ({ args, result, cotangent, build }) => [build.add({ kind: 'mul' }, cotangent, factor(build, args[0] as ValueId, result))];
}

/** 1 where lo < x < hi, else 0. */
function inside(build: RuleBuilder, x: ValueId, lo: number, hi: number): ValueId {
  const above = build.add({ kind: 'greater' }, x, constant(build, lo));
  return build.add({ kind: 'mul' }, above, build.add({ kind: 'less' }, x, constant(build, hi)));
}

/** a + b·v with numbers a and b. */
function affine(build: RuleBuilder, a: number, b: number, v: ValueId): ValueId {
  if (b === -1) return build.add({ kind: 'sub' }, constant(build, a), v);
  const scaled = b === 1 ? v : build.add({ kind: 'mul' }, constant(build, b), v);
  return build.add({ kind: 'add' }, constant(build, a), scaled);
}

/** Spreads the result of a reduction of the last axis back over it. */
function spread(build: RuleBuilder, reduced: ValueId, shape: readonly number[]): ValueId {
  return build.add({ kind: 'broadcast', shape, along: shape.length === 1 ? 'scalar' : 'columns' }, reduced);
}

function mul(build: RuleBuilder, a: ValueId, b: ValueId): ValueId {
  return build.add({ kind: 'mul' }, a, b);
}

/** Cotangent of a reduction, spread over the reduced axis. */
function spreadCotangent<K extends OperationKind>({ args, cotangent, build }: RuleContext<K>): ValueId {
  return spread(build, cotangent, build.typeOf(args[0] as ValueId).shape);
}

/** A product of two vectors as a matrix: summed over the batch when the matrix that it is a gradient of is not batched. */
function outerFor(build: RuleBuilder, matrix: ValueId, v: ValueId, w: ValueId): ValueId {
  const batched = build.typeOf(v).batched || build.typeOf(w).batched;
  return build.add({ kind: batched && !build.typeOf(matrix).batched ? 'outerSum' : 'outer' }, v, w);
}

const gaussianPeak = 1 / Math.sqrt(2 * Math.PI);

export const gradientRules: GradientRules = {
  neg: pointwise((b) => constant(b, -1)),
  sigmoid: pointwise((b, _x, y) => mul(b, y, affine(b, 1, -1, y))),
  tanh: pointwise((b, _x, y) => affine(b, 1, -1, b.add({ kind: 'square' }, y))),
  relu: pointwise((b, x) => b.add({ kind: 'greater' }, x, constant(b, 0))),
  leakyRelu: pointwise((b, x) => affine(b, 0.01, 0.99, b.add({ kind: 'greater' }, x, constant(b, 0)))),
  // elu with alpha 1: 1 above 0, y + 1 = exp(x) below.
  elu: pointwise((b, x, y) => b.add({ kind: 'where' }, b.add({ kind: 'greater' }, x, constant(b, 0)), constant(b, 1), affine(b, 1, 1, y))),
  // Exact gelu = x Φ(x): Φ(x) + x φ(x); Φ(x) = gelu(x) / x would divide by 0, so it is rebuilt from gelu: x Φ(x) − (−x) Φ(−x) = x.
  gelu: pointwise((b, x, y) => {
    const density = mul(b, constant(b, gaussianPeak), b.add({ kind: 'exp' }, mul(b, constant(b, -0.5), b.add({ kind: 'square' }, x))));
    const isZero = b.add({ kind: 'less' }, b.add({ kind: 'abs' }, x), constant(b, 1e-6));
    const divisor = b.add({ kind: 'where' }, isZero, constant(b, 1), x);
    const cumulative = b.add({ kind: 'where' }, isZero, affine(b, 0.5, gaussianPeak, x), b.add({ kind: 'div' }, y, divisor));
    return b.add({ kind: 'add' }, cumulative, mul(b, x, density));
  }),
  silu: pointwise((b, x, y) => {
    const s = b.add({ kind: 'sigmoid' }, x);
    return b.add({ kind: 'add' }, s, mul(b, y, affine(b, 1, -1, s)));
  }),
  softplus: pointwise((b, x) => b.add({ kind: 'sigmoid' }, x)),
  // x / (1 + |x|): 1 / (1 + |x|)² = (1 − |y|)².
  softsign: pointwise((b, _x, y) => b.add({ kind: 'square' }, affine(b, 1, -1, b.add({ kind: 'abs' }, y)))),
  hardSigmoid: pointwise((b, x) => mul(b, constant(b, 1 / 6), inside(b, x, -3, 3))),
  hardTanh: pointwise((b, x) => inside(b, x, -1, 1)),
  exp: pointwise((_b, _x, y) => y),
  log: pointwise((b, x) => b.add({ kind: 'reciprocal' }, x)),
  sqrt: pointwise((b, _x, y) => mul(b, constant(b, 0.5), b.add({ kind: 'reciprocal' }, y))),
  abs: pointwise((b, x) => b.add({ kind: 'sign' }, x)),
  sign: none,
  square: pointwise((b, x) => mul(b, constant(b, 2), x)),
  reciprocal: pointwise((b, _x, y) => mul(b, constant(b, -1), b.add({ kind: 'square' }, y))),
  not: none,
  stop: none,

  add: ({ cotangent }) => [cotangent, cotangent],
  sub: ({ cotangent, build }) => [cotangent, mul(build, cotangent, constant(build, -1))],
  mul: ({ args: [a, b], cotangent, build }) => [mul(build, cotangent, b as ValueId), mul(build, cotangent, a as ValueId)],
  div: ({ args: [, b], result, cotangent, build }) => {
    const inverse = build.add({ kind: 'reciprocal' }, b as ValueId);
    return [mul(build, cotangent, inverse), mul(build, cotangent, mul(build, constant(build, -1), mul(build, result, inverse)))];
  },
  pow: ({ args, result, cotangent, build }) => {
    const [a, b] = args as readonly [ValueId, ValueId];
    const lower = build.add({ kind: 'pow' }, a, affine(build, -1, 1, b));
    const positive = build.add({ kind: 'greater' }, a, constant(build, 0));
    const base = build.add({ kind: 'where' }, positive, a, constant(build, 1));
    const logarithm = build.add({ kind: 'log' }, base);
    return [mul(build, cotangent, mul(build, b, lower)), mul(build, cotangent, mul(build, result, logarithm))];
  },
  // On a tie the first argument gets all of it.
  minimum: ({ args: [a, b], cotangent, build }) => {
    const first = build.add({ kind: 'lessEqual' }, a as ValueId, b as ValueId);
    return [mul(build, cotangent, first), mul(build, cotangent, affine(build, 1, -1, first))];
  },
  maximum: ({ args: [a, b], cotangent, build }) => {
    const first = build.add({ kind: 'greaterEqual' }, a as ValueId, b as ValueId);
    return [mul(build, cotangent, first), mul(build, cotangent, affine(build, 1, -1, first))];
  },
  less: none,
  lessEqual: none,
  greater: none,
  greaterEqual: none,
  equal: none,
  notEqual: none,
  and: none,
  or: none,

  reduceSum: (c) => [spreadCotangent(c)],
  reduceMean: (c) => {
    const shape = c.build.typeOf(c.args[0] as ValueId).shape;
    return [mul(c.build, spreadCotangent(c), constant(c.build, 1 / (shape[shape.length - 1] as number)))];
  },
  reduceMin: (c) => [mul(c.build, spreadCotangent(c), c.build.add({ kind: 'firstMinMask' }, c.args[0] as ValueId))],
  reduceMax: (c) => [mul(c.build, spreadCotangent(c), c.build.add({ kind: 'firstMaxMask' }, c.args[0] as ValueId))],
  // At v = 0 the norm has no derivative; 0 is the subgradient that PyTorch takes, too.
  reduceNorm: (c) => {
    const { build, args, result } = c;
    const zero = build.add({ kind: 'equal' }, result, constant(build, 0));
    const inverse = build.add({ kind: 'reciprocal' }, build.add({ kind: 'where' }, zero, constant(build, 1), result));
    const direction = mul(build, args[0] as ValueId, spread(build, inverse, build.typeOf(args[0] as ValueId).shape));
    return [mul(build, spreadCotangent(c), direction)];
  },

  softmax: ({ result, cotangent, build }) => {
    const shape = build.typeOf(result).shape;
    const weighted = mul(build, cotangent, result);
    const total = spread(build, build.add({ kind: 'reduceSum' }, weighted), shape);
    return [build.add({ kind: 'sub' }, weighted, mul(build, total, result))];
  },
  logSoftmax: ({ result, cotangent, build }) => {
    const shape = build.typeOf(result).shape;
    const total = spread(build, build.add({ kind: 'reduceSum' }, cotangent), shape);
    return [build.add({ kind: 'sub' }, cotangent, mul(build, total, build.add({ kind: 'exp' }, result)))];
  },
  // Ba et al. 2016 without gain and bias: (g − mean(g) − y mean(g y)) / σ.
  layerNorm: ({ args, result, cotangent, build }) => {
    const shape = build.typeOf(result).shape;
    const deviation = spread(build, build.add({ kind: 'inverseDeviation' }, args[0] as ValueId), shape);
    const mean = spread(build, build.add({ kind: 'reduceMean' }, cotangent), shape);
    const along = spread(build, build.add({ kind: 'reduceMean' }, mul(build, cotangent, result)), shape);
    const centred = build.add({ kind: 'sub' }, cotangent, mean);
    return [mul(build, build.add({ kind: 'sub' }, centred, mul(build, along, result)), deviation)];
  },
  // r = (var + ε)^−½: ∂r/∂x = −r² y / n with y the normalised value.
  inverseDeviation: (c) => {
    const { args, result, build } = c;
    const x = args[0] as ValueId;
    const shape = build.typeOf(x).shape;
    const squared = spread(build, build.add({ kind: 'square' }, result), shape);
    const factor = mul(build, mul(build, constant(build, -1 / (shape[shape.length - 1] as number)), squared), build.add({ kind: 'layerNorm' }, x));
    return [mul(build, spreadCotangent(c), factor)];
  },
  firstMaxMask: none,
  firstMinMask: none,

  constant: () => [],
  where: ({ args, cotangent, build }) => {
    const condition = args[0] as ValueId;
    const zero = constant(build, 0);
    return [undefined, build.add({ kind: 'where' }, condition, cotangent, zero), build.add({ kind: 'where' }, condition, zero, cotangent)];
  },
  matvec: ({ op, args, cotangent, build }) => {
    const [matrix, v] = args as readonly [ValueId, ValueId];
    const toMatrix = op.transposed ? outerFor(build, matrix, v, cotangent) : outerFor(build, matrix, cotangent, v);
    return [toMatrix, build.add({ kind: 'matvec', transposed: !op.transposed }, matrix, cotangent)];
  },
  dot: ({ args: [v, w], cotangent, build }) => [mul(build, cotangent, w as ValueId), mul(build, cotangent, v as ValueId)],
  outer: ({ args: [v, w], cotangent, build }) => [
    build.add({ kind: 'matvec', transposed: false }, cotangent, w as ValueId),
    build.add({ kind: 'matvec', transposed: true }, cotangent, v as ValueId),
  ],
  outerSum: ({ args: [v, w], cotangent, build }) => [
    build.add({ kind: 'matvec', transposed: false }, cotangent, w as ValueId),
    build.add({ kind: 'matvec', transposed: true }, cotangent, v as ValueId),
  ],
  // C = op(A) op(B), op = transpose when flagged.
  matmat: ({ op: { transposeA, transposeB }, args, cotangent: g, build }) => {
    const [a, b] = args as readonly [ValueId, ValueId];
    const product = (x: ValueId, y: ValueId, tx: boolean, ty: boolean): ValueId =>
      build.add({ kind: 'matmat', transposeA: tx, transposeB: ty }, x, y);
    return [
      transposeA ? product(b, g, transposeB, true) : product(g, b, false, !transposeB),
      transposeB ? product(g, a, true, transposeA) : product(a, g, !transposeA, false),
    ];
  },
  transpose: ({ cotangent, build }) => [build.add({ kind: 'transpose' }, cotangent)],
  concat: ({ op, args, cotangent, build }) => {
    let start = 0;
    return args.map((arg) => {
      const end = start + (build.typeOf(arg).shape[op.axis] as number);
      const part = build.add({ kind: 'slice', axis: op.axis, start, end }, cotangent);
      start = end;
      return part;
    });
  },
  slice: ({ op, args, cotangent, build }) => {
    const size = build.typeOf(args[0] as ValueId).shape[op.axis] as number;
    return [build.add({ kind: 'pad', axis: op.axis, before: op.start, after: size - op.end }, cotangent)];
  },
  pad: ({ op, args, cotangent, build }) => {
    const size = build.typeOf(args[0] as ValueId).shape[op.axis] as number;
    return [build.add({ kind: 'slice', axis: op.axis, start: op.before, end: op.before + size }, cotangent)];
  },
  broadcast: ({ op, args, cotangent, build }) => {
    const type = build.typeOf(args[0] as ValueId);
    return [build.add({ kind: 'sumTo', shape: type.shape, batched: build.typeOf(cotangent).batched, along: op.along }, cotangent)];
  },
  // Over the batch nothing needs to be spread: an unbatched cotangent stands for every sequence.
  sumTo: ({ op, args, cotangent, build }) => {
    if (op.along === 'batch') return [cotangent];
    return [build.add({ kind: 'broadcast', shape: build.typeOf(args[0] as ValueId).shape, along: op.along }, cotangent)];
  },
};

