// The ONNX nodes of every operation, complete by type.
// Not the order of emission (emit-equations.ts) and not the loop over time.
// Invariant: a batched value of shape [n] is a tensor [rows, n], a batched scalar [rows, 1], a batched matrix [rows, m, n];
// unbatched values have their own shape. `rows` is the batch for one step and time × batch where many steps run at once.
import type { ValueType } from '../ir/graph';
import type { BinaryKind, OperationKind, OperationOf, UnaryKind } from '../ir/operation';
import type { OnnxGraph } from './onnx-graph';

export interface Operand {
  readonly name: string;
  readonly type: ValueType;
}

export interface EmissionContext<K extends OperationKind> {
  readonly op: OperationOf<K>;
  readonly args: readonly Operand[];
  readonly type: ValueType;
  readonly rows: number;
  readonly graph: OnnxGraph;
}

export type EmissionRule<K extends OperationKind> = (context: EmissionContext<K>) => string;
export type EmissionRules = { readonly [K in OperationKind]: EmissionRule<K> };

/** The tensor's dimensions for a value of this type. */
export function tensorDims(type: ValueType, rows: number): readonly number[] {
  if (!type.batched) return type.shape;
  return type.shape.length === 0 ? [rows, 1] : [rows, ...type.shape];
}

const first = (args: readonly Operand[]): Operand => args[0] as Operand;
const second = (args: readonly Operand[]): Operand => args[1] as Operand;

/** The operand so that it broadcasts against the result: only a batched scalar against a matrix needs one more axis. */
function aligned(graph: OnnxGraph, arg: Operand, result: ValueType): string {
  if (arg.type.batched && arg.type.shape.length === 0 && result.shape.length === 2) return graph.node('Unsqueeze', [arg.name, graph.indices([2])]);
  return arg.name;
}

function asBool(graph: OnnxGraph, name: string): string {
  return graph.node('Cast', [name], { to: { int: 9 } });
}

function asFloat(graph: OnnxGraph, name: string): string {
  return graph.node('Cast', [name], { to: { int: 1 } });
}

function sum(graph: OnnxGraph, name: string, axes: readonly number[], keep: boolean): string {
  return graph.node('ReduceSum', [name, graph.indices(axes)], { keepdims: { int: keep ? 1 : 0 } });
}

function expand(graph: OnnxGraph, name: string, dims: readonly number[]): string {
  return graph.node('Expand', [name, graph.indices(dims)]);
}

/** An unbatched operand repeated for every row, where a node does not broadcast by itself. */
function batchedName({ graph, rows }: { readonly graph: OnnxGraph; readonly rows: number }, arg: Operand): string {
  return arg.type.batched ? arg.name : expand(graph, arg.name, tensorDims({ shape: arg.type.shape, batched: true }, rows));
}

const unary = (type: string, attributes = {}): EmissionRule<UnaryKind> => ({ graph, args }) => graph.node(type, [first(args).name], attributes);

const binary = (type: string): EmissionRule<BinaryKind> => ({ graph, args, type: result }) =>
  graph.node(type, [aligned(graph, first(args), result), aligned(graph, second(args), result)]);

const comparison = (type: string, negated = false): EmissionRule<BinaryKind> => ({ graph, args, type: result }) => {
  const answer = graph.node(type, [aligned(graph, first(args), result), aligned(graph, second(args), result)]);
  return asFloat(graph, negated ? graph.node('Not', [answer]) : answer);
};

const logical = (type: string): EmissionRule<BinaryKind> => ({ graph, args, type: result }) =>
  asFloat(graph, graph.node(type, args.map((arg) => asBool(graph, aligned(graph, arg, result)))));

/** Reduces the last axis; a batched vector keeps it as 1, because a batched scalar is [rows, 1]. */
const reduction = (type: string): EmissionRule<OperationKind> => ({ graph, args }) => {
  const { name, type: of } = first(args);
  const keepdims = { int: of.batched && of.shape.length === 1 ? 1 : 0 };
  if (type === 'ReduceSum') return graph.node(type, [name, graph.indices([-1])], { keepdims });
  return graph.node(type, [name], { axes: { ints: [-1] }, keepdims });
};

