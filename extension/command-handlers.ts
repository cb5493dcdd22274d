// Which function stands behind which command.
// Not the functions: each is a file of its own in commands/, loaded with the extension, constructed here.
// Invariant: one line a command.
import type * as vscode from 'vscode';
import { OperationalError } from '../engine/base/operational-error';
import type { CommandHandler, CommandHandlers } from './commands';
import { newModel } from './commands/new-model';
import { openExample } from './commands/open-example';
import { TrainingPage } from './pages/training-page';

/** A command that package.json announces and this version does not have: says so instead of doing nothing. */
const absent = (title: string): CommandHandler => () => {
  throw new OperationalError('not-in-this-version', `${title} is not in this version of Unroll. The command line has it: npx unroll --help.`);
};

export function commandHandlers(context: vscode.ExtensionContext, _log: vscode.LogOutputChannel): CommandHandlers {
  const trainingPage = new TrainingPage(context.extensionUri);
  context.subscriptions.push(trainingPage);
  return {
    'rnn.trainRnn': absent('Train RNN'),
    'rnn.pauseTraining': absent('Pause Training'),
    'rnn.resumeTraining': absent('Resume Training'),
    'rnn.stopTraining': absent('Stop Training'),
    'rnn.openTrainingPage': () => trainingPage.reveal(),
    'rnn.newModel': newModel,
    'rnn.openExample': openExample(context),
    'rnn.checkGradients': absent('Check Gradients'),
    'rnn.debugRnn': absent('Debug RNN'),
    'rnn.openVisualDebugger': absent('Open Visual Debugger'),
    'rnn.openGradientInspector': absent('Open Gradient Inspector'),
  };
}
