// Registers the commands: a table complete by type, so that an id of package.json without a handler does not compile.
// Not what they do: command-handlers.ts names the handlers.
// Invariant: a handler that throws is answered with a message, never with silence.
import * as vscode from 'vscode';
import { commandIds, type CommandId } from './contributions';
import { report } from './report';

/** Arguments come from menus, code lenses and other extensions: unknown until looked at. */
export type CommandHandler = (...args: readonly unknown[]) => unknown;
export type CommandHandlers = { readonly [Id in CommandId]: CommandHandler };

export function registerCommands(handlers: CommandHandlers, log: vscode.LogOutputChannel): vscode.Disposable {
  return vscode.Disposable.from(...commandIds.map((id) =>
    vscode.commands.registerCommand(id, async (...args: unknown[]) => {
      try {
        return await handlers[id](...args);
      } catch (thrown) {
        // Not awaited: a command has ended when it has failed, whether or not its message was closed.
        void report(thrown, id, log);
        return undefined;
      }
    })));
}
