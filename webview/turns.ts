// Draws blocks in turns while a cursor runs, one a frame, so that a frame is never full of them; all at once when it had stood before.
// Not a queue: a block is drawn from the newest state when its turn comes, and skips what it has missed.
// Invariant: the block that waited longest comes first, and what is left is told, so that nothing old stays once the cursor stands.
import type { WhenChanged } from './when-changed';

export interface Turn {
  readonly block: string;
  /** What it is drawn from. */
  readonly from: readonly unknown[];
  readonly draw: () => void;
}

/** Milliseconds from one move to the next, below which the cursor runs. */
const running = 200;

export class Turns {
  private readonly drawn = new Map<string, number>();
  private count = 0;
  private movedAt = -Infinity;
  private runs = false;

  constructor(private readonly changes: WhenChanged, private readonly now: () => number) {}

  /** To be told of every move of the cursor, before the blocks are drawn for it. */
  moved(): void {
    const now = this.now();
    this.runs = now - this.movedAt < running;
    this.movedAt = now;
  }

  /** True when blocks are left for the next frame. */
  draw(turns: readonly Turn[]): boolean {
    const due = turns.filter(({ block, from }) => this.changes.isDue(block, from));
    if (this.runs) due.sort((a, b) => (this.drawn.get(a.block) ?? 0) - (this.drawn.get(b.block) ?? 0));
    const shown = this.runs ? due.slice(0, 1) : due;
    for (const { block, from, draw } of shown) {
      this.count += 1;
      this.drawn.set(block, this.count);
      this.changes.run(block, from, draw);
    }
    return due.length > shown.length;
  }
}
