// The notification of a run that is being prepared: the data read, the engine started, its first iteration compiled; and a way to leave it.
// Not how far a run is, which the status bar and the page say without lying over them.
// Invariant: it closes at the first iteration, or when nothing is prepared any more; what is ready at once shows none.
import * as vscode from 'vscode';

/** Milliseconds before it is worth a notification. */
const patience = 400;

export interface Preparing {
  /** Aborted when the person cancels. */
  readonly signal: AbortSignal;
  /** Closes the notification. */
  done(): void;
}

export function showPreparing(title: string): Preparing {
  const abort = new AbortController();
  let done = (): void => undefined;
  const over = new Promise<void>((resolve) => { done = resolve; });
  const timer = setTimeout(() => void vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title, cancellable: true }, (_, cancel) => {
    cancel.onCancellationRequested(() => abort.abort());
    return over;
  }), patience);
  return {
    signal: abort.signal,
    done: () => {
      clearTimeout(timer);
      done();
    },
  };
}
