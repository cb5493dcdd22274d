// What a `data` line opens: the shapes of a network's input and target, and batches by position.
// Not a file and not a loop: files come in through data-files.ts, ../training walks through the positions.
// Invariant: a batch is a function of the settings and its position alone, so a run resumes anywhere with exactly the batches it would have had.
import type { InputShape, TargetShape } from '../ir/model';
import type { Batch } from '../trace/trace';

export interface DataSource {
  readonly input: InputShape;
  readonly target: TargetShape;
  /** For people, one line: "1 115 394 characters, 65 different; windows of 64". */
  readonly description: string;
  /** Text of each token id, for sources of tokens that are text. */
  readonly vocabulary?: readonly string[];
  /** Steps of the longest sequence. */
  readonly length: number;
  /** So many steps back what a prediction needs stands at least, where the task says so. */
  readonly neededLag?: number;
  /** Sequences of the validation split, for looking at one by one. */
  readonly validationSequences: number;
  /** One sequence of the validation split, as a batch of one row; index from 0. */
  validationSequence(index: number): Batch;
  /** Throws OperationalError `data-too-short` when the data do not fill the rows asked for. */
  plan(settings: BatchSettings): BatchPlan;
}

export interface BatchSettings {
  readonly batch: number;
  /** Rows continue from batch to batch, so that the state may be carried. */
  readonly carry: boolean;
  readonly seed: number;
}

/** Both from 0; plain data, saved in checkpoints. */
export interface DataPosition {
  readonly epoch: number;
  readonly index: number;
}

export interface PlannedBatch {
  readonly batch: Batch;
  /** Every row goes on where the same row of the batch before it ended. */
  readonly continues: boolean;
}

export interface BatchPlan {
  /** At least 1. Generated tasks never end; their epoch is a round number of batches. */
  readonly batchesPerEpoch: number;
  batchAt(position: DataPosition): PlannedBatch;
  /** 0 when there is no validation split. The same batches whatever the epoch. */
  readonly validationBatches: number;
  validationBatch(index: number): PlannedBatch;
}

export const firstPosition: DataPosition = { epoch: 0, index: 0 };

export function positionAfter(position: DataPosition, plan: BatchPlan): DataPosition {
  const index = position.index + 1;
  return index < plan.batchesPerEpoch ? { epoch: position.epoch, index } : { epoch: position.epoch + 1, index: 0 };
}
