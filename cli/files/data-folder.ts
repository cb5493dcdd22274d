// Reads the data files that a model names, relative to the folder of the model's file.
// Not a parser: what the bytes mean is the engine's business.
// Invariant: never rejects, and never reads a file larger than the limit it is given.
import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { messageOf } from '../../engine/base/operational-error';
import type { DataFiles, FileContent } from '../../engine/data/data-files';

export function dataFolder(workingFolder: string): DataFiles {
  return {
    async read(name, from, limit): Promise<FileContent> {
      const path = resolve(workingFolder, dirname(from), name);
      try {
        const found = await stat(path);
        if (found.isDirectory()) return { kind: 'unreadable', reason: 'it is a folder' };
        if (found.size > limit) return { kind: 'tooLarge', size: found.size };
        return { kind: 'bytes', bytes: await readFile(path) };
      } catch (thrown) {
        return isMissing(thrown) ? { kind: 'missing' } : { kind: 'unreadable', reason: messageOf(thrown) };
      }
    },
  };
}

/** Whether a file-system call failed because there is no such file. */
export function isMissing(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && (thrown.code === 'ENOENT' || thrown.code === 'ENOTDIR');
}
