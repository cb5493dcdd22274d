// How a source gets the text of a file: through an interface that each host implements, checked here.
// Not a file system: the host resolves names against the model's folder.
// Invariant: what is returned is text; everything else is a diagnostic on the `data` line that says what to do.
import { decodeUtf8 } from '../base/utf8';
import type { Diagnostic } from '../base/diagnostic';
import type { Span } from '../base/span';

export type FileContent =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'missing' }
  | { readonly kind: 'tooLarge'; readonly size: number }
  | { readonly kind: 'unreadable'; readonly reason: string };

export interface DataFiles {
  /** The content of `name`, relative to the folder of the model `from`; nothing is read of a file larger than `limit` bytes. Never rejects. */
  read(name: string, from: string, limit: number): Promise<FileContent>;
}

/** Larger than any text one trains on here, and small enough to be held in memory as ids. */
const largestFile = 64 * 2 ** 20;

export type ReadText = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'wrong'; readonly diagnostic: Diagnostic };

export async function readDataText(files: DataFiles, name: string, span: Span): Promise<ReadText> {
  const wrong = (code: string, message: string): ReadText => ({ kind: 'wrong', diagnostic: { code, severity: 'error', message, span } });
  const content = await files.read(name, span.file, largestFile);
  switch (content.kind) {
    case 'missing':
      return wrong('data-missing', `There is no file "${name}"; names are relative to the folder of the model's file.`);
    case 'tooLarge':
      return wrong('data-too-large', `"${name}" has ${content.size} bytes; at most ${largestFile} can be read. Train on a part of it.`);
    case 'unreadable':
      return wrong('data-unreadable', `"${name}" cannot be read: ${content.reason}.`);
    case 'bytes': {
      if (content.bytes.length === 0) return wrong('data-empty', `"${name}" is empty; put the text to learn into it.`);
      const zero = content.bytes.indexOf(0);
      if (zero >= 0) return wrong('data-binary', `"${name}" is not a text: byte ${zero} is 0. Name a text file in UTF-8.`);
      const text = decodeUtf8(content.bytes);
      if (text === undefined) return wrong('data-binary', `"${name}" is not a text in UTF-8. Save it as UTF-8.`);
      return text === '' ? wrong('data-empty', `"${name}" is empty; put the text to learn into it.`) : { kind: 'text', text };
    }
  }
}
