// Training's dropout masks: a trace and a training iteration of one seed see the same masks, and both equal the float64 interpreter given them.
// Not evaluation mode, where dropout is the identity (../trace/run-trace.test.ts).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openNodeBackend } from '../../cli/backends/open-backend';
import type { Model } from '../../engine/ir/model';
import { backwardReference } from '../../engine/reference/reference-backward';
import type { DropoutMasks } from '../../engine/reference/reference-layer';
import { runReference, valueColumns } from '../../engine/reference/reference-run';
import type { Backend } from '../../engine/runtime/backend';
import { floats, type FloatTensor } from '../../engine/runtime/tensor';
import { dropoutLabel, dropoutMask } from '../../engine/trace/dropout-masks';
import { runTrace } from '../../engine/trace/run-trace';
import { OnnxTrainingProgram } from '../../engine/training/onnx-training-program';
import { tolerances } from '../tolerances';
import { disagreements } from '../trace/compare-columns';
import { modelOf, problemOf, type Problem } from '../trace/random-problem';

const dropoutSeed = 11;
const [batch, time] = [3, 5];

const texts = {
  'between layers': `model M { input x[3] layer r1 = GRU(x, hidden: 4, direction: both) let d = dropout(r1, 0.3) layer r2 = LSTM(d, hidden: 4) output y = Linear(r2, size: 3) loss crossEntropy(y) }`,
  'on a pooled layer': `model M { input x[3] layer r = RNN(x, hidden: 6, direction: backward) let s = last(r) let d = dropout(s, 0.4) output y = Linear(d, size: 3) loss squaredError(y) }`,
  'inside a cell, twice': `cell Dropped(hidden) { input x  state h[hidden]  param W[hidden, x], U[hidden, hidden]
    let a = dropout(W @ x, 0.5)
    h' = tanh(a + U @ dropout(h, 0.25)) }
    model M { input x[3] layer r = Dropped(x, hidden: 4, direction: both) output y = Linear(r, size: 3) loss crossEntropy(y) }`,
};

const backends = new Map<string, Backend>();
beforeAll(async () => {
  for (const name of ['cpu', 'wasm'] as const) backends.set(name, await openNodeBackend(name, { threads: 1 }));
});
afterAll(async () => {
  for (const backend of backends.values()) await backend.dispose();
});

/** The engine's masks of a model, handed to the interpreter step by step. */
function masksOf(model: Model): DropoutMasks {
  return (scope, index, step, shape) => {
    const line = model.lines.find(({ name }) => name === scope.replace(/\.backward$/, ''));
    if (line?.kind !== 'step') throw new Error(`${scope} is a step line`);
    const size = batch * shape.reduce((product, n) => product * n, 1);
    const whole = dropoutMask(dropoutSeed, dropoutLabel(scope, index), line.step.dropouts[index]?.rate ?? 0, size * (line.perStep ? time : 1));
    return Float64Array.from(whole.subarray(step * size, (step + 1) * size));
  };
}

const wanted = ({ model, weights, batch: data }: Problem): { readonly loss: number; readonly columns: ReadonlyMap<string, { readonly dims: readonly number[]; readonly data: Float64Array }> } => {
  const run = runReference(model, weights, data, { dropout: masksOf(model) });
  return { loss: run.loss, columns: new Map([...valueColumns(run), ...backwardReference(model, run, data).columns]) };
};

describe.each(['cpu', 'wasm'])('dropout on %s', (backend) => {
  describe.each(Object.entries(texts))('%s', (_name, text) => {
    const problem = problemOf(modelOf(text), { seed: 2, batch, time, masked: true });
    const want = wanted(problem);

    it('in a trace', async () => {
      const trace = await runTrace(problem.model, problem.weights, problem.batch, backends.get(backend) as Backend, { dropoutSeed });
      expect(disagreements(trace.columns, want.columns, tolerances.singlePrecisionTrace)).toEqual([]);
      const evaluated = await runTrace(problem.model, problem.weights, problem.batch, backends.get(backend) as Backend);
      expect(evaluated.loss).not.toBe(trace.loss);
    });

    it('in a training iteration', async () => {
      const model: Model = { ...problem.model, train: { ...problem.model.train, optimizer: { kind: 'sgd', rate: 1, momentum: 0 }, clip: { kind: 'none' } } };
      const program = new OnnxTrainingProgram(model, backends.get(backend) as Backend, problem.weights);
      try {
        const { loss } = await program.iterate(problem.batch, { rate: 1, iteration: 1, dropoutSeed });
        expect(Math.abs(loss - want.loss)).toBeLessThan(tolerances.fusedGradient * Math.max(1, want.loss));
        const after = await program.parameters();
        for (const [name, before] of problem.weights) {
          const gradient = floats(before.dims, before.data.map((v, index) => v - ((after.get(name) as FloatTensor).data[index] as number)));
          const column = want.columns.get(`grad/param/${name}`);
          if (!column) throw new Error(`no gradient of ${name}`);
          const largest = Math.max(...column.data.map(Math.abs));
          gradient.data.forEach((v, index) => expect(Math.abs(v - (column.data[index] as number))).toBeLessThan(tolerances.fusedGradient * largest + tolerances.differenceOfParameters));
        }
      } finally {
        await program.dispose();
      }
    });
  });
});
