// Gathers iterations into batches, so that thousands of them a second are a few messages.
// Not a record: metrics.jsonl is written by the run. Invariant: order is kept; nothing is dropped or rounded.
import type { IterationEvent } from '../../../engine/training/training-events';
import type { IterationBatch } from '../../../protocol/run';

/** Between two messages, in milliseconds: two pictures a second are live enough, and drawing more of them takes the time of the editor beside them. */
const pause = 500;

export class EventBatcher {
  private held: IterationEvent[] = [];
  private last = -Infinity;

  constructor(
    private readonly now: () => number,
    private readonly send: (batch: IterationBatch) => void,
  ) {}

  add(event: IterationEvent): void {
    this.held.push(event);
    if (this.now() - this.last >= pause) this.flush();
  }

  flush(): void {
    this.last = this.now();
    if (this.held.length === 0) return;
    const events = this.held;
    this.held = [];
    this.send(batchOf(events));
  }
}

export function batchOf(events: readonly IterationEvent[]): IterationBatch {
  return {
    iteration: Int32Array.from(events, ({ iteration }) => iteration),
    loss: Float64Array.from(events, ({ loss }) => loss),
    gradNorm: Float64Array.from(events, ({ gradNorm }) => gradNorm),
    clipped: Uint8Array.from(events, ({ clipped }) => (clipped ? 1 : 0)),
  };
}
