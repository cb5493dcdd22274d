// From a launch configuration to a model with weights and a batch: everything that can be wrong with a call is found here.
// Not the recording and not the training.
// Invariant: throws OperationalError with a sentence that says what to do; what it opened, the caller disposes.
import { OperationalError } from '../../../engine/base/operational-error';
import { batchFromTensors } from '../../../engine/data/batch-file';
import type { DataSource } from '../../../engine/data/data-source';
import { chooseModel } from '../../../engine/ir/compile-model';
import type { Model } from '../../../engine/ir/model';
import type { Program } from '../../../engine/language/program';
import { type Tensor } from '../../../engine/runtime/tensor';
import type { Batch, Weights } from '../../../engine/trace/trace';
import { checkBatch } from '../../../engine/trace/check-batch';
import { type Checkpoint, parametersOf } from '../../../engine/training/checkpoint';
import { loadModel, sourceFinder } from '../../../engine/training/load-model';
import { RunRecord } from '../../../engine/training/run-record';
import { freshWeights } from '../../../engine/weights/initialise';
import { checkWeights } from '../../../engine/weights/weight-check';
import { Arguments } from './arguments';
import type { AdapterHost } from './host';

export interface LaunchOptions {
  readonly program: string;
  readonly model: string | undefined;
  readonly weights: string | undefined;
  readonly run: string | undefined;
  readonly inputs: string | undefined;
  readonly sequence: number;
  readonly backend: string;
  readonly stopOnEntry: boolean;
  readonly pass: 'sequence' | 'train';
  /** Of a run: it is replayed from the checkpoint before it, and stands still in it with the weights it began with. */
  readonly iteration: number | undefined;
}

/** Where the weights come from, and how far they were trained. */
export interface WeightsOrigin {
  readonly weights: Weights;
  readonly iteration: number;
  readonly words: string;
  /** By `<slot>/<param>`; zeros when left out. */
  readonly optimizer?: ReadonlyMap<string, { readonly data: Float32Array }>;
  /** Of a run, from which a training goes on. */
  readonly checkpoint?: Checkpoint;
}

export interface Loaded {
  readonly program: Program;
  readonly model: Model;
  readonly source: DataSource | undefined;
  readonly origin: WeightsOrigin;
  /** Of the run, when the choice is left open: a replay on it gives the same numbers. */
  readonly backend?: string;
  /** The loss that the run's files say the replayed iteration had. */
  readonly recordedLoss?: number;
  /** Problems that do not hinder, printed. */
  readonly notices: readonly string[];
}

export function launchOptions(args: unknown): LaunchOptions {
  const given = new Arguments(args);
  const weights = given.text('weights');
  const run = given.text('run');
  const iteration = given.count('iteration');
  const pass = given.word('pass', ['sequence', 'train']) ?? (iteration === undefined ? 'sequence' : 'train');
  if (weights !== undefined && run !== undefined) throw new OperationalError('bad-launch', 'Weights come from `weights` or from `run`, not from both; leave one out.');
  if (iteration !== undefined && (run === undefined || pass !== 'train' || iteration < 1)) throw new OperationalError('bad-launch', '`iteration`, from 1 on, is one of a training run: name the run\'s folder with `run` and leave `pass` out.');
  return {
    program: given.neededText('program'),
    model: given.text('model'),
    weights, run,
    inputs: given.text('inputs'),
    sequence: given.count('sequence') ?? 0,
    backend: given.word('backend', ['auto', 'cpu', 'wasm', 'webgpu']) ?? 'auto',
    stopOnEntry: given.flag('stopOnEntry') ?? pass === 'sequence',
    pass, iteration,
  };
}

export async function load(options: LaunchOptions, host: AdapterHost): Promise<Loaded> {
  const program = host.loadProgram(options.program);
  const record = options.run === undefined ? undefined : await RunRecord.open(host.runFolder(options.run));
  const chosen = chooseModel(program, options.model ?? record?.description.model);
  if ('diagnostic' in chosen) {
    const how = chosen.diagnostic.code === 'model-ambiguous' ? ' Name it in the launch configuration: "model".' : '';
    throw new OperationalError('bad-launch', `${program.main.file}: ${chosen.diagnostic.message}${how}`);
  }
  const replayed = options.iteration === undefined ? undefined : await replayOf(options.iteration, record, program);
  const settings = Object.entries(record?.description.settings ?? {});
  const { model, source, problems } = await loadModel(program, chosen.model, host.data, settings);
  const find = sourceFinder(program);
  const lines = problems.map(({ code, message, span }) => {
    const position = find(span.file)?.positionAt(span.start);
    return `${span.file}:${position?.line ?? 1}:${position?.column ?? 1} ${code} ${message}`;
  });
  if (model === undefined) throw new OperationalError('broken-model', lines.join('\n'));
  return { program, model, source, notices: lines, origin: await originOf(options, model, record, host), ...replayed };
}

