// Keeps the keyboard in a page after a stop that turned VS Code to its editor, where the stop could not be a quiet one.
// Not for stops that no page asked for: those belong to the editor.
// Invariant: the focus is taken back only shortly after the page that had it asked, and only a few times (VS Code turns to the editor, then to its line); never from a person who clicked into the editor.
import type * as vscode from 'vscode';

/** Longer than a stop takes, shorter than a person needs to choose the editor. */
const shortly = 1_500;
const fewTimes = 4;

export interface KeptFocus extends vscode.Disposable {
  /** The page that has the keyboard asks for a move. */
  asks(): void;
  /** A person went to the editor. */
  leaves(): void;
}

export function keepFocus(panel: Pick<vscode.WebviewPanel, 'active' | 'visible' | 'onDidChangeViewState' | 'reveal'>, now: () => number = Date.now): KeptFocus {
  let until = -Infinity;
  let left = 0;
  const heard = panel.onDidChangeViewState(() => {
    // Another page in its place was asked for, and is left there.
    if (!panel.visible) left = 0;
    if (panel.active || left === 0 || now() > until) return;
    left--;
    panel.reveal(undefined, false);
  });
  return {
    asks: () => {
      until = now() + shortly;
      left = fewTimes;
    },
    leaves: () => { left = 0; },
    dispose: () => heard.dispose(),
  };
}
