// A checkpoint: everything from which a run goes on exactly, as one safetensors file.
// Not the choice of when to write one (trainer.ts) nor of where (run-record.ts).
// Invariant: reading what was written gives the same checkpoint, bit for bit; a file that is not a sound checkpoint of the model is an error in words.
import { OperationalError } from '../base/operational-error';
import type { RandomState } from '../base/random';
import type { DataPosition } from '../data/data-source';
import type { Model } from '../ir/model';
import type { FloatTensor, Tensor } from '../runtime/tensor';
import { readSafetensors, writeSafetensors } from '../weights/safetensors';
import { checkWeights, sameShape } from '../weights/weight-check';
import type { CarriedStates } from './program-interface';

export interface Checkpoint {
  /** Iterations done. */
  readonly iteration: number;
  /** Loss of the last iteration; NaN before the first. */
  readonly loss: number;
  readonly parameters: ReadonlyMap<string, FloatTensor>;
  /** By `<slot>/<param>`. */
  readonly optimizer: ReadonlyMap<string, FloatTensor>;
  /** Of the batch before `position`; undefined when nothing is carried. */
  readonly carry: CarriedStates | undefined;
  /** Of the batch that comes next. */
  readonly position: DataPosition;
  /** Whether the validation and the sample due after `iteration` have been reported. */
  readonly looked: boolean;
  /** Of the generator that dropout's seeds are drawn from. */
  readonly random: RandomState;
  readonly backend: string;
  readonly threads: number;
}

const optimizerPrefix = 'optimizer/';
const carryPrefix = 'carry/';

export function writeCheckpoint(checkpoint: Checkpoint): Uint8Array {
  const tensors = new Map<string, Tensor>(checkpoint.parameters);
  for (const [name, tensor] of checkpoint.optimizer) tensors.set(`${optimizerPrefix}${name}`, tensor);
  for (const [name, tensor] of checkpoint.carry ?? []) tensors.set(`${carryPrefix}${name}`, tensor);
  return writeSafetensors(tensors, {
    iteration: String(checkpoint.iteration),
    loss: String(checkpoint.loss),
    dataPosition: JSON.stringify(checkpoint.position),
    looked: String(checkpoint.looked),
    randomState: JSON.stringify(checkpoint.random),
    carries: String(checkpoint.carry !== undefined),
    backend: checkpoint.backend,
    threads: String(checkpoint.threads),
  });
}

/** Throws OperationalError `bad-safetensors`, `bad-checkpoint` or `weights-mismatch`. `name` is the file's, for messages. */
export function readCheckpoint(bytes: Uint8Array, model: Model, name: string): Checkpoint {
  const { tensors, metadata } = readSafetensors(bytes, name);
  const parameters = new Map<string, Tensor>();
  const optimizer = new Map<string, FloatTensor>();
  const carry = new Map<string, FloatTensor>();
  for (const [key, tensor] of tensors) {
    if (key.startsWith(optimizerPrefix)) optimizer.set(key.slice(optimizerPrefix.length), float(tensor, key, name));
    else if (key.startsWith(carryPrefix)) carry.set(key.slice(carryPrefix.length), float(tensor, key, name));
    else parameters.set(key, tensor);
  }
  const [epoch, index] = ['epoch', 'index'].map((key) => count(field(parsed(metadata['dataPosition']), key), 'dataPosition', name));
  const words = parsed(metadata['randomState']);
  if (!Array.isArray(words) || words.length !== 4 || !words.every((word): word is number => Number.isInteger(word))) throw bad(name, 'randomState');
  const [a = 0, b = 0, c = 0, d = 0] = words;
  return {
    iteration: count(parsed(metadata['iteration']), 'iteration', name),
    loss: Number(metadata['loss'] ?? NaN),
    parameters: checkWeights(model, parameters, name),
    optimizer,
    carry: metadata['carries'] === 'true' ? carry : undefined,
    position: { epoch: epoch ?? 0, index: index ?? 0 },
    looked: metadata['looked'] !== 'false',
    random: [a, b, c, d],
    backend: metadata['backend'] ?? '',
    threads: count(parsed(metadata['threads']), 'threads', name),
  };
}

/** The parameters alone of a weights file or of a checkpoint, whose other tensors are left out. */
export function parametersOf(tensors: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  return new Map([...tensors].filter(([key]) => !key.startsWith(optimizerPrefix) && !key.startsWith(carryPrefix)));
}

function float(tensor: Tensor, key: string, name: string): FloatTensor {
  if (tensor.kind !== 'f32') throw bad(name, key);
  return tensor;
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return undefined;
  }
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
}

function count(value: unknown, what: string, name: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw bad(name, what);
}

function bad(name: string, what: string): OperationalError {
  return new OperationalError('bad-checkpoint', `"${name}" is not a checkpoint: its ${what} is missing or unsound. A run resumes from files of its own checkpoints folder.`);
}

/** Throws OperationalError `checkpoint-optimizer` when the checkpoint's optimizer is not the program's. */
export function checkOptimizer(own: ReadonlyMap<string, Pick<FloatTensor, 'dims'>>, { optimizer }: Checkpoint): void {
  const same = own.size === optimizer.size && [...own].every(([name, { dims }]) => sameShape(dims, optimizer.get(name)?.dims ?? [NaN]));
  if (same) return;
  const slots = (state: ReadonlyMap<string, unknown>): string => [...new Set([...state.keys()].map((name) => name.slice(0, name.indexOf('/'))))].join(', ') || 'none';
  throw new OperationalError('checkpoint-optimizer', `The checkpoint was written by another optimizer (its state: ${slots(optimizer)}; this one's: ${slots(own)}); resume with the optimizer it began with, or begin a new run from its weights.`);
}
