// What the gradient inspector measures: against float64, and against what theory says of cells whose weights are set by hand.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openNodeBackend } from '../../cli/backends/open-backend';
import { defined } from '../../engine/base/invariant';
import { GateSaturation } from '../../engine/inspect/gate-saturation';
import { explosionOf, faintBack, ratiosBack, reachOf } from '../../engine/inspect/gradient-reach';
import { jacobianProduct } from '../../engine/inspect/jacobian-product';
import { keepingGate } from '../../engine/inspect/keeping-gate';
import { chosenLosses, lossSteps } from '../../engine/inspect/loss-steps';
import { LossTriangle, lossTriangle } from '../../engine/inspect/loss-triangle';
import { GateMemory, lastLossRatios, ratioQuantiles } from '../../engine/inspect/memory-horizon';
import { cancelledError } from '../../engine/inspect/pace';
import { parameterParts } from '../../engine/inspect/parameter-parts';
import { hasHighway, pathShares } from '../../engine/inspect/path-shares';
import type { RecordedWalk } from '../../engine/inspect/recorded-step';
import { powerNorms, recurrentFactors } from '../../engine/inspect/recurrent-factors';
import { seededBackward } from '../../engine/inspect/seeded-backward';
import { spectralRadii } from '../../engine/inspect/spectral-radii';
import { eigenvalues, largestEigenvalues, largestSingular, largestSingularValue, spectralRadius } from '../../engine/inspect/spectrum';
import { stepJacobian } from '../../engine/inspect/step-jacobian';
import { halvesOf } from '../../engine/ir/halves';
import type { StepLine } from '../../engine/ir/model';
import { Random } from '../../engine/base/random';
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
  programs = new TracePrograms(backend);
});
afterAll(async () => {
  await programs.dispose();
  await backend.dispose();
});

const hidden = 6;

interface Layer {
  readonly problem: Problem;
  readonly trace: Trace;
  readonly line: StepLine;
  readonly walk: RecordedWalk;
}

async function recorded(cell: string, options: { readonly time?: number; readonly masked?: boolean; readonly batch?: number; readonly pooled?: boolean; readonly prepare?: (problem: Problem) => void } = {}): Promise<Layer> {
  const text = `model M { input x[3] layer r = ${cell}(x, hidden: ${hidden}) output y = Linear(${options.pooled ? 'last(r)' : 'r'}, size: 3) loss crossEntropy(y) }`;
  const problem = problemOf(modelOf(text), { seed: 4, batch: options.batch ?? 1, time: options.time ?? 12, masked: options.masked ?? false });
  options.prepare?.(problem);
  // Programs of another model with the same names would be another's.
  await programs.dispose();
  programs = new TracePrograms(backend);
  const trace = await runTrace(problem.model, problem.weights, problem.batch, backend, { programs, keepHanded: true });
  const line = problem.model.lines[0] as StepLine;
  return { problem, trace, line, walk: { model: problem.model, trace, line, half: defined(halvesOf(line)[0], 'one half'), sequence: 0 } };
}

const weight = ({ weights }: Problem, name: string): Float32Array => defined(weights.get(name), name).data;
/** An orthogonal matrix times a number: Householder's reflection along a vector of ones. */
function reflection(problem: Problem, name: string, scale: number): void {
  weight(problem, name).forEach((_, at, all) => (all[at] = scale * ((Math.floor(at / hidden) === at % hidden ? 1 : 0) - 2 / hidden)));
}
const close = (got: ArrayLike<number>, want: ArrayLike<number>, tolerance: number = tolerances.singlePrecisionTrace): void => {
  expect(relativeError({ dims: [], data: Float64Array.from(got) }, { dims: [], data: Float64Array.from(want) })).toBeLessThan(tolerance);
};

