// Leaves the processor to a person who types: for as long as was asked, an engine rests after every iteration, three times as long as it worked.
// Not a pause: training goes on, a quarter as fast. Invariant: what is computed does not change, only when; no rest is longer than `longest`.

/** Milliseconds; a stop or a pause is heard no later than that. */
const longest = 250;
/** Rest for work: enough for most keys to meet an idle engine. */
const share = 3;

export class StandBack {
  private until = -Infinity;
  private rested = -Infinity;

  constructor(
    private readonly now: () => number,
    private readonly wait: (milliseconds: number) => Promise<void>,
  ) {}

  /** From now on, for so many milliseconds. */
  ask(milliseconds: number): void {
    this.until = Math.max(this.until, this.now() + milliseconds);
  }

  /** Between two iterations. */
  async rest(): Promise<void> {
    const now = this.now();
    if (now < this.until) await this.wait(Math.min(longest, share * (now - this.rested)));
    this.rested = this.now();
  }
}
