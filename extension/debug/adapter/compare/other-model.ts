// What a session is compared with, read: another run's model and weights, a weights file, a recorded trace, or fresh weights.
// Not the recording of it (comparisons.ts) and not forks, which are recorded already.
// Invariant: it reads the session's own sequence; what cannot is refused with one sentence that says why.
import { OperationalError } from '../../../../engine/base/operational-error';
import type { DataSource } from '../../../../engine/data/data-source';
import { chooseModel, compileModel } from '../../../../engine/ir/compile-model';
import type { InputShape, Model, TargetShape } from '../../../../engine/ir/model';
import { applySettings } from '../../../../engine/ir/overrides';
import { loadProgram, type Program } from '../../../../engine/language/program';
import { decodeUtf8 } from '../../../../engine/base/utf8';
import { type Checkpoint, parametersOf, readCheckpoint } from '../../../../engine/training/checkpoint';
import { checkpointFolder, checkpointName, RunRecord } from '../../../../engine/training/run-record';
import type { RunStorage } from '../../../../engine/training/run-storage';
import { holdsTrace } from '../../../../engine/trace/recorded-trace';
import type { Weights } from '../../../../engine/trace/trace';
import type { TensorFile } from '../../../../engine/weights/safetensors';
import { freshWeights } from '../../../../engine/weights/initialise';
import { checkWeights } from '../../../../engine/weights/weight-check';
import type { CompareWith } from '../../../../protocol/comparison';
import type { AdapterHost } from '../host';
import type { Loaded } from '../launch';

export interface OtherModel {
  readonly program: Program;
  readonly model: Model;
  readonly weights: Weights;
  /** Undefined for a file that does not say. */
  readonly iteration: number | undefined;
  /** For example `run 20260101-120000-Poem after iteration 500`. */
  readonly words: string;
  /** Recorded already, in a file, over one sequence; its weights are not known. */
  readonly recorded?: TensorFile;
}

export type OtherThanFork = Exclude<CompareWith, { readonly kind: 'fork' }>;

/** Throws OperationalError: `other-sequence` when it cannot read the session's, and what reading files throws. */
export async function loadOther(what: OtherThanFork, { program, model, source }: Loaded, host: AdapterHost): Promise<OtherModel> {
  switch (what.kind) {
    case 'fresh':
      return { program, model, weights: freshWeights(model), iteration: 0, words: `fresh weights, seed ${model.train.seed}` };
    case 'weights': {
      const file = await host.readTensors(what.path);
      const { tensors, metadata } = file;
      if (holdsTrace(file)) return { program, model, weights: new Map(), iteration: undefined, words: `trace ${baseName(what.path)}`, recorded: file };
      const iteration = Number(metadata['iteration'] ?? NaN);
      return { program, model, weights: checkWeights(model, parametersOf(tensors), what.path), iteration: Number.isSafeInteger(iteration) ? iteration : undefined, words: `weights of ${baseName(what.path)}` };
    }
    case 'run':
      return ofRun(what.path, what.iteration, model, source, host);
  }
}

async function ofRun(path: string, iteration: number | undefined, own: Model, source: DataSource | undefined, host: AdapterHost): Promise<OtherModel> {
  const storage = host.runFolder(path);
  const record = await RunRecord.open(storage);
  const { description } = record;
  const fault = vocabularyFault(source?.vocabulary, description.vocabulary);
  if (fault !== undefined) throw otherSequence(path, fault);
  const text = await record.modelText();
  if (text === undefined) throw new OperationalError('bad-run', `"${path}" has no copy of its model; name a folder that a training wrote.`);
  const imports = await importsOf(storage);
  const program = loadProgram(description.file, text, (name) => imports.get(baseName(name)));
  const chosen = chooseModel(program, description.model);
  if ('diagnostic' in chosen) throw new OperationalError('bad-run', `The model of "${path}" cannot be read: ${chosen.diagnostic.message}`);
  const overrides = applySettings(program, chosen.model, Object.entries(description.settings));
  const { model, diagnostics } = compileModel(program, { model: description.model, overrides, input: own.input, target: own.target });
  if (model === undefined) throw otherSequence(path, diagnostics.find(({ severity }) => severity === 'error')?.message ?? 'its model does not fit');
  const shapes = shapeFault(own, model);
  if (shapes !== undefined) throw otherSequence(path, shapes);
  const checkpoint = await checkpointOf(record, storage, model, iteration, path);
  if (checkpoint === undefined) return { program, model, weights: freshWeights(model), iteration: 0, words: `run ${baseName(path)} before its first checkpoint` };
  return { program, model, weights: checkpoint.parameters, iteration: checkpoint.iteration, words: `run ${baseName(path)} after iteration ${checkpoint.iteration}` };
}

async function checkpointOf(record: RunRecord, storage: RunStorage, model: Model, iteration: number | undefined, path: string): Promise<Checkpoint | undefined> {
  try {
    if (iteration === undefined) return (await record.latestCheckpoint(model)).checkpoint;
    const name = `${checkpointFolder}/${checkpointName(iteration)}`;
    const bytes = await storage.read(name);
    if (bytes === undefined) throw new OperationalError('checkpoint-missing', `"${path}" keeps no checkpoint of iteration ${iteration}; older ones are removed. Choose one that it keeps.`);
    return readCheckpoint(bytes, model, name);
  } catch (thrown) {
    if (!(thrown instanceof OperationalError) || thrown.code !== 'weights-mismatch') throw thrown;
    throw otherSequence(path, 'its weights have other shapes than this sequence asks for');
  }
}

/** Copies of the files that a run's model imports, by name. */
async function importsOf(storage: RunStorage): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const name of await storage.list('imports')) {
    const bytes = await storage.read(`imports/${name}`);
    const text = bytes && decodeUtf8(bytes);
    if (text !== undefined) found.set(name, text);
  }
  return found;
}

const baseName = (path: string): string => path.replace(/^.*[/\\]/, '');

/** Why two vocabularies cannot read the same text. */
export function vocabularyFault(own: readonly string[] | undefined, other: readonly string[] | undefined): string | undefined {
  if (own === undefined || other === undefined) return own === other ? undefined : `it was trained on ${other === undefined ? 'data without a vocabulary' : 'text'}, and this session reads ${own === undefined ? 'data without one' : 'text'}`;
  if (own.length !== other.length) return `its text has ${other.length} different tokens, this session’s ${own.length}`;
  const place = own.findIndex((token, id) => token !== other[id]);
  return place < 0 ? undefined : `the two number their tokens differently: ${place} is ${JSON.stringify(other[place])} there and ${JSON.stringify(own[place])} here`;
}

function shapeFault(own: Model, other: Model): string | undefined {
  const input = (shape: InputShape): string => (shape.kind === 'tokens' ? `tokens of ${shape.vocabulary}` : `${shape.features} numbers a step`);
  const target = (shape: TargetShape): string => `${shape.kind === 'classes' ? `one of ${shape.count} classes` : `${shape.size} numbers`} ${shape.perStep ? 'at every step' : 'for the whole sequence'}`;
  if (input(own.input) !== input(other.input)) return `it reads ${input(other.input)}, this session ${input(own.input)}`;
  if (target(own.target) !== target(other.target)) return `it predicts ${target(other.target)}, this session ${target(own.target)}`;
  return own.loss.kind === other.loss.kind ? undefined : `its loss is ${other.loss.kind}, this session’s ${own.loss.kind}`;
}

function otherSequence(path: string, why: string): OperationalError {
  return new OperationalError('other-sequence', `Run "${path}" cannot be compared on this sequence: ${why.replace(/\.$/, '')}. Choose a run of the same data.`);
}
