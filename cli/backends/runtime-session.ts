// Runs a model on a package of ONNX Runtime: converts our tensors to its tensors and back.
// Not a backend: cpu.ts and wasm.ts load a package each and say how many threads it has.
// Invariant: only F32 and I32 cross; what comes back is a plain tensor that nobody else writes to.
import type { InferenceSession, Tensor as RuntimeTensor } from 'onnxruntime-web';
import { InvariantError, invariant } from '../../engine/base/invariant';
import { OperationalError, messageOf } from '../../engine/base/operational-error';
import type { BackendName, DeviceTensor, Session } from '../../engine/runtime/backend';
import type { Tensor } from '../../engine/runtime/tensor';

/** What both packages of ONNX Runtime offer and a backend needs. */
export interface RuntimePackage {
  readonly InferenceSession: { create(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession> };
  readonly Tensor: { new (type: 'float32', data: Float32Array, dims: readonly number[]): RuntimeTensor; new (type: 'int32', data: Int32Array, dims: readonly number[]): RuntimeTensor };
}

/** How much ONNX Runtime may rewrite a graph; ours arrive rewritten, so the default is not at all (opening is then linear in size). */
export type GraphOptimization = 'disabled' | 'basic' | 'extended' | 'all';

export interface BackendOptions {
  /** Threads within one operation; 1 gives the same bits on every run. */
  readonly threads?: number;
  readonly graphOptimization?: GraphOptimization;
}

/** Errors only: whatever else ONNX Runtime has to say would be printed between our lines. */
const errorsOnly = 3;

/** Opens a session; throws OperationalError `backend-failed` when the backend refuses the model. */
export async function openRuntimeSession(
  runtime: RuntimePackage,
  backend: BackendName,
  model: Uint8Array,
  options: { readonly threads: number; readonly graphOptimization: GraphOptimization },
): Promise<Session> {
  let session: InferenceSession;
  try {
    session = await runtime.InferenceSession.create(model, {
      executionProviders: [backend],
      graphOptimizationLevel: options.graphOptimization,
      executionMode: 'sequential',
      intraOpNumThreads: options.threads,
      interOpNumThreads: 1,
      logSeverityLevel: errorsOnly,
    });
  } catch (thrown) {
    throw failure(backend, 'open the program', thrown);
  }
  return {
    async run(feeds, fetches) {
      const inputs: Record<string, RuntimeTensor> = {};
      for (const [name, tensor] of Object.entries(feeds)) inputs[name] = toRuntime(runtime, name, tensor);
      let outputs: InferenceSession.OnnxValueMapType;
      try {
        outputs = fetches === undefined ? await session.run(inputs) : await session.run(inputs, fetches);
      } catch (thrown) {
        throw failure(backend, 'run the program', thrown);
      }
      const results: Record<string, Tensor> = {};
      for (const [name, value] of Object.entries(outputs)) results[name] = fromRuntime(name, value as RuntimeTensor);
      return results;
    },
    async dispose() {
      await session.release();
    },
  };
}

function toRuntime(runtime: RuntimePackage, name: string, tensor: Tensor | DeviceTensor): RuntimeTensor {
  invariant(tensor.kind !== 'device', `${name} is a device tensor, and this backend keeps none`);
  return tensor.kind === 'f32' ? new runtime.Tensor('float32', tensor.data, tensor.dims) : new runtime.Tensor('int32', tensor.data, tensor.dims);
}

function fromRuntime(name: string, value: RuntimeTensor): Tensor {
  const { data } = value;
  if (value.type === 'float32' && data instanceof Float32Array) return { kind: 'f32', dims: value.dims, data };
  if (value.type === 'int32' && data instanceof Int32Array) return { kind: 'i32', dims: value.dims, data };
  throw new InvariantError(`the program's output ${name} is ${value.type}; programs give float32 and int32 only`);
}

function failure(backend: BackendName, what: string, thrown: unknown): OperationalError {
  return new OperationalError('backend-failed', `Backend ${backend} could not ${what}: ${messageOf(thrown).trim()}`, { cause: thrown });
}
