// Opens the backend a person names on the command line.
// Not a fallback: a backend that is not there is an error that says what to do.
// Invariant: the backend that is returned is the one that was named.
import type { Backend } from '../../engine/runtime/backend';
import { openCpuBackend } from './cpu';
import type { BackendOptions } from './runtime-session';
import { openWasmBackend } from './wasm';

/** The backends that run in Node. */
export const nodeBackends = ['cpu', 'wasm'] as const;
export type NodeBackendName = (typeof nodeBackends)[number];

export function isNodeBackend(name: string): name is NodeBackendName {
  return (nodeBackends as readonly string[]).includes(name);
}

export function openNodeBackend(name: NodeBackendName, options: BackendOptions = {}): Promise<Backend> {
  return name === 'cpu' ? openCpuBackend(options) : openWasmBackend(options);
}
