// Jacobians, itemised gradients and path splits against float64 differences of the value rules, and against the trace they take apart.
// Invariant: the numerical side calls value rules only.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openNodeBackend } from '../../cli/backends/open-backend';
import { defined } from '../../engine/base/invariant';
import { itemisedColumns, jacobianColumns, pathColumns } from '../../engine/inspect/inspection-columns';
import { pathSplit } from '../../engine/inspect/paths';
import { seededBackward } from '../../engine/inspect/seeded-backward';
import { eigenvalues, largestSingularValue, productOf, spectralRadius } from '../../engine/inspect/spectrum';
import { stepJacobian } from '../../engine/inspect/step-jacobian';
import { halvesOf } from '../../engine/ir/halves';
import type { StepLine } from '../../engine/ir/model';
import type { Backend } from '../../engine/runtime/backend';
import { runTrace } from '../../engine/trace/run-trace';
import type { Trace } from '../../engine/trace/trace';
import { TracePrograms } from '../../engine/trace/trace-programs';
import { tolerances } from '../tolerances';
import { relativeError } from '../trace/compare-columns';
import { modelOf, type Problem, problemOf } from '../trace/random-problem';
import { differences } from './float64-jacobian';

let backend: Backend;
let programs: TracePrograms;
beforeAll(async () => {
  backend = await openNodeBackend('wasm', { threads: 1 });
});
afterAll(async () => {
  await backend.dispose();
});

const time = 6;

async function recorded(cell: string, masked = false): Promise<{ problem: Problem; trace: Trace; line: StepLine }> {
  const text = `model M { input x[3] layer r = ${cell}(x, hidden: 4) output y = Linear(r, size: 3) loss crossEntropy(y) }`;
  const problem = problemOf(modelOf(text), { seed: 9, batch: 2, time, masked });
  programs = new TracePrograms(backend);
  const trace = await runTrace(problem.model, problem.weights, problem.batch, backend, { programs });
  return { problem, trace, line: problem.model.lines[0] as StepLine };
}

describe.each(['RNN', 'GRU', 'LSTM', 'PeepholeLSTM'])('of %s', (cell) => {
  it('the Jacobian of a step is that of the float64 value rules', async () => {
    const run = await recorded(cell);
    const half = defined(halvesOf(run.line)[0], 'one half');
    for (const t of [0, 3]) {
      const got = await stepJacobian(programs, { model: run.problem.model, trace: run.trace, line: run.line, half, sequence: 1 }, t);
      const want = differences({ ...run, sequence: 1 }, t);
      expect(relativeError({ dims: [], data: got.data }, { dims: [], data: want })).toBeLessThan(tolerances.singlePrecisionTrace);
    }
    await programs.dispose();
  });

  it.each([false, true])('the gradients of single losses add up to the whole (masked: %s)', async (masked) => {
    const { problem, trace, line } = await recorded(cell, masked);
    const losses = Array.from({ length: time }, (_, j) => j);
    const seeded = await seededBackward(programs, problem.model, trace, { sequence: 1, losses, keepVectors: true });
    const targets = problem.batch.mask ? problem.batch.mask.data.reduce((a, b) => a + b, 0) : 2 * time;
    for (const state of line.step.states) {
      const { norms } = defined(seeded.states.get(`r.${state.name}`), state.name);
      // No loss reaches a later step: the triangle is empty above its diagonal.
      for (let j = 0; j < time; j++) for (let t = j + 1; t < time; t++) expect(norms[j * time + t]).toBe(0);
      const column = defined(trace.columns.get(`grad/r.${state.name}`), 'recorded');
      // At the last step only the last loss counts, and its norm is the trace's own.
      const own = Math.hypot(...column.data.subarray((2 * time - 1) * 4, 2 * time * 4)) * targets;
      expect(Math.abs((norms[(time - 1) * time + time - 1] ?? 0) - own)).toBeLessThan(tolerances.singlePrecisionRandomTrace * Math.max(1, own));
    }
    await programs.dispose();
  });

  it('the paths of a step add up to what it sends back', async () => {
    const { problem, trace, line } = await recorded(cell);
    const half = defined(halvesOf(line)[0], 'one half');
    const walk = { model: problem.model, trace, line, half, sequence: 1 };
    const seeded = await seededBackward(programs, problem.model, trace, { sequence: 1, losses: [time - 1], keepVectors: true });
    const at = (key: string, t: number): Float32Array => defined(defined(seeded.states.get(key), key).arriving, 'kept').subarray(t * 4, t * 4 + 4);
    for (const state of line.step.states) {
      const arriving = new Map(line.step.states.map((each) => [each.name, at(`r.${each.name}`, 3)]));
      const split = await pathSplit(programs, walk, state.name, 3, arriving);
      const sum = split.highway.map((value, i) => value + (split.mixed[i] ?? 0) + [...split.through.values()].reduce((total, part) => total + (part[i] ?? 0), 0));
      expect(relativeError({ dims: [], data: sum }, { dims: [], data: split.total })).toBeLessThan(tolerances.singlePrecisionTrace);
      // What this step sends back is what arrives at the step before it.
      expect(relativeError({ dims: [], data: split.total }, { dims: [], data: at(`r.${state.name}`, 2) })).toBeLessThan(tolerances.singlePrecisionTrace);
    }
    await programs.dispose();
  });
});

