// The inspector's layouts and pixels as numbers and bytes.
import { describe, expect, it } from 'vitest';
import type { LossCurves, Triangle } from '../../../protocol/inspector-page';
import { curvesLayout } from '../../../webview/inspector/layout/curves';
import { inspectorFrame, stepLeft, stepUnder } from '../../../webview/inspector/layout/frame';
import { parameterLayout, parameterPixels } from '../../../webview/inspector/layout/parameters';
import { pathLayout } from '../../../webview/inspector/layout/paths';
import { bandAt, lossBarsLayout } from '../../../webview/inspector/layout/loss-bars';
import { differencePixels, triangleDifference, triangleEnds, triangleLayout, trianglePixels } from '../../../webview/inspector/layout/triangle';
import { palette } from '../../../webview/theme/palettes';

const steps = 48;
const frame = inspectorFrame(1280, steps, 24);
const over = (f: (t: number) => number): Float64Array => Float64Array.from({ length: steps }, (_, i) => f(i + 1));
const curves: LossCurves = { loss: 48, states: [{ name: 'h', norm: over((t) => 0.7 ** (48 - t)) }, { name: 'c', norm: over((t) => 0.7 ** (48 - t) * 2) }], all: over(() => 3) };

describe('frame', () => {
  it('has two columns when wide, one in the middle, tabs when narrow', () => {
    expect(frame).toMatchObject({ form: 'wide', column: 14, visible: 48, first: 0 });
    // Of a wide screen the leads fill what the triangle leaves.
    const large = inspectorFrame(1920, steps, 24);
    expect(large).toMatchObject({ form: 'wide', column: 25, curveHeight: 260 });
    expect(large.plotWidth).toBeGreaterThan(0.85 * large.leadWidth);
    expect(frame.leadWidth + frame.triangleWidth + 64).toBe(1280);
    expect(inspectorFrame(900, steps, 1).form).toBe('middle');
    expect(inspectorFrame(600, steps, 1)).toMatchObject({ form: 'narrow', leadWidth: 576 });
    expect(inspectorFrame(0, steps, 1).plotWidth).toBeGreaterThan(0);
  });
  it('keeps the cursor in sight when the axis scrolls', () => {
    const long = inspectorFrame(1280, 1000, 700);
    expect(long.column).toBe(3);
    expect(long.first).toBeLessThan(700);
    expect(long.first + long.visible).toBeGreaterThanOrEqual(700);
    expect(stepUnder(long, stepLeft(long, 700) + 1)).toBe(700);
    expect(stepUnder(frame, 5)).toBeUndefined();
  });
});

describe('curves', () => {
  const layout = curvesLayout(curves, frame, 'LSTM', 'RNN', 24);
  it('stand on one log scale within the picture', () => {
    for (const [x, y] of layout.lines.flatMap(({ pieces }) => pieces.flat())) {
      expect(x).toBeGreaterThan(frame.left);
      expect(x).toBeLessThan(frame.left + frame.plotWidth);
      expect(y).toBeGreaterThanOrEqual(0);
      expect(y).toBeLessThanOrEqual(layout.height);
    }
    expect(layout.ticks.length).toBeGreaterThan(2);
  });
  it('mark 1 % of the start and the reach on it', () => {
    expect(layout.percentLine).toBeDefined();
    expect(layout.reachAt?.[0]).toBe(stepLeft(frame, 36) + 7);
    expect(layout.lines.map(({ key }) => key)).toEqual(['h', 'c', 'all']);
    expect(layout.lines[0]?.now).toBe(0.7 ** 24);
  });
  it('are named clear of the cursor’s column, of each other and of all curves, wherever the cursor stands', () => {
    const compared = { ...curves, compared: over((t) => 0.5 ** (48 - t)) };
    for (const width of [600, 1280, 1920]) {
      for (let cursor = 1; cursor <= steps; cursor += 3) {
        const here = inspectorFrame(width, steps, cursor);
        const { lines, height } = curvesLayout(compared, here, 'LSTM', 'RNN', cursor);
        const column = stepLeft(here, cursor);
        const boxes = lines.map(({ at, label }) => ({ left: at?.x ?? NaN, right: (at?.x ?? NaN) + label.length * 6.4, top: (at?.y ?? NaN) - 9, bottom: (at?.y ?? NaN) + 3 }));
        expect(boxes).toHaveLength(4);
        boxes.forEach((box, i) => {
          expect([width, cursor, i, box.right <= column || box.left >= column + here.column]).toEqual([width, cursor, i, true]);
          expect(box.bottom).toBeLessThanOrEqual(height);
          const covers = lines.flatMap(({ pieces }) => pieces.flat()).filter(([x, y]) => x > box.left && x < box.right && y > box.top && y < box.bottom);
          expect(covers).toEqual([]);
          for (const other of boxes.slice(0, i)) expect(box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom).toBe(false);
        });
      }
    }
  });
  it('say that the sum hides the decay only where one loss decays', () => {
    const nameOfAll = (f: (t: number) => number): string | undefined => curvesLayout({ ...curves, states: [{ name: 'h', norm: over(f) }] }, frame, 'LSTM', undefined, 24).lines.find(({ key }) => key === 'all')?.label;
    expect(nameOfAll((t) => 0.7 ** (48 - t))).toBe('all losses together: hides the decay');
    expect(nameOfAll((t) => 1.3 ** (48 - t))).toBe('all losses together');
  });
  it('split where there is nothing to draw, and never fall over', () => {
    const gaps = curvesLayout({ ...curves, states: [{ name: 'h', norm: over((t) => (t === 20 ? NaN : t > 30 ? 0 : 1)) }] }, frame, 'A', undefined, 1);
    expect(gaps.lines[0]?.pieces.length).toBe(2);
    const none = curvesLayout({ loss: 48, states: [{ name: 'h', norm: over(() => 0) }], all: over(() => 0) }, frame, 'A', undefined, 1);
    expect(none.lines.every(({ pieces }) => pieces.length === 0)).toBe(true);
    expect(curvesLayout({ ...curves, loss: null }, frame, 'A', undefined, 1).percentLine).toBeUndefined();
  });
});

