// Keeps the keyboard in a page that has asked for a move: VS Code turns to the editor at every stop, and arrows would go on only once.
// Not for stops that the page did not ask for: those belong to the editor.
// Invariant: one move takes the focus back at most twice (the editor may ask for it again when it has opened the file), and only soon after it.
import type * as vscode from 'vscode';

/** Milliseconds: longer than a stop takes on a busy machine. A person who turns to the editor meanwhile is brought back twice at most. */
const soon = 4_000;

/** Returns what is to be called when the page asks for a move. */
export function keepFocus(panel: vscode.WebviewPanel): () => void {
  let [asked, left] = [0, 0];
  panel.onDidChangeViewState(() => {
    if (panel.active || left === 0 || Date.now() - asked > soon) return;
    left -= 1;
    panel.reveal(undefined, false);
  });
  return () => {
    if (panel.active) [asked, left] = [Date.now(), 2];
  };
}
