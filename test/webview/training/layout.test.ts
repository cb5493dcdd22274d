// Layouts of the training page as numbers: the shared axis, thinning, logarithmic ticks, labels, contours.
import { describe, expect, it } from 'vitest';
import { logAxis, logPlace } from '../../../webview/picture/log-axis';
import { pushApart } from '../../../webview/picture/push-apart';
import { reach } from '../../../webview/reach';
import { chosenSamples } from '../../../webview/training/chosen-samples';
import { endLabels } from '../../../webview/training/layout/end-labels';
import { clearTicks, frame, iterationAt, iterationAxis, placeOf } from '../../../webview/training/layout/frame';
import { normLayout } from '../../../webview/training/layout/gradient-norm';
import { horizonLayout } from '../../../webview/training/layout/horizon';
import { barAt, largestLayout, rowOf } from '../../../webview/training/layout/largest';
import { lossLayout } from '../../../webview/training/layout/loss';
import { sparkline } from '../../../webview/training/layout/sparkline';
import { thin } from '../../../webview/training/layout/thin';
import { hoverLine, pointAt } from '../../../webview/training/hover';
import { moved } from '../../../webview/training/keyboard';
import { validationRows } from '../../../webview/training/validation-rows';
import { withIterations, withPoint } from '../../../webview/training/run-data';
import { simulatedRun } from '../gallery/simulated-run';
import { runFrom } from '../../../webview/training/run-data';
import { header, points, run } from './run';

const wide = frame(1280, 800);
const axis = iterationAxis(6000, wide);

describe('frame', () => {
  it('is as drawn when wide and one column when narrow', () => {
    expect(wide).toMatchObject({ wide: true, left: 52, normHeight: 112, horizonHeight: 152 });
    expect(Math.abs(wide.width - 824)).toBeLessThan(2);
    expect(frame(600, 800)).toMatchObject({ wide: false, width: 576, left: 40, right: 572 });
    expect(frame(0, 0).width).toBeGreaterThan(200);
  });
  it('runs to the end of training', () => {
    expect(placeOf(axis, 0)).toBe(axis.left);
    expect(placeOf(axis, 6000)).toBe(axis.right);
    expect(iterationAt(axis, placeOf(axis, 4312))).toBe(4312);
    expect(iterationAt(axis, -50)).toBe(0);
    expect(clearTicks(axis, 4312)).not.toContain(4000);
    expect(iterationAxis(1, wide).ticks.every(Number.isInteger)).toBe(true);
  });
});

describe('thin', () => {
  it('keeps smallest, largest and last of each pixel, and no value that is not finite', () => {
    const values = [5, 1, 9, 4, NaN, 7, NaN, 2];
    expect(thin(values.length, (i) => Math.floor(i / 4), (i) => values[i] ?? NaN)).toEqual([1, 2, 3, 5, 7]);
    expect(thin(0, () => 0, () => 0)).toEqual([]);
    expect(thin(2, () => 0, () => NaN)).toEqual([]);
  });
});

describe('logarithmic axis', () => {
  it('has the ticks there is room for', () => {
    expect(logAxis(1.45, 4.4, 296, 0).ticks).toEqual([1.5, 1.75, 2, 2.5, 3, 4]);
    expect(logAxis(1e-10, 10, 200, 0).ticks.length).toBeLessThan(9);
    expect(logAxis(0.1, 0.65, 112, 0, 20).ticks).toEqual([0.1, 0.2, 0.4, 0.6]);
  });
  it('never falls over: empty, zero and infinite ends', () => {
    for (const [low, high] of [[0, 0], [1, 1], [NaN, NaN], [-1, Infinity]] as const) {
      const made = logAxis(low, high, 100, 0);
      expect(Number.isFinite(logPlace(made, 1))).toBe(true);
      expect(made.high).toBeGreaterThan(made.low);
    }
  });
});

it('pushes labels apart without changing their order', () => {
  expect(pushApart([10, 12, 11], 10, 0, 100)).toEqual([10, 30, 20]);
  expect(pushApart([98, 99], 10, 0, 100)).toEqual([90, 100]);
});

