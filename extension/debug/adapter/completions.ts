// What may be written at a place of an expression: names in scope, functions, and what follows a layer's dot.
// Not the language server's completion in files.
// Invariant: never throws; a text that is not understood gets everything that fits its last word.
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Scope } from '../../../engine/debug/scope';
import { debuggerFunctions, functionSpecs } from '../../../engine/language/functions';

/** @param column from 1, behind the last character that was typed. */
export function completionsFor(text: string, column: number, scope: Scope): DebugProtocol.CompletionItem[] {
  const before = text.slice(0, Math.max(0, column - 1));
  const word = /[A-Za-z_Ͱ-Ͽ][\w.Ͱ-Ͽ]*'?$/.exec(before)?.[0] ?? '';
  const start = before.length - word.length;
  const functions = new Set([...Object.keys(functionSpecs).filter((name) => name !== 'dropout'), ...debuggerFunctions]);
  const item = (label: string, type: DebugProtocol.CompletionItemType, insert = label): DebugProtocol.CompletionItem => ({ label, text: insert, type, start, length: word.length });
  const fits = (label: string): boolean => label.startsWith(word);
  return [
    ...[...new Set(scope.names.known())].filter(fits).map((name) => item(name, 'variable')),
    ...[...functions].filter(fits).map((name) => item(name, 'function', `${name}(`)),
  ];
}
