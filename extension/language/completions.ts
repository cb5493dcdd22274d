// What may stand at a place: words that open a line, names in scope, cells, functions, arguments, settings.
// Not a ranking of what is likely. Invariant: never throws; offers only what the checker would take.
import { dataKinds } from '../../engine/data/open-data';
import { embeddings, functionSpecs, poolings } from '../../engine/language/functions';
import { initialiserSpecs } from '../../engine/language/initialisers';
import { lossNames } from '../../engine/language/model-lines';
import type { Program } from '../../engine/language/program';
import { plainSettings, wordForms } from '../../engine/language/settings';
import type { CellSyntax, ModelSyntax } from '../../engine/language/tree';
import { argumentDocs, dataDocs, embeddingDocs, lossDocs, poolingDocs, settingDocs } from './describe-data';
import { cellHover } from './hover-text';

export type CompletionKind = 'keyword' | 'cell' | 'function' | 'value' | 'state' | 'param' | 'argument' | 'setting' | 'word';

export interface Completion {
  readonly label: string;
  readonly kind: CompletionKind;
  readonly doc?: string;
  /** What is inserted, when it is more than the label; `$0` is where the cursor stays. */
  readonly insert?: string;
}

const cellWords = ['input', 'memory', 'state', 'param', 'gate', 'let', 'attention', 'output'];
const modelWords = ['data', 'input', 'embed', 'layer', 'let', 'output', 'loss', 'metric', 'train'];

export function completionsAt(program: Program, offset: number): readonly Completion[] {
  const { source, cells, models, trains } = program.main;
  const text = source.text;
  const before = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  // Nothing is completed in a comment or in a text.
  if (/\/\//.test(before) || (before.match(/"/g)?.length ?? 0) % 2 === 1) return [];
  const within = <T extends { readonly span: { readonly start: number; readonly end: number } }>(blocks: readonly T[]): T | undefined => blocks.find(({ span }) => span.start < offset && offset <= span.end && text.slice(span.start, offset).includes('{') && (offset < span.end || text[span.end - 1] !== '}'));
  const model = within(models);
  const train = within(trains) ?? within(model?.lines.filter((line) => line.kind === 'train') ?? []);
  if (train !== undefined) return trainCompletions(before);
  const cell = within(cells);
  if (cell !== undefined) return cellCompletions(cell, before);
  if (model !== undefined) return modelCompletions(program, model, before);
  return ['cell', 'model', 'train', 'import'].map(keyword);
}

const keyword = (label: string): Completion => ({ label, kind: 'keyword', insert: `${label} ` });
const opensLine = (before: string): boolean => /^\s*\w*$/.test(before) || /\{\s*\w*$/.test(before);

function trainCompletions(before: string): readonly Completion[] {
  const [, key] = /(\w+)\s+\w*$/.exec(before) ?? [];
  const form = key === undefined ? undefined : wordForms[key];
  if (form !== undefined && key !== undefined) return Object.keys(form.words).map((label) => ({ label, kind: 'word', doc: settingDocs[key] ?? '' }));
  const call = /(\w+)\(([^()]*)$/.exec(before);
  if (call !== null) {
    const names = Object.values(wordForms).flatMap(({ words }) => words[call[1] ?? ''] ?? []);
    return names.map(argument);
  }
  return [...Object.keys(wordForms), ...plainSettings].map((label) => ({ label, kind: 'setting', doc: settingDocs[label] ?? '', insert: `${label} ` }));
}

const argument = (label: string): Completion => ({ label, kind: 'argument', insert: `${label}: `, ...(argumentDocs[label] === undefined ? {} : { doc: argumentDocs[label] ?? '' }) });
const functions: readonly Completion[] = Object.entries(functionSpecs).map(([label, { doc, args }]) => ({ label, kind: 'function', doc, insert: args.length === 1 ? `${label}($0)` : `${label}($0)` }));

function cellCompletions(cell: CellSyntax, before: string): readonly Completion[] {
  const names = cell.statements.flatMap((statement): Completion[] => {
    if (statement.kind === 'output' || statement.kind === 'update') return [];
    const kind: CompletionKind = statement.kind === 'param' ? 'param' : statement.kind === 'state' ? 'state' : 'value';
    return [{ label: statement.name.text, kind, ...(statement.doc === '' ? {} : { doc: statement.doc }) }];
  });
  const states = names.filter(({ kind }) => kind === 'state');
  if (opensLine(before)) return [...cellWords.map(keyword), ...states.map(({ label }): Completion => ({ label: `${label}'`, kind: 'state', insert: `${label}' = ` }))];
  const init = /^\s*(param|state)\b.*=\s*\w*$/.exec(before);
  if (init !== null) return Object.entries(initialiserSpecs[init[1] === 'state' ? 'state' : 'param']).map(([label, { doc }]) => ({ label, kind: 'word', doc }));
  const sizes = cell.params.map(({ name }): Completion => ({ label: name.text, kind: 'value', doc: 'A size of the cell.' }));
  if (/^\s*(param|state)\b/.test(before)) return [...sizes, ...names.filter(({ kind }) => kind === 'value')];
  return [...names, ...states.map(({ label }): Completion => ({ label: `${label}'`, kind: 'state', doc: 'The state after the step.' })), ...sizes, ...functions];
}

function modelCompletions(program: Program, model: ModelSyntax, before: string): readonly Completion[] {
  if (opensLine(before)) return modelWords.map(keyword);
  const [, word] = /^\s*(\w+)/.exec(before) ?? [];
  if (/^\s*data\s+\w*$/.test(before)) return dataKinds.map((label) => ({ label, kind: 'word', doc: dataDocs[label] ?? '', insert: `${label}($0)` }));
  if (word === 'loss' && /loss\s+\w*$/.test(before)) return lossNames.map((label) => ({ label, kind: 'function', doc: lossDocs[label] ?? '', insert: `${label}($0)` }));
  const call = /(\w+)\(([^()]*)$/.exec(before);
  const found = call === null ? undefined : program.cell(call[1] ?? '');
  const args = found === undefined ? (call !== null && (embeddings as readonly string[]).includes(call[1] ?? '') ? ['size'] : []) : [...found.cell.params.map(({ name }) => name.text), ...(hasState(found.cell) ? ['direction'] : [])];
  const lines = model.lines.flatMap((line): Completion[] => (line.kind === 'line' && line.name.text !== '' ? [{ label: line.name.text, kind: 'value' }] : []));
  const values: readonly Completion[] = [{ label: 'x', kind: 'value', doc: 'What the data give.' }, ...lines];
  if (word === 'data') return ['length', 'unit', 'validation', 'symbols'].map(argument);
  if (/direction:\s*\w*$/.test(before)) return ['forward', 'backward', 'both'].map((label) => ({ label, kind: 'word' }));
  if (call !== null) return [...args.map(argument), ...values];
  if (word === 'embed') return embeddings.map((label) => ({ label, kind: 'function', doc: embeddingDocs[label] ?? '', insert: `${label}($0)` }));
  const cells = program.cellNames.map((label): Completion => {
    const cell = program.cell(label);
    return { label, kind: 'cell', insert: `${label}($0)`, ...(cell === undefined ? {} : { doc: cellHover(cell).text }) };
  });
  return [...cells, ...values, ...poolings.map((label): Completion => ({ label, kind: 'function', doc: poolingDocs[label] ?? '', insert: `${label}($0)` })), ...functions.filter(({ label }) => !(poolings as readonly string[]).includes(label))];
}

const hasState = (cell: CellSyntax): boolean => cell.statements.some(({ kind }) => kind === 'state');