it('reaches to the last step at or above the share, not to the first crossing', () => {
  expect(reach([1, 0.5, 0.005, 0.02, 0.001], 0.01)).toBe(3);
  expect(reach([NaN, NaN], 0.01)).toBeUndefined();
  expect(reach([], 0.01)).toBeUndefined();
});

describe('loss', () => {
  const data = runFrom(simulatedRun('running'));
  const layout = lossLayout(data, axis, 296);
  it('keeps every mark in the picture', () => {
    for (const [x, y] of [...layout.dots, ...layout.average.flat(), ...layout.validation]) {
      expect(x).toBeGreaterThanOrEqual(axis.left);
      expect(x).toBeLessThanOrEqual(layout.now + 0.001);
      expect(y).toBeGreaterThanOrEqual(0);
      expect(y).toBeLessThanOrEqual(296);
    }
    expect(layout.guess?.text).toBe('guessing among 65 characters: ln 65 = 4.17');
  });
  it('labels directly right of where we stand, and left of it at the end', () => {
    expect(layout.labels.map(({ anchor }) => anchor)).toEqual(['start', 'start', 'start']);
    const done = runFrom(simulatedRun('finished'));
    const end = lossLayout(done, axis, 296);
    expect(end.labels.every(({ anchor, x }) => anchor === 'end' && x < end.now)).toBe(true);
  });
  it('says what guessing costs beside the yellow line and the words there, never across them', () => {
    for (const scene of ['early', 'nonfinite', 'fallback', 'failed', 'running', 'finished'] as const) {
      for (const here of [wide, frame(600, 800)]) {
        const { guess, now, labels } = lossLayout(runFrom(simulatedRun(scene)), iterationAxis(6000, here), here.lossHeight);
        const [left, right] = [guess?.x ?? NaN, (guess?.x ?? NaN) + (guess?.text.length ?? 0) * 6.2];
        expect([scene, here.wide, now <= left - 4 || now >= right]).toEqual([scene, here.wide, true]);
        expect(right).toBeLessThanOrEqual(here.right + 1);
        for (const label of labels.filter(({ anchor, y }) => anchor === 'start' && Math.abs(y - (guess?.y ?? 0) - 11) < 11)) expect(label.x + label.text.length * 6 <= left || label.x >= right).toBe(true);
      }
    }
  });
  it('marks what is not finite and draws the rest', () => {
    const broken = lossLayout(run({ loss: [4, NaN, 3, Infinity] }), axis, 200);
    expect(broken.broken).toHaveLength(2);
    expect(broken.dots.length).toBeGreaterThan(0);
  });
  it('draws nothing of an empty run', () => {
    const none = lossLayout(run({}), axis, 200);
    expect([none.dots, none.average, none.validation, none.rings, none.labels]).toEqual([[], [], [], [], []]);
  });
  it('keeps the line of guessing in the picture while every loss is above it', () => {
    const worse = lossLayout(run({ loss: [0.95, 0.7], header: { loss: { name: 'squared error', guess: { value: 0.17, label: 'always saying the mean' } } } }), axis, 296);
    const better = lossLayout(run({ loss: [0.95, 0.02], header: { loss: { name: 'squared error', guess: { value: 0.17, label: 'always saying the mean' } } } }), axis, 296);
    expect(worse.guess?.y).toBeLessThan(296 - 16);
    expect(better.guess?.y).toBeLessThan(worse.guess?.y ?? 0);
  });
});

it('splits gradient norms at the threshold and rings the largest after the start', () => {
  const norm = Array.from({ length: 1000 }, (_, i) => (i === 5 ? 9 : i === 700 ? 0.5 : i === 705 ? 0.49 : i === 900 ? 0.4 : 0.1));
  const layout = normLayout(run({ loss: norm.map(() => 2), gradNorm: norm }), iterationAxis(6000, wide), 112);
  expect(layout.clippedDots).toHaveLength(4);
  expect(layout.rings.map(({ iteration }) => iteration)).toEqual([701, 901, 201]);
});

