// Turns what went wrong into one message that a person can act on.
// Not a place to swallow anything: what is not a known error is a bug, said so, and its stack is in the log.
// Invariant: cancelling is silent; everything else is shown once.
import * as vscode from 'vscode';
import { OperationalError } from '../engine/base/operational-error';
import { RequestError } from '../protocol/channel';

/** Shows an error and logs it; resolves when the message was answered. */
export async function report(thrown: unknown, doing: string, log: vscode.LogOutputChannel): Promise<void> {
  if (thrown instanceof vscode.CancellationError) return;
  if (thrown instanceof OperationalError || isAnswer(thrown)) {
    log.warn(`${doing}: ${thrown.code}: ${thrown.message}`);
    await vscode.window.showErrorMessage(thrown.message);
    return;
  }
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  log.error(`${doing}: ${error.stack ?? error.message}`);
  const show = 'Show Log';
  const answer = await vscode.window.showErrorMessage(`${doing} failed, and it is our mistake: ${error.message}`, show);
  if (answer === show) log.show();
}

/** An error that an engine or a page answered with, of the kind that says what to do; a bug over there has the code `internal`. */
function isAnswer(thrown: unknown): thrown is RequestError {
  return thrown instanceof RequestError && thrown.code !== 'internal' && thrown.code !== 'closed';
}
