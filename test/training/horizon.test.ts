// How far back the gradient reaches: the program's pass against the itemised gradients of a trace, and the column made of it.
import { describe, expect, it } from 'vitest';
import { seededBackward } from '../../engine/inspect/seeded-backward';
import { floats } from '../../engine/runtime/tensor';
import { runTrace } from '../../engine/trace/run-trace';
import { TracePrograms } from '../../engine/trace/trace-programs';
import { horizonInterval, horizonOf } from '../../engine/training/horizon';
import { OnnxTrainingProgram } from '../../engine/training/onnx-training-program';
import { tolerances } from '../tolerances';
import { relativeError } from '../trace/compare-columns';
import { modelOf, problemOf } from '../trace/random-problem';
import { withNodeBackends } from '../trace/trace-checks';

const backendOf = withNodeBackends();
const text = 'model M { input x[3] layer r1 = GRU(x, hidden: 6) layer r2 = LSTM(r1, hidden: 5) output y = Linear(r2, size: 3) loss crossEntropy(y) }';

describe('the reach of the last loss', () => {
  it.each([false, true])('is what the trace says of each sequence (masked: %s)', async (masked) => {
    const { model, weights, batch } = problemOf(modelOf(text), { seed: 12, batch: 3, time: 7, masked });
    const program = new OnnxTrainingProgram(model, backendOf('cpu'), weights);
    const got = await program.reach?.(batch);
    expect(got?.dims).toEqual([7, 3]);
    const programs = new TracePrograms(backendOf('cpu'));
    const trace = await runTrace(model, weights, batch, backendOf('cpu'), { programs });
    for (let b = 0; b < 3; b++) {
      const valid = (t: number): boolean => batch.mask === undefined || batch.mask.data[b * 7 + t] === 1;
      const last = [6, 5, 4, 3, 2, 1, 0].find(valid) ?? 0;
      const seeded = await seededBackward(programs, model, trace, { sequence: b, losses: [last] });
      const norms = seeded.states.get('r2.h')?.norms ?? new Float32Array();
      const own = Float32Array.from({ length: 7 }, (_, t) => (valid(t) ? (got?.data[t * 3 + b] ?? 0) : 0));
      const want = norms.map((value, t) => (valid(t) ? value : 0));
      expect(relativeError({ dims: [], data: own }, { dims: [], data: want })).toBeLessThan(tolerances.fusedGradient);
    }
    await programs.dispose();
    await program.dispose();
  });

  it('is not measured where there is no loss at the last step or nothing recurs', () => {
    const pooled = modelOf('model M { input x[3] layer r = RNN(x, hidden: 4) let s = last(r) output y = Linear(s, size: 2) loss crossEntropy(y) }');
    const flat = modelOf('model M { input x[3] output y = Linear(x, size: 2) loss crossEntropy(y) }');
    for (const model of [pooled, flat]) {
      const { weights } = problemOf(model, { seed: 1, batch: 2, time: 3, masked: false });
      expect(new OnnxTrainingProgram(model, backendOf('cpu'), weights).reach).toBeUndefined();
    }
  });
});

describe('a column of the horizon map', () => {
  it('is the median over sequences of the ratio to the last step', () => {
    // Rows are steps; three sequences: halving, growing, and one that ends a step earlier.
    const norms = floats([3, 3], Float32Array.of(0.25, 4, 0.5, 0.5, 2, 1, 1, 1, 0));
    expect([...horizonOf([norms])]).toEqual([1, 0.5, 2.125]);
  });
  it('has no number where no sequence has one', () => {
    expect([...horizonOf([floats([2, 1])])].every(Number.isNaN)).toBe(true);
  });
  it('comes so rarely that it costs at most a twentieth of the time', () => {
    expect(horizonInterval(32, 25)).toBe(50);
    expect(horizonInterval(64, 25)).toBe(25);
    expect(horizonInterval(8, 25)).toBe(175);
  });
});
