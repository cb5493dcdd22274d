// The operations of the graph: one name each, with its attributes.
// Not their meaning: shape, gradient, value (float64) and ONNX emission are four tables keyed by `kind`,
// complete by type, in shape-rules.ts, ../autodiff/gradient-rules.ts, ../reference/value-rules.ts, ../onnx/emission-rules.ts.
// Invariant: attributes are plain data; an operation has one result.

/** Elementwise functions of one value. `stop` passes the value and no gradient; `not` gives 1 where the value is 0. */
export const unaryKinds = [
  'neg', 'sigmoid', 'tanh', 'relu', 'leakyRelu', 'elu', 'gelu', 'silu', 'softplus', 'softsign', 'hardSigmoid', 'hardTanh',
  'exp', 'log', 'sqrt', 'abs', 'sign', 'square', 'reciprocal', 'not', 'stop',
] as const;
export type UnaryKind = (typeof unaryKinds)[number];

/** Elementwise functions of two values of equal shape, or of a value and a scalar `[]`. Comparisons give 0 or 1. */
export const binaryKinds = [
  'add', 'sub', 'mul', 'div', 'pow', 'minimum', 'maximum',
  'less', 'lessEqual', 'greater', 'greaterEqual', 'equal', 'notEqual', 'and', 'or',
] as const;
export type BinaryKind = (typeof binaryKinds)[number];

/** Reductions of the last axis: `[n] → []`, `[m, n] → [m]`. */
export const reductionKinds = ['reduceSum', 'reduceMean', 'reduceMin', 'reduceMax', 'reduceNorm'] as const;
export type ReductionKind = (typeof reductionKinds)[number];

/**
 * Functions over the last axis that keep the shape. `firstMaxMask`/`firstMinMask`: 1 at the first largest/smallest element, else 0.
 * `layerNorm`: (v − mean) / sqrt(biased variance + 1e-5). `inverseDeviation`: 1 / sqrt(biased variance + 1e-5), reduces the axis.
 */
export const rowKinds = ['softmax', 'logSoftmax', 'layerNorm', 'firstMaxMask', 'firstMinMask'] as const;
export type RowKind = (typeof rowKinds)[number];

export type Operation =
  | { readonly kind: UnaryKind }
  | { readonly kind: BinaryKind }
  | { readonly kind: ReductionKind }
  | { readonly kind: RowKind }
  | { readonly kind: 'inverseDeviation' }
  /** Every element is `value`; unbatched. */
  | { readonly kind: 'constant'; readonly value: number; readonly shape: readonly number[] }
  /** (condition, a, b): a where the condition is not 0, else b. Each is of the result's shape or a scalar. */
  | { readonly kind: 'where' }
  /** Matrix [m, n] and vector: M v, or Mᵀ v when `transposed`. */
  | { readonly kind: 'matvec'; readonly transposed: boolean }
  /** Two vectors: their scalar product, `[]`. */
  | { readonly kind: 'dot' }
  /** Vectors [m] and [n] → [m, n]. */
  | { readonly kind: 'outer' }
  /** Σ over the batch of outer(v, w), an unbatched [m, n]: the gradient of a parameter matrix. */
  | { readonly kind: 'outerSum' }
  /** Two matrices, each transposed first when its flag says so. */
  | { readonly kind: 'matmat'; readonly transposeA: boolean; readonly transposeB: boolean }
  | { readonly kind: 'transpose' }
  /** Along `axis` of the shape (the batch is not counted). */
  | { readonly kind: 'concat'; readonly axis: number }
  | { readonly kind: 'slice'; readonly axis: number; readonly start: number; readonly end: number }
  /** Zeros before and after along `axis`: the adjoint of slice. */
  | { readonly kind: 'pad'; readonly axis: number; readonly before: number; readonly after: number }
  /** A scalar to `shape`; a vector [n] over the rows of [m, n] when `along` is 'rows', [m] over its columns when 'columns'. */
  | { readonly kind: 'broadcast'; readonly shape: readonly number[]; readonly along: 'scalar' | 'rows' | 'columns' }
  /** Sums over the batch when `batched` is false and the argument is batched, and over the axes that `shape` lacks: the adjoint of broadcasting.
   *  [n] → []; [m, n] → [], [n] (along 'rows') or [m] (along 'columns'). */
  | { readonly kind: 'sumTo'; readonly shape: readonly number[]; readonly batched: boolean; readonly along: 'scalar' | 'rows' | 'columns' | 'batch' };

export type OperationKind = Operation['kind'];

/** The operation of one kind, for tables keyed by kind. */
export type OperationOf<K extends OperationKind> = Operation extends infer O
  ? O extends { readonly kind: infer Kinds } ? (K extends Kinds ? O & { readonly kind: K } : never) : never
  : never;
