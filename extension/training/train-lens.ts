// *Train* and *Check Gradients* above every model of a file.
// Not the commands. Invariant: parses only what is shown; a text that cannot be read has no lenses where it cannot.
import * as vscode from 'vscode';
import { loadProgram } from '../../engine/language/program';
import { languageId, type CommandId } from '../contributions';

const lens = (range: vscode.Range, title: string, command: CommandId, args: unknown[]): vscode.CodeLens => new vscode.CodeLens(range, { title, command, arguments: args });

export function registerTrainLens(): vscode.Disposable {
  return vscode.languages.registerCodeLensProvider({ language: languageId }, {
    provideCodeLenses: (document) => loadProgram(document.uri.fsPath, document.getText()).main.models.filter(({ name }) => name.text !== '').flatMap(({ name, span }) => {
      const range = new vscode.Range(document.positionAt(span.start), document.positionAt(span.start));
      return [lens(range, '$(play) Train', 'rnn.trainRnn', [document.uri, name.text]), lens(range, '$(check-all) Check Gradients', 'rnn.checkGradients', [document.uri, name.text])];
    }),
  });
}
