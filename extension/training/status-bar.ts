// The status bar's items for training: loss, iterations a second and backend of one run, and a button that ends it.
// Not the page. Invariant: shown while a run is known; of several that go on, the one that began last; a fallback shows as a warning with its reason.
import * as vscode from 'vscode';
import type { CommandId } from '../contributions';
import type { TrainingRun } from './training-run';

const icons = { starting: '$(sync~spin)', running: '$(pulse)', paused: '$(debug-pause)', stopped: '$(circle-slash)', finished: '$(check)', failed: '$(error)' } as const;

export class TrainingStatusBar implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('rnn.training', vscode.StatusBarAlignment.Left, 10);
  private readonly stop = vscode.window.createStatusBarItem('rnn.stopTraining', vscode.StatusBarAlignment.Left, 9.9);

  constructor() {
    this.item.name = 'RNN Training';
    this.item.command = 'rnn.openTrainingPage' satisfies CommandId;
    this.stop.name = 'Stop RNN Training';
    this.stop.command = 'rnn.stopTraining' satisfies CommandId;
    this.stop.text = '$(debug-stop)';
    this.stop.tooltip = 'Stop training, with a checkpoint';
    this.stop.accessibilityInformation = { label: 'Stop training' };
  }

  /** `runs`: those of the window, oldest first; `changed`: the one that has news. */
  draw(runs: readonly TrainingRun[], changed: TrainingRun): void {
    const going = runs.filter((run) => run.going);
    const run = going.at(-1) ?? changed;
    const { header, status, loss } = run.glance;
    if (header === undefined) return;
    const { backend } = header;
    const part = Math.floor((100 * status.iteration) / Math.max(1, header.iterations));
    const others = going.length < 2 ? [] : [`(+${going.length - 1})`];
    this.item.text = [
      `${icons[status.state]} ${header.model}`, ...(run.going ? [`${part} %`] : []), ...(loss === undefined ? [] : [`loss ${loss.toFixed(3)}`]),
      ...(status.speed === undefined ? [] : [`${status.speed.toFixed(status.speed < 10 ? 1 : 0)} it/s`]), backend.name, ...others,
    ].join('  ');
    const why = backend.fallback ? `${backend.fallback.wanted} is not used: ${backend.fallback.reason}` : backend.chosenBecause;
    this.item.tooltip = [`${header.model}: ${status.state}, iteration ${status.iteration} of ${header.iterations}`, `${backend.name}: ${backend.detail}`, ...(why === undefined ? [] : [why]), ...(status.sentence === '' ? [] : [status.sentence])].join('\n');
    this.item.backgroundColor = backend.fallback || status.state === 'failed' ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    this.item.show();
    if (going.length > 0) this.stop.show();
    else this.stop.hide();
  }

  dispose(): void {
    this.item.dispose();
    this.stop.dispose();
  }
}
