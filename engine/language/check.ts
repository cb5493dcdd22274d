// Checks a whole program: what an editor underlines while one types.
// Not the engine's model; needs no data, sizes that they will give stay symbols.
// Invariant: never throws; every finding once, in the order of files and places.
import type { Diagnostic } from '../base/diagnostic';
import type { Span } from '../base/span';
import { checkCell } from './check-cell';
import { checkModel } from './check-model';
import * as diagnostics from './diagnostics';
import { embeddings, isFunction, isPooling } from './functions';
import type { Program } from './program';
import { readSettings } from './settings';
import type { CellSyntax, ModelSyntax, SourceDocument } from './tree';

/** Everything wrong with the main file and what it imports. */
export function check(program: Program): readonly Diagnostic[] {
  return inOrder(program, [...checkAround(program), ...program.main.models.flatMap((model) => checkModel(program, program.main, model).diagnostics)]);
}

/** Everything but the models: texts, imports, cells and the file's own `train` block. */
export function checkAround(program: Program): readonly Diagnostic[] {
  return [...program.diagnostics, ...checkCells(program), ...program.main.trains.flatMap((block) => readSettings(block).diagnostics)];
}

/**
 * What is wrong with a block as far as its text could be read: after an error of the parser in it,
 * lines may be missing, and what they would have said cannot be asked for.
 */
function withoutEchoes(program: Program, document: SourceDocument, block: Span, found: readonly Diagnostic[]): readonly Diagnostic[] {
  const within = (span: Span): boolean => span.file === document.file && span.start >= block.start && span.start <= block.end;
  const errors = program.diagnostics.filter(({ span, severity }) => severity === 'error' && within(span));
  if (errors.length === 0) return found;
  const first = Math.min(...errors.map(({ span }) => document.source.positionAt(span.start).line));
  const texts = new Set(program.diagnostics);
  return found.filter((one) => texts.has(one) || !within(one.span) || (!wholeBlock.has(one.code) && document.source.positionAt(one.span.start).line < first));
}

/** Findings that depend on every line of a block. */
const wholeBlock = new Set(['state-unset', 'input-missing', 'output-missing', 'param-unused', 'line-missing', 'read-before-set', 'unknown-name']);

/** Every finding once, without echoes of what could not be read, by file and place. */
export function inOrder(program: Program, all: readonly Diagnostic[]): readonly Diagnostic[] {
  let found = unique(all);
  for (const document of program.documents) {
    for (const block of [...document.cells, ...document.models, ...document.trains]) found = withoutEchoes(program, document, block.span, found);
  }
  const files = program.documents.map((document) => document.file);
  // A file that is none of these (the library's) comes last.
  const rank = (file: string): number => files.indexOf(file) >>> 0;
  return [...found].sort((a, b) => rank(a.span.file) - rank(b.span.file) || a.span.start - b.span.start);
}

/** Everything wrong with the cells of all files, and names of cells and models that are taken. */
function checkCells(program: Program): readonly Diagnostic[] {
  return program.documents.flatMap((document) => [...takenNames(document), ...document.cells.flatMap((cell) => checkCell(document, cell).diagnostics)]);
}

function takenNames(document: SourceDocument): Diagnostic[] {
  const first = new Map<string, CellSyntax | ModelSyntax>();
  const found: Diagnostic[] = [];
  for (const block of [...document.cells, ...document.models]) {
    const { text, span } = block.name;
    if (text === '') continue;
    const before = first.get(`${block.kind} ${text}`);
    if (before !== undefined) {
      const { line } = document.source.positionAt(before.name.span.start);
      found.push(diagnostics.duplicateName(text, { name: text, line, span: before.name.span }, span));
    } else first.set(`${block.kind} ${text}`, block);
    if (block.kind === 'cell' && (isFunction(text) || isPooling(text) || (embeddings as readonly string[]).includes(text))) found.push(diagnostics.builtInName(text, span));
  }
  return found;
}

/** The same finding can come up twice, for example in two models that share a line; it is shown once. */
function unique(found: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Set<string>();
  return found.filter(({ code, span, message }) => {
    const key = `${span.file} ${span.start} ${span.end} ${code} ${message}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
