// The status bar's item for training: loss, iterations a second and backend of the run that changed last.
// Not the page. Invariant: shown while a run is known; a fallback shows as a warning with its reason.
import * as vscode from 'vscode';
import type { TrainingRun } from './training-run';

const icons = { starting: '$(sync~spin)', running: '$(pulse)', paused: '$(debug-pause)', stopped: '$(debug-stop)', finished: '$(check)', failed: '$(error)' } as const;

export class TrainingStatusBar implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('rnn.training', vscode.StatusBarAlignment.Left, 10);

  constructor() {
    this.item.name = 'RNN Training';
    this.item.command = 'rnn.openTrainingPage';
  }

  draw(run: TrainingRun): void {
    const { soFar } = run;
    if (soFar === undefined) return;
    const { header, status } = soFar;
    const { backend } = header;
    const loss = run.history.last?.loss;
    const parts = [`${icons[status.state]} ${header.model}`, ...(loss === undefined ? [] : [`loss ${loss.toFixed(3)}`]), ...(status.speed === undefined ? [] : [`${status.speed.toFixed(status.speed < 10 ? 1 : 0)} it/s`]), backend.name];
    this.item.text = parts.join('  ');
    const why = backend.fallback ? `${backend.fallback.wanted} is not used: ${backend.fallback.reason}` : backend.chosenBecause;
    this.item.tooltip = [`${header.model}: ${status.state}, iteration ${status.iteration} of ${header.iterations}`, `${backend.name}: ${backend.detail}`, ...(why === undefined ? [] : [why]), ...(status.sentence === '' ? [] : [status.sentence])].join('\n');
    this.item.backgroundColor = backend.fallback || status.state === 'failed' ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    this.item.show();
  }

  dispose(): void {
    this.item.dispose();
  }
}
