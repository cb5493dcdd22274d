// The notification of a run that goes on: how far it is, and a way to end it.
// Not the page. Invariant: it closes when the run ends; cancelling stops the run with a checkpoint.
import * as vscode from 'vscode';
import type { TrainingRun } from './training-run';

export function showProgress(run: TrainingRun): void {
  const title = `Training ${run.soFar?.header.model ?? ''}`;
  void vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title, cancellable: true }, async (progress, cancel) => {
    let shown = 0;
    const stop = run.onChange((change) => {
      if (change.kind !== 'status') return;
      const { status } = change;
      const total = run.soFar?.header.iterations ?? 1;
      const part = (100 * status.iteration) / total;
      const loss = run.history.last?.loss;
      progress.report({ increment: Math.max(0, part - shown), message: `${status.state === 'paused' ? 'paused at ' : ''}${status.iteration} of ${total}${loss === undefined ? '' : `, loss ${loss.toFixed(3)}`}` });
      shown = Math.max(shown, part);
    });
    cancel.onCancellationRequested(() => void run.stop());
    await run.ended();
    stop();
  });
}
