// The training program as ONNX: forward, loss, BPTT, clipping and the optimizer's update in one graph; and evaluation alone.
// Not the running of it (../training/onnx-training-program.ts).
// Invariant: parameters and each optimizer slot are one vector in the layout's order, in and out.
// Adam: Kingma & Ba 2015 as PyTorch defines it (ε outside the corrected root); SGD with momentum likewise (no dampening).
import type { Model } from '../ir/model';
import type { ChunkShape, ModelPlans } from './model-emission';
import { ModelEmission } from './model-emission';
import { OnnxGraph } from './onnx-graph';

/** What the graph does after the loss. `update`: the whole iteration. `gradient`: hands gradients on (chunks of a long sequence). `evaluate`: forward only. `reach`: watches only. */
export type TrainingGraphKind = 'update' | 'gradient' | 'evaluate' | 'reach';

export interface TrainingGraph {
  readonly model: Uint8Array;
  readonly nodeCount: number;
  readonly histogram: ReadonlyMap<string, number>;
  readonly outputs: readonly string[];
}

export function optimizerSlots(model: Model): readonly string[] {
  const { optimizer } = model.train;
  if (optimizer.kind === 'adam') return ['m', 'v'];
  return optimizer.momentum === 0 ? [] : ['momentum'];
}

/**
 * Inputs: `parameters`, `slot/<name>`, `x`, `y`, `scale`, `mask`, `initial/…`, `dropout/…`, `pool/…`, `final/…` (gradient), `rate`,
 * `correction` (Adam: 1 / sqrt(1 − β₂ᵗ); `rate` is then already divided by 1 − β₁ᵗ).
 * Outputs: `loss`, `gradNorm`, `parameters.next`, `slot.next/<name>`, `final.value/…`; gradient: `gradient`, `initial.gradient/…`;
 * evaluate: `y.value`, `correct`. Watches: `watch/<label>`.
 */
export function buildTrainingGraph(plans: ModelPlans, shape: ChunkShape, kind: TrainingGraphKind): TrainingGraph {
  const graph = new OnnxGraph();
  const { model, layout } = plans;
  const parameters = graph.input('parameters', 'f32', [layout.length]);
  const emission = new ModelEmission(graph, plans, shape, parameters);
  const values = emission.forward();
  const { rowLoss, gradient } = emission.loss();
  const total = graph.node('ReduceSum', [rowLoss, graph.indices([0, 1])], { keepdims: { int: 0 } });
  graph.output('loss', graph.node('Mul', [total, 'scale']), 'f32', []);
  if (kind === 'evaluate') emitEvaluation(graph, model, shape, values.get(model.loss.of) ?? '');
  else {
    emission.backward(gradient, (key) => (kind === 'gradient' ? finalCotangent(graph, model, shape, key) : undefined), kind === 'gradient');
    const gradients = kind === 'reach' ? '' : emission.gradientVector();
    for (const watch of emission.watches()) graph.output(`watch/${watch.name}`, watch.value, 'f32', watch.dims);
    if (kind === 'gradient') {
      graph.output('gradient', gradients, 'f32', [layout.length]);
      for (const [key, name] of emission.initialGradients) graph.output(`initial.gradient/${key}`, name, 'f32', stateDims(model, shape, key));
    } else if (kind === 'update') emitClippedUpdate(graph, model, layout.length, parameters, gradients);
  }
  for (const [key, name] of emission.finals) graph.output(`final.value/${key}`, name, 'f32', stateDims(model, shape, key));
  return { model: graph.encode(shape.lacks), nodeCount: graph.nodeCount, histogram: graph.histogram, outputs: graph.outputNames };
}

/** The update alone, for gradients that were summed over chunks: input `gradient`. */
export function buildUpdateGraph(plans: ModelPlans): TrainingGraph {
  const graph = new OnnxGraph();
  const { length } = plans.layout;
  const parameters = graph.input('parameters', 'f32', [length]);
  emitClippedUpdate(graph, plans.model, length, parameters, graph.input('gradient', 'f32', [length]));
  return { model: graph.encode(), nodeCount: graph.nodeCount, histogram: graph.histogram, outputs: graph.outputNames };
}