describe('reach', () => {
  it('is the largest k that still has 1 %, not the first crossing', () => {
    expect(reachOf([1, 0.5, 0.001, 0.02, 0.0001])).toBe(3);
    expect(reachOf([1])).toBe(0);
    expect(reachOf([1, NaN, 0.005])).toBe(0);
  });
  it('is read backwards from the loss, in the walk’s own direction', () => {
    expect([...ratiosBack([1, 2, 4, 0], 2, false)]).toEqual([1, 0.5, 0.25]);
    expect([...ratiosBack([0, 4, 2, 1], 1, true)]).toEqual([1, 0.5, 0.25]);
  });
  it('continues a straight fall, and nothing that does not fall', () => {
    expect(faintBack(Array.from({ length: 8 }, (_, k) => 10 ** (-k / 5)))).toBe(30);
    expect(faintBack([1, 1, 1, 1])).toBeUndefined();
    expect(faintBack([1, 0.5])).toBeUndefined();
  });
  it('explodes above a hundred only', () => {
    const found = defined(explosionOf(Array.from({ length: 10 }, (_, k) => 2 ** k)), 'explodes');
    expect([found.back, found.ratio, Math.round(found.perStep * 1e6)]).toEqual([9, 512, 1e6]);
    expect(explosionOf([1, 50, 99])).toBeUndefined();
  });
});

describe('losses to walk back', () => {
  it('are all up to 256, else 128 with the last and the cursor’s', () => {
    const all = Array.from({ length: 1000 }, (_, t) => t);
    expect(chosenLosses(all.slice(0, 256), 3)).toHaveLength(256);
    const chosen = chosenLosses(all, 333);
    expect(chosen.length).toBeGreaterThanOrEqual(127);
    expect(chosen.length).toBeLessThanOrEqual(128);
    expect([chosen.includes(333), chosen.at(-1), [...chosen].sort((a, b) => a - b)]).toEqual([true, 999, chosen]);
  });
  it('stand at valid steps, or once at the last of them', async () => {
    const { problem, trace } = await recorded('RNN', { masked: true });
    const valid = [...defined(trace.batch.mask, 'masked').data].flatMap((m, t) => (m === 1 ? [t] : []));
    expect(lossSteps(problem.model, trace, 0)).toEqual(valid);
    const pooled = await recorded('RNN', { masked: true, pooled: true });
    const last = defined(pooled.trace.batch.mask, 'masked').data.lastIndexOf(1);
    expect(lossSteps(pooled.problem.model, pooled.trace, 0)).toEqual([last]);
  });
});

