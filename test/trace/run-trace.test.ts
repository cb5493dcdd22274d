// Traces of the library and of random cells on both backends against the float64 interpreter.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openNodeBackend } from '../../cli/backends/open-backend';
import { backwardReference } from '../../engine/reference/reference-backward';
import { runReference, valueColumns } from '../../engine/reference/reference-run';
import type { Backend } from '../../engine/runtime/backend';
import { runTrace } from '../../engine/trace/run-trace';
import { randomProgram } from '../random-cells/random-cell';
import { tolerances } from '../tolerances';
import { disagreements } from './compare-columns';
import { modelOf, type Problem, problemOf } from './random-problem';

const backends = new Map<string, Backend>();
beforeAll(async () => {
  for (const name of ['cpu', 'wasm'] as const) backends.set(name, await openNodeBackend(name, { threads: 1 }));
});
afterAll(async () => {
  for (const backend of backends.values()) await backend.dispose();
});

function wanted({ model, weights, batch }: Problem): Map<string, { dims: readonly number[]; data: ArrayLike<number> }> {
  const run = runReference(model, weights, batch);
  return new Map([...valueColumns(run), ...backwardReference(model, run, batch).columns]);
}

async function check(problem: Problem, backend: string, bound: number): Promise<void> {
  const trace = await runTrace(problem.model, problem.weights, problem.batch, backends.get(backend) as Backend);
  const want = wanted(problem);
  expect(want.size).toBeGreaterThan(5);
  expect(disagreements(trace.columns, want, bound)).toEqual([]);
}

const library = ['RNN', 'ReluRNN', 'GRU', 'GRUBefore', 'LSTM', 'PeepholeLSTM', 'CIFG', 'MGU', 'IndRNN', 'SRU', 'LayerNormLSTM'];

describe.each(['cpu', 'wasm'])('a trace on %s', (backend) => {
  for (const cell of library) {
    for (const masked of [false, true]) {
      it(`of ${cell}, two layers, ${masked ? 'masked' : 'all valid'}`, async () => {
        const text = `model M { input x[5] layer r1 = ${cell}(x, hidden: 8) layer r2 = ${cell}(r1, hidden: 8) output y = Linear(r2, size: 4) loss crossEntropy(y) }`;
        await check(problemOf(modelOf(text), { seed: 3, batch: 3, time: 7, masked }), backend, tolerances.singlePrecisionTrace);
      });
    }
  }
  // Seed 41 takes the maximum over steps that a scale-invariant layer makes equal but for rounding: which step wins is not defined.
  const seeds = Array.from({ length: 60 }, (_, seed) => seed).filter((seed) => seed !== 41);
  it.each(seeds)('of random cells, seed %i', async (seed) => {
    const problem = problemOf(modelOf(randomProgram(seed).text), { seed, batch: 3, time: 5, masked: seed % 2 === 1 });
    await check(problem, backend, tolerances.singlePrecisionRandomTrace);
  });
});
