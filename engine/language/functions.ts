// The functions that a cell or a model may call: names, arguments and what each does, for checking, hover and completion.
// Not their implementation (../ir/lower-functions.ts) and not the debugger's own functions.
// Invariant: every function of the language is in this table; a name outside it is not a function.

/**
 * How the result's shape follows from the arguments'.
 * elementwise: equal shapes or scalars; row: keeps the shape, needs an axis; reduce: loses the last axis.
 */
export type FunctionShape = 'elementwise' | 'row' | 'reduce' | 'reduceOrElementwise' | 'concat' | 'transpose' | 'outer';

export interface FunctionSpec {
  readonly shape: FunctionShape;
  /** Names of the arguments, also usable as `name: value`. */
  readonly args: readonly string[];
  /** Any number of arguments of the last kind. */
  readonly many?: boolean;
  /** Arguments (by name) that must be numbers known before training. */
  readonly constants?: readonly string[];
  /** Values lie in −1…1 whatever the argument is, so a gate may end with it. */
  readonly bounded?: boolean;
  readonly doc: string;
}

const unary = (doc: string, bounded = false): FunctionSpec => ({ shape: 'elementwise', args: ['v'], doc, ...(bounded ? { bounded } : {}) });
const row = (doc: string, bounded = false): FunctionSpec => ({ shape: 'row', args: ['v'], doc, ...(bounded ? { bounded } : {}) });
const reduce = (doc: string): FunctionSpec => ({ shape: 'reduce', args: ['v'], doc });

const specs = {
  sigmoid: unary('1 / (1 + exp(−v)), between 0 and 1.', true),
  tanh: unary('Hyperbolic tangent, between −1 and 1.', true),
  relu: unary('max(v, 0).'),
  leakyRelu: unary('v where v > 0, else 0.01 v.'),
  elu: unary('v where v > 0, else exp(v) − 1.'),
  gelu: unary('v Φ(v), Φ the normal distribution function (Hendrycks & Gimpel 2016).'),
  silu: unary('v sigmoid(v).'),
  softplus: unary('log(1 + exp(v)).'),
  softsign: unary('v / (1 + |v|), between −1 and 1.', true),
  hardSigmoid: unary('v / 6 + 1 / 2, cut to 0…1.', true),
  hardTanh: unary('v, cut to −1…1.', true),
  exp: unary('e to the power of v.'),
  log: unary('Natural logarithm.'),
  sqrt: unary('Square root.'),
  abs: unary('Absolute value.'),
  sign: unary('−1, 0 or 1.', true),
  square: unary('v * v.'),
  stop: unary('v itself, but no gradient passes.'),
  softmax: row('Positive weights along the last axis that sum to 1; ignores padded steps of a memory.', true),
  logSoftmax: row('Logarithm of softmax along the last axis.'),
  layerNorm: row('(v − mean) / sqrt(variance + 1e-5) along the last axis (Ba et al. 2016); the variance is the biased one.'),
  sum: reduce('Sum along the last axis.'),
  mean: reduce('Mean along the last axis; in a model, of a layer over its valid time steps.'),
  norm: reduce('Euclidean norm along the last axis.'),
  min: { shape: 'reduceOrElementwise', args: ['v', 'w'], doc: 'Smallest element along the last axis; of two values, the smaller one elementwise.' },
  max: { shape: 'reduceOrElementwise', args: ['v', 'w'], doc: 'Largest element along the last axis; of two values, the larger one elementwise; in a model, of a layer over its valid time steps.' },
  clip: { shape: 'elementwise', args: ['v', 'low', 'high'], bounded: true, doc: 'v, cut to low…high.' },
  where: { shape: 'elementwise', args: ['condition', 'a', 'b'], doc: 'a where the condition is not 0, else b.' },
  concat: { shape: 'concat', args: ['v'], many: true, doc: 'The vectors one after the other; matrices row after row.' },
  transpose: { shape: 'transpose', args: ['M'], doc: 'Rows and columns of a matrix exchanged.' },
  outer: { shape: 'outer', args: ['v', 'w'], doc: 'Matrix of all products v_i w_j.' },
  dropout: {
    shape: 'elementwise', args: ['v', 'rate'], constants: ['rate'],
    doc: 'In training each element is 0 with probability rate, else divided by 1 − rate; otherwise v (Srivastava et al. 2014).',
  },
} satisfies Record<string, FunctionSpec>;

export type FunctionName = keyof typeof specs;

export const functionSpecs: Readonly<Record<FunctionName, FunctionSpec>> = specs;

export function isFunction(name: string): name is FunctionName {
  return Object.hasOwn(specs, name);
}

/** Over the valid time steps of a layer; only in a model. */
export const poolings = ['last', 'first', 'mean', 'max'] as const;
export type PoolingName = (typeof poolings)[number];
export const isPooling = (name: string): name is PoolingName => (poolings as readonly string[]).includes(name);

/** Ways in for tokens; only in `embed` lines. */
export const embeddings = ['Embedding', 'OneHot'] as const;
export type EmbeddingName = (typeof embeddings)[number];
export const isEmbedding = (name: string): name is EmbeddingName => (embeddings as readonly string[]).includes(name);

/** Functions of the debugger's expressions that a cell cannot call. */
export const debuggerFunctions: readonly string[] = ['grad', 'part', 'sat', 'finite', 'std', 'argmax', 'rho', 'sigma'];

/** Names that mean something in every debugger expression and so cannot be declared. */
export const reservedNames: readonly string[] = ['t', 'token', 'loss', 'iteration', 'gradNorm'];
