// *RNN: Check Gradients*: has an engine compare every gradient with finite differences, and shows the result at its place.
// Not the check, which runs in a worker. Invariant: one message says the result; cancelling ends the worker.
import * as vscode from 'vscode';
import type { GradientsChecked, ModelText, Problem } from '../../protocol/engine-host';
import { languageId } from '../contributions';
import type { CommandHandler } from '../commands';
import type { EngineLink } from './engine-link';
import { findSource, readArguments } from './model-source';
import { sayProblems } from './say-problems';

const purpose = 'Check Gradients';

export class GradientCheck implements vscode.Disposable {
  private readonly diagnostics = vscode.languages.createDiagnosticCollection('rnn-gradients');
  private readonly changes = vscode.workspace.onDidChangeTextDocument(({ document }) => {
    // What was proved is no longer this text.
    if (document.languageId === languageId) this.diagnostics.delete(document.uri);
  });

  constructor(
    private readonly start: () => EngineLink,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  readonly command: CommandHandler = async (...args) => {
    const { uri, model } = readArguments(args);
    const source = await findSource(uri, purpose);
    if (source === undefined) return;
    this.diagnostics.delete(source.document.uri);
    const checked = await this.run({ ...source.text, ...(model === undefined ? {} : { model }) });
    if (checked === undefined) return;
    this.show(source.document.uri, checked);
    for (const line of checked.lines) this.log.info(line);
    const ofText = checked.problems.filter(({ severity, code }) => severity === 'error' && !code.startsWith('gradient-'));
    if (ofText.length > 0) return void sayProblems(ofText, this.log);
    const summary = checked.lines.filter((line) => /: gradients /.test(line)).join(' ') || checked.lines.at(-1) || '';
    const show = 'Show Report';
    // Not awaited: the command has ended when the result is there.
    void (checked.passed ? vscode.window.showInformationMessage(summary, show) : vscode.window.showErrorMessage(summary, show)).then((answer) => { if (answer === show) this.log.show(); });
  };

  dispose(): void {
    this.changes.dispose();
    this.diagnostics.dispose();
  }

  private async run(text: ModelText): Promise<GradientsChecked | undefined> {
    const link = this.start();
    try {
      return await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title: 'Comparing gradients with finite differences', cancellable: true }, (_, cancel) =>
        Promise.race([link.channel.request('checkGradients', text), new Promise<undefined>((resolve) => cancel.onCancellationRequested(() => resolve(undefined)))]));
    } finally {
      link.close();
    }
  }

  private show(uri: vscode.Uri, { problems }: GradientsChecked): void {
    this.diagnostics.set(uri, problems.filter(({ code, file }) => code.startsWith('gradient-') && file === uri.fsPath).map(diagnostic));
  }
}

function diagnostic({ line, column, endLine, endColumn, message, code }: Problem): vscode.Diagnostic {
  const made = new vscode.Diagnostic(new vscode.Range(line - 1, column - 1, endLine - 1, endColumn - 1), message, vscode.DiagnosticSeverity.Error);
  made.code = code;
  made.source = languageId;
  return made;
}
