// A model with one line of every kind, for tests that need its parameters and not its equations.
// Not a model that could run: its step graphs are empty.
import type { Span } from '../../engine/base/span';
import type { Direction, Model, StepLine, TrainSettings } from '../../engine/ir/model';
import type { InitialState, Initialiser, StepGraph } from '../../engine/ir/step-graph';

export const span: Span = { file: 'm.rnn', start: 0, end: 1 };

export const trainSettings: TrainSettings = {
  optimizer: { kind: 'adam', rate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  schedule: { kind: 'constant' },
  batch: 2,
  epochs: 1,
  clip: { kind: 'none' },
  carry: 'none',
  seed: 1,
};

export function stepLine(name: string, params: Readonly<Record<string, readonly [readonly number[], Initialiser]>>, direction: Direction = 'forward', initial?: InitialState): StepLine {
  const step: StepGraph = {
    graph: { inputs: [], equations: [], outputs: [] },
    inputs: [],
    states: initial === undefined ? [] : [{ name: 'h', old: 0, next: 1, shape: [3], initial, span }],
    params: Object.entries(params).map(([param, [shape, init]], index) => ({ name: param, id: index + 2, shape, init, span })),
    dropouts: [],
    named: [],
    output: 1,
    outputSpan: span,
  };
  return { kind: 'step', name, span, size: 3, perStep: true, role: 'layer', step, inputs: ['x'], direction };
}

export const smallModel: Model = {
  name: 'Small',
  file: 'm.rnn',
  span,
  inputSpan: span,
  input: { kind: 'tokens', vocabulary: 5 },
  target: { kind: 'classes', count: 5, perStep: true },
  lines: [
    { kind: 'embed', name: 'e', span, size: 4, perStep: true, how: 'embedding', vocabulary: 5, init: { kind: 'normal', std: 1 }, of: 'x' },
    stepLine('r', { W: [[3, 4], { kind: 'xavierUniform' }], U: [[3, 3], { kind: 'orthogonal' }], b: [[3], { kind: 'zeros' }] }, 'both', { kind: 'learned' }),
    { kind: 'pool', name: 's', span, size: 6, perStep: false, how: 'last', of: 'r' },
    stepLine('y', { W: [[5, 6], { kind: 'xavierUniform' }], b: [[5], { kind: 'ones' }] }),
  ],
  loss: { kind: 'crossEntropy', of: 'y', span },
  train: trainSettings,
};
