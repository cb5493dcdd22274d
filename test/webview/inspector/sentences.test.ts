// Every sentence of the gradient inspector: a case in which it is said, and one in which it must be absent.
import { describe, expect, it } from 'vitest';
import type { InspectorView, LossCurves, MemoryHorizon, PathShares, Spectrum, Triangle } from '../../../protocol/inspector-page';
import type { TraceHeader } from '../../../protocol/trace-view';
import { comparison, continuation, decay, differenceSentence, factorsSentence, horizonSentence, kept, linkSentence, needsSteps, parameterSentence, pathSentence, ratios, saturationSentence, spectrumSentence, triangleProgress, verdict, waitingFor } from '../../../webview/inspector/sentences';
import { triangleDifference } from '../../../webview/inspector/layout/triangle';
import { plain, type Rich } from '../../../webview/rich-text';

const said = (rich: Rich | undefined): string | undefined => rich && plain(rich);
const steps = 48;
const over = (f: (t: number) => number): Float64Array => Float64Array.from({ length: steps }, (_, i) => f(i + 1));
const trace = { traceId: 't', steps, reads: { kind: 'tokens', text: Array.from({ length: steps }, () => '\n') }, predictions: { top: 1, text: [], probability: new Float32Array(0), target: Array.from({ length: steps }, () => 'w'), targetRank: new Int32Array(steps) } } as unknown as TraceHeader;
const view: InspectorView = { trace, cursor: { pass: 'backward', step: 24, level: 'step', layer: 0 }, label: 'LSTM', compared: { id: 'run 1', label: 'RNN' }, choices: [], shown: { choices: {}, given: 0 } };
const { compared: _, ...alone } = view;
const falling = (rate: number, loss = 48): Float64Array => over((t) => (t > loss ? 0 : rate ** (loss - t)));
const curves = (own: Float64Array, compared?: Float64Array, change: Partial<LossCurves> = {}): LossCurves => ({ loss: 48, states: [{ name: 'h', norm: own }], all: own, ...(compared ? { compared } : {}), ...change });

describe('verdict', () => {
  it('says how far the loss reaches, and what the other run keeps', () => {
    const found = verdict(view, curves(falling(0.75), falling(0.58)));
    expect(found?.kind).toBe('info');
    expect(found?.lines.map(said)).toEqual([
      'The loss at t = 48 reaches 16 steps back before its gradient falls below 1 % (RNN: 8).',
      '40 steps back the LSTM keeps 1·10⁻⁵ of it, the RNN 3·10⁻¹⁰: 30,000 times less.',
    ]);
  });
  it('continues the line when there is nothing to compare with', () => {
    expect(verdict(alone, curves(falling(0.75)))?.lines.map(said)[1]).toBe('A straight continuation reaches 10⁻⁶ of it 48 steps back.');
    expect(verdict(alone, curves(falling(0.9)))?.lines.map(said)[1]).toBe('A straight continuation reaches 10⁻⁶ of it 131 steps back.');
  });
  it('says when it reaches the first step', () => {
    expect(said(verdict(alone, curves(falling(0.99)))?.lines[0])).toBe('The loss at t = 48 reaches back to the first step, 47 steps, with more than 1 % of its gradient.');
  });
  it('warns when the reach is shorter than the task needs, and only then', () => {
    expect(verdict({ ...alone, neededLag: 20 }, curves(falling(0.75)))?.kind).toBe('warning');
    expect(said(verdict({ ...alone, neededLag: 20 }, curves(falling(0.75)))?.lines[0])).toBe('The loss at t = 48 reaches 16 steps back before its gradient falls below 1 %; the task needs 20.');
    expect(verdict({ ...alone, neededLag: 10 }, curves(falling(0.75)))?.kind).toBe('info');
    expect(said(verdict({ ...alone, neededLag: 10 }, curves(falling(0.75)))?.lines[0])).not.toContain('needs');
  });
  it('speaks of growth instead when the gradient explodes, and not at a hundredfold', () => {
    expect(verdict(view, curves(falling(1.2)))).toMatchObject({ kind: 'warning' });
    expect(said(verdict(view, curves(falling(1.2)))?.lines[0])).toBe('The gradient grows by 20 % a step; it is 5,300 times larger at t = 1 than where it started.');
    expect(said(verdict(view, curves(falling(1.05)))?.lines[0])).toMatch(/^The loss at/);
  });
  it('names the first cause when it is not finite, and nothing else', () => {
    const found = verdict(view, curves(falling(0.7), undefined, { nonFinite: { step: 17, layer: 'r1', name: 'c', unit: 3 } }));
    expect(found).toMatchObject({ kind: 'error' });
    expect(found?.lines.map(said)).toEqual(['The gradient is not finite. First at t = 17, layer r1, c, unit u3.']);
  });
  it('is absent for all losses, for a single step and for numbers that are not finite', () => {
    expect(verdict(view, curves(falling(0.7), undefined, { loss: null }))).toBeUndefined();
    expect(verdict(view, curves(falling(0.7, 1), undefined, { loss: 1 }))).toBeUndefined();
    expect(verdict(view, curves(over(() => NaN)))).toBeUndefined();
    expect(verdict(view, curves(over(() => 0)))).toBeUndefined();
  });
});

