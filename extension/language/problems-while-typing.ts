// Underlines what is wrong while one types: the checker's findings with their codes.
// Not what the data or a training find: those are said when they are opened.
// Invariant: what is underlined belongs to the text as it is, a moment after the last key; a closed file has none.
import * as vscode from 'vscode';
import type { Diagnostic } from '../../engine/base/diagnostic';
import { check } from '../../engine/language/check';
import { languageId } from '../contributions';
import { libraryScheme } from '../../protocol/debugger';
import { programOfDocument, uriOf } from './open-program';

/** Milliseconds after the last key. */
const pause = 120;

const severities = { error: vscode.DiagnosticSeverity.Error, warning: vscode.DiagnosticSeverity.Warning, hint: vscode.DiagnosticSeverity.Hint } as const;

export function underlineWhileTyping(): vscode.Disposable {
  const collection = vscode.languages.createDiagnosticCollection(languageId);
  const timers = new Map<string, NodeJS.Timeout>();
  const forget = (document: vscode.TextDocument): void => {
    clearTimeout(timers.get(document.uri.toString()));
    timers.delete(document.uri.toString());
  };
  const look = (document: vscode.TextDocument): void => {
    forget(document);
    if (document.languageId !== languageId || document.uri.scheme === libraryScheme || document.isClosed) return;
    const program = programOfDocument(document);
    collection.set(document.uri, check(program).filter(({ span }) => span.file === program.main.file).map((found) => toEditor(document, found)));
  };
  const later = (document: vscode.TextDocument): void => {
    forget(document);
    timers.set(document.uri.toString(), setTimeout(() => {
      look(document);
      // Files that import others may now be wrong, or right again.
      for (const other of vscode.workspace.textDocuments) if (other !== document && /^\s*import\b/m.test(other.getText())) look(other);
    }, pause));
  };
  for (const document of vscode.workspace.textDocuments) look(document);
  return vscode.Disposable.from(
    collection,
    vscode.workspace.onDidOpenTextDocument(look),
    vscode.workspace.onDidChangeTextDocument(({ document }) => { if (document.languageId === languageId) later(document); }),
    vscode.workspace.onDidCloseTextDocument((document) => {
      forget(document);
      collection.delete(document.uri);
    }),
    { dispose: () => { for (const timer of timers.values()) clearTimeout(timer); } },
  );
}

function toEditor(document: vscode.TextDocument, { severity, code, message, span, related }: Diagnostic): vscode.Diagnostic {
  const made = new vscode.Diagnostic(new vscode.Range(document.positionAt(span.start), document.positionAt(span.end)), message, severities[severity]);
  made.code = code;
  made.source = languageId;
  if (related !== undefined) {
    made.relatedInformation = related.filter((other) => other.span.file === span.file).map((other) =>
      new vscode.DiagnosticRelatedInformation(new vscode.Location(uriOf(other.span.file), new vscode.Range(document.positionAt(other.span.start), document.positionAt(other.span.end))), other.message));
  }
  return made;
}