it('stacks shares to the whole height', () => {
  const layout = pathLayout({ state: 'c', paths: [{ name: 'highway', kind: 'highway', norm: over(() => 3) }, { name: 'U', kind: 'parameter', norm: over((t) => (t === 48 ? 0 : 1)) }], highwayLeft: over(() => 1) }, frame);
  const first = layout.rects.filter(({ step }) => step === 1);
  expect(first.map(({ share }) => share)).toEqual([0.75, 0.25]);
  expect(first.reduce((sum, { height }) => sum + height, 0)).toBe(frame.pathHeight);
  expect(first[1]?.y).toBe(0);
  expect(layout.labels.map(({ name }) => name)).toEqual(['highway', 'U']);
  expect(pathLayout({ state: 'c', paths: [{ name: 'U', kind: 'parameter', norm: over(() => 0) }], highwayLeft: over(() => 0) }, frame).rects).toEqual([]);
});

describe('triangle', () => {
  it('says at the ends of its colours when values lie beyond them', () => {
    const of = (...norm: number[]): readonly [string, string] => triangleEnds({ losses: Int32Array.of(1, 2), norm: Float32Array.from(norm) }, 2);
    // What stands above the diagonal is nothing.
    expect(of(1, 99, 1e-3, 16)).toEqual(['10⁻⁶', '16, log']);
    expect(of(17, 0, NaN, 1e-7)).toEqual(['≤ 10⁻⁶', '≥ 16, log']);
    expect(of(Infinity, 0, 1, 1)).toEqual(['10⁻⁶', '≥ 16, log']);
  });
  const triangle: Triangle = { losses: Int32Array.of(1, 2, 4), chosen: 3, of: 4, norm: Float32Array.of(16, 9, 9, 9, 1e-6, 16, 9, 9, NaN, 1e-9, 1, 16) };
  const { magnitude } = palette('dark');
  const layout = triangleLayout(triangle, 4, 300);
  const image = trianglePixels(triangle, layout, 4, magnitude);
  const at = (x: number, y: number): number[] => [...image.bytes.slice(4 * (y * image.width + x), 4 * (y * image.width + x) + 4)];
  it('has a row a loss, and nothing after it', () => {
    expect([image.width, image.height]).toEqual([4, 3]);
    expect(at(0, 0)).toEqual([...magnitude.slice(765), 255]);
    expect(at(1, 0)[3]).toBe(0);
    expect(at(0, 1)).toEqual([...magnitude.slice(0, 3), 255]);
    expect(at(0, 2)[3]).toBe(0);
    expect([layout.rowOf(4), layout.rowOf(3), layout.lossAt(1)]).toEqual([2, undefined, 2]);
  });
  it('is binned by the maximum when steps outnumber pixels', () => {
    const coarse = triangleLayout(triangle, 4, 2);
    expect(coarse).toMatchObject({ per: 2, columns: 2 });
    expect([...trianglePixels(triangle, coarse, 4, magnitude).bytes.slice(8, 11)]).toEqual([...magnitude.slice(765)]);
  });
});

