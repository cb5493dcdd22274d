// What the functions and operators of the language are in operations.
// Not their checking (../language/functions.ts lists them) and not constants, dropout and slices (lower-expression.ts).
// Invariant: complete by type: a function added to the language does not compile until it has its operations here.
import type { FunctionName } from '../language/functions';
import type { BinaryOperator } from '../language/tree';
import type { Origin, ValueId } from './graph';
import type { GraphBuilder } from './graph-builder';
import type { BinaryKind, Operation, ReductionKind, RowKind, UnaryKind } from './operation';

/** Whatever equations are added to. */
export type Adding = Pick<GraphBuilder, 'add' | 'typeOf'>;

type Lowering = (builder: Adding, args: readonly [ValueId, ...ValueId[]], origin: Origin) => ValueId;

const plain = (operation: Operation): Lowering => (builder, args, origin) => builder.add(operation, args, origin);

// The three unions are not one union of kinds to TypeScript, so that the object has to be told what it is.
const op = (kind: UnaryKind | ReductionKind | RowKind): Lowering => plain({ kind } as Operation);

const extreme = (reduce: ReductionKind, two: BinaryKind): Lowering => (builder, args, origin) => builder.add({ kind: args.length === 1 ? reduce : two }, args, origin);

/** `dropout` needs a mask of its own and is lowered where the masks are kept. */
export const functionLowerings: { readonly [K in Exclude<FunctionName, 'dropout'>]: Lowering } = {
  sigmoid: op('sigmoid'),
  tanh: op('tanh'),
  relu: op('relu'),
  leakyRelu: op('leakyRelu'),
  elu: op('elu'),
  gelu: op('gelu'),
  silu: op('silu'),
  softplus: op('softplus'),
  softsign: op('softsign'),
  hardSigmoid: op('hardSigmoid'),
  hardTanh: op('hardTanh'),
  exp: op('exp'),
  log: op('log'),
  sqrt: op('sqrt'),
  abs: op('abs'),
  sign: op('sign'),
  square: op('square'),
  stop: op('stop'),
  softmax: op('softmax'),
  logSoftmax: op('logSoftmax'),
  layerNorm: op('layerNorm'),
  sum: op('reduceSum'),
  mean: op('reduceMean'),
  norm: op('reduceNorm'),
  min: extreme('reduceMin', 'minimum'),
  max: extreme('reduceMax', 'maximum'),
  clip: (builder, [value, low, high], origin) => {
    const raised = low === undefined ? value : builder.add({ kind: 'maximum' }, [value, low], origin);
    return high === undefined ? raised : builder.add({ kind: 'minimum' }, [raised, high], origin);
  },
  where: plain({ kind: 'where' }),
  concat: (builder, args, origin) => {
    const parts = args.map((arg) => (builder.typeOf(arg).shape.length === 0 ? builder.add({ kind: 'broadcast', shape: [1], along: 'scalar' }, [arg], origin) : arg));
    return parts.length === 1 ? (parts[0] ?? args[0]) : builder.add({ kind: 'concat', axis: 0 }, parts, origin);
  },
  transpose: plain({ kind: 'transpose' }),
  outer: plain({ kind: 'outer' }),
};

const elementwise: Readonly<Record<Exclude<BinaryOperator, '@'>, BinaryKind>> = {
  or: 'or',
  and: 'and',
  '<': 'less',
  '<=': 'lessEqual',
  '>': 'greater',
  '>=': 'greaterEqual',
  '==': 'equal',
  '!=': 'notEqual',
  '+': 'add',
  '-': 'sub',
  '*': 'mul',
  '/': 'div',
  '^': 'pow',
};

/** The operation of an operator between values of these ranks. The second flag: the arguments change places. */
export function operatorLowering(operator: BinaryOperator, leftRank: number, rightRank: number): { readonly op: Operation; readonly swapped: boolean } {
  if (operator !== '@') return { op: { kind: elementwise[operator] }, swapped: false };
  if (leftRank === 2 && rightRank === 2) return { op: { kind: 'matmat', transposeA: false, transposeB: false }, swapped: false };
  if (leftRank === 2) return { op: { kind: 'matvec', transposed: false }, swapped: false };
  if (rightRank === 2) return { op: { kind: 'matvec', transposed: true }, swapped: true };
  return { op: { kind: 'dot' }, swapped: false };
}
