// Runs in a bare page of the browser: starts the engine's worker as a training page does, and lets a test send it traces.
// Not shipped. Tensors cross to the test as plain lists.
import { Channel, type Port } from '../../../protocol/channel';
import { type EngineHost, type EngineOwner, engineScope } from '../../../protocol/engine-host';

const bytesOf = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
let channel: Channel<EngineOwner, EngineHost> | undefined;

async function start(): Promise<void> {
  const [program, runtime] = await Promise.all(['/worker.js', '/runtime.wasm'].map(async (name) => (await fetch(name)).arrayBuffer()));
  const worker = new Worker(URL.createObjectURL(new Blob([program ?? ''], { type: 'text/javascript' })));
  worker.postMessage({ runtime, logSeverity: 0 });
  const port: Port = {
    post: (message) => worker.postMessage(message),
    receive: (listener) => {
      worker.addEventListener('message', ({ data }) => listener(data));
      return () => undefined;
    },
  };
  const none = (): never => {
    throw new Error('a trace reads no files');
  };
  channel = new Channel<EngineOwner, EngineHost>(port, engineScope, { readData: none, readRun: none, listRun: none, writeRun: none, appendRun: none, renameRun: none, removeRun: none });
}

async function trace(text: string, weights: string, inputs: string): Promise<Readonly<Record<string, { readonly dims: readonly number[]; readonly data: readonly number[] }>>> {
  if (channel === undefined) throw new Error('start first');
  const answer = await channel.request('trace', { file: '/probe.rnn', text, imports: [], backend: 'webgpu', threads: 1, weights: bytesOf(weights), inputs: bytesOf(inputs) });
  if (answer.kind !== 'recorded') throw new Error(answer.problems[0]?.message);
  const { traceId, columns } = answer.trace;
  const found: Record<string, { readonly dims: readonly number[]; readonly data: readonly number[] }> = {};
  for (const { name, dims } of columns) found[name] = { dims, data: [...await channel.request('column', { traceId, name })] };
  await channel.request('forgetTrace', { traceId });
  return found;
}

Object.assign(window, { engine: { start, trace } });