describe('a layer that walks from the end', () => {
  // The loss at 5 goes to later steps.
  const rising = (rate: number, start = 5): Float64Array => over((t) => (t < start ? 0 : rate ** (t - start)));
  const ahead = { loss: 5, reversed: true } as const;
  it('reaches ahead', () => {
    expect(verdict(view, curves(rising(0.75), rising(0.58), ahead))?.lines.map(said)).toEqual([
      'The loss at t = 5 reaches 16 steps ahead in this layer, which walks from the end, before its gradient falls below 1 % (RNN: 8).',
      '40 steps ahead the LSTM keeps 1·10⁻⁵ of it, the RNN 3·10⁻¹⁰: 30,000 times less.',
    ]);
    expect(said(verdict(alone, curves(rising(0.99), undefined, ahead))?.lines[0])).toBe('The loss at t = 5 reaches ahead to the last step, 43 steps, with more than 1 % of its gradient.');
    expect(said(verdict(alone, curves(rising(1.2), undefined, ahead))?.lines[0])).toMatch(/times larger at t = 48 than where it started\.$/);
    expect(said(verdict(alone, curves(rising(0.75), undefined, ahead))?.lines[1])).toBe('A straight continuation reaches 10⁻⁶ of it 48 steps ahead.');
    expect(said(decay(alone, curves(rising(0.8), undefined, ahead)))).toBe('Over the 22 steps after t = 25 the LSTM loses 20 % a step.'.replace('22', '23'));
  });
  it('is entered where it ended when the loss is of what is pooled', () => {
    expect(said(verdict(alone, curves(rising(0.75, 1), undefined, { loss: 48, reversed: true, start: 1 }))?.lines[0])).toMatch(/^The loss at t = 48 reaches 16 steps ahead/);
  });
  it('has no verdict where nothing comes after', () => expect(verdict(alone, curves(rising(0.7, 48), undefined, { loss: 48, reversed: true }))).toBeUndefined());
  it('has its path after the loss', () => {
    const paths: PathShares = { state: 'c', reversed: true, paths: [{ name: 'highway f * c', kind: 'highway', norm: over((t) => (t === 9 ? 1 : t > 5 ? 3 : 0)) }, { name: 'U_f', kind: 'parameter', norm: over((t) => (t > 5 ? 1 : 0)) }], highwayLeft: over(() => 0.1) };
    expect(said(pathSentence(paths, 5, 24))).toBe('The highway carries 74 % on average, least at t = 9 (50 %). Without the recurrent matrix, 10 % of ∂L/∂c at t = 24 would be left.');
    expect(said(pathSentence(paths, 5, 3))).not.toContain('Without');
    expect(pathSentence(paths, 47, 24)).toBeUndefined();
  });
});

describe('comparison and continuation', () => {
  it('are absent with too few steps, a zero, or a rising line', () => {
    const few = ratios(falling(0.7, 5), 5);
    expect(comparison(view, few, few)).toBeUndefined();
    expect(comparison(view, ratios(falling(0.7), 48), ratios(over((t) => (t > 40 ? 1 : 0)), 48))).toBeUndefined();
    expect(comparison(alone, ratios(falling(0.7), 48), ratios(falling(0.6), 48))).toBeUndefined();
    const way = { start: 48, reversed: false };
    expect(continuation(few, { ...way, start: 5 })).toBeUndefined();
    expect(continuation(ratios(falling(1.01), 48), way)).toBeUndefined();
    expect(continuation(ratios(falling(0.5), 48), way)).toBeUndefined();
  });
});

