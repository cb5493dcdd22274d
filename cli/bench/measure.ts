// Measures one problem on every side in turn, round after round, so that what else the machine does falls on all alike.
// Not a statistics package. Invariant: what is reported is the median over all iterations of all rounds after a warm-up.
import type { Contender } from './contender';

export interface Effort {
  readonly rounds: number;
  /** Milliseconds that one side may take in one round; at least three iterations are run. */
  readonly roundMs: number;
}

export const usualEffort: Effort = { rounds: 7, roundMs: 250 };
export const quickEffort: Effort = { rounds: 1, roundMs: 0 };

/** Medians in milliseconds, by side. */
export async function measure<Side extends string>(sides: ReadonlyMap<Side, Contender>, effort: Effort): Promise<ReadonlyMap<Side, number>> {
  const counts = new Map<Side, number>();
  const times = new Map<Side, number[]>([...sides.keys()].map((side) => [side, []]));
  for (const [side, contender] of sides) {
    const warm = median(await contender.run(3));
    counts.set(side, Math.max(3, Math.min(500, Math.ceil(effort.roundMs / warm))));
  }
  for (let round = 0; round < effort.rounds; round++) {
    for (const [side, contender] of sides) times.get(side)?.push(...(await contender.run(counts.get(side) ?? 3)));
  }
  return new Map([...times].map(([side, each]) => [side, median(each)]));
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
