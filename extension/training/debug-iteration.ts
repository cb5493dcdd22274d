// *Debug* beside an iteration of a run: a debug session that replays the run to it and stands there.
// Not the replay, which is the adapter's (../debug/adapter/training-under-debugger.ts).
// Invariant: the run itself goes on untouched; its folder is only read.
import * as vscode from 'vscode';
import { OperationalError } from '../../engine/base/operational-error';
import { debugType } from '../contributions';
import type { RunRequest } from './training-run';

export async function debugIteration(file: vscode.Uri, { model, run }: RunRequest, iteration: number): Promise<void> {
  if (!Number.isSafeInteger(iteration) || iteration < 1) throw new OperationalError('no-iteration', `The page asked to debug iteration ${iteration}, which there is not.`);
  const started = await vscode.debug.startDebugging(vscode.workspace.getWorkspaceFolder(file), {
    type: debugType, request: 'launch', name: `Debug iteration ${iteration}`, program: file.fsPath, run, iteration, ...(model === undefined ? {} : { model }),
  });
  // What went wrong was said by the session itself.
  if (!started) throw new OperationalError('not-started', `Iteration ${iteration} could not be debugged; the message of the debugger says why.`);
}
