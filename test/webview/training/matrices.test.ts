// The parameters of a layer side by side: places as numbers, cells as bytes, what is said, what is under the pointer.
import { describe, expect, it } from 'vitest';
import type { ParameterLook, PlacedTensor } from '../../../protocol/run';
import { plain, type Rich } from '../../../webview/rich-text';
import { palette } from '../../../webview/theme/palettes';
import { boundOf, cellOf, matrixAt, matrixLayout, moveCell, perCell } from '../../../webview/training/layout/matrices';
import { lookSentence, matrixNote, matrixSentence } from '../../../webview/training/matrix-sentences';
import { matrixPixels } from '../../../webview/training/raster/matrix';
import { matrixTable } from '../../../webview/training/tables';

const tensor = (name: string, equation: string, role: PlacedTensor['role'], ...shape: number[]): PlacedTensor => ({ name: `r.${name}`, layer: 'r', equation, role, shape });
const tensors = [
  tensor('W_f', 'f', 'input', 2, 3), tensor('U_f', 'f', 'recurrent', 2, 2), tensor('b_f', 'f', 'other', 2), tensor('W_n', 'n', 'input', 2, 3), tensor('b_n', 'n', 'other', 2),
  { ...tensor('W', '', 'input', 4, 2), name: 'y.W', layer: 'y' },
];
const data = new Map([
  ['r.W_f', Float32Array.of(0.1, -0.2, 0.3, 0.4, -0.5, 0.6)], ['r.U_f', Float32Array.of(1, 0, 0, -1)], ['r.b_f', Float32Array.of(1, 1.5)], ['r.W_n', new Float32Array(6)], ['r.b_n', Float32Array.of(0, -0.25)],
]);
const numbers = (name: string): Float32Array | undefined => data.get(name);
const said = (rich: Rich | undefined): string | undefined => rich && plain(rich);
const laid = () => {
  const layout = matrixLayout(tensors, 'r', numbers, 560, 96);
  if (!layout) throw new Error('there is a layout');
  return layout;
};
const look = (change: Partial<ParameterLook> = {}): ParameterLook => ({ id: 1, iteration: 23, from: 20, exact: true, tensors, ...change });

describe('the places', () => {
  it('hold every parameter of the layer once, a row an equation, kinds above one another', () => {
    const { places, domains } = laid();
    expect(places.map(({ label }) => label)).toEqual(['W_f 2 × 3', 'U_f 2 × 2', 'b_f 2', 'W_n 2 × 3', 'b_n 2']);
    const [w, u, b, wn, bn] = places;
    expect([w?.y === u?.y, u?.y === b?.y, wn?.x === w?.x, bn?.x === b?.x, (wn?.y ?? 0) > (w?.y ?? 0) + (w?.height ?? 0)]).toEqual([true, true, true, true, true]);
    for (const [i, one] of places.entries()) for (const other of places.slice(i + 1)) expect(one.y !== other.y || one.x + one.width <= other.x || other.x + other.width <= one.x).toBe(true);
    expect(domains).toBe('±0.60 from the input, ±1.00 from the old state, ±1.50 alone');
    expect(places.map(({ bound }) => Number(bound.toFixed(2)))).toEqual([0.6, 1, 1.5, 0.6, 1.5]);
  });
  it('are none for a layer without parameters', () => expect(matrixLayout(tensors, 'gone', numbers, 560, 96)).toBeUndefined());
  it('have colours that end where nearly all numbers lie', () => {
    expect(boundOf([Float32Array.from({ length: 1000 }, (_, i) => (i === 0 ? -9 : (i % 10) / 10))])).toBe(Math.fround(0.9));
    expect(boundOf([Float32Array.of(NaN, Infinity, -2)])).toBe(2);
    expect(boundOf([])).toBe(0);
  });
});

