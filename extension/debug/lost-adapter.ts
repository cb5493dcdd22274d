// Says so when the adapter's process dies in the middle of a session: one that a signal ended (lack of memory, a native fault) VS Code ends in silence.
// Not an exit with a code, which VS Code tells of itself.
// Invariant: at most one message a session, and none for a session that was asked to end or ended by itself.
import * as vscode from 'vscode';
import { debugType } from '../contributions';

export function tellOfLostAdapters(lost: (session: vscode.DebugSession) => void): vscode.Disposable {
  return vscode.debug.registerDebugAdapterTrackerFactory(debugType, {
    createDebugAdapterTracker: (session) => {
      let ending = false;
      return {
        onWillReceiveMessage: (message: unknown) => {
          if (hasWord(message, 'command', ['disconnect', 'terminate'])) ending = true;
        },
        onDidSendMessage: (message: unknown) => {
          if (hasWord(message, 'event', ['terminated'])) ending = true;
        },
        onExit: (code) => {
          if (ending || code !== undefined) return;
          lost(session);
          void vscode.window.showErrorMessage('The debugger’s process was killed, perhaps for lack of memory, and the session with it. What the pages show stays; F5 begins another session.');
        },
      };
    },
  });
}

function hasWord(message: unknown, field: string, words: readonly string[]): boolean {
  const value: unknown = typeof message === 'object' && message !== null ? (message as Readonly<Record<string, unknown>>)[field] : undefined;
  return typeof value === 'string' && words.includes(value);
}
