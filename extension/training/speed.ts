// Iterations a second over the last moments.
// Not a clock: times come in. Invariant: unknown until a second's worth was seen; forgotten over a pause.

/** Milliseconds that count. */
const window = 5000;
const least = 500;

export class Speed {
  private readonly seen: { readonly time: number; readonly iteration: number }[] = [];

  add(time: number, iteration: number): void {
    this.seen.push({ time, iteration });
    while ((this.seen[0]?.time ?? time) < time - window) this.seen.shift();
  }

  forget(): void {
    this.seen.length = 0;
  }

  get perSecond(): number | undefined {
    const [first] = this.seen;
    const last = this.seen.at(-1);
    if (first === undefined || last === undefined || last.time - first.time < least) return undefined;
    return (1000 * (last.iteration - first.iteration)) / (last.time - first.time);
  }
}