/** 1 at the first extreme element of the last axis: equal to it, and the first such by a running count. */
const firstMask = (type: string): EmissionRule<OperationKind> => ({ graph, args }) => {
  const { name } = first(args);
  const extreme = graph.node(type, [name], { axes: { ints: [-1] }, keepdims: { int: 1 } });
  const hit = asFloat(graph, graph.node('Equal', [name, extreme]));
  const shape = first(args).type.shape;
  const n = shape[shape.length - 1] as number;
  // Running count by a triangular product: CumSum is not there on every backend.
  const triangle = Array.from({ length: n * n }, (_, i) => (Math.floor(i / n) <= i % n ? 1 : 0));
  const count = graph.node('MatMul', [hit, graph.constant('f32', [n, n], triangle)]);
  const isFirst = asFloat(graph, graph.node('Less', [count, graph.scalar(1.5)]));
  return graph.node('Mul', [hit, isFirst]);
};

function unsqueeze(graph: OnnxGraph, arg: Operand, axis: number): string {
  return graph.node('Unsqueeze', [arg.name, graph.indices([axis + (arg.type.batched ? 1 : 0)])]);
}

function transposed(graph: OnnxGraph, arg: Operand): string {
  return graph.node('Transpose', [arg.name], { perm: { ints: arg.type.batched ? [0, 2, 1] : [1, 0] } });
}

