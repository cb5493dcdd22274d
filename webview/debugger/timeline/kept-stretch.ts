// Remembers over which stretch of time each part of the timeline was last drawn: while that holds what is seen, the part need not be drawn at once.
// Not the stretch itself (layout.ts) and no marks.
import { areSame } from '../../when-changed';
import type { TimelineLayout } from './layout';

interface Kept {
  readonly from: readonly unknown[];
  readonly first: number;
  readonly end: number;
}

export class KeptStretches {
  private readonly kept = new Map<string, Kept>();

  /** Whether a part, drawn last from the same things, holds all that is seen. */
  holds(part: string, from: readonly unknown[], seen: Pick<TimelineLayout, 'first' | 'visible'>): boolean {
    const last = this.kept.get(part);
    return last !== undefined && last.first <= seen.first && last.end >= seen.first + seen.visible && areSame(last.from, from);
  }

  drew(part: string, from: readonly unknown[], stretch: Pick<TimelineLayout, 'first' | 'visible'>): void {
    this.kept.set(part, { from, first: stretch.first, end: stretch.first + stretch.visible });
  }
}
