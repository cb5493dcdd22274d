// Runs a drawing step only when something it is drawn from has changed, so that a hover does not paint the lanes.
// Not state of a view: leaving it out changes nothing but the time a frame takes.

/** The same things in the same order. */
export function areSame(one: readonly unknown[] | undefined, other: readonly unknown[]): boolean {
  return one?.length === other.length && other.every((part, i) => Object.is(part, one[i]));
}

export class WhenChanged {
  private readonly last = new Map<string, readonly unknown[]>();

  run(step: string, from: readonly unknown[], draw: () => void): void {
    if (!this.isDue(step, from)) return;
    this.last.set(step, from);
    draw();
  }

  /** Whether the step would be run. */
  isDue(step: string, from: readonly unknown[]): boolean {
    return !areSame(this.last.get(step), from);
  }
}