describe('decay', () => {
  it('compares the rates, and says alike only when they are', () => {
    expect(said(decay(view, curves(falling(0.8), falling(0.75))))).toBe('Near the loss both fall alike; over the 25 steps before t = 28 the LSTM loses 20 % a step, the RNN 25 %.');
    expect(said(decay(view, curves(falling(0.8), falling(0.5))))).toMatch(/^Over the 25 steps/);
    expect(said(decay(alone, curves(falling(0.8))))).toBe('Over the 25 steps before t = 28 the LSTM loses 20 % a step.');
  });
  it('is absent with fewer than five steps or for all losses', () => {
    expect(decay(view, curves(falling(0.99)))).toBeUndefined();
    expect(decay(view, curves(falling(0.8), undefined, { loss: null }))).toBeUndefined();
  });
});

describe('path', () => {
  const paths: PathShares = { state: 'c', paths: [{ name: 'highway f * c', kind: 'highway', norm: over((t) => (t === 7 ? 1 : 3)) }, { name: 'U_f', kind: 'parameter', norm: over(() => 1) }], highwayLeft: over(() => 0.0008) };
  it('tells the mean share, the least, and what the highway alone would leave', () => {
    expect(said(pathSentence(paths, 48, 24))).toBe('The highway carries 74 % on average, least at t = 7 (50 %). Without the recurrent matrix, 0.080 % of ∂L/∂c at t = 24 would be left.');
  });
  it('is absent without a highway, and silent about the cursor beyond the loss', () => {
    expect(pathSentence({ ...paths, paths: paths.paths.slice(1) }, 48, 24)).toBeUndefined();
    expect(said(pathSentence(paths, 20, 24))).not.toContain('Without');
    expect(pathSentence(paths, 2, 1)).toBeUndefined();
  });
});

describe('factors', () => {
  const course = (rate: number, loss = 48): Float64Array => over((t) => (t > loss ? NaN : rate ** (loss - t)));
  it('tell what the matrix and the slopes do a step, and both together', () => {
    expect(said(factorsSentence({ weights: course(1.08), slopes: course(0.55) }))).toBe('Over 25 steps from the loss the recurrent matrix grows it by 8.0 % a step, and the slopes shrink it by 45 %: together it falls by 41 % a step.');
    expect(said(factorsSentence({ weights: course(0.5, 9), slopes: course(1, 9) }))).toBe('Over 8 steps from the loss the recurrent matrix shrinks it by 50 % a step, and the slopes shrink it by 0 %: together it falls by 50 % a step.');
    expect(said(factorsSentence({ weights: over((t) => 1.5 ** (t - 1)), slopes: over((t) => 0.9 ** (t - 1)) }))).toContain('together it grows by 35 % a step');
  });
  it('say nothing over fewer than five steps, and of what is 0 or not finite', () => {
    expect(factorsSentence({ weights: course(0.9, 5), slopes: course(0.9, 5) })).toBeUndefined();
    expect(factorsSentence({ weights: course(0.9), slopes: over((t) => (t === 48 ? 1 : 0)) })).toBeUndefined();
    expect(factorsSentence({ weights: over(() => NaN), slopes: course(0.9) })).toBeUndefined();
  });
});

it('a picture over time says that one step is not enough for it, and only then', () => {
  expect(said(needsSteps(1))).toBe('This picture needs two steps or more; here there is one.');
  expect(needsSteps(2)).toBeUndefined();
});

