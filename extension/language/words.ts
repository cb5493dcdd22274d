// What a word is in a .rnn file: a name with its prime, or a number.
// Not all of the language configuration: brackets and comments stand in media/language-configuration.json, which the extension host does not read.
// Invariant: the same pattern in both places (test/house/manifest.test.ts).
import * as vscode from 'vscode';
import { languageId } from '../contributions';

/** `h'` is one word: hover, rename and debugger expressions see it whole. */
const wordPattern = /[A-Za-z_][A-Za-z0-9_]*'?|\d+(\.\d+)?([eE][+-]?\d+)?/;

export function registerWords(): vscode.Disposable {
  return vscode.languages.setLanguageConfiguration(languageId, { wordPattern });
}