/** Throws OperationalError when the run cannot be replayed to the iteration. */
async function replayOf(iteration: number, record: RunRecord | undefined, program: Program): Promise<Pick<Loaded, 'backend' | 'recordedLoss'>> {
  if (record === undefined) return {};
  const { backend, iterations } = record.description;
  if (iteration > iterations) throw new OperationalError('no-iteration', `The run has ${iterations} iterations; iteration ${iteration} was asked for.`);
  if ((await record.modelText()) !== program.main.source.text) throw new OperationalError('model-changed', `${program.main.file} has changed since this run, so its iterations cannot be replayed. Undo the changes, or train again and debug an iteration of the new run.`);
  const recorded = (await record.events()).find((event) => event.kind === 'iteration' && event.iteration === iteration);
  return { backend: backend.name, ...(recorded?.kind === 'iteration' ? { recordedLoss: recorded.loss } : {}) };
}

async function originOf(options: LaunchOptions, model: Model, record: RunRecord | undefined, host: AdapterHost): Promise<WeightsOrigin> {
  if (options.weights !== undefined) {
    const { tensors, metadata } = await host.readTensors(options.weights);
    const iteration = Number(metadata['iteration'] ?? 0);
    return { weights: checkWeights(model, parametersOf(tensors), options.weights), iteration: Number.isSafeInteger(iteration) ? iteration : 0, words: `weights of ${options.weights}` };
  }
  if (record === undefined) return { weights: freshWeights(model), iteration: 0, words: `fresh weights, seed ${model.train.seed}` };
  const { checkpoint, damaged } = await record.latestCheckpoint(model, options.iteration === undefined ? Infinity : options.iteration - 1);
  if (checkpoint === undefined) return { weights: freshWeights(model), iteration: 0, words: `run ${record.path} before its first checkpoint: fresh weights` };
  const note = damaged.length > 0 ? ` (${damaged.join(', ')} damaged)` : '';
  return { weights: checkpoint.parameters, iteration: checkpoint.iteration, words: `run ${record.path} after iteration ${checkpoint.iteration}${note}`, optimizer: checkpoint.optimizer, checkpoint };
}

/** One sequence as a batch of one row. */
export async function sequenceBatch({ inputs, sequence }: LaunchOptions, { model, source }: Pick<Loaded, 'model' | 'source'>, host: AdapterHost): Promise<Batch> {
  if (inputs !== undefined) {
    const { tensors } = await host.readTensors(inputs);
    const batch = batchFromTensors(tensors, inputs);
    const { batch: rows } = checkBatch(model, batch);
    if (sequence >= rows) throw new OperationalError('no-sequence', `"${inputs}" has ${rows} ${rows === 1 ? 'sequence' : 'sequences'}, from 0; sequence ${sequence} was asked for.`);
    return rowOf(batch, sequence);
  }
  if (source === undefined) throw new OperationalError('no-inputs', `Model ${model.name} declares its input on tensors; name a file in the launch configuration: "inputs".`);
  if (source.validationSequences === 0) throw new OperationalError('no-validation', 'The data have no validation split to take a sequence from; name a file in the launch configuration: "inputs".');
  if (sequence >= source.validationSequences) throw new OperationalError('no-sequence', `The validation split has ${source.validationSequences} sequences, from 0; sequence ${sequence} was asked for.`);
  return source.validationSequence(sequence);
}

export function rowOf(batch: Batch, row: number): Batch {
  const cut = <T extends Tensor>(tensor: T): T => {
    const width = tensor.data.length / (tensor.dims[0] ?? 1);
    return { ...tensor, dims: [1, ...tensor.dims.slice(1)], data: tensor.data.slice(row * width, (row + 1) * width) };
  };
  return {
    x: cut(batch.x),
    y: cut(batch.y),
    ...(batch.mask === undefined ? {} : { mask: cut(batch.mask) }),
    ...(batch.initial === undefined ? {} : { initial: Object.fromEntries(Object.entries(batch.initial).map(([key, tensor]) => [key, cut(tensor)])) }),
  };
}