describe('strongest link', () => {
  const triangle = (change: (norm: Float32Array) => void): Triangle => {
    const norm = new Float32Array(steps * steps);
    change(norm);
    return { losses: Int32Array.from({ length: steps }, (_, j) => j + 1), chosen: steps, of: steps, norm };
  };
  it('is over twelve steps or more', () => {
    const far = triangle((norm) => {
      norm[31 * steps + 18] = 0.3;
      norm[31 * steps + 28] = 9;
    });
    expect(said(linkSentence(view, far))).toBe('Strongest link over 12 steps or more: the loss at 32 (target “w”) reaches t = 19 (“⏎”) with 0.30.');
    expect(said(linkSentence(view, { ...far, of: 1000 }))).toContain('Shown: 48 of 1,000 losses.');
  });
  it('is absent when there is none', () => {
    expect(linkSentence(view, triangle(() => undefined))).toBeUndefined();
    // What stands on the side that a loss does not reach is nothing; in a layer that walks from the end it is the other side.
    const later = triangle((norm) => void (norm[18 * steps + 40] = 5));
    expect(linkSentence(view, later)).toBeUndefined();
    expect(said(linkSentence(view, { ...later, reaches: 'later' }))).toContain('the loss at 19 (target “w”) reaches t = 41');
    expect(linkSentence(view, triangle((norm) => void (norm[10 * steps] = 5)))).toBeUndefined();
  });
  it('still says that not all losses are shown', () => {
    expect(said(linkSentence(view, { ...triangle(() => undefined), of: 1000 }))).toBe('Shown: 48 of 1,000 losses.');
    expect(said(linkSentence(view, triangle((norm) => void (norm[40 * steps] = 5))))).not.toContain('Shown');
  });
});

describe('two triangles', () => {
  const of = (norm: (j: number, t: number) => number): Triangle => ({
    losses: Int32Array.from({ length: steps }, (_, j) => j + 1), chosen: steps, of: steps,
    norm: Float32Array.from({ length: steps * steps }, (_, i) => (i % steps <= Math.floor(i / steps) ? norm(Math.floor(i / steps) + 1, (i % steps) + 1) : 0)),
  });
  const against = (a: Triangle, b: Triangle, where = view) => said(differenceSentence(where, triangleDifference(a, b, steps)));
  it('say in how many pairs this run’s gradient is the larger, and where the two are farthest apart', () => {
    expect(against(of((j, t) => 0.9 ** (j - t)), of((j, t) => 0.6 ** (j - t)))).toBe('In 100 % of the pairs of a loss and an earlier step the gradient of the LSTM is the larger one. Farthest apart: from the loss at 48 to t = 1 it is 2·10⁸ times larger.');
    expect(against(of((j, t) => 0.6 ** (j - t)), of((j, t) => (j > 24 ? 0.9 : 0.5) ** (j - t)))).toMatch(/^In 24 % .* from the loss at 48 to t = 1 it is 2·10⁸ times smaller\.$/);
  });
  it('say that they are alike when they are', () => expect(against(of(() => 0.1), of(() => 0.1))).toBe('The LSTM and the RNN reach every step alike.'));
  it('say nothing without a comparison, or when no pair can be held against each other', () => {
    expect(against(of(() => 2), of(() => 1), alone)).toBeUndefined();
    expect(against(of(() => 0), of(() => 1))).toBeUndefined();
    expect(against(of(() => NaN), of(() => 1))).toBeUndefined();
  });
});

describe('how far a triangle is', () => {
  const some: Triangle = { losses: Int32Array.of(4, 8), chosen: 128, of: 1000, norm: new Float32Array(16) };
  it('is said while it is computed, and when it was stopped', () => {
    expect(said(triangleProgress({ state: 'running', share: 0.379 }, some))).toBe('Computing: 37 %; 2 of 128 losses are there.');
    expect(said(triangleProgress({ state: 'running', share: 0 }, undefined))).toBe('Computing: 0 %.');
    expect(said(triangleProgress({ state: 'stopped', share: 0.4 }, some))).toBe('Stopped: 2 of 128 losses are there.');
    expect(said(triangleProgress({ state: 'stopped', share: 0.01 }, undefined))).toBe('Stopped: no loss is there yet.');
  });
  it('is not said once it is whole, nor before anything was heard of it', () => {
    expect(triangleProgress({ state: 'complete', share: 1 }, some)).toBeUndefined();
    expect(triangleProgress(undefined, undefined)).toBeUndefined();
  });
});

describe('eigenvalues', () => {
  const spectrum: Spectrum = { real: Float64Array.of(1, -1, 0.95, 0.2, 1.3), imaginary: Float64Array.of(0, 0, 0.1, 0, 0), rho: 1.3, of: 5, space: 'h' };
  it('counts directions that are kept, on the positive side', () => {
    expect(kept(spectrum)).toBe(2);
    expect(said(spectrumSentence(view, spectrum, { ...spectrum, rho: 0.76 }))).toBe('ρ = 1.30: 2 of 5 directions are kept within 10 % (RNN: ρ = 0.76, 2 of 5).');
    expect(said(spectrumSentence(view, { ...spectrum, of: 512 }, undefined))).toBe('ρ = 1.30: 2 of 512 directions are kept within 10 % (the 5 largest were computed).');
  });
  it('is absent when the radius is not finite; so is the other run’s', () => {
    expect(spectrumSentence(view, { ...spectrum, rho: NaN }, undefined)).toBeUndefined();
    expect(said(spectrumSentence(alone, spectrum, spectrum))).not.toContain('RNN');
  });
});

