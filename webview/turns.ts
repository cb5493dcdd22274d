// Draws blocks in turns, one a frame, so that a frame is never full of them: those that may wait, while a cursor runs or a stretch beyond the edges is made.
// Not a queue: a block is drawn from the newest state when its turn comes, and skips what it has missed.
// Invariant: what must not wait is drawn at once; of the others the one that waited longest comes first, and what is left is told, so that nothing old stays.
import type { WhenChanged } from './when-changed';

export interface Turn {
  readonly block: string;
  /** What it is drawn from. */
  readonly from: readonly unknown[];
  /** What it shows is not wrong while it waits. */
  readonly waits: boolean;
  readonly draw: () => void;
}

/** Milliseconds from one move to the next, below which the cursor runs. */
const running = 200;

export class Turns {
  private readonly drawn = new Map<string, number>();
  private count = 0;
  private movedAt = -Infinity;
  private runs = false;
  private drewWaiting = false;
  private spared = false;

  constructor(private readonly changes: WhenChanged, private readonly now: () => number) {}

  /** To be told of every move of the cursor, before the blocks are drawn for it. */
  moved(): void {
    const now = this.now();
    this.runs = now - this.movedAt < running;
    this.movedAt = now;
  }

  /** The cursor moves on before a block drawn for where it stands has been looked at. */
  get cursorRuns(): boolean {
    return this.runs;
  }

  /** A frame begins: one block that could wait is drawn in it, or none when it is full already; but never none twice in a row. */
  begin(full = false): void {
    this.drewWaiting = full && !this.spared;
    this.spared = this.drewWaiting;
  }

  /** True when blocks are left for the next frame. */
  draw(turns: readonly Turn[]): boolean {
    const due = turns.filter(({ block, from }) => this.changes.isDue(block, from));
    const waiting = due.filter(({ waits }) => waits).sort((a, b) => (this.drawn.get(a.block) ?? 0) - (this.drawn.get(b.block) ?? 0));
    const now = this.drewWaiting ? [] : waiting.slice(0, 1);
    this.drewWaiting ||= now.length > 0;
    for (const turn of [...due.filter(({ waits }) => !waits), ...now]) {
      this.count += 1;
      this.drawn.set(turn.block, this.count);
      this.changes.run(turn.block, turn.from, turn.draw);
    }
    return waiting.length > now.length;
  }
}
