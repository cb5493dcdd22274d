// The pictures of parameters, updates and saturation: layouts as numbers, strips as bytes, every sentence with a case in which it is absent, numbers under the pointer.
import { describe, expect, it } from 'vitest';
import { histogramOf } from '../../../engine/training/histogram';
import type { ParameterColumn, ParameterSize, SaturationColumn } from '../../../protocol/run';
import { logPlace } from '../../../webview/picture/log-axis';
import { plain, type Rich } from '../../../webview/rich-text';
import { palette } from '../../../webview/theme/palettes';
import { detailLine } from '../../../webview/training/detail-pointing';
import { ratioSentence, saturationNote, saturationSentence, spreadSentence } from '../../../webview/training/detail-sentences';
import { frame, iterationAxis, placeOf } from '../../../webview/training/layout/frame';
import { columnEdges, columnNear } from '../../../webview/training/layout/parameters';
import { layersOf, shortName, shownLayer } from '../../../webview/weights/names';
import { lineNear, ratioLayout } from '../../../webview/training/layout/ratios';
import { saturationLayout } from '../../../webview/training/layout/saturation';
import { countsWithin, spreadAt, spreadLayout } from '../../../webview/training/layout/spread';
import { spreadPixels } from '../../../webview/training/raster/spread';
import { withIterations } from '../../../webview/training/run-data';
import { parameterTable, saturationTable } from '../../../webview/training/tables';
import { header, run } from './run';

const axis = iterationAxis(100, frame(600, 800));
const said = (rich: Rich | undefined): string | undefined => rich && plain(rich);
const spread = (...values: readonly number[]) => {
  const { exponent, counts } = histogramOf(Float32Array.from(values));
  return { exponent, counts: Uint32Array.from(counts) };
};
const size = (name: string, rms: number, change: number): ParameterSize => ({ name, rms, change, values: spread(rms, -rms), changes: spread(change, -change) });
const column = (iteration: number, ...tensors: readonly ParameterSize[]): ParameterColumn => ({ iteration, tensors });
const saturated = (iteration: number, ...values: SaturationColumn['values']): SaturationColumn => ({ iteration, values });

describe('layers', () => {
  const names = ['e.W', 'r.W_i', 'r.U_i', 'r.initial.h', 'r.backward.W_i', 'y.W'].map((name) => ({ name }));
  it('are what stands before a parameter\'s own name', () => {
    expect(layersOf(names)).toEqual(['e', 'r', 'r.backward', 'y']);
    expect(names.map(({ name }) => shortName(name))).toEqual(['W', 'W_i', 'U_i', 'initial.h', 'W_i', 'W']);
  });
  it('are shown as chosen, or else the one with most parameters', () => {
    expect([shownLayer(names, 'y'), shownLayer(names, 'gone'), shownLayer(names, undefined), shownLayer([], 'y')]).toEqual(['y', 'r', 'r', undefined]);
  });
});

describe('columns', () => {
  const columns = [{ iteration: 20 }, { iteration: 40 }, { iteration: 80 }];
  it('reach half-way to their neighbours, and the last to where the run stands', () => {
    expect(columnEdges(columns, axis, placeOf(axis, 90)).map((x) => Math.round(((x - axis.left) / (axis.right - axis.left)) * 100))).toEqual([10, 30, 60, 90]);
  });
  it('are found by the nearest place', () => {
    expect([0, 31, 55, 100].map((at) => columnNear(columns, axis, placeOf(axis, at)))).toEqual([0, 1, 1, 2]);
    expect(columnNear([], axis, 5)).toBe(-1);
  });
});

