// Opens both backends of Node for a test file and compares a trace on one of them with the float64 interpreter.
// Not a test.
// Invariant: every column of the reference must be there, and within the bound.
import { afterAll, beforeAll, expect } from 'vitest';
import { openNodeBackend } from '../../cli/backends/open-backend';
import { defined } from '../../engine/base/invariant';
import { backwardReference } from '../../engine/reference/reference-backward';
import { runReference, valueColumns } from '../../engine/reference/reference-run';
import type { Backend } from '../../engine/runtime/backend';
import { runTrace } from '../../engine/trace/run-trace';
import { disagreements } from './compare-columns';
import type { Problem } from './random-problem';

/** Call at the top of a file; gives the backend by name once the tests run. */
export function withNodeBackends(): (name: string) => Backend {
  const backends = new Map<string, Backend>();
  beforeAll(async () => {
    for (const name of ['cpu', 'wasm'] as const) backends.set(name, await openNodeBackend(name, { threads: 1 }));
  });
  afterAll(async () => {
    for (const backend of backends.values()) await backend.dispose();
  });
  return (name) => defined(backends.get(name), `backend ${name} is open`);
}

function wanted({ model, weights, batch }: Problem): Map<string, { dims: readonly number[]; data: ArrayLike<number> }> {
  const run = runReference(model, weights, batch);
  return new Map([...valueColumns(run), ...backwardReference(model, run, batch).columns]);
}

export async function expectTraceOf(problem: Problem, backend: Backend, bound: number): Promise<void> {
  const trace = await runTrace(problem.model, problem.weights, problem.batch, backend);
  const want = wanted(problem);
  expect(want.size).toBeGreaterThan(5);
  expect(disagreements(trace.columns, want, bound)).toEqual([]);
}

export const libraryCells = ['RNN', 'ReluRNN', 'GRU', 'GRUBefore', 'LSTM', 'PeepholeLSTM', 'CIFG', 'MGU', 'IndRNN', 'SRU', 'LayerNormLSTM'] as const;
