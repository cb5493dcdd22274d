// Tasks whose sequences are made as they are needed, without end.
// Not the tasks: adding-source.ts and copy-memory-source.ts make one batch each.
// Invariant: batch n of training, and batch n of the fixed validation set, depend on the seed and n alone; training and validation draw from different streams.
import { Random } from '../base/random';
import type { InputShape, TargetShape } from '../ir/model';
import type { Batch } from '../trace/trace';
import type { DataSource } from './data-source';

export interface GeneratedTask {
  readonly name: string;
  readonly input: InputShape;
  readonly target: TargetShape;
  readonly description: string;
  /** Steps of a sequence. */
  readonly length: number;
  /** So many steps back what the target needs stands at least. */
  readonly neededLag: number;
  make(rows: number, random: Random): Batch;
}

/** What "an epoch" means for data without end. */
const batchesPerEpoch = 100;
/** Sequences of the validation set: the standard error of a mean squared error is then about 4 %. */
const validationSequences = 1000;
const sequencesToLookAt = 100;

export function generatedSource(task: GeneratedTask): DataSource {
  return {
    input: task.input,
    target: task.target,
    description: task.description,
    length: task.length,
    neededLag: task.neededLag,
    validationSequences: sequencesToLookAt,
    validationSequence: (index) => task.make(1, Random.for(index, `${task.name} sequence`)),
    plan: ({ batch, seed }) => ({
      batchesPerEpoch,
      batchAt: ({ epoch, index }) => ({ batch: task.make(batch, Random.for(seed, `${task.name} training ${epoch * batchesPerEpoch + index}`)), continues: false }),
      validationBatches: Math.ceil(validationSequences / batch),
      validationBatch: (index) => ({ batch: task.make(batch, Random.for(seed, `${task.name} validation ${index}`)), continues: false }),
    }),
  };
}
