// The output channel `Unroll`: what happened, for whoever asks.
// Not where a person learns of an error: that is a message (report.ts).
// Invariant: one channel for the whole extension.
import * as vscode from 'vscode';

export function openLog(): vscode.LogOutputChannel {
  return vscode.window.createOutputChannel('Unroll', { log: true });
}
