// A program that computes nothing of use, deterministically, from everything that a program is given:
// whatever a resumed run got wrong (rate, position, carry, random state, optimizer) changes its numbers.
// Not an engine. Its model has the parameter `r.W` [2] and the state `r.h`.
import type { Model } from '../../engine/ir/model';
import { type FloatTensor, floats } from '../../engine/runtime/tensor';
import type { CarriedStates, EvaluationResult, IterationOptions, IterationResult, SampleStep, TrainingProgram } from '../../engine/training/program-interface';
import type { Batch } from '../../engine/trace/trace';
import { smallModel, stepLine, trainSettings } from '../weights/small-model';

export function fakeModel(train: Partial<Model['train']> = {}): Model {
  return {
    ...smallModel,
    lines: [stepLine('r', { W: [[2], { kind: 'uniform', bound: 1 }] })],
    train: { ...trainSettings, carry: 'state', ...train },
  };
}

export class FakeProgram implements TrainingProgram {
  private weights: FloatTensor;
  private moment = floats([2]);
  /** The iteration whose loss is NaN. */
  brokenAt = Infinity;
  iterations: number[] = [];

  constructor(weights: ReadonlyMap<string, FloatTensor>) {
    this.weights = weights.get('r.W') as FloatTensor;
  }

  iterate(batch: Batch, { rate, iteration, carry, dropoutSeed }: IterationOptions): Promise<IterationResult> {
    this.iterations.push(iteration);
    if (iteration === this.brokenAt) return Promise.resolve({ loss: NaN, gradNorm: NaN, clipped: false, nonFinite: 3 });
    const [w = 0, v = 0] = this.weights.data;
    const h = carry?.get('r.h')?.data[0] ?? 0.5;
    const signal = Math.sin(sum(batch) + 3 * w + h + dropoutSeed / 2 ** 32);
    this.moment = floats([2], this.moment.data.map((value) => 0.9 * value + signal));
    this.weights = floats([2], Float32Array.of(w - rate * (this.moment.data[0] ?? 0), v + rate * (this.moment.data[1] ?? 0)));
    return Promise.resolve({ loss: signal * signal + iteration / 1000, gradNorm: Math.abs(signal), clipped: signal > 0.5, nonFinite: 0, carry: new Map([['r.h', floats([1, 1], Float32Array.of(signal))]]) });
  }

  evaluate(batch: Batch, carry?: CarriedStates): Promise<EvaluationResult> {
    const loss = Math.abs(Math.cos(sum(batch) + (this.weights.data[0] ?? 0) + (carry?.get('r.h')?.data[0] ?? 0)));
    return Promise.resolve({ loss, targets: batch.y.data.length, correct: 1, carry: new Map([['r.h', floats([1, 1], Float32Array.of(loss))]]) });
  }

  sampleStep(tokens: Int32Array, states: CarriedStates | undefined): Promise<SampleStep> {
    const h = (states?.get('r.h')?.data[0] ?? 0) + (this.weights.data[0] ?? 0) + (tokens[0] ?? 0);
    return Promise.resolve({ logits: floats([1, 3], Float32Array.of(Math.sin(h), Math.cos(h), Math.sin(2 * h))), states: new Map([['r.h', floats([1, 1], Float32Array.of(h))]]) });
  }

  parameters(): Promise<Map<string, FloatTensor>> {
    return Promise.resolve(new Map([['r.W', this.weights]]));
  }

  setParameters(parameters: ReadonlyMap<string, FloatTensor>): Promise<void> {
    this.weights = parameters.get('r.W') as FloatTensor;
    return Promise.resolve();
  }

  optimizerState(): Promise<Map<string, FloatTensor>> {
    return Promise.resolve(new Map([['m/r.W', this.moment]]));
  }

  setOptimizerState(state: ReadonlyMap<string, FloatTensor>): Promise<void> {
    this.moment = state.get('m/r.W') as FloatTensor;
    return Promise.resolve();
  }

  dispose(): Promise<void> {
    return Promise.resolve();
  }
}

function sum(batch: Batch): number {
  return Array.from(batch.x.data).reduce((total, id, place) => total + id * (place + 1), 0);
}
