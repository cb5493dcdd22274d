// What an engine in Node is given: the disk, the clock, and one backend.
// Not the choice of the backend: the owner starts the process that has the one it wants.
// Invariant: names of data and runs are absolute, or relative to the model's absolute path.
import { setImmediate, setTimeout } from 'node:timers/promises';
import { dataFolder } from '../../cli/files/data-folder';
import { editorAdvice, runFolder } from '../../cli/files/run-folder';
import { OperationalError } from '../../engine/base/operational-error';
import type { Backend, BackendName } from '../../engine/runtime/backend';
import type { EnginePlatform } from './serve/platform';

export function nodePlatform(open: (threads: number) => Promise<Backend>, has: BackendName): () => EnginePlatform {
  return () => ({
    openBackend: (name, threads) => (name === has ? open(threads) : Promise.reject(new OperationalError('backend-missing', `Backend ${name} is not in this engine, which has ${has}.`))),
    files: dataFolder('/'),
    storage: (run) => runFolder(run, '/', editorAdvice),
    now: () => performance.now(),
    breathe: () => setImmediate(),
    wait: (milliseconds) => setTimeout(milliseconds),
  });
}
