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
/** A look costs as much for each parameter as so many rows (sequence × step) of an iteration do, as measured (scripts/prove/statistics.ts), and may take a fiftieth of the time. */
const rowsOfOne = 250;
const largestShare = 0.02;
/** What an iteration costs whatever its size, in rows × parameters. */
const overhead = 7e6;

/** Iterations between two looks, of a run of `total` iterations whose batches have so many rows. */
export function statisticsInterval(total: number, rows: number, parameters: number): number {
  const share = (rowsOfOne * parameters) / (rows * parameters + overhead);
  return Math.max(5, Math.ceil(total / mostColumns), Math.ceil(share / largestShare));
}

export function parameterStatistics(before: Weights, after: Weights): readonly ParameterStatistics[] {
  return [...after].map(([name, { data }]) => {
    const old = before.get(name)?.data;
    const changed = new Float32Array(data.length);
    for (let i = 0; i < data.length; i++) changed[i] = (data[i] as number) - (old?.[i] ?? 0);
    return { name, rms: rms(data), change: rms(changed), values: histogramOf(data), changes: histogramOf(changed) };
  });
}

function rms(data: Float32Array): number {
  let squares = 0;
  for (let i = 0; i < data.length; i++) squares += (data[i] as number) ** 2;
  return Math.sqrt(squares / Math.max(1, data.length));
}
