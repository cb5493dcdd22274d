// Compares one fused training iteration with the trace of the same batch: loss and every parameter's gradient.
// Not a test.
// Invariant: the optimizer is plain descent with rate 1, so that what a parameter loses is its gradient.
import { expect } from 'vitest';
import type { Model } from '../../engine/ir/model';
import type { Backend } from '../../engine/runtime/backend';
import { floats, type FloatTensor } from '../../engine/runtime/tensor';
import { runTrace } from '../../engine/trace/run-trace';
import { OnnxTrainingProgram, type ProgramOptions } from '../../engine/training/onnx-training-program';
import { tolerances } from '../tolerances';
import { disagreements } from '../trace/compare-columns';
import type { Problem } from '../trace/random-problem';

/** Plain SGD with rate 1 and no clipping: the parameters change by exactly the gradient. */
export function withPlainDescent(model: Model): Model {
  return { ...model, train: { ...model.train, optimizer: { kind: 'sgd', rate: 1, momentum: 0 }, clip: { kind: 'none' } } };
}

export async function expectIterationOf(problem: Problem, backend: Backend, options: ProgramOptions = {}): Promise<void> {
  const model = withPlainDescent(problem.model);
  const trace = await runTrace(model, problem.weights, problem.batch, backend);
  const program = new OnnxTrainingProgram(model, backend, problem.weights, options);
  try {
    const result = await program.iterate(problem.batch, { rate: 1, iteration: 1, dropoutSeed: 0 });
    expect(Math.abs(result.loss - trace.loss)).toBeLessThan(tolerances.fusedGradient * Math.max(1, Math.abs(trace.loss)));
    const after = await program.parameters();
    const got = new Map<string, FloatTensor>();
    const want = new Map<string, FloatTensor>();
    for (const [name, before] of problem.weights) {
      const next = after.get(name) as FloatTensor;
      got.set(name, floats(before.dims, before.data.map((value, i) => value - (next.data[i] as number))));
      want.set(name, trace.columns.get(`grad/param/${name}`) as FloatTensor);
    }
    expect(want.size).toBeGreaterThan(1);
    // Differences of parameters of size about 1 carry float32's rounding of 6e-8 each.
    const small = [...want].filter(([, column]) => column.data.some((value) => Math.abs(value) > 1e-3));
    expect(disagreements(got, new Map(small), tolerances.fusedGradient)).toEqual([]);
  } finally {
    await program.dispose();
  }
}

/** Training draws dropout masks; the trace compared with is in evaluation mode. */
export function withoutDropout(model: Model): Model {
  return {
    ...model,
    lines: model.lines.map((line) => (line.kind === 'step' ? { ...line, step: { ...line.step, dropouts: line.step.dropouts.map((dropout) => ({ ...dropout, rate: 0 })) } } : line)),
  };
}
