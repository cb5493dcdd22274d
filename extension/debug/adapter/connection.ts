// The Debug Adapter Protocol's messages over a stream of bytes: framing, order, and an answer to every request.
// Not the requests (debug-adapter.ts has the table).
// Invariant: each request is answered exactly once, by what its handler returns or throws; a handler's followers run after its answer, before the next request.
import type { DebugProtocol } from '@vscode/debugprotocol';
import { OperationalError, messageOf } from '../../../engine/base/operational-error';

/** Returns the body, or throws what is answered as an error. */
export type Handler = (args: unknown, after: (work: () => Promise<void> | void) => void) => unknown;
export type Handlers = Readonly<Record<string, Handler>>;

/** Larger than any request: a length beyond it is no message. */
const longest = 64 * 2 ** 20;

export class Connection {
  private buffer = new Uint8Array(0);
  private sequence = 0;
  private queue: Promise<void> = Promise.resolve();
  private readonly encoder = new TextEncoder();
  private readonly decoder = new TextDecoder();

  /** @param atOnce names of requests that do not wait for the ones before them. */
  constructor(
    private readonly write: (bytes: Uint8Array) => void,
    private readonly handlers: Handlers,
    private readonly atOnce: ReadonlySet<string>,
    private readonly onBug: (text: string) => void,
  ) {}

  /** Takes bytes in, in any portions. */
  receive(chunk: Uint8Array): void {
    const joined = new Uint8Array(this.buffer.length + chunk.length);
    joined.set(this.buffer);
    joined.set(chunk, this.buffer.length);
    this.buffer = joined;
    for (;;) {
      const end = headerEnd(this.buffer);
      if (end < 0) {
        // A header has a few dozen bytes; what goes on without an end is noise.
        if (this.buffer.length > 4096) this.buffer = new Uint8Array(0);
        return;
      }
      const length = Number(/content-length: *(\d+)/i.exec(this.decoder.decode(this.buffer.subarray(0, end)))?.[1] ?? NaN);
      if (!Number.isSafeInteger(length) || length > longest) {
        this.buffer = this.buffer.slice(end + 4);
        this.refuse(0, 'unknown', 'A message needs a header such as Content-Length: 119.');
        continue;
      }
      if (this.buffer.length < end + 4 + length) return;
      const text = this.decoder.decode(this.buffer.subarray(end + 4, end + 4 + length));
      this.buffer = this.buffer.slice(end + 4 + length);
      this.message(text);
    }
  }

  event(event: string, body?: unknown): void {
    this.send({ type: 'event', event, ...(body === undefined ? {} : { body }) });
  }

  /** Resolves when everything that has come in has been answered. */
  idle(): Promise<void> {
    return this.queue;
  }

  private message(text: string): void {
    let message: unknown;
    try {
      message = JSON.parse(text);
    } catch {
      this.refuse(0, 'unknown', 'The message is not JSON.');
      return;
    }
    const { type, seq, command } = (typeof message === 'object' && message !== null ? message : {}) as Partial<DebugProtocol.Request>;
    if (type !== 'request') {
      // Answers to requests of ours: there are none that need one.
      if (String(type) !== 'response') this.refuse(typeof seq === 'number' ? seq : 0, 'unknown', 'A message of type "request" was expected.');
      return;
    }
    const number = typeof seq === 'number' ? seq : 0;
    if (typeof command !== 'string') {
      this.refuse(number, 'unknown', 'A request names a command.');
      return;
    }
    const args = (message as DebugProtocol.Request).arguments as unknown;
    if (this.atOnce.has(command)) void this.answer(number, command, args);
    else this.queue = this.queue.then(() => this.answer(number, command, args));
  }

  /** Never rejects. */
  private async answer(seq: number, command: string, args: unknown): Promise<void> {
    const followers: (() => Promise<void> | void)[] = [];
    const handler = Object.hasOwn(this.handlers, command) ? this.handlers[command] : undefined;
    if (handler === undefined) {
      this.refuse(seq, command, `There is no request \`${command}\` here.`);
      return;
    }
    try {
      const body: unknown = await handler(args ?? {}, (work) => followers.push(work));
      this.send({ type: 'response', request_seq: seq, command, success: true, ...(body === undefined ? {} : { body }) });
    } catch (thrown) {
      this.refuse(seq, command, this.sentence(thrown));
    }
    for (const follower of followers) {
      try {
        await follower();
      } catch (thrown) {
        this.event('output', { category: 'stderr', output: `${this.sentence(thrown)}\n` });
      }
    }
  }

  private sentence(thrown: unknown): string {
    if (thrown instanceof OperationalError) return thrown.message;
    this.onBug(thrown instanceof Error ? thrown.stack ?? thrown.message : messageOf(thrown));
    return `This is a bug of unroll, not of your files: ${messageOf(thrown)}`;
  }

  private refuse(seq: number, command: string, message: string): void {
    this.send({ type: 'response', request_seq: seq, command, success: false, message, body: { error: { id: 1, format: '{text}', variables: { text: message }, showUser: command === 'launch' } } });
  }

  private send(message: Readonly<Record<string, unknown>>): void {
    const body = this.encoder.encode(JSON.stringify({ seq: ++this.sequence, ...message }));
    const header = this.encoder.encode(`Content-Length: ${body.length}\r\n\r\n`);
    const bytes = new Uint8Array(header.length + body.length);
    bytes.set(header);
    bytes.set(body, header.length);
    this.write(bytes);
  }
}

function headerEnd(bytes: Uint8Array): number {
  for (let i = 0; i + 3 < bytes.length; i++) if (bytes[i] === 13 && bytes[i + 1] === 10 && bytes[i + 2] === 13 && bytes[i + 3] === 10) return i;
  return -1;
}
