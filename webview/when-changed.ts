// Runs a drawing step only when something it is drawn from has changed, so that a hover does not paint the lanes.
// Not state of a view: leaving it out changes nothing but the time a frame takes.

export class WhenChanged {
  private readonly last = new Map<string, readonly unknown[]>();

  run(step: string, from: readonly unknown[], draw: () => void): void {
    const before = this.last.get(step);
    if (before?.length === from.length && from.every((part, i) => Object.is(part, before[i]))) return;
    this.last.set(step, from);
    draw();
  }
}
