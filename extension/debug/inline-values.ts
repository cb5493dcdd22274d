// Writes the values of the equations behind them while a debug session stands still: between an equation and its comment, where they are in view.
// Not the values (adapter/inline-values.ts). VS Code's own inline values stand behind the comment, beyond the edge of an editor that shares the window with a page.
// Invariant: what stands there is of the present stop, or nothing; the setting `debug.inlineValues` turns it off.
import * as vscode from 'vscode';
import type { InlineValue } from '../../protocol/debugger';
import { debugType, languageId } from '../contributions';
import { fileOf } from '../language/open-program';

/** Milliseconds. */
const pause = 20;

export class InlineValues implements vscode.Disposable {
  private readonly decoration = vscode.window.createTextEditorDecorationType({
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
    after: { margin: '0 1ch', color: new vscode.ThemeColor('editor.inlineValuesForeground'), backgroundColor: new vscode.ThemeColor('editor.inlineValuesBackground') },
  });
  private readonly subscriptions: readonly vscode.Disposable[];
  /** Rises with every change: an answer that comes late is about an older stop. */
  private asked = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor() {
    // One stop is told of several times, and a replay moves on with every frame.
    const update = (): void => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => void this.update(), pause);
    };
    this.subscriptions = [
      vscode.debug.onDidChangeActiveStackItem(update),
      vscode.debug.onDidReceiveDebugSessionCustomEvent(({ session, event }) => {
        if (session.type === debugType && event === 'rnn/cursor') update();
      }),
      vscode.debug.onDidTerminateDebugSession(update),
      vscode.window.onDidChangeVisibleTextEditors(update),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('debug.inlineValues')) update();
      }),
    ];
  }

  dispose(): void {
    clearTimeout(this.timer);
    for (const subscription of this.subscriptions) subscription.dispose();
    this.decoration.dispose();
  }

  private async update(): Promise<void> {
    const asked = ++this.asked;
    const session = vscode.debug.activeDebugSession;
    const wanted = session?.type === debugType && !['off', false].includes(vscode.workspace.getConfiguration('debug').get<string | boolean>('inlineValues', 'auto'));
    await Promise.all(vscode.window.visibleTextEditors.filter(({ document }) => document.languageId === languageId).map(async (editor) => {
      const values = wanted ? await valuesOf(session, editor.document) : [];
      if (asked === this.asked) editor.setDecorations(this.decoration, values.map((value) => behind(editor.document, value)));
    }));
  }
}

async function valuesOf(session: vscode.DebugSession, document: vscode.TextDocument): Promise<readonly InlineValue[]> {
  try {
    return ((await session.customRequest('rnn/inlineValues', { path: fileOf(document.uri) })) as { readonly values: readonly InlineValue[] }).values;
  } catch {
    // Between two stops there is nothing to write at the lines; the next stop asks again.
    return [];
  }
}

function behind(document: vscode.TextDocument, { line, column, text }: InlineValue): vscode.DecorationOptions {
  const place = document.validatePosition(new vscode.Position(line - 1, column - 1));
  return { range: new vscode.Range(place, place), renderOptions: { after: { contentText: text } } };
}