it('keeps the words of the gradient norm within a narrow picture: over the yellow line, and without what was clipped in all when they do not fit', () => {
  const norm = Array.from({ length: 1000 }, (_, i) => (i % 9 === 0 ? 0.5 : 0.1));
  const data = run({ loss: norm.map(() => 2), gradNorm: norm, header: { iterations: 1300 } });
  const line = (width: number) => normLayout(data, iterationAxis(1300, frame(width, 800)), 88).labels;
  for (const width of [420, 460, 600]) {
    const [label] = line(width);
    expect(label?.anchor, String(width)).toBe('end');
    expect((label?.x ?? NaN) - (label?.text.length ?? NaN) * 6.3, String(width)).toBeGreaterThanOrEqual(0);
    expect(label?.x, String(width)).toBeLessThanOrEqual(frame(width, 800).right);
  }
  expect(line(600)[0]?.text).toMatch(/^clipped: .* of all, .* of the last 500 · clip 0\.2/);
  expect(line(360)[0]?.text).toMatch(/^clipped: \S+ % of the last 500 · clip 0\.2/);
});

it('shows maxima of gradients, the table of four and a chosen iteration', () => {
  const norm = Array.from({ length: 1000 }, (_, i) => (i === 700 ? 0.5 : 0.1));
  const data = run({ loss: norm.map(() => 2), gradNorm: norm });
  const layout = largestLayout(data, 392, 56);
  const bar = layout.bars.find(({ iteration }) => iteration === 701);
  expect(bar).toMatchObject({ value: 0.5, clipped: true, height: 56 });
  expect(layout.rows[0]).toMatchObject({ iteration: 701, norm: 0.5, multiple: 2.5, distance: 0, part: 1 });
  expect(rowOf(data, 300, 0.5)).toMatchObject({ iteration: 300, norm: 0.1 });
  expect(rowOf(run({}), 300, 0.5)).toBeUndefined();
  const short = largestLayout(run({ header: { iterations: 300 }, loss: Array.from({ length: 300 }, () => 1) }), 372, 56).bars.at(-1);
  expect(short).toMatchObject({ from: 281, to: 300 });
  expect((short?.x ?? 0) + (short?.width ?? Infinity)).toBeLessThanOrEqual(372);
});

describe('horizon', () => {
  it('merges to at most 512 columns and contours the reach', () => {
    const horizon = Array.from({ length: 1100 }, (_, i) => ({ iteration: i + 1, ratio: Float64Array.from({ length: 20 }, (_, k) => 0.5 ** k) }));
    const layout = horizonLayout(run({ loss: [2], horizon, status: { iteration: 1100 } }), axis, 152);
    expect(layout?.columns.length).toBeLessThanOrEqual(512);
    expect(layout?.edges).toHaveLength((layout?.columns.length ?? 0) + 1);
    expect(layout?.contours.map(({ k }) => k)).toEqual([6, 9]);
    expect(layout?.labels.map(({ text }) => text)).toEqual(['1 %: 6 steps', '0.1 %: 9 steps']);
  });
  it('is absent when nothing was measured', () => expect(horizonLayout(run({ loss: [2] }), axis, 152)).toBeUndefined());
});

it('keeps its labels within the plot', () => {
  const made = endLabels([{ key: 'a', text: 'a', y: 0 }, { key: 'b', text: 'b', y: 1 }], 100, 50, { left: 0, right: 400, top: 0, bottom: 100 }, 0);
  expect(made.map(({ y }) => y)).toEqual([8, 25]);
});

it('computes the validation rows it has numbers for', () => {
  const rows = validationRows(run({ loss: [2, 2], validation: [{ iteration: 2, loss: Math.LN2, metrics: [0.25] }] }));
  expect(rows.map(({ name, value }) => [name, Number(value.toFixed(3))])).toEqual([['accuracy', 0.25], ['bits per character', 1], ['train − validation', 1.307]]);
  expect(validationRows(run({}))).toEqual([]);
  expect(validationRows(run({ header: { loss: { name: 'squared error' }, validation: { every: 1, size: '', metrics: [] } }, validation: points([1, 0.5]) })).map(({ name }) => name)).toEqual(['loss']);
});

