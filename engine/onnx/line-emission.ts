// ONNX nodes of the lines of a model that are not equations: embedding, pooling over time, and the loss with its gradient.
// Not the recurrent lines (step-program.ts, sequence emission) and not the data behind them.
// Invariant: values over time are time-major, `[time × batch, size]`; row t·batch + b is sequence b at step t.
import type { LossKind, Pooling } from '../ir/model';
import type { OnnxGraph } from './onnx-graph';

/** Rows of the table by id: ids I32 `[rows]`, table `[vocabulary, size]` → `[rows, size]`. */
export function emitLookup(graph: OnnxGraph, table: string, ids: string): string {
  return graph.node('Gather', [table, ids], { axis: { int: 0 } });
}

/** Adjoint of the look-up: cotangents `[rows, size]` added into a zero table `[vocabulary, size]`. */
export function emitLookupGradient(graph: OnnxGraph, cotangent: string, ids: string, vocabulary: number, size: number, rows: number): string {
  return scatterRows(graph, cotangent, ids, vocabulary, size, rows);
}

function scatterRows(graph: OnnxGraph, updates: string, ids: string, height: number, size: number, rows: number): string {
  const zeros = graph.node('Expand', [graph.scalar(0), graph.indices([height, size])]);
  const wide = graph.node('Cast', [ids], { to: { int: 7 } });
  return graph.node('ScatterND', [zeros, graph.node('Reshape', [wide, graph.indices([rows, 1])]), updates], { reduction: { text: 'add' } });
}

/** ids I32 `[rows]` → `[rows, count]` with one 1 a row. */
export function emitOneHot(graph: OnnxGraph, ids: string, count: number, rows: number): string {
  const range = graph.constant('i32', [1, count], Array.from({ length: count }, (_, i) => i));
  const column = graph.node('Reshape', [ids, graph.indices([rows, 1])]);
  return graph.node('Cast', [graph.node('Equal', [column, range])], { to: { int: 1 } });
}

export interface PoolShape {
  readonly how: Pooling;
  readonly time: number;
  readonly batch: number;
  readonly size: number;
  /** Units of the forward half; the rest walk backwards in time and are gathered at their own step. */
  readonly split: number;
}

/** What pooling reads besides the values: rows to gather (I32 `[batch]`, for either half), weights `[time, batch, 1]`. */
export interface PoolInputs {
  readonly forwardRows: string;
  readonly backwardRows: string;
  /** mask / valid steps of the sequence, for 'mean'; the mask itself, for 'max'. */
  readonly weights: string;
}

const lowest = -3.0e38;

/** `[time × batch, size]` → `[batch, size]`. */
export function emitPool(graph: OnnxGraph, shape: PoolShape, value: string, inputs: PoolInputs): string {
  const { time, batch, size, split } = shape;
  if (shape.how === 'last' || shape.how === 'first') {
    if (split === size) return emitLookup(graph, value, inputs.forwardRows);
    if (split === 0) return emitLookup(graph, value, inputs.backwardRows);
    const halves = columns(graph, value, split, size);
    return graph.node('Concat', [emitLookup(graph, halves[0], inputs.forwardRows), emitLookup(graph, halves[1], inputs.backwardRows)], { axis: { int: 1 } });
  }
  const cube = graph.node('Reshape', [value, graph.indices([time, batch, size])]);
  if (shape.how === 'mean') return graph.node('ReduceSum', [graph.node('Mul', [cube, inputs.weights]), graph.indices([0])], { keepdims: { int: 0 } });
  return graph.node('ReduceMax', [validOrLowest(graph, cube, inputs.weights)], { axes: { ints: [0] }, keepdims: { int: 0 } });
}

