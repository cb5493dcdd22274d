// A file with everything it imports and the library: what names of cells mean.
// Not a check (check.ts) and not a loader of files: texts come through `resolve`.
// Invariant: never throws; each file is parsed once, and circles of imports end.
import type { Diagnostic } from '../base/diagnostic';
import { libraryTexts } from '../library/library-texts';
import * as diagnostics from './diagnostics';
import { parse } from './parse';
import type { CellSyntax, SourceDocument } from './tree';

export interface FoundCell {
  readonly cell: CellSyntax;
  readonly document: SourceDocument;
}

export interface Program {
  readonly main: SourceDocument;
  /** The main file and what it imports, by name; library files are added as they are asked for. */
  readonly documents: readonly SourceDocument[];
  /** A cell by name: the file's own, an imported one, or the library's. */
  readonly cell: (name: string) => FoundCell | undefined;
  readonly cellNames: readonly string[];
  /** What parsing and importing found. */
  readonly diagnostics: readonly Diagnostic[];
}

/** The text of an imported file; `path` is relative to the same place as the main file's name. */
export type Resolve = (path: string) => string | undefined;

const libraryCache = new Map<string, SourceDocument>();

/** A library file, parsed; its texts never change, so that each is parsed once. */
export function libraryDocument(file: string): SourceDocument | undefined {
  const cached = libraryCache.get(file);
  if (cached !== undefined) return cached;
  const entry = libraryTexts.find((candidate) => candidate.file === file);
  if (entry === undefined) return undefined;
  const { document } = parse(entry.file, entry.text);
  libraryCache.set(file, document);
  return document;
}

export function libraryCell(name: string): FoundCell | undefined {
  const entry = libraryTexts.find((candidate) => candidate.cells.includes(name));
  const document = entry && libraryDocument(entry.file);
  const cell = document?.cells.find((candidate) => candidate.name.text === name);
  return document === undefined || cell === undefined ? undefined : { cell, document };
}

export const libraryCellNames: readonly string[] = libraryTexts.flatMap((entry) => entry.cells);

/** Parses a file and all it imports. Never throws (as long as `resolve` does not). */
export function loadProgram(file: string, text: string, resolve: Resolve = () => undefined): Program {
  const main = parse(file, text);
  return programOf(main.document, main.diagnostics, resolve);
}

/** The same for a main file that is parsed already (the language server's way in). */
export function programOf(main: SourceDocument, found: readonly Diagnostic[], resolve: Resolve = () => undefined): Program {
  const all: Diagnostic[] = [...found];
  const documents: SourceDocument[] = [main];
  const seen = new Set([main.file]);
  // The list grows while it is walked: imports of imports follow.
  for (const document of documents) {
    for (const { path, span } of document.imports) {
      const target = joinPath(document.file, path);
      if (seen.has(target)) continue;
      seen.add(target);
      const imported = path === '' ? undefined : resolve(target);
      if (imported === undefined) {
        if (path !== '') all.push(diagnostics.importNotFound(path, span));
        continue;
      }
      const parsed = parse(target, imported);
      all.push(...parsed.diagnostics);
      documents.push(parsed.document);
    }
  }
  const cells = new Map<string, FoundCell>();
  for (const document of documents) {
    for (const cell of document.cells) if (!cells.has(cell.name.text)) cells.set(cell.name.text, { cell, document });
  }
  return {
    main,
    documents,
    cell: (name) => cells.get(name) ?? libraryCell(name),
    cellNames: [...new Set([...cells.keys(), ...libraryCellNames])],
    diagnostics: all,
  };
}

/** `path` as seen from `file`: both with `/` or `\`, `.` and `..` taken out. */
export function joinPath(file: string, path: string): string {
  if (/^([/\\]|[A-Za-z]:)/.test(path)) return path;
  const folder = file.split(/[/\\]/).slice(0, -1);
  const parts = [...folder];
  for (const part of path.split(/[/\\]/)) {
    if (part === '..' && parts.length > 0 && parts[parts.length - 1] !== '..' && parts[parts.length - 1] !== '') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}