describe('the update-to-weight ratio', () => {
  const data = run({ parameters: [column(20, size('r.W', 0.5, 1e-3), size('r.b', 0, 1e-3), size('y.W', 1, 1)), column(40, size('r.W', 0.5, 2e-3), size('r.b', 0.01, 9e-5), size('y.W', 1, 1))], status: { iteration: 50 } });
  it('is a line a parameter of the layer, without the places where a parameter was zero', () => {
    const layout = ratioLayout(data, 'r', axis, 160);
    expect(layout?.lines.map(({ name, points }) => [name, points.length])).toEqual([['r.W', 2], ['r.b', 1]]);
    if (!layout) throw new Error('there are ratios');
    expect(layout.lines[0]?.points[1]).toEqual([placeOf(axis, 40), logPlace(layout.y, 4e-3)]);
    expect(layout.guide).toBe(logPlace(layout.y, 1e-3));
    expect(layout.labels.map(({ text }) => text)).toEqual(['b 9.0e−3', 'W 2.8e−3']);
    expect(lineNear(data, layout, 1, logPlace(layout.y, 4e-3) + 2)).toBe('r.W');
    expect(lineNear(data, layout, 0, 0)).toBe('r.W');
  });
  it('draws the one that is pointed at last, and names it', () => {
    const layout = ratioLayout(data, 'r', axis, 160, 'r.W');
    expect(layout?.lines.map(({ name, picked }) => [name, picked])).toEqual([['r.b', false], ['r.W', true]]);
    expect(layout?.labels.map(({ key }) => key.replace(/-\d$/, ''))).toContain('picked');
  });
  it('names the smallest beneath its own line where the run is at its end', () => {
    const columns = Array.from({ length: 50 }, (_, i) => column(2 * (i + 1), size('r.W', 0.5, 1e-3), size('r.b', 0.5, 1e-5)));
    const layout = ratioLayout(run({ parameters: columns, status: { iteration: 100 } }), 'r', axis, 200);
    const [largest, smallest] = layout?.labels ?? [];
    expect([largest?.text, smallest?.text]).toEqual(['W 2.0e−3', 'b 2.0e−5']);
    const ends = layout?.lines.map(({ points }) => points.at(-1)?.[1] ?? NaN) ?? [];
    expect(Math.abs((largest?.y ?? NaN) - (ends[0] ?? NaN))).toBeLessThan(20);
    expect(Math.abs((smallest?.y ?? NaN) - (ends[1] ?? NaN))).toBeLessThan(20);
  });
  it('is not drawn before it was measured', () => expect(ratioLayout(run({}), 'r', axis, 160)).toBeUndefined());

  it('is said of the largest and the smallest', () => {
    expect(said(ratioSentence(data, 'r'))).toBe('An iteration changes b by 9·10⁻³ of its size, the most, and W by 3·10⁻³, the least.');
    expect(said(ratioSentence(data, 'y'))).toBe('An iteration changes W by 1.00 of its size: W moves fast, and a lower rate would be calmer.');
  });
  it('warns of what hardly learns, and only then', () => {
    expect(said(ratioSentence(run({ parameters: [column(5, size('r.W', 1, 1e-3), size('r.b', 1, 1e-6))] }), 'r'))).toMatch(/: b hardly learns\.$/);
    expect(said(ratioSentence(run({ parameters: [column(5, size('r.W', 1, 1e-3), size('r.b', 1, 1e-4))] }), 'r'))).not.toMatch(/hardly|fast/);
  });
  it('is not said where nothing was measured or everything is zero', () => {
    expect(ratioSentence(run({}), 'r')).toBeUndefined();
    expect(ratioSentence(run({ parameters: [column(5, size('r.W', 0, 1))] }), 'r')).toBeUndefined();
  });
});

