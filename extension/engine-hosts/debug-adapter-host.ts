// The entry of the debug adapter in a child process of the editor: the protocol over standard input and output.
// Not the adapter (../debug/adapter). A native fault here ends this process and the session, never the editor.
// Invariant: standard output is the protocol's alone; the process ends when its owner does.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openWasmBackend } from '../../cli/backends/wasm';
import { nodeDebugHost, serveOverStreams } from '../../cli/debug-host';
import { libraryScheme } from '../../protocol/debugger';

const runtimeFolder = pathToFileURL(join(__dirname, '..', 'onnxruntime')).href;

async function loadRuntime(): Promise<unknown> {
  const runtime = await import('onnxruntime-web');
  runtime.env.wasm.wasmPaths = { mjs: `${runtimeFolder}/ort-wasm-simd-threaded.mjs`, wasm: `${runtimeFolder}/ort-wasm-simd-threaded.wasm` };
  return runtime;
}

const say = (text: string): void => void process.stderr.write(`${text}\n`);
const host = nodeDebugHost(process.cwd(), () => openWasmBackend({ threads: 1 }, loadRuntime));
// The editor has the library's files as documents of its own, so that a breakpoint in one outlives a session.
void serveOverStreams({ ...host, libraryDocument: (name) => `${libraryScheme}:/${name}` }, say).then(() => process.exit());
