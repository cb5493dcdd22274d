// `text("file", unit: char, length: 64)`: characters of a text, each window's target the character that follows.
// Not a tokenizer of words. The vocabulary is the text's own characters by code point.
// Invariant: training and validation are contiguous and disjoint; with `carry`, row r of a batch goes on where row r of the one before ended.
import type { Diagnostic } from '../base/diagnostic';
import { defined, invariant } from '../base/invariant';
import { OperationalError } from '../base/operational-error';
import { Random } from '../base/random';
import type { DataSpec } from '../ir/model';
import { floats, ints } from '../runtime/tensor';
import type { Batch } from '../trace/trace';
import { type DataFiles, readDataText } from './data-files';
import type { BatchPlan, BatchSettings, DataSource, PlannedBatch } from './data-source';
import { SourceArguments } from './source-arguments';

export async function openText(spec: DataSpec, files: DataFiles): Promise<DataSource | readonly Diagnostic[]> {
  const args = new SourceArguments(spec);
  const file = args.file();
  args.word('unit', ['char'], 'char');
  const length = args.count('length', 64);
  const validation = args.validation(0.1);
  const problems = args.problems();
  if (problems.length > 0) return problems;

  const text = await readDataText(files, file, spec.span);
  if (text.kind === 'wrong') return [text.diagnostic];
  const characters = [...text.text];
  if (characters.length < length + 1) return [tooShort(spec, file, characters.length, length)];
  if (typeof validation === 'number') {
    // A short text is for training first: validation gets what training's one window leaves.
    const held = Math.min(Math.floor(characters.length * validation), characters.length - (length + 1));
    const vocabulary = vocabularyOf(characters);
    const ids = idsOf(characters, vocabulary);
    return textSource(vocabulary, ids.subarray(0, ids.length - held), ids.subarray(ids.length - held), { file, length });
  }
  const other = await readDataText(files, validation, spec.span);
  if (other.kind === 'wrong') return [other.diagnostic];
  const held = [...other.text];
  if (held.length < 2) return [tooShort(spec, validation, held.length, 1)];
  const vocabulary = vocabularyOf([...characters, ...held]);
  return textSource(vocabulary, idsOf(characters, vocabulary), idsOf(held, vocabulary), { file, length });
}

function tooShort(spec: DataSpec, file: string, characters: number, length: number): Diagnostic {
  const message = `"${file}" has ${characters} ${characters === 1 ? 'character' : 'characters'}; a window of ${length} needs at least ${length + 1}.`;
  return { code: 'data-too-short', severity: 'error', message, span: spec.span };
}

function vocabularyOf(characters: readonly string[]): readonly string[] {
  return [...new Set(characters)].sort((a, b) => defined(a.codePointAt(0), 'a character has a code point') - defined(b.codePointAt(0), 'a character has a code point'));
}

function idsOf(characters: readonly string[], vocabulary: readonly string[]): Int32Array {
  const ids = new Map(vocabulary.map((character, id) => [character, id]));
  return Int32Array.from(characters, (character) => defined(ids.get(character), 'the vocabulary holds every character'));
}

function textSource(vocabulary: readonly string[], training: Int32Array, held: Int32Array, { file, length }: { readonly file: string; readonly length: number }): DataSource {
  const validationSequences = wholeWindows(held, length);
  return {
    input: { kind: 'tokens', vocabulary: vocabulary.length },
    target: { kind: 'classes', count: vocabulary.length, perStep: true },
    description: `"${file}": ${training.length.toLocaleString('en-US')} characters to train on and ${held.length.toLocaleString('en-US')} to validate on, ${vocabulary.length} different; windows of ${length}`,
    vocabulary,
    length,
    validationSequences,
    validationSequence(index) {
      invariant(index >= 0 && index < validationSequences, `there is no validation sequence ${index}`);
      return windows(held, [index * length], length);
    },
    plan: (settings) => planText(training, held, settings, length, file),
  };
}