describe('the triangle', () => {
  it.each(['RNN', 'GRU', 'LSTM'])('of %s is the product of the float64 Jacobians applied to the loss’s own gradient', async (cell) => {
    const layer = await recorded(cell);
    const { problem, trace, line } = layer;
    const losses = lossSteps(problem.model, trace, 0);
    const { norms } = await lossTriangle(programs, problem.model, trace, 0, losses);
    const states = line.step.states.length;
    const W = weight(problem, 'y.W');
    const dy = defined(trace.columns.get('grad/y'), 'grad/y').data;
    const jacobians = losses.map((t) => differences({ ...layer, sequence: 0 }, t));
    const size = states * hidden;
    for (const j of [11, 6]) {
      // ∂L_j/∂ what step j sends back begins with the output's cotangent at h.
      let arriving = new Float64Array(size);
      for (let unit = 0; unit < hidden; unit++) for (let k = 0; k < 3; k++) arriving[unit] = (arriving[unit] ?? 0) + (W[k * hidden + unit] as number) * (dy[j * 3 + k] as number) * losses.length;
      for (let t = j - 1; t >= 0; t--) {
        const jacobian = defined(jacobians[t + 1], 'a step');
        const before = new Float64Array(size);
        for (let row = 0; row < size; row++) for (let column = 0; column < size; column++) before[column] = (before[column] ?? 0) + (jacobian[row * size + column] as number) * (arriving[row] as number);
        arriving = before;
        // With one loss, what arrives at h is all of it where h' feeds nothing else; the last state has no other user than the next step and h'.
        const h = defined(norms.get('r.h'), 'h')[j * 12 + t] as number;
        expect(Math.abs(h - Math.hypot(...arriving.subarray(0, hidden))) / h).toBeLessThan(tolerances.singlePrecisionRandomTrace);
      }
    }
  });

  it('in groups is the same as one by one, and may be ended', async () => {
    const { problem, trace } = await recorded('LSTM', { time: 80, masked: true });
    const losses = lossSteps(problem.model, trace, 0);
    const shares: number[] = [];
    const many = await lossTriangle(programs, problem.model, trace, 0, Array.from({ length: 70 }, (_, i) => losses[i % losses.length] as number), (share) => void shares.push(share));
    const one = await seededBackward(programs, problem.model, trace, { sequence: 0, losses: [losses[5] as number] });
    const at = (all: Float32Array | undefined, row: number): Float32Array => defined(all, 'norms').subarray(row * 80, (row + 1) * 80);
    close(at(many.norms.get('r.c'), 5), at(one.states.get('r.c')?.norms, 0));
    // A step after its loss has no part in it: the pass need not run there.
    const early = at(many.norms.get('r.h'), 5);
    const own = losses[5] as number;
    expect(early[own]).toBeGreaterThan(0);
    expect(early.subarray(own + 1).every((norm) => norm === 0)).toBe(true);
    expect(shares.every((share, i) => share >= (shares[i - 1] ?? 0) && share <= 1)).toBe(true);
    await expect(lossTriangle(programs, problem.model, trace, 0, losses, (share) => { if (share > 0.5) throw cancelledError(); })).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('keeps the rows that are complete when it is ended, and goes on from them to the same numbers', async () => {
    const { problem, trace } = await recorded('LSTM', { time: 150 });
    const losses = lossSteps(problem.model, trace, 0);
    const whole = await lossTriangle(programs, problem.model, trace, 0, losses);
    const ended = new LossTriangle(problem.model, trace, 0, losses);
    expect([ended.rows, ended.share]).toEqual([[], 0]);
    await expect(ended.fill(programs, (share) => { if (share > 0.7) throw cancelledError(); })).rejects.toMatchObject({ code: 'cancelled' });
    const { rows } = ended;
    expect(rows.length).toBeGreaterThan(40);
    expect([rows.length < 150, rows.includes(149), ended.share]).toEqual([true, true, rows.length / 150]);
    // A complete row is not computed again, and is spread over all losses.
    expect(Math.max(...rows.map((row, i) => row - (rows[i - 1] ?? 0)))).toBeLessThan(8);
    for (const row of rows) expect(defined(ended.norms.get('r.h'), 'h').subarray(row * 150, (row + 1) * 150)).toEqual(defined(whole.norms.get('r.h'), 'h').subarray(row * 150, (row + 1) * 150));
    const shares: number[] = [];
    await ended.fill(programs, (share) => void shares.push(share));
    expect(shares[0]).toBeGreaterThanOrEqual(rows.length / 150);
    expect([ended.share, ended.norms.get('r.h'), ended.norms.get('r.c')]).toEqual([1, whole.norms.get('r.h'), whole.norms.get('r.c')]);
  });

  it('leaves a loss finite that comes before what is not', async () => {
    const { problem, trace } = await recorded('LSTM', { prepare: ({ batch }) => void (batch.x.data[3 * 8] = NaN) });
    const { norms } = await lossTriangle(programs, problem.model, trace, 0, lossSteps(problem.model, trace, 0));
    const h = defined(norms.get('r.h'), 'h');
    for (let j = 0; j < 8; j++) expect(h.subarray(j * 12, (j + 1) * 12).every(Number.isFinite)).toBe(true);
    expect(h[7 * 12 + 7]).toBeGreaterThan(0);
    expect(h[11 * 12 + 3]).toBeNaN();
  });

  it('of several sequences at once is that of each', async () => {
    const { problem, trace } = await recorded('GRU', { batch: 3, masked: true });
    const ratios = defined((await lastLossRatios(programs, problem.model, trace)).get('r.h'), 'h');
    for (const row of [0, 1, 2]) {
      const last = defined(lossSteps(problem.model, trace, row).at(-1), 'a loss');
      const one = await seededBackward(programs, problem.model, trace, { sequence: row, losses: [last] });
      close(defined(ratios[row], 'a row'), ratiosBack(defined(one.states.get('r.h'), 'h').norms, last, false));
    }
  });
});

describe('theory', () => {
  it('a vanilla RNN with small recurrent weights forgets at least as fast as the norm of U allows', async () => {
    const { walk, problem, trace } = await recorded('RNN', { time: 30, prepare: (each) => reflection(each, 'r.U', 0.5) });
    const factors = defined(recurrentFactors(walk, 'h'), 'a plain recurrence');
    expect(factors.parameter).toBe('U');
    close([factors.radius, factors.norm], [0.5, 0.5]);
    close(powerNorms(factors.matrix, factors.radius, 30), Array.from({ length: 30 }, (_, n) => 0.5 ** n));
    const h = defined(trace.columns.get('value/r.h'), 'h').data;
    close(factors.derivatives, Array.from({ length: 30 }, (_, t) => h.subarray(t * hidden, (t + 1) * hidden).reduce((sum, v) => sum + 1 - v * v, 0) / hidden));
    const { states } = await seededBackward(programs, problem.model, trace, { sequence: 0, losses: [29] });
    const ratios = ratiosBack(defined(states.get('r.h'), 'h').norms, 29, false);
    ratios.forEach((ratio, k) => expect(ratio).toBeLessThanOrEqual(0.5 ** k * (1 + tolerances.singlePrecisionTrace)));
    // 0.5^7 < 1 %: no loss can reach further.
    expect(reachOf(ratios)).toBeLessThanOrEqual(6);
    expect(explosionOf(ratios)).toBeUndefined();
    const product = await jacobianProduct(programs, walk, 29);
    product.forEach((value, index) => expect(value).toBeLessThanOrEqual(0.5 ** (index + 1) * (1 + tolerances.singlePrecisionTrace)));
    expect(product).toHaveLength(30);
    const paths = await pathShares(programs, walk, 'h', 29);
    expect([hasHighway(walk.line, 'h'), paths.parts, [...paths.highwayAlone.slice(0, 29)]]).toEqual([false, [{ name: 'U', kind: 'parameter' }], new Array(29).fill(0)]);
  });

  it('with large recurrent weights and small activations it explodes as the powers of U', async () => {
    const { walk, problem, trace } = await recorded('RNN', {
      time: 16,
      prepare: (each) => {
        reflection(each, 'r.U', 1.6);
        weight(each, 'r.W').fill(0);
        weight(each, 'r.b').fill(0);
      },
    });
    // From zero with no input, h stays 0, so φ' = 1 and every step multiplies with U alone.
    const { states } = await seededBackward(programs, problem.model, trace, { sequence: 0, losses: [15] });
    const ratios = ratiosBack(defined(states.get('r.h'), 'h').norms, 15, false);
    close(ratios, Array.from({ length: 16 }, (_, k) => 1.6 ** k));
    const found = defined(explosionOf(ratios), 'explodes');
    expect(found.back).toBe(15);
    close([found.perStep, found.ratio], [0.6, 1.6 ** 15]);
    close(await jacobianProduct(programs, walk, 15), Array.from({ length: 16 }, (_, k) => 1.6 ** (k + 1)));
    close(await spectralRadii(programs, walk), new Array(16).fill(1.6));
    close([spectralRadius(await stepJacobian(programs, walk, 3)) ?? 0], [1.6]);
  });

  it('an LSTM that keeps everything carries the gradient of c along f alone', async () => {
    const { walk, problem, trace } = await recorded('LSTM', { time: 40, prepare: (each) => { weight(each, 'r.b_f').fill(5); for (const gate of ['i', 'f', 'g', 'o']) reflection(each, `r.U_${gate}`, 0.01); } });
    expect([hasHighway(walk.line, 'c'), hasHighway(walk.line, 'h'), keepingGate(walk.line.step, 'c')]).toEqual([true, false, { state: 'c', gate: 'f', complement: false }]);
    const { parts, norms, highwayAlone } = await pathShares(programs, walk, 'c', 39);
    expect(parts.map(({ name }) => name)).toEqual(['highway', 'U_i', 'U_f', 'U_g', 'U_o']);
    for (let t = 0; t < 39; t++) {
      const own = parts.map((_, part) => norms[part * 40 + t] as number);
      expect((own[0] as number) / own.reduce((a, b) => a + b, 0)).toBeGreaterThan(0.9);
    }
    expect(Number.isNaN(highwayAlone[39])).toBe(true);
    // The highway is the product of the forget gates, applied to what the loss gives to c.
    const column = (name: string, t: number): Float32Array => defined(trace.columns.get(`value/r.${name}`), name).data.subarray(t * hidden, (t + 1) * hidden);
    const dh = Float64Array.from({ length: hidden }, (_, unit) => [0, 1, 2].reduce((sum, k) => sum + (weight(problem, 'y.W')[k * hidden + unit] as number) * (defined(trace.columns.get('grad/y'), 'y').data[39 * 3 + k] as number) * 40, 0));
    let along = dh.map((value, unit) => value * (column('o', 39)[unit] as number) * (1 - Math.tanh(column('c', 39)[unit] as number) ** 2));
    const { states } = await seededBackward(programs, problem.model, trace, { sequence: 0, losses: [39] });
    const total = defined(states.get('r.c'), 'c').norms;
    const want: number[] = [];
    for (let t = 38; t >= 0; t--) {
      along = along.map((value, unit) => value * (column('f', t + 1)[unit] as number));
      want.unshift(Math.hypot(...along) / (total[t] as number));
    }
    close(highwayAlone.slice(0, 39), want);
    expect(reachOf(ratiosBack(defined(states.get('r.c'), 'c').norms, 39, false))).toBe(39);
  });

  it('an LSTM whose forget gates are shut sends the gradient of c through the recurrent matrices alone', async () => {
    const { walk, problem, trace } = await recorded('LSTM', { time: 8, prepare: (each) => void weight(each, 'r.b_f').fill(-40) });
    const { parts, norms, highwayAlone } = await pathShares(programs, walk, 'c', 7);
    expect(parts.map(({ name }) => name)).toEqual(['U_i', 'U_f', 'U_g', 'U_o']);
    expect([...highwayAlone.slice(0, 7)].every((share) => share < 1e-9)).toBe(true);
    // A gate that does not move sends nothing; the other three carry all: the whole is at most their sum, and at least the largest less the others.
    const { states } = await seededBackward(programs, problem.model, trace, { sequence: 0, losses: [7] });
    for (let t = 0; t < 7; t++) {
      const own = parts.map((_, part) => norms[part * 8 + t] as number);
      const whole = defined(states.get('r.c'), 'c').norms[t] as number;
      const sum = own.reduce((a, b) => a + b, 0);
      expect(own[1]).toBeLessThan(tolerances.sameInFloat64 * sum);
      expect(whole).toBeLessThanOrEqual(sum * (1 + tolerances.singlePrecisionTrace));
      expect(whole).toBeGreaterThanOrEqual((2 * Math.max(...own) - sum) * (1 - tolerances.singlePrecisionTrace));
    }
  });

  it('a GRU that holds its state reaches back along z, and has its half-life', async () => {
    const { walk, problem, trace } = await recorded('GRU', { time: 40, prepare: (each) => { weight(each, 'r.b_z').fill(4); for (const gate of ['r', 'z', 'n']) reflection(each, `r.U_${gate}`, 0.01); weight(each, 'r.W_z').fill(0); } });
    expect(keepingGate(walk.line.step, 'h')).toEqual({ state: 'h', gate: 'z', complement: false });
    const { parts, norms } = await pathShares(programs, walk, 'h', 39);
    expect(parts.map(({ name }) => name)).toEqual(['highway', 'U_r', 'U_z', 'U_n', 'mixed'].filter((name) => parts.some((part) => part.name === name)));
    for (let t = 0; t < 39; t++) expect((norms[t] as number) / parts.reduce((sum, _, part) => sum + (norms[part * 40 + t] as number), 0)).toBeGreaterThan(0.9);
    const { states } = await seededBackward(programs, problem.model, trace, { sequence: 0, losses: [39] });
    const ratios = ratiosBack(defined(states.get('r.h'), 'h').norms, 39, false);
    // σ(4) = 0.982 a step: nearly all of 40 steps is left.
    expect(ratios[39]).toBeGreaterThan(0.3);
    const memory = new GateMemory(walk.line, walk.half, 'h');
    memory.add(trace, 0);
    const longest = defined(memory.longest(), 'a half-life');
    const z = defined(trace.columns.get('value/r.z'), 'z').data;
    const lives = Array.from({ length: hidden }, (_, unit) => Math.log(0.5) / (Array.from({ length: 40 }, (__, t) => Math.log(z[t * hidden + unit] as number)).reduce((a, b) => a + b, 0) / 40));
    expect(longest.unit).toBe(lives.indexOf(Math.max(...lives)));
    close([longest.halfLife], [Math.max(...lives)]);
  });
});

describe('the keeping gate', () => {
  it.each([['MGU', 'h', { gate: 'f', complement: true }], ['CIFG', 'c', { gate: 'f', complement: false }], ['SRU', 'c', { gate: 'f', complement: false }], ['PeepholeLSTM', 'c', { gate: 'f', complement: false }], ['RNN', 'h', undefined], ['IndRNN', 'h', undefined]] as const)('of %s is read off its equations', async (cell, state, want) => {
    const { line } = await recorded(cell, { time: 3 });
    expect(keepingGate(line.step, state)).toEqual(want && { state, ...want });
  });
});

describe('parts of a parameter’s gradient', () => {
  it.each([false, true])('have the norm of their sum, which is the trace’s own gradient (masked: %s)', async (masked) => {
    const { walk, trace } = await recorded('LSTM', { masked });
    const parts = await parameterParts(programs, walk, 'mean');
    for (const { name, norms, sum } of parts) {
      close([sum], [Math.hypot(...defined(trace.columns.get(`grad/param/r.${name}`), name).data)]);
      trace.batch.mask?.data.forEach((m, t) => m === 0 && expect(norms[t]).toBe(0));
      // Before the first step h is zero, so that U gets nothing there.
      expect(norms.some((value) => value > 0)).toBe(true);
    }
    expect(parts).toHaveLength(12);
  });
});

describe('gate saturation', () => {
  it('counts valid steps only', async () => {
    const { walk, trace } = await recorded('LSTM', { masked: true, prepare: (each) => void weight(each, 'r.b_f').fill(9) });
    const saturation = new GateSaturation(walk.line, walk.half);
    saturation.add(trace, 0);
    const shares = saturation.shares();
    expect(shares.map(({ gate }) => gate)).toEqual(['i', 'f', 'o']);
    const valid = [...defined(trace.batch.mask, 'masked').data];
    for (const { gate, open, closed } of shares) {
      const values = defined(trace.columns.get(`value/r.${gate}`), gate).data;
      for (let unit = 0; unit < hidden; unit++) {
        const own = valid.flatMap((m, t) => (m === 1 ? [values[t * hidden + unit] as number] : []));
        expect([open[unit], closed[unit]]).toEqual([own.filter((v) => v > 0.9).length / own.length, own.filter((v) => v < 0.1).length / own.length].map(Math.fround));
      }
    }
    expect([...(shares[1]?.open ?? [])]).toEqual(new Array(hidden).fill(1));
  });
});

describe('the horizon', () => {
  it('is the median and the tenths of the sequences’ ratios', () => {
    const { median, low, high } = ratioQuantiles([[1, 0.1], [1, 0.3], [1, 0.2, 0.05], [NaN, 9]].map((each) => Float64Array.from(each)));
    close([...median], [1, 0.2, 0.05]);
    close([...low], [1, 0.12, 0.05]);
    close([...high], [1, 0.28, 0.05]);
  });
});

describe('iteration', () => {
  it('finds the radius of each step’s Jacobian', async () => {
    const { walk, trace } = await recorded('LSTM', { time: 36, masked: true });
    const radii = await spectralRadii(programs, walk);
    for (let t = 0; t < 36; t++) {
      const want = spectralRadius(await stepJacobian(programs, walk, t)) ?? NaN;
      expect(trace.batch.mask?.data[t] === 1 || radii[t] === 1).toBe(true);
      expect(Math.abs((radii[t] as number) - want) / want).toBeLessThan(tolerances.singlePrecisionRandomTrace);
    }
  });

  it('finds the largest eigenvalues and singular value of a matrix with 300 rows', () => {
    const size = 300;
    const random = Random.for(1, 'matrix');
    // Block-diagonal with known pairs, turned by a random similarity that keeps its spectrum: D + N with N strictly upper triangular.
    const data = new Float64Array(size * size);
    for (let i = 0; i < size; i++) for (let j = i + 1; j < size; j++) data[i * size + j] = 0.003 * random.normal();
    const known = Array.from({ length: size }, (_, i) => 1.2 * 0.97 ** i * (i % 2 === 0 ? 1 : -1));
    known.forEach((value, i) => (data[i * size + i] = value));
    const found = defined(largestEigenvalues({ size, data }, 32), 'finite');
    found.forEach(({ re, im }, i) => expect(Math.hypot(re - (known[i] ?? 0), im)).toBeLessThan(tolerances.singlePrecisionTrace));
    const single = Float32Array.from(data);
    close([largestSingular({ size, data: single })], [largestSingularValue({ size, data: single }) ?? 0]);
    expect(largestSingular({ size: 1, data: Float32Array.of(NaN) })).toBeNaN();
    expect(largestEigenvalues({ size: 2, data: Float32Array.of(NaN, 1, 1, 1) }, 2)).toBeUndefined();
    expect(eigenvalues({ size: 2, data: Float32Array.of(0, -1, 1, 0) })?.map(({ im }) => Math.abs(im))).toEqual([1, 1]);
  });
});
