// Symbols of values that are not finite: their places and texts, ticks where there is no room, nothing over masked steps.
import { describe, expect, it } from 'vitest';
import { brokenCells, holdsSymbols, symbolOf } from '../../../webview/debugger/lanes/broken-cells';
import type { LaneValues } from '../../../webview/debugger/lanes/raster';
import { rowsOf } from '../../../webview/debugger/lanes/rows';
import { timelineLayout } from '../../../webview/debugger/timeline/layout';

const steps = 4;
const lane = (units: number, ...broken: readonly (readonly [step: number, unit: number, value: number])[]): LaneValues => {
  const values = new Float32Array(steps * units).fill(0.5);
  for (const [step, unit, value] of broken) values[step * units + unit] = value;
  return { values, steps, units, have: new Uint8Array(steps).fill(1) };
};
const layout = timelineLayout({ pageWidth: 600, steps, layer: undefined, pass: 'forward', first: 0, hasPredictions: false, picked: 0 });
const block = { y: 100, height: 32 };
const all = Uint8Array.of(1, 1, 1, 1);
const middle = (step: number): number => layout.left + (step - 0.5) * layout.column;

describe('values that are not finite', () => {
  it('are × for NaN, I and −I for infinite', () => {
    expect([NaN, Infinity, -Infinity].map(symbolOf)).toEqual(['×', 'I', '−I']);
  });

  it('are written in their cells where rows are high enough, in the order of the rows', () => {
    const order = rowsOf([3, 2, 1, 0], 1);
    expect(brokenCells(lane(4, [1, 3, NaN], [2, 0, -Infinity]), all, block, layout, order)).toEqual({ signs: [{ x: middle(2), y: 108, text: '×' }, { x: middle(3), y: 132, text: '−I' }], ticks: [] });
    expect(brokenCells(lane(4), all, block, layout, order)).toEqual({ signs: [], ticks: [] });
    expect([holdsSymbols(4, 32, 12), holdsSymbols(5, 32, 12), holdsSymbols(4, 32, 6)]).toEqual([true, false, false]);
  });

  it('are a tick over the step where rows are too low, and three symbols where nothing of a step is finite', () => {
    const order = rowsOf(Array.from({ length: 8 }, (_, unit) => unit), 1);
    const whole = Array.from({ length: 8 }, (_, unit) => [3, unit, unit < 4 ? Infinity : NaN] as const);
    expect(brokenCells(lane(8, [1, 3, NaN], ...whole), all, block, layout, order)).toEqual({
      signs: [{ x: middle(4), y: 112, text: 'I' }, { x: middle(4), y: 120, text: '×' }, { x: middle(4), y: 128, text: '×' }], ticks: [{ x: layout.left + layout.column, y: 97 }],
    });
  });

  it('have no symbol in a masked step', () => {
    expect(brokenCells(lane(4, [1, 3, NaN]), Uint8Array.of(1, 0, 1, 1), block, layout, rowsOf([0, 1, 2, 3], 1))).toEqual({ signs: [], ticks: [] });
  });
});
