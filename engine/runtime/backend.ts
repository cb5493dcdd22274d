// The one interface behind which ONNX Runtime runs: `cpu`, `wasm`, `webgpu`.
// Not an implementation: those live with the entries that start an engine and reach it as an argument.
// Invariant: a session that was opened is disposed by whoever opened it; device tensors belong to the caller that received them.
import type { Tensor } from './tensor';

export type BackendName = 'cpu' | 'wasm' | 'webgpu';

/** A tensor that stays on the backend's device between runs. */
export interface DeviceTensor {
  readonly kind: 'device';
  readonly dims: readonly number[];
  read(): Promise<Tensor>;
  dispose(): void;
}

export interface SessionOptions {
  /** Outputs that are to stay on the device (on `cpu` and `wasm` they come back as plain tensors). */
  readonly keepOnDevice?: readonly string[];
}

export interface Session {
  run(feeds: Readonly<Record<string, Tensor | DeviceTensor>>, fetches?: readonly string[]): Promise<Readonly<Record<string, Tensor | DeviceTensor>>>;
  dispose(): Promise<void>;
}

export interface Backend {
  readonly name: BackendName;
  /** For people: "ONNX Runtime 1.30, 1 thread". */
  readonly description: string;
  readonly threads: number;
  /** Most inputs and outputs that one node may have (WebGPU's storage-buffer limit); Infinity where there is none. */
  readonly maxNodeArity: number;
  /** ONNX operators that it would leave to another provider; programs for it are composed of others. */
  readonly lacks?: readonly string[];
  /** Starting a node costs much (a GPU's dispatch): programs for it have few, wide ones whatever that copies. */
  readonly dearNodes?: boolean;
  open(model: Uint8Array, options?: SessionOptions): Promise<Session>;
  dispose(): Promise<void>;
}
