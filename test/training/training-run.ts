// Starts and resumes trainings of the fake program on a short text, as a host would.
// Not a test.
import type { DataSource } from '../../engine/data/data-source';
import { freshWeights } from '../../engine/weights/initialise';
import type { Model } from '../../engine/ir/model';
import { RunRecord } from '../../engine/training/run-record';
import type { RunDescription } from '../../engine/training/run-description';
import type { RunStorage } from '../../engine/training/run-storage';
import { TrainingControl } from '../../engine/training/training-control';
import { type TrainingOutcome, type TrainingSetup, plannedIterations, train } from '../../engine/training/trainer';
import { dataSpec, opened } from '../data/memory-files';
import { FakeProgram, fakeModel } from './fake-program';

export const backend = { name: 'cpu', threads: 1 };

export function source(): Promise<DataSource> {
  return opened(dataSpec('text', ['t.txt'], { length: 4 }), { 't.txt': Array.from({ length: 120 }, (_, i) => 'abc'.charAt((i * i + (i >> 2)) % 3)).join('') });
}

export function description(model: Model, iterations: number): RunDescription {
  return {
    format: 1, model: model.name, file: model.file, data: 'text', backend: { ...backend, description: 'fake' }, seed: model.train.seed, settings: {},
    iterations, batchesPerEpoch: 13, started: '2026-01-01T00:00:00.000Z', status: 'running', iteration: 0,
  };
}

export interface RunOptions {
  readonly model?: Model;
  readonly resume?: boolean;
  /** Asked for stop when this iteration's event arrives. */
  readonly stopAt?: number;
  /** Stops when so many breaths were taken. */
  readonly stopAtBreath?: number;
  readonly brokenAt?: number;
  readonly setup?: Partial<TrainingSetup>;
}

export async function run(storage: RunStorage, options: RunOptions = {}): Promise<TrainingOutcome & { readonly program: FakeProgram }> {
  const model = options.model ?? fakeModel({ iterations: 23 });
  const data = await source();
  const plan = data.plan({ batch: 2, carry: true, seed: model.train.seed });
  const described = description(model, plannedIterations(model, plan));
  const control = new TrainingControl();
  const program = new FakeProgram(freshWeights(model));
  program.brokenAt = options.brokenAt ?? Infinity;
  let breaths = 0;
  const setup: TrainingSetup = {
    model, program, plan, backend, control, validateEvery: 5, statistics: true, statisticsEvery: 3,
    ...(data.vocabulary ? { vocabulary: data.vocabulary } : {}),
    onEvent: (event) => {
      if (event.kind === 'iteration' && event.iteration === options.stopAt) control.stop();
    },
    breathe: () => {
      if (++breaths === options.stopAtBreath) control.stop();
      return Promise.resolve();
    },
    ...options.setup,
  };
  if (options.resume !== true) return { ...(await train({ ...setup, record: await RunRecord.create(storage, described, new Map([['model.rnn', 'model Small']])) })), program };
  const record = await RunRecord.open(storage);
  const { checkpoint } = await record.latestCheckpoint(model);
  await record.resumeFrom(checkpoint, { ...record.description, status: 'running' });
  return { ...(await train({ ...setup, record, ...(checkpoint ? { resumeFrom: checkpoint } : {}) })), program };
}
