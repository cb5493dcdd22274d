// Keeps the keyboard in a page that has asked for a move: VS Code turns to the editor at every stop, and arrows would go on only once.
// Not for stops that the page did not ask for: those belong to the editor.
// Invariant: one move takes the focus back at most once, and only shortly after it was asked for.
import type * as vscode from 'vscode';

/** Longer than a stop takes, shorter than a person needs to choose the editor. */
const shortly = 1_500;

/** Returns what is to be called when the page asks for a move. */
export function keepFocus(panel: vscode.WebviewPanel): () => void {
  let asked = 0;
  panel.onDidChangeViewState(() => {
    if (panel.active || Date.now() - asked > shortly) return;
    asked = 0;
    panel.reveal(undefined, false);
  });
  return () => {
    if (panel.active) asked = Date.now();
  };
}
