// The backend `wasm` in Node: onnxruntime-web's WebAssembly, which needs nothing native.
// Not the page's: a webview loads the same package with other files (no threads there).
// Invariant: the number of threads is settled by the first backend of a process; another number is refused, not ignored.
import { OperationalError, messageOf } from '../../engine/base/operational-error';
import type { Backend } from '../../engine/runtime/backend';
import { type BackendOptions, type RuntimePackage, openRuntimeSession } from './runtime-session';

type WasmPackage = RuntimePackage & {
  readonly env: { logLevel?: string; readonly versions: { readonly web?: string; readonly common: string }; readonly wasm: { numThreads?: number } };
};

let threadsOfProcess: number | undefined;

/** Throws OperationalError `backend-missing` when onnxruntime-web does not load, `backend-threads` when the process already runs it with another number of threads. */
export async function openWasmBackend(options: BackendOptions = {}, load: () => Promise<unknown> = () => import('onnxruntime-web')): Promise<Backend> {
  const runtime = await loadPackage(load);
  const threads = options.threads ?? 1;
  if (threadsOfProcess !== undefined && threadsOfProcess !== threads) {
    throw new OperationalError('backend-threads', `Backend wasm already runs with ${threadsOfProcess} thread(s) in this process and cannot be given ${threads}; use the same number or a new process.`);
  }
  threadsOfProcess = threads;
  runtime.env.logLevel = 'error';
  runtime.env.wasm.numThreads = threads;
  const graphOptimization = options.graphOptimization ?? 'disabled';
  const version = runtime.env.versions.web ?? runtime.env.versions.common;
  return {
    name: 'wasm',
    description: `ONNX Runtime Web ${version} (WebAssembly), ${threads === 1 ? '1 thread' : `${threads} threads`}`,
    threads,
    maxNodeArity: Infinity,
    open: (model) => openRuntimeSession(runtime, 'wasm', model, { threads, graphOptimization }),
    dispose: () => Promise.resolve(),
  };
}

async function loadPackage(load: () => Promise<unknown>): Promise<WasmPackage> {
  try {
    return (await load()) as WasmPackage;
  } catch (thrown) {
    throw new OperationalError('backend-missing', `Backend wasm is not there: the package onnxruntime-web did not load (${messageOf(thrown).split('\n', 1)[0] ?? ''}). Install the dependencies again.`, { cause: thrown });
  }
}
