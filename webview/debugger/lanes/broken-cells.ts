// Where a lane's values are not finite, as symbols: × NaN, I and −I infinite, in the cell where there is room, three in a step that is wholly so.
// Not the red cells of narrow rows (raster.ts) and not drawing: places and texts. Masked steps have no symbols.
// Invariant: every step with a value that is not finite has a mark: a symbol, or a tick at the lane's upper edge.
import { type Block, stepX, type TimelineLayout } from '../timeline/layout';
import { knownBrokenSteps, type LaneValues } from './raster';
import { rowValue } from './rows';

/** A symbol is read from this height of a row and this width of a step on. */
export const roomForSymbol = 7;

export interface BrokenCells {
  readonly signs: readonly { readonly x: number; readonly y: number; readonly text: string }[];
  /** Over steps of which some values are not finite, when their rows are too low for symbols. */
  readonly ticks: readonly { readonly x: number; readonly y: number }[];
}

/** Rows of the lane hold symbols, so their cells stay empty. */
export function holdsSymbols(rows: number, height: number, column: number): boolean {
  return rows > 0 && height / rows >= roomForSymbol && column >= roomForSymbol;
}

export function symbolOf(value: number): string {
  return Number.isNaN(value) ? '×' : value > 0 ? 'I' : '−I';
}

/** `rows`: the units of each row, from the top. */
export function brokenCells(lane: LaneValues, valid: Uint8Array, { y, height }: Block, layout: TimelineLayout, rows: readonly (readonly number[])[]): BrokenCells {
  const { whole, some } = knownBrokenSteps(lane, valid);
  const seen = (step: number): boolean => step >= layout.first && step < layout.first + layout.visible;
  const middle = (step: number): number => stepX(layout, step + 1) + layout.column / 2;
  const valueAt = (step: number, row: number): number => rowValue(lane.values, step * lane.units, rows[row] ?? [], 'extreme');
  // A letter's middle lies four pixels over its line.
  const signs = whole.filter(seen).flatMap((step) => [0.25, 0.5, 0.75].map((part) => ({ x: middle(step), y: y + height * part + 4, text: symbolOf(valueAt(step, Math.floor(part * rows.length))) })));
  const partly = [...some.keys()].filter(seen);
  if (!holdsSymbols(rows.length, height, layout.column)) return { signs, ticks: partly.map((step) => ({ x: stepX(layout, step + 1), y: y - 3 })) };
  const inCells = partly.flatMap((step) => rows.flatMap((_, row) => {
    const value = valueAt(step, row);
    return Number.isFinite(value) ? [] : [{ x: middle(step), y: y + ((row + 0.5) / rows.length) * height + 4, text: symbolOf(value) }];
  }));
  return { signs: [...signs, ...inCells], ticks: [] };
}
