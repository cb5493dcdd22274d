// Every sentence of the training page: a case in which it is said, and one in which it must be absent.
import { describe, expect, it } from 'vitest';
import { plain, type Rich } from '../../../webview/rich-text';
import { backendReason, clippedLine, engineLost, horizonClause, lossNote, mostlyClipped, nonFinite, overfits, progress, trend, validationNote, verdict, whatHappened, worseThanGuessing } from '../../../webview/training/sentences';
import { header, points, run } from './run';

const said = (rich: Rich | undefined): string | undefined => rich && plain(rich);
const falling = (from: number, by: number, n: number): number[] => Array.from({ length: n }, (_, i) => from - by * i);

describe('non-finite', () => {
  it('names the first cause', () => {
    expect(said(nonFinite(run({ loss: [4, NaN], status: { nonFinite: { iteration: 2, name: 'r1.c' } } })))).toBe('r1.c is not finite. First at iteration 2. Debug this iteration');
  });
  it('is absent while everything is finite', () => expect(nonFinite(run({ loss: [4, 3] }))).toBeUndefined());
  it('wins over everything else', () => {
    const data = run({ loss: [9], validation: points([1, 2], [2, 2]), status: { nonFinite: { iteration: 1, name: 'loss' } } });
    expect(said(verdict(data))).toMatch(/^loss is not finite/);
  });
});

describe('engine lost', () => {
  it('says what happened and offers to restart', () => {
    expect(said(engineLost(run({ status: { state: 'failed', sentence: 'The engine ended twice.', canRestart: true } })))).toBe('Training failed. The engine ended twice. Restart');
  });
  it('is absent for a run that stopped or has nothing to say', () => {
    expect(engineLost(run({ status: { state: 'stopped', sentence: 'Stopped by you.' } }))).toBeUndefined();
    expect(engineLost(run({ status: { state: 'failed', sentence: '' } }))).toBeUndefined();
  });
});

describe('what happened to the run', () => {
  const lost = 'The engine was lost and started again; the run went on from iteration 50.';
  it('is said until it was read, and offers to go on where that is possible', () => {
    expect(said(whatHappened(run({ status: { sentence: lost } }), undefined))).toBe(`${lost} Dismiss`);
    expect(said(whatHappened(run({ status: { state: 'stopped', sentence: 'Its page was closed.', canRestart: true } }), lost))).toBe('Its page was closed. Resume');
  });
  it('is absent when it was read, when there is nothing, and for a failure, which has a sentence of its own', () => {
    expect(whatHappened(run({ status: { sentence: lost } }), lost)).toBeUndefined();
    expect(whatHappened(run({}), undefined)).toBeUndefined();
    expect(whatHappened(run({ status: { state: 'failed', sentence: 'Lost twice.' } }), undefined)).toBeUndefined();
  });
});

describe('overfits', () => {
  const rising = points([25, 1.5], [50, 1.52], [75, 1.55], [100, 1.6]);
  it('says since when', () => {
    expect(said(overfits(run({ loss: falling(2, 0.01, 100), validation: rising })))).toBe(
      'The network overfits since 25: validation loss rose from 1.50 to 1.60 while the training loss fell.',
    );
  });
  it('is absent when the training loss rises too, when the rise is noise, or with three points', () => {
    expect(overfits(run({ loss: falling(2, -0.01, 100), validation: rising }))).toBeUndefined();
    expect(overfits(run({ loss: falling(2, 0.01, 100), validation: points([25, 1.5], [50, 1.501], [75, 1.502], [100, 1.503]) }))).toBeUndefined();
    expect(overfits(run({ loss: falling(2, 0.01, 100), validation: rising.slice(1) }))).toBeUndefined();
  });
});

describe('mostly clipped', () => {
  const loss = falling(2, 0.001, 500);
  it('says so above half of the last 500', () => {
    expect(said(mostlyClipped(run({ loss, gradNorm: loss.map((_, i) => (i < 300 ? 1 : 0.1)) })))).toMatch(/^60 % of the last 500 gradients were clipped at 0.2:/);
  });
  it('is absent at half, before 500, and without clipping', () => {
    expect(mostlyClipped(run({ loss, gradNorm: loss.map((_, i) => (i < 250 ? 1 : 0.1)) }))).toBeUndefined();
    expect(mostlyClipped(run({ loss: loss.slice(1), gradNorm: loss.slice(1).map(() => 1) }))).toBeUndefined();
    const { clip, ...unclipped } = header;
    expect(clip).toBeDefined();
    expect(mostlyClipped({ ...run({ loss, gradNorm: loss.map(() => 1) }), header: unclipped })).toBeUndefined();
  });
});

