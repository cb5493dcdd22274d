// Runs a drawing step only when something it is drawn from has changed, so that a hover does not paint the lanes.
// Not state of a view: leaving it out changes nothing but the time a frame takes.

export class WhenChanged {
  private readonly last = new Map<string, readonly unknown[]>();

  run(step: string, from: readonly unknown[], draw: () => void): void {
    if (!this.isDue(step, from)) return;
    this.last.set(step, from);
    draw();
  }

  /** Whether the step would be run. */
  isDue(step: string, from: readonly unknown[]): boolean {
    const before = this.last.get(step);
    return before?.length !== from.length || from.some((part, i) => !Object.is(part, before[i]));
  }
}