describe('cells', () => {
  it('that several numbers share show the most extreme, and what is not finite before it', () => {
    const place = { rows: 2, columns: 3 };
    expect(cellOf(place, Float32Array.of(1, -3, 2, 0, 0, 0), [0, 2], [0, 2])).toEqual({ row: 0, column: 1, value: -3 });
    expect(cellOf(place, Float32Array.of(1, -3, 2, 0, NaN, 0), [0, 2], [0, 2])).toEqual({ row: 1, column: 1, value: NaN });
    expect([perCell(64, 64), perCell(65, 64), perCell(512, 96)]).toEqual([1, 2, 8]);
  });
  it('are painted symmetric about zero', () => {
    const { signed } = palette('dark');
    const color = (entry: number): number[] => [...signed.slice(3 * entry, 3 * entry + 3), 255];
    const place = laid().places[1];
    if (!place) throw new Error('there is a place');
    const image = matrixPixels(place, Float32Array.of(1, 0, NaN, -1), signed, false, [9, 8, 7], 1);
    expect([image.width, image.height]).toEqual([2, 2]);
    expect([...image.bytes]).toEqual([...color(255), ...color(128), 9, 8, 7, 255, ...color(0)]);
    const root = matrixPixels(place, Float32Array.of(0.25, 0, 0, 0), signed, true, [9, 8, 7], 1);
    expect([...root.bytes.slice(0, 4)]).toEqual(color(191));
  });
  it('are read from the numbers, not from the picture', () => {
    const layout = laid();
    const place = layout.places[0];
    if (!place) throw new Error('there is a place');
    expect(matrixAt(layout, numbers, place.x + place.width * 0.5, place.y + place.height * 0.75, 1)).toEqual({ name: 'r.W_f', row: 1, column: 1, value: -0.5, shared: 1 });
    expect(matrixAt(layout, numbers, -5, -5, 1)).toBeUndefined();
    expect(matrixAt(layout, () => undefined, place.x + 1, place.y + 1, 1)).toBeUndefined();
  });
  it('are reached by keys, over the edges too', () => {
    const layout = laid();
    const at = (x: number, y: number) => matrixAt(layout, numbers, x, y, 1);
    const [w] = layout.places;
    let place: readonly [number, number] = [(w?.x ?? 0) + 1, (w?.y ?? 0) + 1];
    const walked = [[1, 0], [1, 0], [1, 0], [0, 1], [0, 1]].map(([dx = 0, dy = 0]) => {
      place = moveCell(layout, place, [dx, dy], 1);
      const found = at(...place);
      return `${found?.name}[${found?.row}, ${found?.column}]`;
    });
    expect(walked.slice(0, 4)).toEqual(['r.W_f[0, 1]', 'r.W_f[0, 2]', 'r.U_f[0, 0]', 'r.U_f[1, 0]']);
  });
});

describe('what is said', () => {
  it('names the largest number and its place', () => {
    expect(said(matrixSentence(look(), 'r', 'value', numbers))).toBe('The largest value is 1.50, in b_f, unit 1.');
    expect(said(matrixSentence(look(), 'r', 'update', (name) => (name === 'r.U_f' ? Float32Array.of(0, 0, 0, -1) : undefined)))).toBe('The largest update is −1.00, in U_f, row 1, column 1.');
  });
  it('names first what is not finite, then what gets no gradient', () => {
    expect(said(matrixSentence(look(), 'r', 'gradient', (name) => (name === 'r.b_f' ? Float32Array.of(NaN, 1) : undefined)))).toBe('1 numbers of b_f are not finite.');
    expect(said(matrixSentence(look(), 'r', 'gradient', numbers))).toBe('W_n has no gradient: all of it is 0.');
  });
  it('is nothing before the numbers are here, or when all are zero', () => {
    expect(matrixSentence(look(), 'r', 'value', () => undefined)).toBeUndefined();
    expect(matrixSentence(look(), 'r', 'value', (name) => (name === 'r.b_f' ? new Float32Array(2) : undefined))).toBeUndefined();
  });
  it('tells where the numbers come from', () => {
    expect(said(lookSentence(look()))).toBe('After iteration 23, replayed from the checkpoint after iteration 20.');
    expect(said(lookSentence(look({ from: 0, exact: false })))).toBe('After iteration 23, replayed from the beginning; its loss differs from the recorded one in the last digits.');
    expect(said(lookSentence(look({ iteration: 0 })))).toMatch(/^Before the first iteration/);
    expect(matrixNote('value', '±1')).not.toContain('square root');
    expect(matrixNote('gradient', '±1')).toContain('raising the value raises the loss');
  });
});

it('is saved with every number', () => {
  const rows = [...matrixTable(laid(), numbers).rows];
  expect(rows.length).toBe(6 + 4 + 2 + 6 + 2);
  expect(rows[5]).toEqual(['r.W_f', 1, 2, Math.fround(0.6)]);
});
