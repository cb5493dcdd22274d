// The installed extension in a real extension host: activates, owns its language, registers every command it announces.
import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { commandIds, extensionId, languageId, settingDefaults, settingsSection } from '../../../extension/contributions';

const folder = () => {
  const first = vscode.workspace.workspaceFolders?.[0];
  if (first === undefined) throw new Error('no folder is open');
  return first.uri;
};

describe('the extension', () => {
  before(async () => {
    const extension = vscode.extensions.getExtension(extensionId);
    ok(extension, 'it is installed');
    await extension.activate();
  });
  after(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('is the packed one', () => {
    const path = vscode.extensions.getExtension(extensionId)?.extensionPath ?? '';
    ok(/extensions[\\/]unroll\.unroll-/.test(path), path);
  });

  it('registers every command', async () => {
    const commands = await vscode.commands.getCommands(true);
    deepStrictEqual(commandIds.filter((id) => !commands.includes(id)), []);
  });

  it('gives .rnn files their language', async () => {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder(), 'moby-dick.rnn'));
    strictEqual(document.languageId, languageId);
  });

  it('counts the prime into the word', async () => {
    const document = await vscode.workspace.openTextDocument({ language: languageId, content: "  h' = o * tanh(c')" });
    const range = document.getWordRangeAtPosition(new vscode.Position(0, 2));
    strictEqual(document.getText(range), "h'");
  });

  it('has its settings with their defaults', () => {
    const settings = vscode.workspace.getConfiguration(settingsSection);
    deepStrictEqual(Object.fromEntries(Object.keys(settingDefaults).map((name) => [name, settings.inspect(name)?.defaultValue])), { ...settingDefaults });
  });
});