it('lays parameters out by gate and paints their square roots', () => {
  const parameters = { rows: [{ name: 'W_i', group: 'i', sum: 2 }, { name: 'U_i', group: 'i', sum: 4 }, { name: 'W_f', group: 'f', sum: NaN }], norm: Float32Array.of(0, 1, 4, NaN, 1, 1) };
  const layout = parameterLayout(parameters);
  expect(layout.rows.map(({ y, part }) => [y, part])).toEqual([[0, 0.5], [11.5, 1], [27, 0]]);
  expect(layout.max).toBe(4);
  const { magnitude } = palette('light');
  const image = parameterPixels(parameters, 2, layout.max, magnitude);
  expect([image.width, image.height]).toEqual([2, 3]);
  expect([...image.bytes.slice(8, 11)]).toEqual([...magnitude.slice(765)]);
  expect(image.bytes[4 * 3 + 3]).toBe(0);
});

describe('two triangles', () => {
  const of = (losses: readonly number[], ...norm: number[]): Triangle => ({ losses: Int32Array.from(losses), chosen: losses.length, of: losses.length, norm: Float32Array.from(norm) });
  it('are held against each other where both have the loss and both numbers are there', () => {
    const difference = triangleDifference(of([1, 2, 3], 1, 0, 0, 100, 10, 0, 0, 5, 1), of([2, 3], 1, 100, 0, 3, NaN, 1), 3);
    expect([[...difference.losses], [...difference.norm], difference.bound]).toEqual([[2, 3], [2, -1, NaN, NaN, NaN, 0], 2]);
    const { signed } = palette('dark');
    const layout = triangleLayout(difference, 3, 300);
    const { bytes } = differencePixels(difference, layout, 3, signed);
    expect([...bytes.slice(0, 4)]).toEqual([...signed.slice(765), 255]);
    // Blue: smaller than the other's; empty where there is no ratio.
    expect([bytes[4 * 1 + 2] as number > (bytes[4 * 1] as number), bytes[4 * 3 + 3]]).toEqual([true, 0]);
  });
  it('have ends of a whole power of ten, at most a million', () => {
    expect(triangleDifference(of([1], 1), of([1], 1), 1).bound).toBe(1);
    expect(triangleDifference(of([1], 1), of([1], 1e-9), 1).bound).toBe(6);
  });
});

it('a layer that walks from the end has its cells after the loss, one below both directions everywhere', () => {
  const cells = { losses: Int32Array.of(1, 3), norm: Float32Array.of(1, 1, 1, 1, 1, 1) };
  const { magnitude } = palette('dark');
  const shown = (reaches?: 'later' | 'all'): number[] => {
    const { bytes } = trianglePixels({ ...cells, ...(reaches ? { reaches } : {}) }, triangleLayout(cells, 3, 300), 3, magnitude);
    return Array.from({ length: 6 }, (_, i) => Math.sign(bytes[4 * i + 3] ?? 0));
  };
  expect([shown(), shown('later'), shown('all')]).toEqual([[1, 0, 0, 1, 1, 1], [1, 1, 1, 0, 0, 1], [1, 1, 1, 1, 1, 1]]);
});

it('a triangle keeps its height while its rows arrive, and one loss is a strip', () => {
  expect(triangleLayout({ losses: Int32Array.of(3) }, 40, 300, 40).height).toBe(triangleLayout({ losses: Int32Array.from({ length: 40 }, (_, i) => i + 1) }, 40, 300).height);
  expect(triangleLayout({ losses: Int32Array.of(40) }, 40, 300).height).toBe(24);
});

describe('stacked bars', () => {
  const triangle = { losses: Int32Array.of(1, 2), norm: Float32Array.of(2, 9, 1, 4) };
  const layout = lossBarsLayout(triangle, 2, 100, 80);
  it('put what each loss sends to a step one upon the other, the nearest at the bottom', () => {
    // The loss at 1 does not reach step 2.
    expect(layout.bands.map(({ loss, step, x, y, height }) => [loss, step, x, y, height])).toEqual([[1, 1, 0, 40, 40], [2, 1, 0, 20, 20], [2, 2, 50, 0, 80]]);
    expect(layout.top).toBe(4);
  });
  it('tell which band is pointed at', () => {
    expect([bandAt(layout, 10, 50)?.loss, bandAt(layout, 10, 25)?.loss, bandAt(layout, 10, 5), bandAt(layout, 60, 5)?.step]).toEqual([1, 2, undefined, 2]);
  });
  it('have no band of what is not finite', () => {
    expect(lossBarsLayout({ losses: Int32Array.of(1), norm: Float32Array.of(NaN) }, 1, 10, 10)).toEqual({ bands: [], height: 10, top: 0 });
  });
});
