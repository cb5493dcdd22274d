// Begins a run's folder, or takes one up again from its newest checkpoint.
// Not the folder's meaning (run-record.ts) and not the choice of the folder.
// Invariant: what a person should know of a resumed run comes back as sentences, never silently.
import { OperationalError } from '../base/operational-error';
import type { DataSource } from '../data/data-source';
import type { Model } from '../ir/model';
import type { Program } from '../language/program';
import { optimizerSlots } from '../onnx/training-graph';
import { type Checkpoint, checkOptimizer } from './checkpoint';
import type { RunDescription } from './run-description';
import { RunRecord, modelFile } from './run-record';
import type { RunStorage } from './run-storage';

export interface Planned {
  readonly backend: RunDescription['backend'];
  /** Settings put over the text's. */
  readonly settings: Readonly<Record<string, string>>;
  /** Planned, and per epoch. */
  readonly iterations: number;
  readonly batchesPerEpoch: number;
  /** ISO 8601. */
  readonly started: string;
}

/** What `run.json` says of a run that begins. */
export function describeRun(program: Program, model: Model, source: DataSource, planned: Planned): RunDescription {
  return {
    format: 1,
    model: model.name,
    file: program.main.file,
    data: source.description,
    ...(source.vocabulary === undefined ? {} : { vocabulary: source.vocabulary }),
    ...planned,
    seed: model.train.seed,
    status: 'running',
    iteration: 0,
  };
}

export interface OpenedRecord {
  readonly record: RunRecord;
  /** Where it goes on from; undefined = from the beginning. */
  readonly resumeFrom?: Checkpoint;
  readonly notices: readonly string[];
}

/** Begins a run. @throws OperationalError `run-exists` */
export async function beginRecord(storage: RunStorage, description: RunDescription, program: Program): Promise<OpenedRecord> {
  const imports = program.documents.slice(1).map((document) => [`imports/${document.file.replace(/^.*[/\\]/, '')}`, document.source.text] as const);
  return { record: await RunRecord.create(storage, description, new Map([[modelFile, program.main.source.text], ...imports])), notices: [] };
}

/**
 * Takes a run up again; metrics and checkpoints after its newest sound checkpoint are removed. A run that cannot go on is left as it is.
 * @throws OperationalError `run-missing`, `bad-run`, `run-of-another-model`, `run-of-other-data`, `checkpoint-missing`, `weights-mismatch`, `checkpoint-optimizer`
 */
export async function resumeRecord(storage: RunStorage, description: RunDescription, program: Program, model: Model): Promise<OpenedRecord> {
  const record = await RunRecord.open(storage);
  const before = record.description;
  if (before.model !== model.name) throw new OperationalError('run-of-another-model', `"${storage.path}" holds a run of model ${before.model}, not of ${model.name}; name ${before.model} or another folder.`);
  if (before.vocabulary !== undefined && before.vocabulary.join('\0') !== description.vocabulary?.join('\0')) {
    throw new OperationalError('run-of-other-data', `"${storage.path}" holds a run on data with other characters (${before.data}); give it its data back, or begin a new run from its weights.`);
  }
  const notices: string[] = [];
  if (before.data !== description.data) notices.push(`The data have changed since this run began (${before.data}); the run goes on with them as they are now.`);
  if ((await record.modelText()) !== program.main.source.text) notices.push(`${program.main.file} has changed since this run began; the run goes on with it as it is now.`);
  const { backend } = description;
  if (before.backend.name !== backend.name || before.backend.threads !== backend.threads) {
    notices.push(`This run began on backend ${before.backend.name} with ${before.backend.threads} thread(s); on ${backend.name} with ${backend.threads} its numbers go on slightly differently.`);
  }
  const { checkpoint, damaged } = await record.latestCheckpoint(model);
  for (const name of damaged) notices.push(`${storage.path}/${name} is damaged; the run goes on from the checkpoint before it.`);
  if (checkpoint) checkOptimizer(new Map(optimizerSlots(model).flatMap((slot) => [...checkpoint.parameters].map(([name, tensor]) => [`${slot}/${name}`, tensor] as const))), checkpoint);
  await record.resumeFrom(checkpoint, { ...description, started: before.started });
  return { record, notices, ...(checkpoint === undefined ? {} : { resumeFrom: checkpoint }) };
}
