// Which function stands behind which command.
// Not the functions: each is a file of its own in commands/, loaded with the extension, constructed here.
// Invariant: one line a command.
import type * as vscode from 'vscode';
import { OperationalError } from '../engine/base/operational-error';
import type { CommandHandler, CommandHandlers } from './commands';
import { newModel } from './commands/new-model';
import { openExample } from './commands/open-example';
import { debugRnn, debugSequence } from './debug/debug-commands';
import { GradientCheck } from './training/gradient-check';
import { startWasmEngine } from './training/node-engines';
import type { TrainingRuns } from './training/training-runs';

/** A command that package.json announces and this version does not have: says so instead of doing nothing. */
const absent = (title: string): CommandHandler => () => {
  throw new OperationalError('not-in-this-version', `${title} is not in this version of Unroll. The command line has it: npx unroll --help.`);
};

export function commandHandlers(context: vscode.ExtensionContext, log: vscode.LogOutputChannel, training: TrainingRuns): CommandHandlers {
  const gradients = new GradientCheck(() => startWasmEngine(context.asAbsolutePath('dist')), log);
  context.subscriptions.push(gradients);
  return {
    'rnn.trainRnn': training.train,
    'rnn.pauseTraining': training.pause,
    'rnn.resumeTraining': training.resume,
    'rnn.stopTraining': training.stop,
    'rnn.openTrainingPage': training.openPage,
    'rnn.newModel': newModel,
    'rnn.openExample': openExample(context),
    'rnn.checkGradients': gradients.command,
    'rnn.debugRnn': debugRnn,
    'rnn.debugSequence': debugSequence,
    'rnn.openVisualDebugger': absent('Open Visual Debugger'),
    'rnn.openGradientInspector': absent('Open Gradient Inspector'),
  };
}
