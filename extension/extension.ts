// The extension's entry: constructs what runs in VS Code, connects it, and ends.
// Not the place where anything is done: every part registers what it owns with the context.
// Invariant: what is registered here is disposed with the extension; nothing heavy is loaded before it is asked for.
import type * as vscode from 'vscode';
import { commandHandlers } from './command-handlers';
import { registerCommands } from './commands';
import { registerWords } from './language/words';
import { openLog } from './log';

export function activate(context: vscode.ExtensionContext): void {
  const log = openLog();
  context.subscriptions.push(log, registerCommands(commandHandlers(context, log), log), registerWords());
}
