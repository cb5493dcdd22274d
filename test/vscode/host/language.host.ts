// The language in a real extension host, through VS Code's own commands: problems, hover, completion, definition, outline, colours, lenses.
import { deepStrictEqual, ok, rejects, strictEqual } from 'node:assert/strict';
import { after, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { extensionId, languageId } from '../../../extension/contributions';

const folder = () => {
  const first = vscode.workspace.workspaceFolders?.[0];
  if (first === undefined) throw new Error('no folder is open');
  return first.uri;
};

async function open(name: string): Promise<vscode.TextDocument> {
  await vscode.extensions.getExtension(extensionId)?.activate();
  const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder(), name));
  await vscode.window.showTextDocument(document);
  return document;
}

function place(document: vscode.TextDocument, snippet: string): vscode.Position {
  const at = document.getText().indexOf(snippet.replace('|', ''));
  ok(at >= 0, `${snippet} stands in ${document.fileName}`);
  return document.positionAt(at + snippet.indexOf('|'));
}

async function problems(uri: vscode.Uri, until: (found: readonly vscode.Diagnostic[]) => boolean): Promise<readonly vscode.Diagnostic[]> {
  for (const end = Date.now() + 10_000; Date.now() < end;) {
    const found = vscode.languages.getDiagnostics(uri);
    if (until(found)) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return vscode.languages.getDiagnostics(uri);
}

const hoverText = async (document: vscode.TextDocument, snippet: string): Promise<string> => {
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', document.uri, place(document, snippet));
  return hovers.flatMap(({ contents }) => contents.map((content) => (typeof content === 'string' ? content : content.value))).join('\n');
};

describe('the language in the editor', () => {
  after(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('finds nothing wrong with the examples', async () => {
    for (const name of ['moby-dick.rnn', 'adding-problem.rnn', 'own-cell.rnn']) {
      const document = await open(name);
      await new Promise((resolve) => setTimeout(resolve, 300));
      deepStrictEqual(vscode.languages.getDiagnostics(document.uri).map(({ message }) => message), []);
    }
  });

  it('underlines a shape error while one types, and no longer when it is mended', async () => {
    const document = await open('own-cell.rnn');
    const edit = new vscode.WorkspaceEdit();
    const from = place(document, '|U_f[hidden, hidden]');
    edit.replace(document.uri, new vscode.Range(from, from.translate(0, 'U_f[hidden, hidden]'.length)), 'U_f[hidden, x]');
    await vscode.workspace.applyEdit(edit);
    const [problem] = await problems(document.uri, (found) => found.length > 0);
    strictEqual(problem?.code, 'shape-mismatch');
    strictEqual(problem.source, languageId);
    ok(problem.message.includes('U_f @ h'), problem.message);
    await vscode.commands.executeCommand('undo');
    deepStrictEqual(await problems(document.uri, (found) => found.length === 0), []);
    await document.save();
  });

  it('says what a name is', async () => {
    const document = await open('own-cell.rnn');
    const said = await hoverText(document, 'sigmoid(W_|f @ x');
    ok(said.includes('param W_f [hidden, x]'), said);
    ok((await hoverText(await open('moby-dick.rnn'), 'LST|M(e')).includes('Long short-term memory'));
    const data = await hoverText(await open('moby-dick.rnn'), 'te|xt("moby');
    ok(/characters to train on/.test(data) && data.includes('**Vocabulary**') && data.includes('**Begins**'), data);
  });

  it('offers cells where a layer is named', async () => {
    const document = await open('moby-dick.rnn');
    const list = await vscode.commands.executeCommand<vscode.CompletionList>('vscode.executeCompletionItemProvider', document.uri, place(document, 'layer  r = |LSTM'));
    const labels = list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
    for (const name of ['LSTM', 'GRU', 'RNN', 'last']) ok(labels.includes(name), name);
  });

  it('leads into the library', async () => {
    const document = await open('moby-dick.rnn');
    const [found] = await vscode.commands.executeCommand<vscode.Location[]>('vscode.executeDefinitionProvider', document.uri, place(document, 'LST|M(e'));
    ok(found);
    const library = await vscode.workspace.openTextDocument(found.uri);
    strictEqual(library.languageId, languageId);
    ok(library.lineAt(found.range.start.line).text.startsWith('cell LSTM'), library.lineAt(found.range.start.line).text);
    ok((await vscode.commands.executeCommand<vscode.DocumentSymbol[]>('vscode.executeDocumentSymbolProvider', found.uri)).some(({ name }) => name === 'LSTM'));
  });

  it('finds the uses of a name and renames it, without its prime', async () => {
    const document = await open('own-cell.rnn');
    const at = place(document, "|h' = ");
    const uses = await vscode.commands.executeCommand<vscode.Location[]>('vscode.executeReferenceProvider', document.uri, at);
    ok(uses.length > 3 && uses.every(({ uri }) => uri.toString() === document.uri.toString()), String(uses.length));
    const edit = await vscode.commands.executeCommand<vscode.WorkspaceEdit>('vscode.executeDocumentRenameProvider', document.uri, at, 'kept');
    ok(await vscode.workspace.applyEdit(edit));
    const changed = document.getText();
    ok(changed.includes("kept' = ") && changed.includes('state kept[hidden]') && !/\bh\b/.test(changed.slice(0, changed.indexOf('model Sum')).replace(/\/\/.*/g, '')), changed);
    deepStrictEqual(vscode.languages.getDiagnostics(document.uri).map(({ message }) => message), []);
    await vscode.commands.executeCommand('undo');
    await rejects(async () => vscode.commands.executeCommand('vscode.executeDocumentRenameProvider', document.uri, place(document, '|tanh('), 'other'), /word of the language/);
    await document.save();
  });

  it('folds cells and models', async () => {
    const document = await open('own-cell.rnn');
    const folds = await vscode.commands.executeCommand<vscode.FoldingRange[]>('vscode.executeFoldingRangeProvider', document.uri);
    const first = document.positionAt(document.getText().indexOf('cell Ledger')).line;
    ok(folds.some(({ start, end }) => start === first && document.lineAt(end + 1).text === '}'), JSON.stringify(folds));
  });

  it('outlines and colours a file', async () => {
    const document = await open('own-cell.rnn');
    const symbols = await vscode.commands.executeCommand<vscode.DocumentSymbol[]>('vscode.executeDocumentSymbolProvider', document.uri);
    const [cell, model, block] = symbols;
    deepStrictEqual([cell?.name, model?.detail, block?.name], ['Ledger', 'model', 'train']);
    ok(cell?.children.some(({ name }) => name === "h'"));
    const tokens = await vscode.commands.executeCommand<vscode.SemanticTokens>('vscode.provideDocumentSemanticTokens', document.uri);
    ok(tokens.data.length > 100);
  });

  it('has a lens above every model', async () => {
    const document = await open('adding-problem.rnn');
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri, 10);
    deepStrictEqual(lenses.filter(({ command }) => command?.command === 'rnn.trainRnn').map(({ command }) => command?.arguments?.[1] as string), ['AddingWithRNN', 'AddingWithLSTM']);
  });
});