it('leaves the first values out of sparklines', () => {
  expect(sparkline([1], 100, 28)).toEqual([]);
  expect(sparkline(Array.from({ length: 30 }, (_, i) => i), 100, 28)).toHaveLength(18);
  expect(sparkline([3, 3, 3], 100, 28).map(([, y]) => y)).toEqual([14, 14, 14]);
});

it('goes back with a run that goes back to a checkpoint, and only then', () => {
  const data = run({ loss: [4, 3, 2], validation: points([2, 3]) });
  const early = { ...data, validation: withPoint(data.validation, { iteration: 5, loss: 1, metrics: [] }) };
  const batch = (first: number) => ({ iteration: Int32Array.of(first, first + 1), loss: Float64Array.of(1, 1), gradNorm: Float64Array.of(1, 1), clipped: Uint8Array.of(0, 0) });
  expect(withIterations(early, batch(4)).validation.map(({ iteration }) => iteration)).toEqual([2, 5]);
  const back = withIterations(early, batch(2));
  expect(back.series.length).toBe(3);
  expect([...back.series.loss.slice(0, 3)]).toEqual([4, 1, 1]);
  expect(back.validation).toEqual([]);
});

it('says what stands under the pointer, from the numbers', () => {
  const data = run({ loss: [4, 3], gradNorm: [0.1, 0.5], validation: points([2, 2.5]) });
  const at = (picture: 'loss' | 'norm' | 'horizon', iteration: number) => hoverLine(data, { picture, iteration, pageX: 0, pageY: 0 }, undefined);
  expect(at('loss', 2)).toBe('iteration 2 · loss 3.00 · average 3.50 · validation 2.50');
  expect(at('norm', 2)).toBe('iteration 2 · gradient 0.50, clipped · loss 3.00');
  expect(at('loss', 7)).toBe('');
  expect(at('horizon', 2)).toBe('');
  expect(pointAt(data, axis, placeOf(axis, 5000))).toBe(2);
  expect(pointAt(run({}), axis, 100)).toBeUndefined();
});

it('finds the bar under the pointer, also above it, and says which iteration made it', () => {
  const gradNorm = Array.from({ length: 100 }, (_, i) => (i === 56 ? 0.5 : 0.1));
  const data = run({ loss: gradNorm.map(() => 2), gradNorm, header: { iterations: 200 } });
  const { bars } = largestLayout(data, 200, 56);
  expect([0, 39.9, 40, 99].map((x) => barAt(bars, x)?.from)).toEqual([1, 1, 41, 81]);
  expect([barAt(bars, 121), barAt(bars, -1)]).toEqual([undefined, undefined]);
  expect(barAt(bars, 45)?.iteration).toBe(57);
  const at = (iteration: number, more = {}) => hoverLine(data, { picture: 'largest', iteration, pageX: 0, pageY: 0, ...more }, undefined);
  expect(at(57, { row: '41 … 80' })).toBe('iteration 57, largest of 41 … 80 · gradient 0.50, clipped · 2.5× the threshold · loss 2.00');
  expect(at(101)).toBe('');
  const { clip: _, ...unclipped } = data.header;
  expect(hoverLine({ ...data, header: unclipped }, { picture: 'largest', iteration: 3, pageX: 0, pageY: 0 }, undefined)).not.toContain('threshold');
});

it('moves with the keys and stays within the run', () => {
  expect([moved('ArrowLeft', false, 5, 10), moved('ArrowRight', true, 5, 10), moved('Home', false, 5, 10), moved('End', false, 5, 10), moved('x', false, 5, 10), moved('End', false, 0, 0)]).toEqual([4, 9, 0, 9, undefined, undefined]);
});

it('shows the first sample, an early one and the latest', () => {
  const sample = (iteration: number) => ({ kind: 'text', iteration, text: 'x' }) as const;
  expect(chosenSamples([0, 100, 300, 900, 4000].map(sample), 6000).map(({ iteration }) => iteration)).toEqual([0, 300, 4000]);
  expect(chosenSamples([sample(0)], 6000)).toHaveLength(1);
  expect(header.iterations).toBe(6000);
});