/** Windows without overlap; a rest shorter than a window counts only when it is all there is. */
function wholeWindows(ids: Int32Array, length: number): number {
  return ids.length < 2 ? 0 : Math.max(1, Math.floor((ids.length - 1) / length));
}

function planText(training: Int32Array, held: Int32Array, settings: BatchSettings, length: number, file: string): BatchPlan {
  const shown = settings.carry ? lanes(training, settings.batch, length) : shuffled(training, settings, length);
  if (shown === undefined) {
    throw new OperationalError(
      'data-too-short',
      `"${file}" has ${training.length} characters to train on; with \`carry state\` a batch of ${settings.batch} rows of ${length} needs at least ${settings.batch * length + 1}. Use a smaller batch or shorter windows.`,
    );
  }
  const rows = Math.min(settings.batch, wholeWindows(held, length));
  const validation = rows === 0 ? undefined : settings.carry ? lanes(held, rows, length) ?? inOrder(held, rows, length) : inOrder(held, rows, length);
  return {
    batchesPerEpoch: shown.count,
    batchAt: ({ epoch, index }) => shown.at(index, epoch),
    validationBatches: validation?.count ?? 0,
    validationBatch: (index) => defined(validation, 'there is a validation split').at(index, 0),
  };
}

interface Sequence {
  readonly count: number;
  at(index: number, epoch: number): PlannedBatch;
}

/** Row r walks through its own contiguous part of the text (truncated BPTT with carried state). */
function lanes(ids: Int32Array, rows: number, length: number): Sequence | undefined {
  const laneLength = Math.floor((ids.length - 1) / rows);
  const count = Math.floor(laneLength / length);
  if (count === 0) return undefined;
  return {
    count,
    at: (index) => ({ batch: windows(ids, Array.from({ length: rows }, (_, row) => row * laneLength + index * length), length), continues: index > 0 }),
  };
}

/** Windows without overlap in an order of their own each epoch; a last batch that would not be full is left to the next epoch's order. */
function shuffled(ids: Int32Array, { batch, seed }: BatchSettings, length: number): Sequence {
  const total = wholeWindows(ids, length);
  const rows = Math.min(batch, total);
  let order: { readonly epoch: number; readonly starts: readonly number[] } | undefined;
  return {
    count: Math.floor(total / rows),
    at(index, epoch) {
      if (order?.epoch !== epoch) {
        const starts = Array.from({ length: total }, (_, window) => window * length);
        Random.for(seed, `windows of epoch ${epoch}`).shuffle(starts);
        order = { epoch, starts };
      }
      return { batch: windows(ids, order.starts.slice(index * rows, (index + 1) * rows), length), continues: false };
    },
  };
}

/** Windows in the order of the text. */
function inOrder(ids: Int32Array, rows: number, length: number): Sequence {
  const count = Math.floor(wholeWindows(ids, length) / rows);
  return {
    count,
    at: (index) => ({ batch: windows(ids, Array.from({ length: rows }, (_, row) => (index * rows + row) * length), length), continues: false }),
  };
}

/** x, y `[rows, length]`; steps beyond the end of the text are masked. */
function windows(ids: Int32Array, starts: readonly number[], length: number): Batch {
  const dims = [starts.length, length];
  const x = new Int32Array(starts.length * length);
  const y = new Int32Array(starts.length * length);
  const valid = new Float32Array(starts.length * length).fill(1);
  let masked = false;
  starts.forEach((start, row) => {
    const steps = Math.min(length, ids.length - 1 - start);
    x.set(ids.subarray(start, start + steps), row * length);
    y.set(ids.subarray(start + 1, start + 1 + steps), row * length);
    if (steps < length) {
      valid.fill(0, row * length + steps, (row + 1) * length);
      masked = true;
    }
  });
  return { x: ints(dims, x), y: ints(dims, y), ...(masked ? { mask: floats(dims, valid) } : {}) };
}
