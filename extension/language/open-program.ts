// The program of an open document: its text, and its imports as they are in editors or on the disk.
// Not a cache of files: a program is kept as long as its document's version and its imports are the same.
// Invariant: reading never throws; what cannot be read is an import that was not found.
import { readFileSync, statSync } from 'node:fs';
import * as vscode from 'vscode';
import { type Program, loadProgram } from '../../engine/language/program';
import { libraryTexts } from '../../engine/library/library-texts';
import { libraryScheme } from '../../protocol/debugger';

/** Larger than any text written by hand. */
const largestText = 4 * 2 ** 20;

const kept = new WeakMap<vscode.TextDocument, { readonly version: number; readonly program: Program }>();

/** `file` of its spans: the document's path, or `library:name` for the library's own files. */
export function programOfDocument(document: vscode.TextDocument): Program {
  const before = kept.get(document);
  // With imports, what is said of this file may change without it.
  if (before?.version === document.version && before.program.main.imports.length === 0) return before.program;
  const program = loadProgram(fileOf(document.uri), document.getText(), readOpenOrDisk);
  kept.set(document, { version: document.version, program });
  return program;
}

export function fileOf(uri: vscode.Uri): string {
  return uri.scheme === libraryScheme ? `library:${uri.path.replace(/^\//, '')}` : uri.fsPath;
}

export function uriOf(file: string): vscode.Uri {
  return file.startsWith('library:') ? vscode.Uri.from({ scheme: libraryScheme, path: `/${file.slice('library:'.length)}` }) : vscode.Uri.file(file);
}

/** What is open in an editor counts before what is on the disk. */
export function readOpenOrDisk(path: string): string | undefined {
  const open = vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'file' && uri.fsPath === path);
  if (open !== undefined) return open.getText();
  try {
    return statSync(path).size > largestText ? undefined : readFileSync(path, 'utf8');
  } catch {
    // Not there or not readable: the checker says so at the import.
    return undefined;
  }
}

export const libraryProvider: vscode.TextDocumentContentProvider = {
  provideTextDocumentContent: (uri) => libraryTexts.find(({ file }) => file === fileOf(uri))?.text ?? '',
};
