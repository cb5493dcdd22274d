// Keeps the keyboard in a page that has asked for a move: VS Code turns to the editor at every stop, and arrows would go on only once.
// Not for stops that the page did not ask for: those belong to the editor.
// Invariant: the focus is taken back only shortly after the page that had it asked, and only a few times: VS Code turns to the editor, then to its line.
import type * as vscode from 'vscode';

/** Longer than a stop takes, shorter than a person needs to choose the editor. */
const shortly = 1_500;
const fewTimes = 4;

/** Returns what is to be called when the page asks for a move. */
export function keepFocus(panel: Pick<vscode.WebviewPanel, 'active' | 'visible' | 'onDidChangeViewState' | 'reveal'>, now: () => number = Date.now): () => void {
  let until = -Infinity;
  let left = 0;
  panel.onDidChangeViewState(() => {
    // Another page in its place was asked for, and is left there.
    if (!panel.visible) left = 0;
    if (panel.active || left === 0 || now() > until) return;
    left--;
    panel.reveal(undefined, false);
  });
  return () => {
    // A second key may come while the first one's stop holds the focus.
    if (!panel.active && now() > until) return;
    until = now() + shortly;
    left = fewTimes;
  };
}
