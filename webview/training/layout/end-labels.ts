// Words beside the yellow line: directly right of it, or left of it when the rest of the axis is too short.
// Not drawing. Left of the line they stand above what is drawn there, so that they never lie on the curve.
import { pushApart } from '../../picture/push-apart';

export interface LabelWish {
  readonly key: string;
  readonly text: string;
  /** Where the value it names is drawn. */
  readonly y: number;
}

export interface EndLabel {
  readonly key: string;
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly anchor: 'start' | 'end';
}

/**
 * @param now pixel of the yellow line
 * @param room width the labels need
 * @param ceiling the highest mark (smallest y) in the stretch left of the line that the labels would cover
 */
export function endLabels(wishes: readonly LabelWish[], now: number, room: number, plot: { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number }, ceiling: number, gap = 17): EndLabel[] {
  if (wishes.length === 0) return [];
  if (plot.right - now >= room) {
    const places = pushApart(wishes.map(({ y }) => y), gap, plot.top + 8, plot.bottom - 4);
    return wishes.map(({ key, text }, i) => ({ key, text, x: now + 10, y: places[i] ?? 0, anchor: 'start' }));
  }
  // As a block, in the order of their values, resting above the curve.
  const order = [...wishes].sort((a, b) => a.y - b.y);
  const block = (order.length - 1) * gap;
  const lowest = Math.max(plot.top + 10 + block, Math.min(ceiling - 12, plot.bottom - 6));
  return order.map(({ key, text }, i) => ({ key, text, x: now - 10, y: lowest - block + i * gap, anchor: 'end' }));
}