function stateDims(model: Model, shape: ChunkShape, key: string): readonly number[] {
  for (const line of model.lines) {
    if (line.kind !== 'step') continue;
    const state = line.step.states.find((candidate) => key === `${line.name}.${candidate.name}` || key === `${line.name}.backward.${candidate.name}`);
    if (state) return state.shape.length === 0 ? [shape.batch, 1] : [shape.batch, ...state.shape];
  }
  return [];
}

function finalCotangent(graph: OnnxGraph, model: Model, shape: ChunkShape, key: string): string {
  return graph.input(`final/${key}`, 'f32', stateDims(model, shape, key));
}

function emitEvaluation(graph: OnnxGraph, model: Model, shape: ChunkShape, y: string): void {
  const rows = model.target.perStep ? shape.steps * shape.batch : shape.batch;
  if (model.target.kind === 'classes') {
    const top = graph.node('ReduceMax', [y], { axes: { ints: [1] }, keepdims: { int: 1 } });
    const column = graph.node('Reshape', ['y', graph.indices([rows, 1])]);
    const chosen = graph.node('GatherElements', [y, column], { axis: { int: 1 } });
    const hit = graph.node('Cast', [graph.node('GreaterOrEqual', [chosen, top])], { to: { int: 1 } });
    const counted = shape.masked && model.target.perStep ? graph.node('Mul', [hit, 'mask']) : hit;
    graph.output('correct', graph.node('ReduceSum', [counted, graph.indices([0, 1])], { keepdims: { int: 0 } }), 'f32', []);
  }
  const size = model.lines.find((line) => line.name === model.loss.of)?.size ?? 1;
  graph.output('y.value', y, 'f32', [rows, size]);
}

function emitClippedUpdate(graph: OnnxGraph, model: Model, length: number, parameters: string, gradient: string): void {
  const { clip } = model.train;
  const mul = (a: string, b: string): string => graph.node('Mul', [a, b]);
  const norm = graph.node('ReduceL2', [gradient], { keepdims: { int: 0 } });
  graph.output('gradNorm', norm, 'f32', []);
  let clipped = gradient;
  if (clip.kind === 'norm') {
    // The 1e-6 is PyTorch's, so that clipping agrees with it.
    const ratio = graph.node('Div', [graph.scalar(clip.threshold), graph.node('Add', [norm, graph.scalar(1e-6)])]);
    clipped = mul(gradient, graph.node('Min', [ratio, graph.scalar(1)]));
  } else if (clip.kind === 'value') clipped = graph.node('Clip', [gradient, graph.scalar(-clip.threshold), graph.scalar(clip.threshold)]);
  const rate = graph.input('rate', 'f32', []);
  const { optimizer } = model.train;
  const slot = (name: string): string => graph.input(`slot/${name}`, 'f32', [length]);
  const next = (name: string, value: string): void => graph.output(`slot.next/${name}`, value, 'f32', [length]);
  let step: string;
  if (optimizer.kind === 'adam') {
    const { beta1, beta2, epsilon } = optimizer;
    const m = graph.node('Add', [mul(slot('m'), graph.scalar(beta1)), mul(clipped, graph.scalar(1 - beta1))]);
    const v = graph.node('Add', [mul(slot('v'), graph.scalar(beta2)), mul(mul(clipped, clipped), graph.scalar(1 - beta2))]);
    const correction = graph.input('correction', 'f32', []);
    const divisor = graph.node('Add', [mul(graph.node('Sqrt', [v]), correction), graph.scalar(epsilon)]);
    step = graph.node('Div', [m, divisor]);
    next('m', m);
    next('v', v);
  } else if (optimizer.momentum !== 0) {
    step = graph.node('Add', [mul(slot('momentum'), graph.scalar(optimizer.momentum)), clipped]);
    next('momentum', step);
  } else step = clipped;
  graph.output('parameters.next', graph.node('Sub', [parameters, mul(step, rate)]), 'f32', [length]);
}
