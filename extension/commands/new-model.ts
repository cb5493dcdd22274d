// *RNN: New Model…*: asks what it should learn, writes a new .rnn file and opens it.
// Not a wizard: two or three questions, the rest is changed in the text.
// Invariant: a file that exists is never written over; leaving a question changes nothing.
import * as vscode from 'vscode';
import { languageId } from '../contributions';
import { modelTemplates, type ModelTemplate } from '../model-templates';

const defaultText = 'text.txt';

export async function newModel(): Promise<void> {
  const picked = await vscode.window.showQuickPick(
    modelTemplates.map((template) => ({ label: template.label, detail: template.detail, template })),
    { title: 'New Model', placeHolder: 'What should it learn?' },
  );
  if (picked === undefined) return;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const textFile = picked.template.wantsText ? await askForText(folder) : '';
  if (textFile === undefined) return;
  const text = picked.template.text(textFile);
  if (folder === undefined) {
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: languageId, content: text }));
    return;
  }
  const name = await askForName(folder, picked.template);
  if (name === undefined) return;
  const file = vscode.Uri.joinPath(folder, name);
  const edit = new vscode.WorkspaceEdit();
  // createFile refuses to overwrite, should the file have appeared since it was asked for.
  edit.createFile(file, { overwrite: false, contents: new TextEncoder().encode(text) });
  if (!(await vscode.workspace.applyEdit(edit))) throw new vscode.FileSystemError(`${name} could not be written.`);
  await vscode.window.showTextDocument(file);
}

/** A text of the workspace, relative to its folder; undefined when the question was left. */
async function askForText(folder: vscode.Uri | undefined): Promise<string | undefined> {
  const found = folder === undefined ? [] : await vscode.workspace.findFiles(new vscode.RelativePattern(folder, '**/*.txt'), '**/{node_modules,.unroll}/**', 100);
  if (found.length === 0) return defaultText;
  const names = found.map((uri) => vscode.workspace.asRelativePath(uri, false)).sort();
  return vscode.window.showQuickPick(names, { title: 'New Model', placeHolder: 'Which text should it learn from?' });
}

async function askForName(folder: vscode.Uri, template: ModelTemplate): Promise<string | undefined> {
  const name = await vscode.window.showInputBox({
    title: 'New Model', prompt: 'Name of the new file', value: `${template.id}.rnn`, valueSelection: [0, template.id.length],
    validateInput: (value) => problemWithName(folder, value),
  });
  return name?.trim();
}

async function problemWithName(folder: vscode.Uri, value: string): Promise<string | undefined> {
  const name = value.trim();
  if (!/^[^\\/:*?"<>|]+\.rnn$/.test(name)) return 'A file name that ends in .rnn, without folders.';
  const exists = await vscode.workspace.fs.stat(vscode.Uri.joinPath(folder, name)).then(() => true, () => false);
  return exists ? `${name} is there already; choose another name.` : undefined;
}
