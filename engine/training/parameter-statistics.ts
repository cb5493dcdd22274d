// What one iteration did to every parameter: its size, how much it was changed, and how both are spread.
// Not the numbers themselves (checkpoint.ts keeps those). Nothing is changed by looking.
// Invariant: sizes are root mean squares in float64, so that parameters of different shapes can be compared.
import type { Weights } from '../trace/trace';
import { type Histogram, histogramOf } from './histogram';

export interface ParameterStatistics {
  /** `r1.W_i`. */
  readonly name: string;
  /** Root mean square after the iteration, and of what the iteration changed. */
  readonly rms: number;
  readonly change: number;
  readonly values: Histogram;
  readonly changes: Histogram;
}

/** Measurements of a run: enough for every pixel of a narrow page. */
const mostColumns = 240;
/** Looking at a parameter costs about as much as 40 rows (sequence × step) of an iteration, and may take a fiftieth of the time. */
const rowsOfOne = 40;
const largestShare = 0.02;

/** Iterations between two measurements, of a run of `total` whose batches have so many rows. */
export function statisticsInterval(total: number, rows: number): number {
  return Math.max(5, Math.ceil(total / mostColumns), Math.ceil(rowsOfOne / largestShare / Math.max(1, rows)));
}

export function parameterStatistics(before: Weights, after: Weights): readonly ParameterStatistics[] {
  return [...after].map(([name, { data }]) => {
    const old = before.get(name)?.data;
    const changed = data.map((value, i) => value - (old?.[i] ?? 0));
    return { name, rms: rms(data), change: rms(changed), values: histogramOf(data), changes: histogramOf(changed) };
  });
}

function rms(data: Float32Array): number {
  let squares = 0;
  for (const value of data) squares += value * value;
  return Math.sqrt(squares / Math.max(1, data.length));
}