describe('parameters', () => {
  const rows = [{ name: 'W_i', group: 'i', sum: 1 }, { name: 'U_g', group: 'g', sum: 3 }];
  it('names the largest and the steps that make most', () => {
    const norm = Float32Array.from({ length: 2 * steps }, (_, i) => ([0, 45, 46].includes(i % steps) ? 2 : 0.5));
    expect(said(parameterSentence({ rows, norm }, steps))).toBe('U_g gets most. Steps 1, 46, 47 make 52 % of the squared norm.');
    expect(said(parameterSentence({ rows, norm: Float32Array.of(1, 1) }, 1))).toBe('U_g gets most.');
  });
  it('is absent without gradients', () => {
    expect(parameterSentence({ rows: rows.map((row) => ({ ...row, sum: 0 })), norm: new Float32Array(2 * steps) }, steps)).toBeUndefined();
    expect(parameterSentence({ rows: [], norm: new Float32Array(0) }, steps)).toBeUndefined();
    expect(parameterSentence({ rows, norm: new Float32Array(2 * steps).fill(NaN) }, steps)).toBeUndefined();
  });
});

describe('saturation', () => {
  it('counts fixed switches, or says that there is none', () => {
    const gate = (name: string, open: number[], closed: number[]) => ({ name, open: Float32Array.from(open), closed: Float32Array.from(closed) });
    expect(said(saturationSentence({ gates: [gate('i', [1, 0.5], [0, 0.45]), gate('f', [0.2, 0], [0, 0.95])] }))).toBe('On the diagonal a gate is a fixed switch: 2 units in i, 1 in f of 2.');
    expect(said(saturationSentence({ gates: [gate('i', [0.5], [0.1])] }))).toBe('No gate is a fixed switch: none of 1 units is on the diagonal.');
  });
  it('is absent for a cell without gates', () => expect(saturationSentence({ gates: [] })).toBeUndefined());
});

describe('horizon', () => {
  const band = (rate: number) => ({ median: Float64Array.from({ length: 48 }, (_, k) => rate ** k), low: new Float64Array(48), high: new Float64Array(48) });
  const horizon: MemoryHorizon = { sequences: 96, run: band(0.6), compared: band(0.55), longest: { unit: 3, halfLife: 2.94, product: new Float64Array(48), gate: 'f' } };
  it('tells the median reach and the longest unit', () => {
    expect(said(horizonSentence(view, horizon))).toBe('Median reach above 1 %: 9 steps (RNN 7). Longest unit by f alone: half-life 2.9 steps.');
    expect(said(horizonSentence(view, { sequences: 1, run: band(1) }))).toBe('Median reach above 1 %: 47 or more steps.');
  });
  it('is absent when the curve is not finite; so is the unit', () => {
    expect(horizonSentence(view, { ...horizon, run: band(NaN).median ? { ...band(1), median: new Float64Array(4).fill(NaN) } : band(1) })).toBeUndefined();
    expect(said(horizonSentence(alone, { sequences: 96, run: band(0.6) }))).not.toContain('half-life');
    expect(horizonSentence(alone, { sequences: 1, run: { median: Float64Array.of(1), low: Float64Array.of(1), high: Float64Array.of(1) } })).toBeUndefined();
  });
});

describe('what is still being computed', () => {
  const all = { curves: null, paths: null, factors: null, triangle: null, spectrum: null, radii: null, parameters: null, saturation: null, horizon: null } as const;
  it('is named until it is there', () => {
    const { triangle: __, parameters: ____, horizon: ___, ...some } = all;
    // The triangle says itself how far it is.
    expect(said(waitingFor(some))).toBe('Still being computed: the parameter gradients, the memory horizon.');
    expect(said(waitingFor({}))).toMatch(/^Still being computed: the state gradient, its paths, /);
  });
  it('is not said once everything has come, or cannot be had', () => expect(waitingFor(all)).toBeUndefined());
});