describe('how parameters are spread', () => {
  const wide = { ...size('r.W', 0.25, 0.1), values: spread(-0.9, 0.1, 0.1, 0.1) };
  const data = run({ parameters: [column(20, { ...size('r.W', 0.2, 0.1), values: spread(0.1, 0.1, -0.4, 0.4) }), column(40, wide)], status: { iteration: 50 } });
  it('has one range for all iterations, in pairs of bins', () => {
    const layout = spreadLayout(data, 'r', 'values', axis);
    const [row] = layout?.rows ?? [];
    expect(row).toMatchObject({ exponent: 0, label: 'W', numbers: '±1.00, root mean square 0.25', top: 18 });
    // Largest first: 0.4 in bin 22 of 32 from below, two of 0.1 in bin 17, −0.4 in bin 9.
    expect([...(row?.columns[0] ?? [])].flatMap((share, i) => (share > 0 ? [[31 - i, share]] : []))).toEqual([[22, 0.5], [17, 1], [9, 0.5]]);
  });
  it('leaves few outliers at the edge, and says how many', () => {
    const many = Float32Array.from({ length: 1000 }, (_, i) => (i === 0 ? 0.9 : 0.3 * Math.sin(i)));
    const layout = spreadLayout(run({ parameters: [column(20, { ...size('r.W', 0.2, 0.1), values: spread(...many) })] }), 'r', 'values', axis);
    expect(layout?.rows[0]).toMatchObject({ exponent: -1, numbers: '±0.50 (0.10 % beyond), root mean square 0.20' });
    expect(layout?.rows[0]?.columns[0]?.[0]).toBeGreaterThan(0);
  });
  it('of zeros is said to be so', () => {
    expect(spreadLayout(run({ parameters: [column(20, { ...size('r.b', 0, 0), values: spread(0, 0) })] }), 'r', 'values', axis)?.rows[0]?.numbers).toBe('all 0');
  });
  it('counts the same numbers on every range', () => {
    const own = spread(0.9, 0.1, -0.1, -0.9);
    expect(own.exponent).toBe(0);
    expect([...countsWithin(own, 2, 32).entries()].filter(([, n]) => n > 0)).toEqual([[12, 1], [15, 1], [16, 1], [19, 1]]);
    expect([...countsWithin(own, -1, 32).entries()].filter(([, n]) => n > 0)).toEqual([[0, 1], [12, 1], [19, 1], [31, 1]]);
  });
  it('is painted where there are numbers, and only there', () => {
    const layout = spreadLayout(data, 'r', 'values', axis);
    if (!layout) throw new Error('there is a layout');
    const { magnitude } = palette('dark');
    const image = spreadPixels(layout, magnitude, axis.left, 1);
    const pixel = (x: number, y: number): number[] => [...image.bytes.slice(4 * (y * image.width + x), 4 * (y * image.width + x) + 4)];
    const x = Math.round(placeOf(axis, 20) - axis.left);
    expect([image.width, image.height]).toEqual([Math.round((layout.edges.at(-1) ?? 0) - axis.left), 50]);
    expect(pixel(x, 18 + 31 - 17)).toEqual([...magnitude.slice(765), 255]);
    expect(pixel(x, 18 + 31 - 18)).toEqual([0, 0, 0, 0]);
    expect(pixel(2, 18 + 31 - 17)).toEqual([0, 0, 0, 0]);
  });
  it('says what grew or shrank most', () => {
    expect(said(spreadSentence(data, 'r', 'values'))).toBe('The values of W have grown most since iteration 20: root mean square from 0.20 to 0.25.');
    expect(said(spreadSentence(run({ parameters: [column(1, size('r.W', 1, 0.4)), column(2, size('r.W', 1, 0.1))] }), 'r', 'changes'))).toBe('The updates of W have shrunk most since iteration 1: root mean square from 0.40 to 0.10.');
    expect(said(spreadSentence(run({ parameters: [column(1, size('r.W', 1, 0.4)), column(2, size('r.W', 1.01, 0.1))] }), 'r', 'values'))).toBe('Since iteration 1 no root mean square has changed by 5 %.');
  });
  it('says nothing of one measurement, or of what was zero', () => {
    expect(spreadSentence(run({ parameters: [column(1, size('r.W', 1, 1))] }), 'r', 'values')).toBeUndefined();
    expect(spreadSentence(run({ parameters: [column(1, size('r.W', 0, 1)), column(2, size('r.W', 1, 1))] }), 'r', 'values')).toBeUndefined();
  });
});

