// Which loss reaches which step: the norms of many losses' gradients at every step, by backward passes with a seed axis.
// Not a picture. Losses are taken in groups, so that memory stays bounded whatever the length; each group is spread over all of them.
// Invariant: row r is exactly the gradient of loss `losses[r]`; what was ended keeps the rows that are complete, and goes on from there.
import type { Model } from '../ir/model';
import type { Trace } from '../trace/trace';
import type { TracePrograms } from '../trace/trace-programs';
import { type Pace, unpaced, within } from './pace';
import { timeOf } from './recorded-step';
import { seededBackward } from './seeded-backward';

/** Numbers a line may hold for each loss that is walked at once: 2 MiB of float32. */
const largestLine = 2 ** 19;
/** Losses walked at once: many cost less each, few are sooner complete. */
const usualRows = 64;

export class LossTriangle {
  /** By `<layer>.<state>`: `[losses, time]`; rows that are not complete are 0. */
  readonly norms = new Map<string, Float32Array>();
  private readonly complete = new Set<number>();
  private readonly groups: readonly (readonly number[])[];

  /** @param losses from 0, ascending. @param atOnce how many are walked at once, at most. */
  constructor(
    private readonly model: Model,
    private readonly trace: Trace,
    private readonly sequence: number,
    readonly losses: readonly number[],
    atOnce = usualRows,
  ) {
    const widest = Math.max(1, ...model.lines.map((line) => line.size));
    const most = Math.min(atOnce, Math.max(4, Math.floor((atOnce * largestLine) / (timeOf(trace) * widest))));
    const count = Math.ceil(losses.length / most);
    // The last loss, where people begin to look, is among the first.
    const last = losses.length - 1;
    this.groups = Array.from({ length: count }, (_, g) => losses.flatMap((__, row) => (row % count === (last + g) % count ? [row] : [])));
  }

  /** Rows that are complete, ascending. */
  get rows(): readonly number[] {
    return [...this.complete].sort((a, b) => a - b);
  }

  /** How much of it is there, 0 … 1. */
  get share(): number {
    return this.losses.length === 0 ? 1 : this.complete.size / this.losses.length;
  }

  /** Computes what is missing. Throws what the pace throws. */
  async fill(programs: TracePrograms, pace: Pace = unpaced): Promise<void> {
    const time = timeOf(this.trace);
    for (const group of this.groups) {
      if (group.every((row) => this.complete.has(row))) continue;
      const losses = group.map((row) => this.losses[row] ?? 0);
      const { states } = await seededBackward(programs, this.model, this.trace, { sequence: this.sequence, losses, pace: within(pace, this.share, this.share + group.length / this.losses.length) });
      for (const [key, { norms }] of states) {
        const all = this.norms.get(key) ?? new Float32Array(this.losses.length * time);
        group.forEach((row, at) => all.set(norms.subarray(at * time, (at + 1) * time), row * time));
        this.norms.set(key, all);
      }
      for (const row of group) this.complete.add(row);
    }
  }
}

export async function lossTriangle(programs: TracePrograms, model: Model, trace: Trace, sequence: number, losses: readonly number[], pace: Pace = unpaced, atOnce = usualRows): Promise<LossTriangle> {
  const triangle = new LossTriangle(model, trace, sequence, losses, atOnce);
  await triangle.fill(programs, pace);
  return triangle;
}
