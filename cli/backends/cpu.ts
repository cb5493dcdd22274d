// The backend `cpu`: onnxruntime-node, native code on the processor.
// Not always there: the package is an optional dependency and is loaded only when asked for.
// Invariant: with one thread the same program on the same numbers gives the same bits.
import { OperationalError, messageOf } from '../../engine/base/operational-error';
import type { Backend } from '../../engine/runtime/backend';
import { type BackendOptions, type RuntimePackage, openRuntimeSession } from './runtime-session';

type CpuPackage = RuntimePackage & { readonly env: { logLevel?: string; readonly versions: { readonly node?: string; readonly common: string } } };

/** Throws OperationalError `backend-missing` when onnxruntime-node is not installed or does not load. */
export async function openCpuBackend(options: BackendOptions = {}, load: () => Promise<unknown> = () => import('onnxruntime-node')): Promise<Backend> {
  const runtime = await loadPackage(load);
  runtime.env.logLevel = 'error';
  const threads = options.threads ?? 1;
  const graphOptimization = options.graphOptimization ?? 'disabled';
  const version = runtime.env.versions.node ?? runtime.env.versions.common;
  return {
    name: 'cpu',
    description: `ONNX Runtime ${version}, ${threads === 1 ? '1 thread' : `${threads} threads`}`,
    threads,
    maxNodeArity: Infinity,
    open: (model) => openRuntimeSession(runtime, 'cpu', model, { threads, graphOptimization }),
    dispose: () => Promise.resolve(),
  };
}

async function loadPackage(load: () => Promise<unknown>): Promise<CpuPackage> {
  try {
    const loaded = (await load()) as CpuPackage & { readonly default?: CpuPackage };
    return loaded.default ?? loaded;
  } catch (thrown) {
    throw new OperationalError(
      'backend-missing',
      `Backend cpu is not there: the package onnxruntime-node did not load (${firstLine(messageOf(thrown))}). Use --backend wasm, or install onnxruntime-node.`,
      { cause: thrown },
    );
  }
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text;
}
