// The backend `webgpu`: onnxruntime-web's WebGPU provider in a worker of a page.
// Not always there: without a graphics adapter opening it fails with the reason, and the owner takes another.
// Invariant: a tensor kept on the device stays there until whoever received it disposes it; only F32 and I32 cross.
import { InferenceSession, Tensor as RuntimeTensor, env } from 'onnxruntime-web/webgpu';
import { InvariantError } from '../../engine/base/invariant';
import { OperationalError, messageOf } from '../../engine/base/operational-error';
import { OnnxGraph } from '../../engine/onnx/onnx-graph';
import type { Backend, DeviceTensor, Session } from '../../engine/runtime/backend';
import type { Tensor } from '../../engine/runtime/tensor';

/** WebGPU guarantees eight storage buffers per shader, of which a node's outputs take some. */
const mostPerNode = 8;

/** Operators of ours that ONNX Runtime 1.30 has no WebGPU kernel for; a test reads from its log that none is left. */
const withoutKernel: readonly string[] = ['LogSoftmax', 'Softsign'];

/** What there is of WebGPU's own interface in every worker's types. */
interface Gpu {
  requestAdapter(): Promise<{ readonly info?: { readonly vendor?: string; readonly architecture?: string; readonly description?: string } } | null>;
}

export interface WebgpuOptions {
  /** ONNX Runtime's own log from this severity on: 0 = everything, 3 = errors. A test reads from it where nodes ran. */
  readonly logSeverity?: 0 | 1 | 2 | 3 | 4 | undefined;
}

/** Throws OperationalError `backend-missing` when there is no adapter. `runtime`: bytes of ONNX Runtime's WebAssembly. */
export async function openWebgpuBackend(runtime: ArrayBuffer, options: WebgpuOptions = {}): Promise<Backend> {
  const adapter = await findAdapter();
  env.wasm.wasmBinary = runtime;
  // A webview is not isolated from other origins, so there are no threads.
  env.wasm.numThreads = 1;
  env.logLevel = options.logSeverity === 0 ? 'verbose' : 'error';
  await keepShaders();
  return {
    name: 'webgpu',
    description: `ONNX Runtime Web ${env.versions.web ?? env.versions.common}, ${adapter}`,
    threads: 1,
    maxNodeArity: mostPerNode,
    lacks: withoutKernel,
    dearNodes: true,
    open: (model, { keepOnDevice = [] } = {}) => openSession(model, keepOnDevice, options.logSeverity ?? 3),
    dispose: () => Promise.resolve(),
  };
}

/** ONNX Runtime forgets the shaders that it has compiled with its last session: one that does nothing is kept as long as the worker lives. */
let keeper: Promise<InferenceSession> | undefined;

async function keepShaders(): Promise<void> {
  const graph = new OnnxGraph();
  graph.output('y', graph.node('Neg', [graph.input('x', 'f32', [1])]), 'f32', [1]);
  keeper ??= InferenceSession.create(graph.encode(), { executionProviders: ['webgpu'], graphOptimizationLevel: 'disabled' });
  try {
    await keeper;
  } catch (thrown) {
    keeper = undefined;
    throw failure('start', thrown);
  }
}

async function findAdapter(): Promise<string> {
  const { gpu } = navigator as { readonly gpu?: Gpu };
  if (gpu === undefined) throw new OperationalError('backend-missing', 'Backend webgpu is not there: this browser has no WebGPU.');
  const adapter = await gpu.requestAdapter();
  if (adapter === null) throw new OperationalError('backend-missing', 'Backend webgpu is not there: WebGPU found no graphics adapter on this machine.');
  const { description, vendor, architecture } = adapter.info ?? {};
  return description || [vendor, architecture].filter(Boolean).join(' ') || 'WebGPU';
}

async function openSession(model: Uint8Array, keepOnDevice: readonly string[], logSeverityLevel: 0 | 1 | 2 | 3 | 4): Promise<Session> {
  let session: InferenceSession;
  try {
    session = await InferenceSession.create(model, {
      executionProviders: ['webgpu'], graphOptimizationLevel: 'disabled', logSeverityLevel, logVerbosityLevel: logSeverityLevel === 0 ? 1 : 0,
      ...(keepOnDevice.length === 0 ? {} : { preferredOutputLocation: Object.fromEntries(keepOnDevice.map((name) => [name, 'gpu-buffer' as const])) }),
    });
  } catch (thrown) {
    throw failure('open the program', thrown);
  }
  return {
    async run(feeds, fetches) {
      const inputs: Record<string, RuntimeTensor> = {};
      for (const [name, tensor] of Object.entries(feeds)) inputs[name] = toRuntime(name, tensor);
      let outputs: InferenceSession.OnnxValueMapType;
      try {
        outputs = fetches === undefined ? await session.run(inputs) : await session.run(inputs, fetches);
      } catch (thrown) {
        throw failure('run the program', thrown);
      }
      const results: Record<string, Tensor | DeviceTensor> = {};
      for (const [name, value] of Object.entries(outputs)) results[name] = fromRuntime(name, value as RuntimeTensor);
      return results;
    },
    dispose: () => session.release(),
  };
}

/** A tensor whose numbers are in a buffer of the device. */
class GpuTensor implements DeviceTensor {
  readonly kind = 'device';
  readonly dims: readonly number[];

  constructor(
    private readonly name: string,
    readonly tensor: RuntimeTensor,
  ) {
    this.dims = tensor.dims;
  }

  async read(): Promise<Tensor> {
    return plain(this.name, this.tensor.dims, await this.tensor.getData());
  }

  dispose(): void {
    this.tensor.dispose();
  }
}

function toRuntime(name: string, tensor: Tensor | DeviceTensor): RuntimeTensor {
  if (tensor instanceof GpuTensor) return tensor.tensor;
  if (tensor.kind === 'device') throw new InvariantError(`${name} is a device tensor of another backend`);
  return tensor.kind === 'f32' ? new RuntimeTensor('float32', tensor.data, tensor.dims) : new RuntimeTensor('int32', tensor.data, tensor.dims);
}

function fromRuntime(name: string, value: RuntimeTensor): Tensor | DeviceTensor {
  return value.location === 'gpu-buffer' ? new GpuTensor(name, value) : plain(name, value.dims, value.data);
}

function plain(name: string, dims: readonly number[], data: RuntimeTensor.DataType): Tensor {
  if (data instanceof Float32Array) return { kind: 'f32', dims, data };
  if (data instanceof Int32Array) return { kind: 'i32', dims, data };
  throw new InvariantError(`the program's output ${name} is neither float32 nor int32`);
}

function failure(what: string, thrown: unknown): OperationalError {
  return new OperationalError('backend-failed', `Backend webgpu could not ${what}: ${messageOf(thrown).trim()}`, { cause: thrown });
}
