// *RNN: Open an Example…*: asks which, copies it with its data into the workspace (or the extension's own storage) and opens it.
// Not a download: the examples ship with the extension.
// Invariant: a file that is there already is opened as it is, never written over.
import * as vscode from 'vscode';
import type { CommandHandler } from '../commands';

export function openExample(context: vscode.ExtensionContext): CommandHandler {
  return async () => {
    const shipped = vscode.Uri.joinPath(context.extensionUri, 'examples');
    const names = (await vscode.workspace.fs.readDirectory(shipped)).map(([name]) => name);
    const examples = await Promise.all(names.filter((name) => name.endsWith('.rnn')).sort().map(async (name) => {
      const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(vscode.Uri.joinPath(shipped, name)));
      return { label: name, detail: firstSentence(text), data: names.filter((other) => text.includes(JSON.stringify(other))) };
    }));
    const picked = await vscode.window.showQuickPick(examples, { title: 'Open an Example', placeHolder: 'Which one?', matchOnDetail: true });
    if (picked === undefined) return;
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.joinPath(context.globalStorageUri, 'examples');
    await vscode.workspace.fs.createDirectory(folder);
    for (const name of [picked.label, ...picked.data]) await copyOnce(vscode.Uri.joinPath(shipped, name), vscode.Uri.joinPath(folder, name));
    await vscode.window.showTextDocument(vscode.Uri.joinPath(folder, picked.label), { preview: false });
  };
}

async function copyOnce(from: vscode.Uri, to: vscode.Uri): Promise<void> {
  const there = await vscode.workspace.fs.stat(to).then(() => true, () => false);
  if (!there) await vscode.workspace.fs.copy(from, to, { overwrite: false });
}

/** What the example's opening documentation says first. */
function firstSentence(text: string): string {
  const documentation = text.split('\n').filter((line, place, lines) => line.startsWith('///') && lines.slice(0, place).every((before) => before.startsWith('///')));
  return documentation.map((line) => line.slice(3).trim()).join(' ').split(/(?<=[.:])\s/, 1)[0] ?? '';
}
