// Checks a whole program: what an editor underlines while one types.
// Not the engine's model; needs no data, sizes that they will give stay symbols.
// Invariant: never throws; every finding once, in the order of files and places.
import type { Diagnostic } from '../base/diagnostic';
import { checkCell } from './check-cell';
import { checkModel } from './check-model';
import * as diagnostics from './diagnostics';
import { embeddings, isFunction, isPooling } from './functions';
import type { Program } from './program';
import { readSettings } from './settings';
import type { CellSyntax, ModelSyntax, SourceDocument } from './tree';

/** Everything wrong with the main file and what it imports. */
export function check(program: Program): readonly Diagnostic[] {
  const found = [
    ...program.diagnostics,
    ...checkCells(program),
    ...program.main.models.flatMap((model) => checkModel(program, program.main, model).diagnostics),
    ...program.main.trains.flatMap((block) => readSettings(block).diagnostics),
  ];
  return unique(found);
}

/** Everything wrong with the cells of all files, and names of cells and models that are taken. */
export function checkCells(program: Program): readonly Diagnostic[] {
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
export function unique(found: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Set<string>();
  return found.filter(({ code, span, message }) => {
    const key = `${span.file} ${span.start} ${span.end} ${code} ${message}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
