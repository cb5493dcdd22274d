// Shows where a model's training is set: its train block, else the file's, else the model.
// Not a form for settings: they are text.
import * as vscode from 'vscode';
import { loadProgram } from '../../engine/language/program';

export async function revealSettings(file: vscode.Uri, name: string | undefined): Promise<void> {
  const document = await vscode.workspace.openTextDocument(file);
  const { models, trains } = loadProgram(file.fsPath, document.getText()).main;
  const model = models.find((candidate) => candidate.name.text === name) ?? models[0];
  const own = model?.lines.filter((line) => line.kind === 'train').at(-1);
  const span = (own ?? trains.at(-1) ?? model)?.span;
  const place = document.positionAt(span?.start ?? 0);
  await vscode.window.showTextDocument(document, { selection: new vscode.Range(place, place), viewColumn: vscode.ViewColumn.One });
}
