// Which loss reaches which step: the norms of many losses' gradients at every step, by backward passes with a seed axis.
// Not a picture. Losses are taken in groups, so that memory stays bounded whatever the length.
// Invariant: row r is exactly the gradient of loss `losses[r]`; the groups are of one size, so that one program does all.
import { defined } from '../base/invariant';
import type { Model } from '../ir/model';
import type { Trace } from '../trace/trace';
import type { TracePrograms } from '../trace/trace-programs';
import { type Pace, unpaced, within } from './pace';
import { timeOf } from './recorded-step';
import { seededBackward } from './seeded-backward';

/** 64 MiB of float32 for the widest line. */
const largestGroup = 2 ** 24;
const mostRows = 64;

export interface LossTriangle {
  /** From 0. */
  readonly losses: readonly number[];
  /** By `<layer>.<state>`: `[losses, time]`. */
  readonly norms: ReadonlyMap<string, Float32Array>;
}

export async function lossTriangle(programs: TracePrograms, model: Model, trace: Trace, sequence: number, losses: readonly number[], pace: Pace = unpaced): Promise<LossTriangle> {
  const time = timeOf(trace);
  const widest = Math.max(1, ...model.lines.map((line) => line.size));
  const rows = Math.max(1, Math.min(losses.length, mostRows, Math.max(4, Math.floor(largestGroup / (time * widest)))));
  const norms = new Map<string, Float32Array>();
  for (let first = 0; first < losses.length; first += rows) {
    const group = Array.from({ length: rows }, (_, r) => losses[first + r] ?? defined(losses[losses.length - 1], 'there is a loss'));
    const seeded = await seededBackward(programs, model, trace, { sequence, losses: group, pace: within(pace, first / losses.length, Math.min(1, (first + rows) / losses.length)) });
    const count = Math.min(rows, losses.length - first);
    for (const [key, state] of seeded.states) {
      const all = norms.get(key) ?? new Float32Array(losses.length * time);
      all.set(state.norms.subarray(0, count * time), first * time);
      norms.set(key, all);
    }
  }
  return { losses, norms };
}
