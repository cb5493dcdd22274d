// A run's folder on the disk.
// Not its meaning: engine/training/run-record.ts knows what the files are.
// Invariant: `write` and `rename` return once the disk has the change; names never leave the folder.
import { appendFile, mkdir, open, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { invariant } from '../../engine/base/invariant';
import { OperationalError } from '../../engine/base/operational-error';
import type { RunStorage } from '../../engine/training/run-storage';
import { isMissing } from './data-folder';
import { reasonOf } from './file-reasons';

/** For engines of the editor, where a run lies beside its model. */
export const editorAdvice = 'Runs are kept beside the model: free the disk, or put the model into a folder that can be written to.';

/** `path` as it is to be shown; files are kept under it, resolved against `workingFolder`. `advice`: what to do when it cannot be written. */
export function runFolder(path: string, workingFolder: string, advice = 'Free the disk or name another folder with --out.'): RunStorage {
  const root = resolve(workingFolder, path);
  const place = (name: string): string => {
    const full = resolve(root, name);
    invariant(full === root || full.startsWith(root + sep), `${name} lies outside the run's folder`);
    return full;
  };
  const guarded = async <T>(what: string, name: string, action: () => Promise<T>): Promise<T> => {
    try {
      return await action();
    } catch (thrown) {
      throw new OperationalError('run-unwritable', `"${join(path, name)}" cannot be ${what}: ${reasonOf(thrown)}. ${advice}`, { cause: thrown });
    }
  };
  return {
    path,
    read: (name) => guarded('read', name, async () => {
      try {
        return await readFile(place(name));
      } catch (thrown) {
        if (isMissing(thrown)) return undefined;
        throw thrown;
      }
    }),
    list: (folder) => guarded('listed', folder, async () => {
      try {
        return (await readdir(place(folder), { withFileTypes: true })).filter((entry) => entry.isFile()).map((entry) => entry.name).sort();
      } catch (thrown) {
        if (isMissing(thrown)) return [];
        throw thrown;
      }
    }),
    write: (name, bytes) => guarded('written', name, async () => {
      await makeFolder(dirname(place(name)));
      const file = await open(place(name), 'w');
      try {
        await file.writeFile(bytes);
        await file.sync();
      } catch (thrown) {
        // A half would fill a full disk for nothing.
        await rm(place(name), { force: true }).catch(() => undefined);
        throw thrown;
      } finally {
        await file.close();
      }
    }),
    append: (name, text) => guarded('written', name, async () => {
      await makeFolder(dirname(place(name)));
      await appendFile(place(name), text);
    }),
    rename: (from, to) => guarded('written', to, async () => {
      await rename(place(from), place(to));
      await syncFolder(dirname(place(to)));
    }),
    remove: (name) => guarded('removed', name, () => rm(place(name), { force: true })),
  };
}

/** Node's own recursive `mkdir` never ends where a folder is there and takes no new one (`/proc`). */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (thrown) {
    if ((await stat(path).catch(() => undefined))?.isDirectory() === true) return;
    if (!isMissing(thrown) || dirname(path) === path) throw thrown;
    await makeFolder(dirname(path));
    await mkdir(path);
  }
}

/** Makes a rename last through a loss of power; Windows cannot open folders and needs nothing of the kind. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