describe('saturation', () => {
  const data = run({
    header: { saturation: { sequences: 64, first: 20 } }, status: { iteration: 50 },
    saturation: [saturated(20, { name: 'r.f', low: 0, high: 0.05 }), saturated(40, { name: 'r.f', low: 0.25, high: 0.5 }, { name: 'r.i', low: 0.1, high: 0.1 }, { name: 's.f', low: 0.9, high: 0.05 })],
  });
  it('fills each strip from both sides', () => {
    const layout = saturationLayout(data, 'r', axis);
    expect(layout?.rows.map(({ label, numbers }) => [label, numbers])).toEqual([['f', '50 % in the highest tenth, 25 % in the lowest'], ['i', '10 % in the highest tenth, 10 % in the lowest']]);
    const [f] = layout?.rows ?? [];
    expect(f?.high).toEqual([[placeOf(axis, 20), 18], [placeOf(axis, 20), 18 + 1.6], [placeOf(axis, 40), 34], [placeOf(axis, 40), 18]]);
    expect(f?.low).toEqual([[placeOf(axis, 20), 50], [placeOf(axis, 20), 50], [placeOf(axis, 40), 42], [placeOf(axis, 40), 50]]);
    expect(saturationLayout(run({}), 'r', axis)).toBeUndefined();
  });
  it('says what is saturated most, and since when', () => {
    expect(said(saturationSentence(data, 'r'))).toBe('f is saturated most: 75 % of its numbers (5.0 % at iteration 20).');
    expect(said(saturationSentence(data, 's'))).toBe('f is saturated most: 95 % of its numbers. It is nearly a fixed switch.');
    expect(saturationNote(data)).toContain('64 sequences');
  });
  it('says so when nothing is, and nothing when nothing was measured', () => {
    expect(said(saturationSentence(run({ saturation: [saturated(5, { name: 'r.f', low: 0.02, high: 0.01 })] }), 'r'))).toBe('Nothing in r is saturated for more than 3.0 %.');
    expect(saturationSentence(run({}), 'r')).toBeUndefined();
    expect(saturationSentence(data, 'other')).toBeUndefined();
  });
});

describe('the line beside the pointer', () => {
  const data = run({ parameters: [column(20, size('r.W', 0.5, 1e-3))], saturation: [saturated(20, { name: 'r.f', low: 0.25, high: 0.5 })], status: { iteration: 50 } });
  const at = { iteration: 20, pageX: 0, pageY: 0 };
  it('names the parameter, the iteration and the numbers received', () => {
    expect(detailLine(data, { ...at, picture: 'ratio', row: 'r.W' }, undefined)).toBe('iteration 20 · r.W · changed by 0.20 % · root mean square 0.50, of the change 1.0e−3');
    expect(detailLine(data, { ...at, picture: 'saturation', row: 'r.f' }, undefined)).toBe('iteration 20 · r.f · 50 % in the highest tenth · 25 % in the lowest');
    const layout = spreadLayout(data, 'r', 'values', axis);
    if (!layout) throw new Error('there is a layout');
    expect(spreadAt(layout, 18)).toEqual({ name: 'r.W', bin: 31 });
    expect(detailLine(data, { ...at, picture: 'values', row: 'r.W', y: 18 }, { kind: 'spread', layout })).toBe('iteration 20 · W · 1 of 2 from 0.47 to 0.50 · root mean square 0.50');
  });
  it('is empty where nothing was measured, and left to the other pictures', () => {
    expect(detailLine(data, { ...at, iteration: 21, picture: 'ratio', row: 'r.W' }, undefined)).toBe('');
    expect(detailLine(data, { ...at, picture: 'values' }, undefined)).toBe('');
    expect(detailLine(data, { ...at, picture: 'loss' }, undefined)).toBeUndefined();
  });
});

it('forgets what a run that went back had measured', () => {
  const data = run({ loss: [3, 2, 1], parameters: [column(1, size('r.W', 1, 1)), column(3, size('r.W', 1, 1))], saturation: [saturated(3, { name: 'r.f', low: 0, high: 0 })] });
  const back = withIterations(data, { iteration: Int32Array.of(2), loss: Float64Array.of(2), gradNorm: Float64Array.of(1), clipped: Uint8Array.of(0) });
  expect([back.parameters.map(({ iteration }) => iteration), back.saturation]).toEqual([[1], []]);
});

it('is saved with every number', () => {
  const data = run({ parameters: [column(20, size('r.W', 0.5, 1e-3))], saturation: [saturated(20, { name: 'r.f', low: 0.25, high: 0.5 })] });
  const table = parameterTable(data);
  const [row = []] = [...table.rows];
  expect(row.slice(0, 5)).toEqual([20, 'r.W', 0.5, 1e-3, 0.5]);
  expect([row.length, row.slice(5, 69).reduce<number>((sum, cell) => sum + Number(cell), 0)]).toEqual([table.columns.length, 2]);
  expect([...saturationTable(data).rows]).toEqual([[20, 'r.f', 0.25, 0.5]]);
  expect(header.saturation).toBeUndefined();
});
