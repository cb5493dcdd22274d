// The entry of an engine in a worker of a page: backend `webgpu`, files through the owner.
// Not the engine (extension/engine-hosts/serve/), which is the same in every place.
// Invariant: the first message brings ONNX Runtime's WebAssembly (and, in tests, how much it logs); everything after it is the channel's.
import { OperationalError } from '../../engine/base/operational-error';
import type { Port } from '../../protocol/channel';
import { serveEngine } from '../../extension/engine-hosts/serve/serve-engine';
import { ownerData, ownerStorage } from './owner-storage';
import { type WebgpuOptions, openWebgpuBackend } from './webgpu-backend';

declare const self: DedicatedWorkerGlobalScope;

const port: Port = {
  post: (message, transfer) => self.postMessage(message, transfer as Transferable[]),
  receive: (listener) => {
    const take = ({ data }: MessageEvent): void => listener(data);
    self.addEventListener('message', take);
    return () => self.removeEventListener('message', take);
  },
};

/** Timers of a nested depth wait four milliseconds; a message to oneself does not. */
const turn = new MessageChannel();

function breathe(): Promise<void> {
  return new Promise((resolve) => {
    turn.port1.onmessage = () => resolve();
    turn.port2.postMessage(0);
  });
}

self.addEventListener('message', ({ data }: MessageEvent<{ readonly runtime: ArrayBuffer; readonly logSeverity?: WebgpuOptions['logSeverity'] }>) => {
  const { runtime, logSeverity } = data;
  const options: WebgpuOptions = logSeverity === undefined ? {} : { logSeverity };
  serveEngine(port, (owner) => ({
    openBackend: (name) => (name === 'webgpu' ? openWebgpuBackend(runtime, options) : Promise.reject(new OperationalError('backend-missing', `Backend ${name} is not in this engine, which has webgpu.`))),
    files: ownerData(owner),
    storage: (run) => ownerStorage(owner, run),
    now: () => performance.now(),
    breathe,
    wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  }));
}, { once: true });
