// The debug adapter's host in Node: files by path, backends by name, runs in folders.
// Not the adapter (extension/debug/adapter), which knows none of these.
// Invariant: relative paths are resolved against one folder, so that a client may write them as in a terminal.
import process from 'node:process';
import { resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { OperationalError } from '../engine/base/operational-error';
import type { Backend } from '../engine/runtime/backend';
import { DebugAdapter } from '../extension/debug/adapter/debug-adapter';
import type { AdapterHost } from '../extension/debug/adapter/host';
import { openNodeBackend } from './backends/open-backend';
import { openWasmBackend } from './backends/wasm';
import { dataFolder } from './files/data-folder';
import { runFolder } from './files/run-folder';
import { readTensorFile } from './files/tensor-files';
import { loadFile } from './load-model';

export function nodeDebugHost(folder: string, openWasm: () => Promise<Backend> = () => openWasmBackend({ threads: 1 })): AdapterHost {
  return {
    absolute: (path) => resolve(folder, path),
    loadProgram: (path) => loadFile(path, folder),
    data: dataFolder(folder),
    readTensors: (path) => readTensorFile(path, folder),
    runFolder: (path) => runFolder(path, folder),
    async openBackend(name, notice) {
      if (name === 'wasm') return openWasm();
      if (name === 'cpu') return openNodeBackend('cpu', { threads: 1 });
      if (name === 'webgpu') notice('Backend webgpu runs in a page of the editor; the debugger uses cpu or wasm instead.');
      try {
        return await openNodeBackend('cpu', { threads: 1 });
      } catch (thrown) {
        if (!(thrown instanceof OperationalError) || thrown.code !== 'backend-missing') throw thrown;
        notice(`Backend wasm instead of cpu: ${thrown.message}`);
        return openWasm();
      }
    },
    breathe: () => setImmediate(),
  };
}

/** Serves one client over this process's standard streams; resolves when it has gone. */
export function serveOverStreams(host: AdapterHost, say: (text: string) => void): Promise<void> {
  // Packages print here and there; standard output is the protocol's alone.
  console.log = (...words: unknown[]) => say(words.map(String).join(' '));
  return new Promise((resolve) => {
    // The answer to the last request is let out first.
    const adapter = new DebugAdapter(host, (bytes) => process.stdout.write(bytes), say, () => {
      void setImmediate().then(() => {
        process.stdin.destroy();
        resolve();
      });
    });
    process.stdin.on('data', (chunk: Buffer) => adapter.connection.receive(chunk));
    process.stdin.on('end', () => void adapter.close());
    process.stdin.on('error', () => void adapter.close());
  });
}