/** Adjoint of emitPool: cotangent `[batch, size]` → `[time × batch, size]`. */
export function emitPoolGradient(graph: OnnxGraph, shape: PoolShape, value: string, pooled: string, cotangent: string, inputs: PoolInputs): string {
  const { time, batch, size, split } = shape;
  const rows = time * batch;
  if (shape.how === 'last' || shape.how === 'first') {
    if (split === size) return scatterRows(graph, cotangent, inputs.forwardRows, rows, size, batch);
    if (split === 0) return scatterRows(graph, cotangent, inputs.backwardRows, rows, size, batch);
    const halves = columns(graph, cotangent, split, size);
    return graph.node(
      'Concat',
      [scatterRows(graph, halves[0], inputs.forwardRows, rows, split, batch), scatterRows(graph, halves[1], inputs.backwardRows, rows, size - split, batch)],
      { axis: { int: 1 } },
    );
  }
  const spread = graph.node('Reshape', [cotangent, graph.indices([1, batch, size])]);
  const flat = (name: string): string => graph.node('Reshape', [name, graph.indices([rows, size])]);
  if (shape.how === 'mean') return flat(graph.node('Mul', [spread, inputs.weights]));
  const cube = graph.node('Reshape', [value, graph.indices([time, batch, size])]);
  const top = graph.node('Reshape', [pooled, graph.indices([1, batch, size])]);
  const hit = graph.node('Cast', [graph.node('Equal', [validOrLowest(graph, cube, inputs.weights), top])], { to: { int: 1 } });
  // On a tie the first step gets all: keep hits whose running count is 1.
  const triangle = Array.from({ length: time * time }, (_, i) => (i % time <= Math.floor(i / time) ? 1 : 0));
  const counted = graph.node('MatMul', [graph.constant('f32', [time, time], triangle), graph.node('Reshape', [hit, graph.indices([time, batch * size])])]);
  const isFirst = graph.node('Cast', [graph.node('Less', [graph.node('Reshape', [counted, graph.indices([time, batch, size])]), graph.scalar(1.5)])], { to: { int: 1 } });
  return flat(graph.node('Mul', [spread, graph.node('Mul', [hit, isFirst])]));
}

function validOrLowest(graph: OnnxGraph, cube: string, mask: string): string {
  return graph.node('Where', [graph.node('Cast', [mask], { to: { int: 9 } }), cube, graph.scalar(lowest)]);
}

function columns(graph: OnnxGraph, name: string, split: number, size: number): readonly [string, string] {
  const part = (start: number, end: number): string =>
    graph.node('Slice', [name, graph.indices([start]), graph.indices([end]), graph.indices([1])]);
  return [part(0, split), part(split, size)];
}

export interface EmittedLoss {
  /** Un-normalised loss of each row, 0 where not valid: `[rows, 1]`. */
  readonly rowLoss: string;
  /** ∂loss/∂y, `[rows, size]`; exactly 0 where not valid. */
  readonly gradient: string;
}

export interface LossPorts {
  /** `[rows, size]`, before softmax. */
  readonly y: string;
  /** I32 `[rows]` for crossEntropy, F32 `[rows, size]` otherwise. */
  readonly target: string;
  /** F32 `[rows, 1]`, 1 = counts. */
  readonly valid: string;
  /** F32 `[]`: 1 / number of valid targets. */
  readonly scale: string;
  readonly rows: number;
  readonly size: number;
  /** Every row counts: no masking is needed. */
  readonly allValid: boolean;
}

/** The losses of the contract: natural log, on logits, squares without ½ and with the mean over a target's features. */
export function emitLoss(graph: OnnxGraph, kind: LossKind, ports: LossPorts): EmittedLoss {
  const mul = (a: string, b: string): string => graph.node('Mul', [a, b]);
  const rowSum = (name: string): string => graph.node('ReduceSum', [name, graph.indices([1])], { keepdims: { int: 1 } });
  let rowLoss: string;
  let gradient: string;
  if (kind === 'crossEntropy') {
    const hot = emitOneHot(graph, ports.target, ports.size, ports.rows);
    const logarithms = graph.node('LogSoftmax', [ports.y], { axis: { int: 1 } });
    rowLoss = graph.node('Neg', [rowSum(mul(logarithms, hot))]);
    gradient = mul(graph.node('Sub', [graph.node('Exp', [logarithms]), hot]), ports.scale);
  } else {
    const share = graph.scalar(1 / ports.size);
    if (kind === 'squaredError') {
      const difference = graph.node('Sub', [ports.y, ports.target]);
      rowLoss = mul(rowSum(mul(difference, difference)), share);
      gradient = mul(difference, mul(ports.scale, graph.scalar(2 / ports.size)));
    } else {
      const each = graph.node('Sub', [graph.node('Softplus', [ports.y]), mul(ports.y, ports.target)]);
      rowLoss = mul(rowSum(each), share);
      gradient = mul(graph.node('Sub', [graph.node('Sigmoid', [ports.y]), ports.target]), mul(ports.scale, share));
    }
  }
  if (ports.allValid) return { rowLoss, gradient };
  const valid = graph.node('Cast', [ports.valid], { to: { int: 9 } });
  const zero = graph.scalar(0);
  return { rowLoss: graph.node('Where', [valid, rowLoss, zero]), gradient: graph.node('Where', [valid, gradient, zero]) };
}
