// What the page knows of the run it shows, built from the host's messages.
// Not the drawing state (state.ts). Arrays grow in place; `revision` says that something did.
// Invariant: every number came from the host; what is computed here is averages and the best validation.
import type { HorizonColumn, IterationBatch, ParameterColumn, RunHeader, RunSample, RunSoFar, RunStatus, SaturationColumn, ValidationPoint } from '../../protocol/run';
import { Series } from './series';

export interface RunData {
  readonly header: RunHeader;
  readonly status: RunStatus;
  readonly series: Series;
  readonly validation: readonly ValidationPoint[];
  readonly samples: readonly RunSample[];
  readonly horizon: readonly HorizonColumn[];
  readonly parameters: readonly ParameterColumn[];
  readonly saturation: readonly SaturationColumn[];
  readonly stale: boolean;
  readonly revision: number;
}

export function freshRun(header: RunHeader): RunData {
  const threshold = header.clip?.kind === 'norm' ? header.clip.threshold : undefined;
  return {
    header,
    status: { state: 'starting', sentence: '', iteration: 0 },
    series: new Series(threshold),
    validation: [],
    samples: [],
    horizon: [],
    parameters: [],
    saturation: [],
    stale: false,
    revision: 0,
  };
}

export function runFrom(sent: RunSoFar): RunData {
  const run = freshRun(sent.header);
  run.series.append(sent.iterations);
  return { ...run, status: sent.status, validation: sent.validation, samples: sent.samples, horizon: sent.horizon, parameters: sent.parameters, saturation: sent.saturation, stale: sent.stale };
}

export function withIterations(run: RunData, batch: IterationBatch): RunData {
  const first = batch.iteration[0];
  const last = run.series.length > 0 ? run.series.iteration[run.series.length - 1] : undefined;
  // A validation may arrive before the batch of its iteration; only a step back in the iterations is a rewind.
  const rewound = first !== undefined && last !== undefined && first <= last;
  run.series.append(batch);
  const before = <T extends { readonly iteration: number }>(list: readonly T[]): readonly T[] =>
    rewound ? list.filter(({ iteration }) => iteration < (first ?? 0)) : list;
  return { ...run, validation: before(run.validation), samples: before(run.samples), horizon: before(run.horizon), parameters: before(run.parameters), saturation: before(run.saturation), revision: run.revision + 1 };
}

/** Adds a point in order; one of the same iteration is replaced. */
export function withPoint<T extends { readonly iteration: number }>(list: readonly T[], point: T): readonly T[] {
  return [...list.filter(({ iteration }) => iteration < point.iteration), point];
}

export interface Best {
  readonly iteration: number;
  readonly loss: number;
}

/** The lowest finite validation loss; the first of equals. */
export function bestValidation(points: readonly ValidationPoint[]): Best | undefined {
  let best: Best | undefined;
  for (const { iteration, loss } of points) if (Number.isFinite(loss) && (!best || loss < best.loss)) best = { iteration, loss };
  return best;
}
