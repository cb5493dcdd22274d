// Which model is meant: the file of the editor, the menu or the workspace, and one of its models, asked for where several could be.
// Not the check of the text: that is said when it is opened for training.
// Invariant: what is trained is what is on the disk, so the file is saved first; leaving a question means nothing happens.
import * as vscode from 'vscode';
import { OperationalError } from '../../engine/base/operational-error';
import { type Program, loadProgram } from '../../engine/language/program';
import type { ModelText } from '../../protocol/engine-host';
import { languageId } from '../contributions';
import { readOpenOrDisk } from '../language/open-program';

export interface ModelSource {
  readonly document: vscode.TextDocument;
  readonly text: ModelText;
  readonly program: Program;
}

/** What a menu, a code lens or a test may pass: a file, and a model's name. */
export function readArguments(args: readonly unknown[]): { readonly uri?: vscode.Uri; readonly model?: string } {
  const [uri, model] = args;
  return { ...(uri instanceof vscode.Uri ? { uri } : {}), ...(typeof model === 'string' ? { model } : {}) };
}

/** Undefined when a question was left. Throws OperationalError when there is no file, or none on a disk. */
export async function findSource(uri: vscode.Uri | undefined, purpose: string): Promise<ModelSource | undefined> {
  const found = await findDocument(uri, purpose);
  const document = found?.isUntitled === true ? await saveUntitled(found) : found;
  if (document === undefined) return undefined;
  if (document.uri.scheme !== 'file') throw new OperationalError('not-on-disk', `${purpose} needs a file on a disk, because its data and runs lie beside it. Save the model first.`);
  if (document.isDirty && !(await document.save())) throw new OperationalError('not-saved', `${document.fileName} could not be saved.`);
  const imports: { path: string; text: string }[] = [];
  const file = document.uri.fsPath;
  const program = loadProgram(file, document.getText(), (path) => {
    const text = readOpenOrDisk(path);
    if (text !== undefined) imports.push({ path, text });
    return text;
  });
  return { document, program, text: { file, text: document.getText(), imports } };
}

/** Asks where a text without a file shall lie; undefined when that was left. */
async function saveUntitled(document: vscode.TextDocument): Promise<vscode.TextDocument | undefined> {
  const saved = await vscode.workspace.save(document.uri);
  return saved && vscode.workspace.openTextDocument(saved);
}

/** The model's name; undefined when the question was left. A file without models is left to the engine to explain. */
export async function chooseModelName({ program, document }: ModelSource, given: string | undefined, purpose: string): Promise<{ readonly model?: string } | undefined> {
  if (given !== undefined) return { model: given };
  const models = program.main.models;
  if (models.length < 2) return {};
  const cursor = vscode.window.activeTextEditor?.document === document ? document.offsetAt(vscode.window.activeTextEditor.selection.active) : -1;
  const here = models.find(({ span }) => span.start <= cursor && cursor <= span.end);
  const sorted = here === undefined ? models : [here, ...models.filter((model) => model !== here)];
  const picked = await vscode.window.showQuickPick(sorted.map(({ name, doc }) => ({ label: name.text, detail: doc.split('\n')[0] ?? '' })), { title: purpose, placeHolder: 'Which model?' });
  return picked === undefined ? undefined : { model: picked.label };
}

async function findDocument(uri: vscode.Uri | undefined, purpose: string): Promise<vscode.TextDocument | undefined> {
  if (uri !== undefined) return vscode.workspace.openTextDocument(uri);
  const active = vscode.window.activeTextEditor?.document;
  if (active?.languageId === languageId) return active;
  const visible = vscode.window.visibleTextEditors.find(({ document }) => document.languageId === languageId);
  if (visible !== undefined) return visible.document;
  const files = await vscode.workspace.findFiles('**/*.rnn', '**/{node_modules,.unroll}/**', 200);
  const [only, second] = files;
  if (only === undefined) throw new OperationalError('no-file', 'There is no .rnn file here. Make one with "RNN: New Model…" or open an example with "RNN: Open an Example…".');
  if (second === undefined) return vscode.workspace.openTextDocument(only);
  const picked = await vscode.window.showQuickPick(files.map((file) => ({ label: vscode.workspace.asRelativePath(file), file })).sort((a, b) => a.label.localeCompare(b.label)), { title: purpose, placeHolder: 'Which file?' });
  return picked && vscode.workspace.openTextDocument(picked.file);
}
