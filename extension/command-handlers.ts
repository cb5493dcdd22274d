// Which function stands behind which command.
// Not the functions: each is a file of its own in commands/, loaded with the extension, constructed here.
// Invariant: one line a command.
import type * as vscode from 'vscode';
import type { CommandHandlers } from './commands';
import { newModel } from './commands/new-model';
import { openExample } from './commands/open-example';
import type { ShownPass } from './debug/shown-pass';
import { compareRuns } from './debug/compare-runs';
import { debugRnn, debugSequence } from './debug/debug-commands';
import { copyLink } from './links/copy-link';
import { GradientCheck } from './training/gradient-check';
import { startWasmEngine } from './training/node-engines';
import type { TrainingRuns } from './training/training-runs';

/** The pages that commands open. */
export interface Pages {
  readonly debugger: { readonly show: () => void };
  readonly inspector: { readonly show: () => void };
}

export function commandHandlers(context: vscode.ExtensionContext, log: vscode.LogOutputChannel, training: TrainingRuns, pages: Pages, pass: ShownPass): CommandHandlers {
  const gradients = new GradientCheck(() => startWasmEngine(context.asAbsolutePath('dist')), log);
  context.subscriptions.push(gradients);
  return {
    'rnn.trainRnn': training.train,
    'rnn.pauseTraining': training.pause,
    'rnn.resumeTraining': training.resume,
    'rnn.stopTraining': training.stop,
    'rnn.openTrainingPage': training.openPage,
    'rnn.openRun': training.openRun,
    'rnn.newModel': newModel,
    'rnn.openExample': openExample(context),
    'rnn.checkGradients': gradients.command,
    'rnn.debugRnn': debugRnn,
    'rnn.debugSequence': debugSequence,
    'rnn.openVisualDebugger': pages.debugger.show,
    'rnn.openGradientInspector': pages.inspector.show,
    'rnn.compareRuns': compareRuns(pass),
    'rnn.copyLink': copyLink(pass),
  };
}
