// The extension's entry: constructs what runs in VS Code, connects it, and ends.
// Not the place where anything is done: every part registers what it owns with the context.
// Invariant: what is registered here is disposed with the extension; nothing heavy is loaded before it is asked for.
import type * as vscode from 'vscode';
import { commandHandlers } from './command-handlers';
import { registerCommands } from './commands';
import { registerDebugger } from './debug/register-debugger';
import { ShownPass } from './debug/shown-pass';
import { registerLanguage } from './language/register-language';
import { registerWords } from './language/words';
import { registerLinks } from './links/open-link';
import { openLog } from './log';
import { DebuggerPage } from './pages/debugger-page';
import { InspectorPage } from './pages/inspector-page';
import { registerTrainLens } from './training/train-lens';
import { TrainingRuns } from './training/training-runs';

let running: TrainingRuns | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const log = openLog();
  const training = new TrainingRuns(context.extensionUri, log, context.storageUri ?? context.globalStorageUri);
  const pass = new ShownPass();
  const debuggerPage = new DebuggerPage(context.extensionUri, pass);
  const pages = { debugger: debuggerPage, inspector: new InspectorPage(context.extensionUri, pass, () => debuggerPage.column) };
  context.subscriptions.push(log, training, pass, pages.debugger, pages.inspector, registerCommands(commandHandlers(context, log, training, pages, pass), log), registerWords(), registerLanguage(), registerTrainLens(), registerDebugger(context, pass), registerLinks(pass, log));
  running = training;
}

/** VS Code waits a few seconds: long enough for a checkpoint. */
export function deactivate(): Promise<void> | undefined {
  return running?.stopAll();
}
