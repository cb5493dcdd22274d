// What the optimizer would do with one recorded gradient: clipping and the update of each parameter.
// Not training's update (../onnx/training-graph.ts has the same formulas for the device); this one is looked at.
// Invariant: change = new value − old value; formulas as PyTorch defines them.
import type { Model } from '../ir/model';
import type { Trace } from '../trace/trace';
import { rateAt } from '../training/schedule';

export interface ParameterUpdate {
  readonly parameter: string;
  readonly shape: readonly number[];
  readonly value: Float32Array;
  /** Before clipping. */
  readonly gradient: Float32Array;
  readonly change: Float32Array;
}

export interface OptimizerPast {
  /** Iterations done before. */
  readonly iteration: number;
  /** By `<slot>/<param>`; left out = zeros. */
  readonly slots?: ReadonlyMap<string, { readonly data: Float32Array }>;
  /** Of the schedule; undefined = as planned by the settings alone. */
  readonly total?: number;
}

/** A trace never changes, and every expression may ask. */
const known = new WeakMap<Trace, number>();

/** Norm over all parameters' gradients, before clipping. */
export function gradientNorm(trace: Trace): number {
  const before = known.get(trace);
  if (before !== undefined) return before;
  let squares = 0;
  for (const [name, column] of trace.columns) {
    if (!name.startsWith('grad/param/')) continue;
    for (const value of column.data) squares += value * value;
  }
  const norm = Math.sqrt(squares);
  known.set(trace, norm);
  return norm;
}

export function optimizerStep(model: Model, trace: Trace, past: OptimizerPast): readonly ParameterUpdate[] {
  const { clip, optimizer } = model.train;
  const iteration = past.iteration + 1;
  const norm = gradientNorm(trace);
  const scale = clip.kind === 'norm' ? Math.min(1, clip.threshold / (norm + 1e-6)) : 1;
  const rate = rateAt(model.train, iteration, Math.max(past.total ?? model.train.iterations ?? iteration, iteration));
  return [...trace.weights].flatMap(([parameter, tensor]): readonly ParameterUpdate[] => {
    const gradient = trace.columns.get(`grad/param/${parameter}`);
    if (gradient === undefined) return [];
    const slot = (name: string, i: number): number => past.slots?.get(`${name}/${parameter}`)?.data[i] ?? 0;
    const change = gradient.data.map((raw, i) => {
      const g = clip.kind === 'value' ? Math.min(clip.threshold, Math.max(-clip.threshold, raw)) : raw * scale;
      if (optimizer.kind === 'sgd') return -rate * (optimizer.momentum * slot('momentum', i) + g);
      const { beta1, beta2, epsilon } = optimizer;
      const m = beta1 * slot('m', i) + (1 - beta1) * g;
      const v = beta2 * slot('v', i) + (1 - beta2) * g * g;
      return (-rate / (1 - beta1 ** iteration)) * m / (Math.sqrt(v / (1 - beta2 ** iteration)) + epsilon);
    });
    return [{ parameter, shape: tensor.dims, value: tensor.data, gradient: gradient.data, change }];
  });
}