export const emissionRules: EmissionRules = {
  neg: unary('Neg'),
  sigmoid: unary('Sigmoid'),
  tanh: unary('Tanh'),
  relu: unary('Relu'),
  leakyRelu: unary('LeakyRelu', { alpha: 0.01 }),
  elu: unary('Elu', { alpha: 1 }),
  gelu: ({ graph, args }) => {
    const x = first(args).name;
    const erf = graph.node('Erf', [graph.node('Mul', [x, graph.scalar(Math.SQRT1_2)])]);
    return graph.node('Mul', [graph.node('Mul', [x, graph.scalar(0.5)]), graph.node('Add', [erf, graph.scalar(1)])]);
  },
  silu: ({ graph, args }) => graph.node('Mul', [first(args).name, graph.node('Sigmoid', [first(args).name])]),
  softplus: unary('Softplus'),
  softsign: unary('Softsign'),
  hardSigmoid: unary('HardSigmoid', { alpha: 1 / 6, beta: 0.5 }),
  hardTanh: ({ graph, args }) => graph.node('Clip', [first(args).name, graph.scalar(-1), graph.scalar(1)]),
  exp: unary('Exp'),
  log: unary('Log'),
  sqrt: unary('Sqrt'),
  abs: unary('Abs'),
  sign: unary('Sign'),
  square: ({ graph, args }) => graph.node('Mul', [first(args).name, first(args).name]),
  reciprocal: unary('Reciprocal'),
  not: ({ graph, args }) => asFloat(graph, graph.node('Equal', [first(args).name, graph.scalar(0)])),
  stop: ({ args }) => first(args).name,

  add: binary('Add'),
  sub: binary('Sub'),
  mul: binary('Mul'),
  div: binary('Div'),
  pow: binary('Pow'),
  minimum: binary('Min'),
  maximum: binary('Max'),
  less: comparison('Less'),
  lessEqual: comparison('LessOrEqual'),
  greater: comparison('Greater'),
  greaterEqual: comparison('GreaterOrEqual'),
  equal: comparison('Equal'),
  notEqual: comparison('Equal', true),
  and: logical('And'),
  or: logical('Or'),

  reduceSum: reduction('ReduceSum'),
  reduceMean: reduction('ReduceMean'),
  reduceMin: reduction('ReduceMin'),
  reduceMax: reduction('ReduceMax'),
  reduceNorm: reduction('ReduceL2'),
  softmax: ({ graph, args }) => graph.node('Softmax', [first(args).name], { axis: { int: -1 } }),
  logSoftmax: ({ graph, args }) => graph.node('LogSoftmax', [first(args).name], { axis: { int: -1 } }),
  layerNorm: ({ graph, args }) => {
    const { name, type } = first(args);
    const n = type.shape[type.shape.length - 1] as number;
    const ones = graph.constant('f32', [n], Array.from({ length: n }, () => 1));
    return graph.node('LayerNormalization', [name, ones], { axis: { int: -1 }, epsilon: 1e-5 });
  },
  inverseDeviation: (context) => {
    const { graph, args } = context;
    const { name } = first(args);
    const centred = graph.node('Sub', [name, graph.node('ReduceMean', [name], { axes: { ints: [-1] }, keepdims: { int: 1 } })]);
    const variance = reduction('ReduceMean')({ ...context, args: [{ name: graph.node('Mul', [centred, centred]), type: first(args).type }] });
    return graph.node('Reciprocal', [graph.node('Sqrt', [graph.node('Add', [variance, graph.scalar(1e-5)])])]);
  },
  firstMaxMask: firstMask('ReduceMax'),
  firstMinMask: firstMask('ReduceMin'),

  constant: ({ graph, op }) => {
    const size = op.shape.reduce((a, b) => a * b, 1);
    return graph.constant('f32', op.shape, Array.from({ length: size }, () => op.value));
  },
  where: ({ graph, args, type }) => {
    const [condition, a, b] = args.map((arg) => aligned(graph, arg, type)) as [string, string, string];
    return graph.node('Where', [asBool(graph, condition), a, b]);
  },
  matvec: ({ graph, op, args }) => {
    const [matrix, v] = [first(args), second(args)];
    if (matrix.type.batched && v.type.batched) {
      // Rank-3 product: Mᵀ v is the row vector vᵀ M.
      if (op.transposed) return graph.node('Squeeze', [graph.node('MatMul', [unsqueeze(graph, v, 0), matrix.name]), graph.indices([1])]);
      return graph.node('Squeeze', [graph.node('MatMul', [matrix.name, unsqueeze(graph, v, 1)]), graph.indices([2])]);
    }
    if (v.type.batched) {
      if (op.transposed) return graph.node('MatMul', [v.name, matrix.name]);
      return graph.node('Gemm', [v.name, matrix.name], { transB: { int: 1 } });
    }
    return graph.node('MatMul', op.transposed ? [v.name, matrix.name] : [matrix.name, v.name]);
  },
  dot: ({ graph, args, type }) => sum(graph, graph.node('Mul', [first(args).name, second(args).name]), [-1], type.batched),
  outer: ({ graph, args }) => graph.node('Mul', [unsqueeze(graph, first(args), 1), unsqueeze(graph, second(args), 0)]),
  outerSum: ({ graph, args }) => {
    const [v, w] = [first(args), second(args)];
    if (v.type.batched && w.type.batched) return graph.node('Gemm', [v.name, w.name], { transA: { int: 1 } });
    const total = (arg: Operand): Operand =>
      arg.type.batched ? { name: sum(graph, arg.name, [0], false), type: { shape: arg.type.shape, batched: false } } : arg;
    return graph.node('Mul', [unsqueeze(graph, total(v), 1), unsqueeze(graph, total(w), 0)]);
  },
  matmat: ({ graph, op, args }) => {
    const [a, b] = [first(args), second(args)];
    return graph.node('MatMul', [op.transposeA ? transposed(graph, a) : a.name, op.transposeB ? transposed(graph, b) : b.name]);
  },
  transpose: ({ graph, args }) => transposed(graph, first(args)),
  concat: (context) => {
    const { graph, op, args, type } = context;
    const names = args.map((arg) => (type.batched ? batchedName(context, arg) : arg.name));
    return names.length === 1 ? (names[0] as string) : graph.node('Concat', names, { axis: { int: op.axis + (type.batched ? 1 : 0) } });
  },
  slice: ({ graph, op, args, type }) =>
    graph.node('Slice', [first(args).name, graph.indices([op.start]), graph.indices([op.end]), graph.indices([op.axis + (type.batched ? 1 : 0)])]),
  pad: ({ graph, op, args, type }) => {
    const rank = type.shape.length + (type.batched ? 1 : 0);
    const axis = op.axis + (type.batched ? 1 : 0);
    const pads = Array.from({ length: 2 * rank }, (_, i) => (i === axis ? op.before : i === rank + axis ? op.after : 0));
    return graph.node('Pad', [first(args).name, graph.indices(pads), graph.scalar(0)]);
  },
  broadcast: ({ graph, op, args, type, rows }) => {
    const arg = first(args);
    let name = arg.name;
    if (op.along === 'rows') name = unsqueeze(graph, arg, 0);
    else if (op.along === 'columns') name = unsqueeze(graph, arg, 1);
    else if (arg.type.batched && op.shape.length === 2) name = graph.node('Unsqueeze', [name, graph.indices([2])]);
    return expand(graph, name, tensorDims(type, rows));
  },
  sumTo: ({ graph, op, args }) => {
    const arg = first(args);
    const offset = arg.type.batched ? 1 : 0;
    let name = arg.name;
    let isScalar = arg.type.shape.length === 0;
    if (op.along === 'rows' || op.along === 'columns') name = sum(graph, name, [offset + (op.along === 'rows' ? 0 : 1)], false);
    if (op.along === 'scalar') {
      if (arg.type.shape.length === 2) name = sum(graph, name, [offset + 1], false);
      name = sum(graph, name, [offset], arg.type.batched);
      isScalar = true;
    }
    if (!arg.type.batched || op.batched) return name;
    return sum(graph, name, isScalar ? [0, 1] : [0], false);
  },
};
