// Models put together without the language: a gated cell with two states, a linear line, and the lines around them.
// Not a test. Invariant: every equation has a span of its own, so that a place can be told from another.
import { GraphBuilder } from '../../engine/ir/graph-builder';
import type { ValueId } from '../../engine/ir/graph';
import type { Direction, Line, LossKind, Model, Pooling } from '../../engine/ir/model';
import type { Operation, UnaryKind } from '../../engine/ir/operation';
import type { InitialState, NamedValue, ParamSpec, StateSpec, StepGraph } from '../../engine/ir/step-graph';
import type { Span } from '../../engine/base/span';

export const file = 'hand-built.rnn';

/** Adds operations and remembers what a step graph lists; span n covers offsets [10 n, 10 n + 5). */
class StepBuilder {
  readonly graph = new GraphBuilder();
  readonly params: ParamSpec[] = [];
  readonly named: NamedValue[] = [];
  private line = 0;

  span(): Span {
    this.line++;
    return { file, start: this.line * 10, end: this.line * 10 + 5 };
  }

  input(name: string, size: number): ValueId {
    return this.graph.input(name, 'input', [size], { span: this.span() });
  }

  state(name: string, size: number): ValueId {
    return this.graph.input(name, 'state', [size], { span: this.span() });
  }

  param(name: string, shape: readonly number[]): ValueId {
    const span = this.span();
    const id = this.graph.input(name, 'param', shape, { span });
    this.params.push({ name, id, shape, init: { kind: 'xavierUniform' }, span });
    return id;
  }

  op(op: Operation, ...args: readonly ValueId[]): ValueId {
    return this.graph.add(op, args, { span: this.span() });
  }

  product(matrix: ValueId, vector: ValueId): ValueId {
    return this.op({ kind: 'matvec', transposed: false }, matrix, vector);
  }

  sum(...terms: readonly ValueId[]): ValueId {
    return terms.reduce((a, b) => this.op({ kind: 'add' }, a, b));
  }

  mul(a: ValueId, b: ValueId): ValueId {
    return this.op({ kind: 'mul' }, a, b);
  }

  name(name: string, kind: NamedValue['kind'], id: ValueId): ValueId {
    this.named.push({ name, kind, id, span: this.span() });
    return id;
  }
}

export interface CellOptions {
  readonly activation?: UnaryKind;
  readonly initial?: InitialState;
  /** 'state' hands on h', 'equation' the gate o, 'old' the state h before the step. */
  readonly output?: 'state' | 'equation' | 'old';
  /** The candidate passes no gradient. */
  readonly stopped?: boolean;
}

/** f = sigmoid(W_f x + U_f h), g = φ(W_g x + U_g h), c' = f c + (1 − f) g, o = sigmoid(W_o x + p ∘ c'), h' = o tanh(c'). */
export function gatedCell(inputs: number, hidden: number, { activation = 'tanh', initial = { kind: 'zeros' }, output = 'state', stopped = false }: CellOptions = {}): StepGraph {
  const b = new StepBuilder();
  const x = b.input('x', inputs);
  const h = b.state('h', hidden);
  const c = b.state('c', hidden);
  const affine = (letter: string): ValueId => b.sum(b.product(b.param(`W_${letter}`, [hidden, inputs]), x), b.product(b.param(`U_${letter}`, [hidden, hidden]), h));
  const f = b.name('f', 'gate', b.op({ kind: 'sigmoid' }, affine('f')));
  const candidate = b.op({ kind: activation }, affine('g'));
  const g = b.name('g', 'let', stopped ? b.op({ kind: 'stop' }, candidate) : candidate);
  const kept = b.op({ kind: 'sub' }, b.graph.constant(1, { span: b.span() }), f);
  const cNext = b.name('c', 'state', b.sum(b.mul(f, c), b.mul(kept, g)));
  const o = b.name('o', 'gate', b.op({ kind: 'sigmoid' }, b.sum(b.product(b.param('W_o', [hidden, inputs]), x), b.mul(b.param('p', [hidden]), cNext))));
  const hNext = b.name('h', 'state', b.mul(o, b.op({ kind: 'tanh' }, cNext)));
  const state = (name: string, old: ValueId, next: ValueId): StateSpec => ({ name, old, next, shape: [hidden], initial, span: b.span() });
  return {
    graph: b.graph.build(),
    inputs: [{ name: 'x', id: x }],
    states: [state('h', h, hNext), state('c', c, cNext)],
    params: b.params,
    dropouts: [],
    named: b.named,
    output: output === 'state' ? hNext : output === 'equation' ? o : h,
    outputSpan: b.span(),
  };
}

/** y = W x + b. */
export function linearStep(inputs: number, size: number): StepGraph {
  const b = new StepBuilder();
  const x = b.input('x', inputs);
  const y = b.sum(b.product(b.param('W', [size, inputs]), x), b.param('b', [size]));
  return { graph: b.graph.build(), inputs: [{ name: 'x', id: x }], states: [], params: b.params, dropouts: [], named: [], output: y, outputSpan: b.span() };
}

export interface ModelOptions {
  readonly direction?: Direction;
  readonly pooling?: Pooling;
  readonly loss?: LossKind;
  readonly tokens?: boolean;
  readonly cell?: CellOptions;
  readonly layers?: number;
}

const span: Span = { file, start: 0, end: 5 };

/** Embedding or numbers, `layers` gated layers, perhaps pooled, a linear line, a loss. */
export function handBuiltModel({ direction = 'forward', pooling, loss = 'crossEntropy', tokens = false, cell = {}, layers = 1 }: ModelOptions = {}): Model {
  const hidden = 3;
  const lines: Line[] = [];
  let below = { name: 'x', size: 2 };
  if (tokens) {
    below = { name: 'e', size: 2 };
    lines.push({ kind: 'embed', name: 'e', span, size: 2, perStep: true, how: 'embedding', vocabulary: 4, init: { kind: 'normal', std: 1 }, of: 'x' });
  }
  for (let layer = 1; layer <= layers; layer++) {
    const name = `r${layer}`;
    const size = direction === 'both' ? 2 * hidden : hidden;
    lines.push({ kind: 'step', role: 'layer', name, span, size, perStep: true, step: gatedCell(below.size, hidden, cell), inputs: [below.name], direction });
    below = { name, size };
  }
  if (pooling) {
    lines.push({ kind: 'pool', name: 's', span, size: below.size, perStep: false, how: pooling, of: below.name });
    below = { name: 's', size: below.size };
  }
  const perStep = pooling === undefined;
  lines.push({ kind: 'step', role: 'output', name: 'y', span, size: 3, perStep, step: linearStep(below.size, 3), inputs: [below.name], direction: 'forward' });
  return {
    name: 'HandBuilt',
    file,
    span,
    inputSpan: span,
    input: tokens ? { kind: 'tokens', vocabulary: 4 } : { kind: 'numeric', features: 2 },
    target: loss === 'crossEntropy' ? { kind: 'classes', count: 3, perStep } : { kind: 'numeric', size: 3, perStep },
    lines,
    loss: { kind: loss, of: 'y', span },
    train: { optimizer: { kind: 'sgd', rate: 0.1, momentum: 0 }, schedule: { kind: 'constant' }, batch: 2, epochs: 1, clip: { kind: 'none' }, carry: 'none', seed: 1 },
  };
}
