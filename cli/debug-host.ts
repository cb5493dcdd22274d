// The debug adapter's host in Node: files by path, backends by name, runs in folders.
// Not the adapter (extension/debug/adapter), which knows none of these.
// Invariant: relative paths are resolved against one folder, so that a client may write them as in a terminal.
import { resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { OperationalError } from '../engine/base/operational-error';
import type { AdapterHost } from '../extension/debug/adapter/host';
import { openNodeBackend } from './backends/open-backend';
import { dataFolder } from './files/data-folder';
import { runFolder } from './files/run-folder';
import { readTensorFile } from './files/tensor-files';
import { loadFile } from './load-model';

export function nodeDebugHost(folder: string): AdapterHost {
  return {
    absolute: (path) => resolve(folder, path),
    loadProgram: (path) => loadFile(path, folder),
    data: dataFolder(folder),
    readTensors: (path) => readTensorFile(path, folder),
    runFolder: (path) => runFolder(path, folder),
    async openBackend(name, notice) {
      if (name === 'cpu' || name === 'wasm') return openNodeBackend(name, { threads: 1 });
      if (name === 'webgpu') notice('Backend webgpu runs in a page of the editor; the debugger uses cpu or wasm instead.');
      try {
        return await openNodeBackend('cpu', { threads: 1 });
      } catch (thrown) {
        if (!(thrown instanceof OperationalError) || thrown.code !== 'backend-missing') throw thrown;
        notice(`Backend wasm instead of cpu: ${thrown.message}`);
        return openNodeBackend('wasm', { threads: 1 });
      }
    },
    breathe: () => setImmediate(),
  };
}
