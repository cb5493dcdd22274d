// The parameters of a layer side by side: places as numbers, cells as bytes and symbols, what is under the pointer, what the legend says.
import { describe, expect, it } from 'vitest';
import { palette } from '../../../webview/theme/palettes';
import { boundOf, cellOf, cellsOf, domainsOf, matrixAt } from '../../../webview/weights/cells';
import { matrixLayout, moveCell, perCell, placesWithin } from '../../../webview/weights/layout';
import { legendItems } from '../../../webview/weights/legend';
import { matrixPixels, symbol, symbolsOf } from '../../../webview/weights/raster';
import { numbersTable } from '../../../webview/weights/table';
import { data, numbers, tensor, tensors } from './layer-tensors';

const laid = (scale = 1) => {
  const layout = matrixLayout(tensors, 'r', 560, 96, scale);
  if (!layout) throw new Error('there is a layout');
  return layout;
};
const cells = new Map(laid().places.map((place) => [place.tensor.name, cellsOf(place, data.get(place.tensor.name) ?? new Float32Array())]));
const here = (name: string) => cells.get(name);

describe('the places', () => {
  it('hold every parameter of the layer once, a row an equation, kinds above one another', () => {
    const { places } = laid();
    expect(places.map(({ label }) => label)).toEqual(['W_f 2 × 3', 'U_f 2 × 2', 'b_f 2', 'W_n 2 × 3', 'b_n 2']);
    const [w, u, b, wn, bn] = places;
    expect([w?.y === u?.y, u?.y === b?.y, wn?.x === w?.x, bn?.x === b?.x, (wn?.y ?? 0) > (w?.y ?? 0) + (w?.height ?? 0)]).toEqual([true, true, true, true, true]);
    for (const [i, one] of places.entries()) for (const other of places.slice(i + 1)) expect(one.y !== other.y || one.x + one.width <= other.x || other.x + other.width <= one.x).toBe(true);
    expect(domainsOf(tensors, numbers)).toEqual({ bounds: { input: Math.fround(0.6), recurrent: 1, other: 1.5 }, beyond: { input: 0, recurrent: 0, other: 0 } });
  });
  it('are none for a layer without parameters', () => expect(matrixLayout(tensors, 'gone', 560, 96, 1)).toBeUndefined());
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
    const image = matrixPixels(cellsOf(place, Float32Array.of(1, 0, NaN, -1)), 1, signed, false, [9, 8, 7]);
    expect([image.width, image.height]).toEqual([2, 2]);
    expect([...image.bytes]).toEqual([...color(255), ...color(128), 9, 8, 7, 255, ...color(0)]);
    expect([...matrixPixels(cellsOf(place, Float32Array.of(1, 0, NaN, -1)), 1, signed, false, undefined).bytes.slice(8, 12)]).toEqual([0, 0, 0, 0]);
    const root = matrixPixels(cellsOf(place, Float32Array.of(0.25, 0, 0, 0)), 1, signed, true, [9, 8, 7]);
    expect([...root.bytes.slice(0, 4)]).toEqual(color(191));
  });
  it('are read from the numbers, not from the picture', () => {
    const layout = laid();
    const place = layout.places[0];
    if (!place) throw new Error('there is a place');
    expect(matrixAt(layout, here, place.x + place.width * 0.5, place.y + place.height * 0.75)).toEqual({ name: 'r.W_f', row: 1, column: 1, value: -0.5, shared: 1 });
    expect(matrixAt(layout, here, -5, -5)).toBeUndefined();
    expect(matrixAt(layout, () => undefined, place.x + 1, place.y + 1)).toBeUndefined();
  });
  it('are reached by keys, over the edges too', () => {
    const layout = laid();
    const at = (x: number, y: number) => matrixAt(layout, here, x, y);
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

describe('large matrices', () => {
  const wide = [tensor('U', 'h', 'recurrent', 512, 512), tensor('b', 'h', 'other', 512)];
  it('have no cell below a device pixel, and every cell as many of them', () => {
    for (const scale of [1, 1.5, 2]) {
      const layout = matrixLayout(wide, 'r', 560, 128, scale);
      for (const { rows, columns, perRow, perColumn, width, height } of layout?.places ?? []) {
        expect(Math.ceil(rows / perRow)).toBeLessThanOrEqual(height * scale);
        expect(Math.ceil(columns / perColumn)).toBeLessThanOrEqual(width * scale);
      }
      for (const { width, height } of laid(scale).places.slice(0, 1)) expect([(width * scale) % 3, (height * scale) % 2]).toEqual([0, 0]);
    }
  });
  it('are asked for as far as they are in sight', () => {
    const layout = laid();
    const [first, , , below] = layout.places;
    expect(placesWithin(layout, 0, (first?.y ?? 0) + 1).map(({ label }) => label)).toEqual(['W_f 2 × 3', 'U_f 2 × 2', 'b_f 2']);
    expect(placesWithin(layout, (below?.y ?? 0) + 1, 9999).map(({ label }) => label)).toEqual(['W_n 2 × 3', 'b_n 2']);
  });
});

describe('what is not finite', () => {
  const matrix = { name: 'r.U_f', down: 2, across: 2, values: Float32Array.of(NaN, 1, Infinity, -Infinity) };
  it('is a symbol at the middle of its cell, where there is room', () => {
    expect(symbolsOf(matrix, { x: 10, y: 20, width: 20, height: 20 })).toEqual([{ x: 15, y: 25, text: '×' }, { x: 15, y: 35, text: 'I' }, { x: 25, y: 35, text: '−I' }]);
    expect(symbolsOf(matrix, { x: 0, y: 0, width: 20, height: 12 })).toBeUndefined();
    expect([symbol(NaN), symbol(Infinity), symbol(-Infinity)]).toEqual(['×', 'I', '−I']);
  });
});

describe('the legend', () => {
  const bounds = { input: 0.6, recurrent: 1, other: 0 };
  it('says where the colours of each role end, how many lie beyond when some do, and the scale', () => {
    const texts = (root: boolean, width: number) => legendItems(['input', 'recurrent'], bounds, { input: 0, recurrent: 12, other: 0 }, root, width).items.map(({ text }) => text);
    expect(texts(false, 900)).toEqual(['±0.60 from the input', '±1.00 from the old state, 12 beyond', 'blue negative, orange positive', '× NaN, ±I infinite']);
    expect(texts(true, 900)[2]).toContain('√ scale');
  });
  it('goes on in the next line where there is no room', () => {
    const { items, height } = legendItems(['input', 'recurrent', 'other'], bounds, bounds, true, 400);
    expect(items.every(({ x, text, bar }) => x + (bar ? 64 : 0) + text.length * 6.4 <= 400)).toBe(true);
    expect(height).toBeGreaterThan(36);
  });
});

it('is saved with every number', () => {
  const rows = [...numbersTable(tensors.filter(({ layer }) => layer === 'r'), numbers).rows];
  expect(rows.length).toBe(6 + 4 + 2 + 6 + 2);
  expect(rows[5]).toEqual(['r.W_f', 1, 2, Math.fround(0.6)]);
});
