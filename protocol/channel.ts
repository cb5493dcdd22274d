// Requests with ids, answers, errors and events over any port that can post and receive; both sides use this class.
// Not a transport: windows, workers and child processes each give a `Port`. It knows no message's meaning.
// Invariant: every request is answered, by a result or by an error — an unknown name, a throw and a closed channel answer too.
// Numbers that are not finite arrive as they were sent, over ports that speak JSON too (not-finite.ts).
import { packNumbers, unpackNumbers } from './not-finite';

/** Buffers that move instead of being copied where the port can do that. */
export type Transfer = readonly object[];

export interface Port {
  post(message: unknown, transfer: Transfer): void;
  /** Calls the listener for every message that arrives; returns what stops it. */
  receive(listener: (message: unknown) => void): () => void;
}

/** What one side offers: requests it answers and events it sends. */
export interface Contract {
  readonly requests: Readonly<Record<string, { readonly params: unknown; readonly result: unknown }>>;
  readonly events: Readonly<Record<string, unknown>>;
}

type Requests<C extends Contract> = keyof C['requests'] & string;
type Events<C extends Contract> = keyof C['events'] & string;
type Params<C extends Contract, N extends Requests<C>> = C['requests'][N]['params'];
type Result<C extends Contract, N extends Requests<C>> = C['requests'][N]['result'];

/** A handler names the buffers of its result that may move by calling `transfer`. */
export type Handlers<C extends Contract> = {
  readonly [N in Requests<C>]: (params: Params<C, N>, transfer: (...buffers: readonly object[]) => void) => Result<C, N> | Promise<Result<C, N>>;
};

/** Why a request was not fulfilled; `code` is stable and kebab-case, the message a sentence for people. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

type Envelope = { readonly unroll: 1; readonly scope: string; readonly packed?: true } & (
  | { readonly kind: 'request'; readonly id: number; readonly name: string; readonly params: unknown }
  | { readonly kind: 'result'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly code: string; readonly message: string }
  | { readonly kind: 'event'; readonly name: string; readonly payload: unknown }
);

interface Pending {
  readonly resolve: (value: never) => void;
  readonly reject: (error: RequestError) => void;
}

/** `Here` is what this side offers, `There` what the other side does. Several channels may share a port under different scopes. */
export class Channel<Here extends Contract, There extends Contract> {
  private readonly pending = new Map<number, Pending>();
  private readonly listeners = new Map<string, Set<(payload: never) => void>>();
  private readonly stop: () => void;
  private lastId = 0;
  private closed = false;

  constructor(
    private readonly port: Port,
    private readonly scope: string,
    private readonly handlers: Handlers<Here>,
  ) {
    this.stop = port.receive((message) => this.take(message));
  }

  request<N extends Requests<There>>(name: N, params: Params<There, N>, transfer: Transfer = []): Promise<Result<There, N>> {
    if (this.closed) return Promise.reject(closedError(name));
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve, reject });
      try {
        this.post({ unroll: 1, scope: this.scope, kind: 'request', id, name, params }, transfer);
      } catch (thrown) {
        this.pending.delete(id);
        reject(asRequestError(thrown));
      }
    });
  }

  emit<N extends Events<Here>>(name: N, payload: Here['events'][N], transfer: Transfer = []): void {
    if (!this.closed) this.post({ unroll: 1, scope: this.scope, kind: 'event', name, payload }, transfer);
  }

  on<N extends Events<There>>(name: N, listener: (payload: There['events'][N]) => void): () => void {
    const set = this.listeners.get(name) ?? new Set();
    this.listeners.set(name, set);
    set.add(listener);
    return () => set.delete(listener);
  }

  /** Stops listening and answers every open request with the error `closed`. */
  dispose(): void {
    if (this.closed) return;
    this.closed = true;
    this.stop();
    for (const { reject } of this.pending.values()) reject(closedError('it'));
    this.pending.clear();
    this.listeners.clear();
  }

  private post(message: Envelope, transfer: Transfer): void {
    const packed = packNumbers(message) as Envelope;
    this.port.post(packed === message ? message : { ...packed, packed: true }, transfer);
  }

  private take(received: unknown): void {
    if (this.closed || !isEnvelope(received) || received.scope !== this.scope) return;
    const message = received.packed ? (unpackNumbers(received) as Envelope) : received;
    switch (message.kind) {
      case 'request':
        void this.answer(message.id, message.name, message.params);
        return;
      case 'event':
        for (const listener of this.listeners.get(message.name) ?? []) listener(message.payload as never);
        return;
      default: {
        const waiting = this.pending.get(message.id);
        this.pending.delete(message.id);
        if (message.kind === 'result') waiting?.resolve(message.value as never);
        else waiting?.reject(new RequestError(message.code, message.message));
      }
    }
  }

  private async answer(id: number, name: string, params: unknown): Promise<void> {
    const moved: object[] = [];
    try {
      const known = Object.hasOwn(this.handlers, name);
      if (!known) throw new RequestError('unknown-request', `This side of the channel does not know the request “${name}”.`);
      const value = await this.handlers[name as Requests<Here>](params as never, (...buffers) => moved.push(...buffers));
      if (!this.closed) this.post({ unroll: 1, scope: this.scope, kind: 'result', id, value }, moved);
    } catch (thrown) {
      const { code, message } = asRequestError(thrown);
      if (!this.closed) this.post({ unroll: 1, scope: this.scope, kind: 'error', id, code, message }, []);
    }
  }
}

function closedError(name: string): RequestError {
  return new RequestError('closed', `The channel was closed before ${name} was answered.`);
}

/** Keeps the code of errors that have one (operational errors do), so that it survives the border. */
function asRequestError(thrown: unknown): RequestError {
  if (thrown instanceof RequestError) return thrown;
  if (!(thrown instanceof Error)) return new RequestError('internal', String(thrown));
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : 'internal';
  return new RequestError(code, thrown.message);
}

function isEnvelope(message: unknown): message is Envelope {
  return typeof message === 'object' && message !== null && 'unroll' in message && message.unroll === 1 && 'kind' in message && 'scope' in message;
}
