// Saves what a page hands over: asks the person where, and writes the file.
// Not what is in it: the page made the bytes.
// Invariant: nothing is written without a place that the person chose; leaving the question is no error.
import * as vscode from 'vscode';
import { OperationalError, messageOf } from '../../engine/base/operational-error';
import type { SavedPicture } from '../../protocol/save-picture';

const filters = { svg: 'SVG picture', png: 'PNG picture', csv: 'Comma-separated values' } as const;

/** Throws OperationalError `not-saved` when the file cannot be written, `unknown-request` for what is no picture. */
export async function savePicture({ name, kind, bytes }: SavedPicture): Promise<null> {
  if (!Object.hasOwn(filters, kind) || !(bytes instanceof Uint8Array)) throw new OperationalError('unknown-request', 'The page asked to save something that is neither a picture nor a table.');
  const file = `${fileName(String(name))}.${kind}`;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await vscode.window.showSaveDialog({
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder, file) }), filters: { [filters[kind]]: [kind] }, title: kind === 'csv' ? 'Save Data' : 'Save Picture',
  });
  if (target === undefined) return null;
  try {
    await vscode.workspace.fs.writeFile(target, bytes);
  } catch (thrown) {
    throw new OperationalError('not-saved', `${target.fsPath} could not be written: ${messageOf(thrown)} Choose another folder.`, { cause: thrown });
  }
  return null;
}

/** Letters, digits and a few signs: a suggestion never names another folder. */
function fileName(suggested: string): string {
  return suggested.replace(/[^\p{L}\p{N} ._-]+/gu, ' ').replace(/\s+/g, ' ').replace(/^[ .]+|[ .]+$/g, '').slice(0, 100) || 'picture';
}