describe('worse than guessing', () => {
  it('says that the first loss is too high', () => expect(said(worseThanGuessing(run({ loss: [6.1, 6] })))).toMatch(/^The first loss was 6.10, more than 10 % above guessing \(4.17\)/));
  it('is absent near ln(classes), after learning, when the first iteration is not known, and without a guess', () => {
    expect(worseThanGuessing(run({ loss: [4.3] }))).toBeUndefined();
    expect(worseThanGuessing(run({ loss: [6.1, 6], validation: points([2, 3.1]) }))).toBeUndefined();
    expect(worseThanGuessing(run({}))).toBeUndefined();
    expect(worseThanGuessing(run({ loss: [6.1], header: { loss: { name: 'squared error', guess: { value: 1, label: 'always saying the mean' } } } }))).toBeUndefined();
  });
});

describe('progress', () => {
  it('says best so far, and how it moved', () => {
    const validation = points([500, 1.9], [1000, 1.88], [1500, 1.86]);
    expect(said(progress(run({ loss: [2], validation })))).toBe('Validation loss 1.86, at its best so far; in the last 1,000 iterations it fell by 0.04.');
  });
  it('names the best when it is not this one', () => {
    expect(said(progress(run({ loss: [2], validation: points([25, 1.8], [50, 1.9]) })))).toBe('Validation loss 1.90 (best 1.80 at 25).');
  });
  it('is absent before the first validation and when it is not finite', () => {
    expect(progress(run({ loss: [2] }))).toBeUndefined();
    expect(progress(run({ loss: [2], validation: points([25, NaN]) }))).toBeUndefined();
    expect(verdict(run({ loss: [2] }))).toBeUndefined();
  });
});

describe('trend', () => {
  it('stands still within a hundredth per thousand, rises and falls beyond', () => {
    expect(said(trend(run({ validation: points([0, 1.8], [500, 1.801], [1000, 1.8]) })))).toBe('; in the last 1,000 iterations it stood still');
    expect(said(trend(run({ validation: points([0, 1.8], [500, 1.9], [1000, 2]) })))).toBe('; in the last 1,000 iterations it rose by 0.20');
    expect(said(trend(run({ validation: points([25, 3], [50, 2.9], [75, 2.8]) })))).toBe('; in the last 50 iterations it fell by 0.20');
  });
  it('is absent with fewer than three points', () => expect(trend(run({ validation: points([0, 2], [25, 1.9]) }))).toBeUndefined());
});

it('measures a loss without nats by its own size', () => {
  const loss = { name: 'squared error' };
  expect(said(trend(run({ header: { loss }, validation: points([0, 0.02], [500, 0.019], [1000, 0.018]) })))).toBe('; in the last 1,000 iterations it fell by 2.0·10⁻³');
});

describe('horizon clause', () => {
  const column = (iteration: number, steps: number) => ({ iteration, ratio: Float64Array.from({ length: 40 }, (_, k) => (k <= steps ? 0.5 : 0.001)) });
  it('compares with the start of the run', () => {
    expect(said(horizonClause(run({ horizon: [column(500, 6), column(4300, 9)] })))).toBe(' The gradient now keeps 1 % for 9 steps, at iteration 500 for 6.');
    expect(said(horizonClause(run({ horizon: [column(100, 6)] })))).toBe(' The gradient now keeps 1 % for 6 steps.');
  });
  it('is absent when nothing was measured or the curve is not finite', () => {
    expect(horizonClause(run({}))).toBeUndefined();
    expect(horizonClause(run({ horizon: [{ iteration: 20, ratio: Float64Array.of(NaN, NaN) }] }))).toBeUndefined();
  });
});

it('speaks of clipping only where there is clipping', () => {
  const loss = falling(2, 0.001, 600);
  expect(said(clippedLine(run({ loss, gradNorm: loss.map((_, i) => (i >= 510 ? 1 : 0.1)) })))).toBe('clipped: 15 % of all, 18 % of the last 500');
  expect(said(clippedLine(run({ loss: [1, 2], gradNorm: [1, 0.1] })))).toBe('clipped: 50 % of all');
  expect(clippedLine(run({}))).toBeUndefined();
});

it('names unit, validation and fallback only when there are any', () => {
  expect(lossNote(header, true)).toBe('cross-entropy in nats per character; dots: every iteration, line: moving average, rings: validation');
  expect(lossNote({ ...header, loss: { name: 'squared error' } }, false)).toBe('squared error; dots: every iteration, line: moving average');
  expect(validationNote(header)).toBe('4,096 characters, every 25 iterations');
  expect(backendReason(header)).toBe('cpu: ONNX Runtime, 1 thread');
  expect(backendReason({ ...header, backend: { ...header.backend, fallback: { wanted: 'webgpu', reason: 'no adapter' } } })).toContain('webgpu was wanted; cpu took its place: no adapter');
});
