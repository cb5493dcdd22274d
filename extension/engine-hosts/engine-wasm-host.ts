// The entry of an engine in a worker of the extension host: backend `wasm`, messages over the worker's port.
// Not the engine (serve/). Checks of gradients run here too, since they need no backend.
// Invariant: the WebAssembly comes from the files that ship beside the bundle, never from a network.
import { parentPort } from 'node:worker_threads';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openWasmBackend } from '../../cli/backends/wasm';
import { defined } from '../../engine/base/invariant';
import type { Port } from '../../protocol/channel';
import { nodePlatform } from './node-platform';
import { serveEngine } from './serve/serve-engine';

const messages = defined(parentPort, 'this file is started as a worker');
const port: Port = {
  post: (message, transfer) => messages.postMessage(message, transfer as ArrayBuffer[]),
  receive: (listener) => {
    messages.on('message', listener);
    return () => messages.off('message', listener);
  },
};

const runtimeFolder = pathToFileURL(join(__dirname, '..', 'onnxruntime')).href;

async function loadRuntime(): Promise<unknown> {
  const runtime = await import('onnxruntime-web');
  runtime.env.wasm.wasmPaths = { mjs: `${runtimeFolder}/ort-wasm-simd-threaded.mjs`, wasm: `${runtimeFolder}/ort-wasm-simd-threaded.wasm` };
  return runtime;
}

serveEngine(port, nodePlatform((threads) => openWasmBackend({ threads }, loadRuntime), 'wasm'));
