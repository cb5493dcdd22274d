// References, highlights, renaming and folding, connected to VS Code.
// Not what a name means (occurrences.ts) nor what a new name breaks (references.ts).
// Invariant: a renaming that would make a sound text wrong is refused with the reason, and nothing is changed.
import * as vscode from 'vscode';
import type { Span } from '../../engine/base/span';
import type { Program } from '../../engine/language/program';
import { libraryScheme } from '../../protocol/debugger';
import { languageId } from '../contributions';
import { foldsOf } from './folds';
import { type Occurrence, occurrenceAt, occurrencesOf } from './occurrences';
import { programOfDocument, readOpenOrDisk, uriOf } from './open-program';
import { declaredAt, isName, nameSpan, newProblem, reachesOtherFiles, referencesOf, replaced, whyFixed } from './references';

/** Files of the workspace that are searched. */
const mostFiles = 500;

const selector: vscode.DocumentSelector = { language: languageId };
const rangeOf = (document: vscode.TextDocument, { start, end }: Span): vscode.Range => new vscode.Range(document.positionAt(start), document.positionAt(end));

export function registerNames(): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.languages.registerReferenceProvider(selector, { provideReferences: (document, position, { includeDeclaration }) => references(document, position, includeDeclaration) }),
    vscode.languages.registerDocumentHighlightProvider(selector, { provideDocumentHighlights: (document, position) => highlights(document, position) }),
    vscode.languages.registerRenameProvider(selector, { prepareRename: (document, position) => nameToChange(document, position), provideRenameEdits: (document, position, name) => rename(document, position, name) }),
    vscode.languages.registerFoldingRangeProvider(selector, { provideFoldingRanges: (document) => folds(document) }),
  );
}

function at(document: vscode.TextDocument, position: vscode.Position): Occurrence | undefined {
  return occurrenceAt(occurrencesOf(programOfDocument(document)), document.offsetAt(position));
}

interface Found {
  readonly document: vscode.TextDocument;
  readonly program: Program;
  readonly places: readonly Occurrence[];
}

/** In this file, and for what other files may name, in the workspace's. */
async function placesOf(document: vscode.TextDocument, { meaning }: Occurrence, declared: Span): Promise<readonly Found[]> {
  const others = reachesOtherFiles(meaning) ? await vscode.workspace.findFiles('**/*.rnn', '**/{node_modules,.unroll}/**', mostFiles) : [];
  const uris = new Map([document.uri, ...(declared.file === programOfDocument(document).main.file ? [] : [uriOf(declared.file)]), ...others].map((uri) => [uri.toString(), uri]));
  const documents = await Promise.all([...uris.values()].map((uri) => vscode.workspace.openTextDocument(uri)));
  return documents.flatMap((one): readonly Found[] => {
    const program = programOfDocument(one);
    const places = referencesOf(program, declared);
    return places.length === 0 ? [] : [{ document: one, program, places }];
  });
}

async function references(document: vscode.TextDocument, position: vscode.Position, includeDeclaration: boolean): Promise<vscode.Location[]> {
  const occurrence = at(document, position);
  const declared = occurrence && declaredAt(occurrence.meaning);
  if (occurrence === undefined || declared === undefined) return [];
  return (await placesOf(document, occurrence, declared)).flatMap((found) =>
    found.places.filter(({ declares }) => includeDeclaration || !declares).map(({ span }) => new vscode.Location(found.document.uri, rangeOf(found.document, span))));
}

function highlights(document: vscode.TextDocument, position: vscode.Position): vscode.DocumentHighlight[] {
  const occurrence = at(document, position);
  const declared = occurrence && declaredAt(occurrence.meaning);
  if (declared === undefined) return [];
  return referencesOf(programOfDocument(document), declared).map(({ span, declares }) => new vscode.DocumentHighlight(rangeOf(document, span), declares ? vscode.DocumentHighlightKind.Write : vscode.DocumentHighlightKind.Read));
}

/** Without the prime. @throws Error with the reason when the name is fixed; VS Code shows it at the place. */
function nameToChange(document: vscode.TextDocument, position: vscode.Position): vscode.Range {
  const occurrence = at(document, position);
  if (occurrence === undefined) throw new Error('There is no name here.');
  const fixed = document.uri.scheme === libraryScheme ? 'This belongs to the library, which cannot be changed.' : whyFixed(occurrence.meaning);
  if (fixed !== undefined) throw new Error(fixed);
  return rangeOf(document, nameSpan(occurrence, document.getText()));
}

async function rename(document: vscode.TextDocument, position: vscode.Position, wanted: string): Promise<vscode.WorkspaceEdit> {
  nameToChange(document, position);
  // Who types the prime means the state.
  const name = wanted.trim().replace(/'$/, '');
  if (!isName(name)) throw new Error(`“${name}” is not a name: letters, digits and _, and no digit first.`);
  const occurrence = at(document, position);
  const declared = occurrence && declaredAt(occurrence.meaning);
  const edit = new vscode.WorkspaceEdit();
  if (occurrence === undefined || declared === undefined) return edit;
  const found = await placesOf(document, occurrence, declared);
  const changed = new Map(found.map(({ document: one, program, places }) => [program.main.file, replaced(one.getText(), places.map((place) => nameSpan(place, one.getText())), name)]));
  for (const { document: one, program, places } of found) {
    const problem = newProblem(program, changed.get(program.main.file) ?? '', (path) => changed.get(path) ?? readOpenOrDisk(path));
    if (problem !== undefined) throw new Error(`With this name ${vscode.workspace.asRelativePath(one.uri)} would be wrong: ${problem}`);
    for (const place of places) edit.replace(one.uri, rangeOf(one, nameSpan(place, one.getText())), name);
  }
  return edit;
}

const foldKinds = { block: undefined, comment: vscode.FoldingRangeKind.Comment, imports: vscode.FoldingRangeKind.Imports } as const;

function folds(document: vscode.TextDocument): vscode.FoldingRange[] {
  return foldsOf(programOfDocument(document).main).map(({ kind, from, to }) => new vscode.FoldingRange(from - 1, to - 1, foldKinds[kind]));
}
