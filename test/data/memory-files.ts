// Files that live in memory, and `data` lines to open them with, for tests of data.
// Not a file system.
import type { Diagnostic } from '../../engine/base/diagnostic';
import { encodeUtf8 } from '../../engine/base/utf8';
import type { DataFiles, FileContent } from '../../engine/data/data-files';
import type { DataSource } from '../../engine/data/data-source';
import { openData } from '../../engine/data/open-data';
import type { DataArgument, DataSpec } from '../../engine/ir/model';

export const dataSpan = { file: 'lm.rnn', start: 20, end: 60 };

export function memoryFiles(files: Readonly<Record<string, string | Uint8Array>>): DataFiles {
  return {
    read(name, _from, limit): Promise<FileContent> {
      const content = files[name];
      if (content === undefined) return Promise.resolve({ kind: 'missing' });
      const bytes = typeof content === 'string' ? encodeUtf8(content) : content;
      return Promise.resolve(bytes.length > limit ? { kind: 'tooLarge', size: bytes.length } : { kind: 'bytes', bytes });
    },
  };
}

export function dataSpec(source: string, positional: readonly DataArgument[] = [], named: Readonly<Record<string, DataArgument>> = {}): DataSpec {
  return { source, positional, named, span: dataSpan };
}

export async function opened(spec: DataSpec, files: Readonly<Record<string, string | Uint8Array>> = {}): Promise<DataSource> {
  const result = await openData(spec, memoryFiles(files));
  if (result.kind === 'wrong') throw new Error(result.diagnostics.map((diagnostic) => diagnostic.message).join('\n'));
  return result.source;
}

export async function problems(spec: DataSpec, files: Readonly<Record<string, string | Uint8Array>> = {}): Promise<readonly Diagnostic[]> {
  const result = await openData(spec, memoryFiles(files));
  return result.kind === 'wrong' ? result.diagnostics : [];
}