describe('the columns of a trace file', () => {
  it('hold Jacobians, itemised norms and paths of every sequence and step', async () => {
    const { problem, trace } = await recorded('LSTM', true);
    const jacobians = await jacobianColumns(programs, problem.model, trace);
    expect(jacobians.get('jacobian/r')?.dims).toEqual([2, time, 8, 8]);
    const itemised = await itemisedColumns(programs, problem.model, trace);
    expect([...itemised].map(([name, column]) => [name, column.dims])).toEqual([
      ['itemised/r.h', [2, time, time]],
      ['itemised/r.c', [2, time, time]],
    ]);
    const paths = await pathColumns(programs, problem.model, trace);
    const part = (state: string, name: string): Float32Array => defined(paths.get(`path/r.${state}/${name}`), name).data;
    expect([...paths.keys()].filter((name) => name.startsWith('path/r.c/')).sort()).toEqual(
      ['highway', 'mixed', 'through/U_f', 'through/U_g', 'through/U_i', 'through/U_o'].map((name) => `path/r.c/${name}`),
    );
    // ∂loss/∂h before the first step is the Jacobian's transpose applied to what arrives; here: the parts add up to the seeds' total.
    const seeded = await seededBackward(programs, problem.model, trace, { sequence: 0, losses: 'mean', keepVectors: true });
    const arrivingAtC = defined(seeded.states.get('r.c')?.arriving, 'kept');
    const names = ['highway', 'mixed', 'through/U_f', 'through/U_g', 'through/U_i', 'through/U_o'];
    const sent = Float32Array.from({ length: 4 }, (_, unit) => names.reduce((sum, name) => sum + (part('c', name)[4 * 4 + unit] ?? 0), 0));
    expect(relativeError({ dims: [], data: sent }, { dims: [], data: arrivingAtC.subarray(3 * 4, 4 * 4) })).toBeLessThan(tolerances.singlePrecisionTrace);
    await programs.dispose();
  });
});

describe('the highway', () => {
  it('of an LSTM is f * ∂c; a plain RNN has none', async () => {
    const lstm = await recorded('LSTM');
    const half = defined(halvesOf(lstm.line)[0], 'one half');
    const walk = { model: lstm.problem.model, trace: lstm.trace, line: lstm.line, half, sequence: 0 };
    const arriving = new Map([['c', Float32Array.of(1, -2, 3, 0.5)]]);
    const split = await pathSplit(programs, walk, 'c', 2, arriving);
    const f = defined(lstm.trace.columns.get('value/r.f'), 'f').data.subarray(2 * 4, 3 * 4);
    const want = f.map((value, i) => value * (arriving.get('c')?.[i] ?? 0));
    expect(relativeError({ dims: [], data: split.highway }, { dims: [], data: want })).toBeLessThan(tolerances.singlePrecisionTrace);
    expect([...split.through.keys()].sort()).toEqual(['U_f', 'U_g', 'U_i', 'U_o']);
    await programs.dispose();
    const rnn = await recorded('RNN');
    const own = { model: rnn.problem.model, trace: rnn.trace, line: rnn.line, half: defined(halvesOf(rnn.line)[0], 'one half'), sequence: 0 };
    const plain = await pathSplit(programs, own, 'h', 2, new Map([['h', Float32Array.of(1, 1, 1, 1)]]));
    expect([...plain.highway]).toEqual([0, 0, 0, 0]);
    await programs.dispose();
  });
});

describe('the spectrum', () => {
  it('of a rotation lies on the unit circle', () => {
    const rotation = { size: 2, data: Float32Array.of(0, -2, 2, 0) };
    expect(eigenvalues(rotation)?.map((value) => Math.abs(value.im))).toEqual([2, 2]);
    expect(Math.abs((spectralRadius(rotation) ?? 0) - 2)).toBeLessThan(tolerances.sameInFloat64);
    expect(Math.abs((largestSingularValue(rotation) ?? 0) - 2)).toBeLessThan(tolerances.sameInFloat64);
    expect([...productOf(rotation, rotation).data]).toEqual([-4, 0, 0, -4]);
  });
  it('of a matrix with a NaN is not there', () => {
    expect(eigenvalues({ size: 1, data: Float32Array.of(Number.NaN) })).toBeUndefined();
  });
});
