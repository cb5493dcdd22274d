// A page's part in carrying an engine: starts the worker when the host asks, and passes its messages on unread.
// Not the engine (worker/) and not a view. A page that is never asked carries nothing.
// Invariant: the worker gets its program and its WebAssembly as bytes, since a worker of a webview can load nothing itself.
import { Channel, type Port } from '../protocol/channel';
import { carrierScope, type EngineCarrier, type EngineCarrierOwner, engineScope } from '../protocol/engine-host';

/** Call once, when the page listens. */
export function carryEngine(host: Port): void {
  let worker: Worker | undefined;
  const channel: Channel<EngineCarrier, EngineCarrierOwner> = new Channel<EngineCarrier, EngineCarrierOwner>(host, carrierScope, {
    start: async ({ script, runtime }) => {
      worker?.terminate();
      const [program, bytes] = await Promise.all([load(script), load(runtime)]);
      // The address of a file of ours would be of another origin; a blob's is the page's own.
      const address = URL.createObjectURL(new Blob([program], { type: 'text/javascript' }));
      const started = new Worker(address);
      worker = started;
      started.addEventListener('message', ({ data }) => host.post(data, []));
      started.addEventListener('error', (event) => channel.emit('died', { reason: event.message || 'the worker could not be started' }));
      started.postMessage({ runtime: bytes }, [bytes]);
      return null;
    },
    end: () => {
      worker?.terminate();
      worker = undefined;
      return null;
    },
  });
  host.receive((message) => {
    if (isEngineMessage(message)) worker?.postMessage(message);
  });
  channel.emit('ready', {});
}

async function load(address: string): Promise<ArrayBuffer> {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address.replace(/^.*\//, '')} could not be loaded (${answer.status}).`);
  return answer.arrayBuffer();
}

function isEngineMessage(message: unknown): boolean {
  return typeof message === 'object' && message !== null && 'scope' in message && message.scope === engineScope;
}
