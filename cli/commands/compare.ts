// `unroll compare`: two trace files side by side: where the passes first part, and how far each name lies apart.
// Not two runs' losses and not recording the traces. Exit code 1 when anything lies beyond the tolerance.
// Invariant: with --json every name of both files is printed, one object a line; what is not a number there is written as a word.
import { beyond, compareTensors, type ComputedOrder, type NameComparison, type TensorsCompared } from '../../engine/inspect/compare-tensors';
import { sameWithin } from '../../engine/inspect/first-divergence';
import type { TensorFile } from '../../engine/weights/safetensors';
import { type Command, jsonOption } from '../command';
import { readTensorFile } from '../files/tensor-files';
import { CallError } from '../options';
import { exitCodes, type Terminal } from '../terminal';

/** Names under which `unroll trace` keeps the order of computation in its file. */
export const orderMetadata = { columns: 'order', reversed: 'reversed' } as const;

/** Largest differences that a person reads at once. */
const mostListed = 20;

export const compareCommand: Command = {
  spec: {
    name: 'compare',
    summary: 'Holds two traces of the same sequence against each other: first divergence, relative differences.',
    operands: ['A.safetensors', 'B.safetensors'],
    options: {
      tolerance: { value: 'X', help: `Relative to the largest number of a tensor; what lies within is the same. Default ${sameWithin}.` },
      json: jsonOption,
    },
    notes: ['Relative error is max|a − b| / max|b| over one tensor. Exit code 0: all the same; 1: something differs, or is in one file alone.'],
  },
  async run(options, terminal) {
    const tolerance = toleranceOf(options.text('tolerance'));
    const [a, b] = await Promise.all([0, 1].map((operand) => readTensorFile(options.operands[operand] ?? '', terminal.folder)));
    if (a === undefined || b === undefined) throw new CallError('compare needs two files.');
    const found = compareTensors(a.tensors, b.tensors, tolerance, orderOf(a) ?? orderOf(b));
    const differ = found.names.filter((name) => beyond(name, tolerance));
    if (options.has('json')) for (const line of jsonLines(found, tolerance)) terminal.out(line);
    else say(found, differ, tolerance, terminal);
    return differ.length === 0 ? exitCodes.done : exitCodes.wrong;
  },
};

function toleranceOf(text: string | undefined): number {
  if (text === undefined) return sameWithin;
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0) throw new CallError(`--tolerance is a number from 0 on, for example 1e-4; "${text}" was given.`);
  return value;
}

/** A trace of another tool has none; one that is not sound is as good as none. */
function orderOf({ metadata }: TensorFile): ComputedOrder | undefined {
  const list = (key: string): readonly string[] | undefined => {
    try {
      const value: unknown = JSON.parse(metadata[key] ?? 'null');
      return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined;
    } catch {
      return undefined;
    }
  };
  const columns = list(orderMetadata.columns);
  return columns === undefined ? undefined : { columns, reversed: list(orderMetadata.reversed) ?? [] };
}

function say({ names, first }: TensorsCompared, differ: readonly NameComparison[], tolerance: number, terminal: Terminal): void {
  if (first !== undefined) {
    const row = names.some((name) => name.kind === 'compared' && name.at.length > 2) ? `, sequence ${first.row}` : '';
    terminal.out(`first divergence: ${first.step === undefined ? 'after the last step' : `step ${first.step}`}, ${first.name}, unit ${first.unit}${row}: ${first.a} against ${first.b}`);
  }
  for (const name of [...differ].sort(byDistance).slice(0, mostListed)) terminal.out(lineOf(name));
  if (differ.length > mostListed) terminal.out(`… and ${differ.length - mostListed} more; --json lists all.`);
  terminal.out(differ.length === 0 ? `${names.length} tensors, the same within ${tolerance}.` : `${differ.length} of ${names.length} tensors differ by more than ${tolerance}.`);
}

function lineOf(found: NameComparison): string {
  switch (found.kind) {
    case 'compared':
      return `${found.name}  ${found.relative.toPrecision(3)}  at [${found.at.join(', ')}]: ${found.a} against ${found.b}`;
    case 'shapes':
      return `${found.name}  [${found.a.join(', ')}] against [${found.b.join(', ')}]`;
    case 'alone':
      return `${found.name}  only in ${found.in === 'a' ? 'the first' : 'the second'} file`;
  }
}

const distance = (found: NameComparison): number => (found.kind === 'compared' ? found.relative : Infinity);

function byDistance(a: NameComparison, b: NameComparison): number {
  const [x, y] = [distance(a), distance(b)];
  return x === y ? (a.name < b.name ? -1 : 1) : y - x;
}

function jsonLines({ names, first }: TensorsCompared, tolerance: number): readonly string[] {
  const differ = names.filter((name) => beyond(name, tolerance)).length;
  return [
    ...(first === undefined ? [] : [json({ kind: 'divergence', name: first.name, step: first.step ?? null, unit: first.unit, row: first.row, a: first.a, b: first.b })]),
    ...names.map(({ kind, ...rest }) => json({ kind: kind === 'compared' ? 'difference' : kind, ...rest })),
    json({ kind: 'done', tensors: names.length, differ, tolerance }),
  ];
}

/** JSON has no NaN and no infinity; null would hide which it was. */
function json(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => (typeof item === 'number' && !Number.isFinite(item) ? String(item) : item));
}
