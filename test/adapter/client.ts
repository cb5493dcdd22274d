// A client of the debug adapter in this process: sends requests, waits for answers and events, and writes down what was said.
// Not a test. Invariant: the transcript holds no number that differs between two runs (references and frames are left out).
import { defined } from '../../engine/base/invariant';
import { nodeDebugHost } from '../../cli/debug-host';
import { DebugAdapter } from '../../extension/debug/adapter/debug-adapter';
import type { AdapterHost } from '../../extension/debug/adapter/host';

export interface Answer {
  readonly success: boolean;
  readonly message?: string;
  readonly body?: unknown;
}

export interface Shown {
  readonly name: string;
  readonly value: string;
  readonly variablesReference: number;
  readonly evaluateName?: string;
  readonly indexedVariables?: number;
}

interface Message {
  readonly type: string;
  readonly request_seq?: number;
  readonly event?: string;
  readonly body?: unknown;
  readonly success?: boolean;
  readonly message?: string;
}

type Body = Readonly<Record<string, unknown>>;

export class Client {
  readonly adapter: DebugAdapter;
  readonly events: { readonly event: string; readonly body: Body }[] = [];
  readonly lines: string[] = [];
  readonly bugs: string[] = [];
  private sequence = 0;
  private readonly waiting = new Map<number, (answer: Answer) => void>();
  private listeners: { readonly event: string; readonly resolve: (body: Body) => void }[] = [];
  private answered = 0;

  constructor(folder: string, host: AdapterHost = nodeDebugHost(folder)) {
    this.adapter = new DebugAdapter(host, (bytes) => this.take(bytes), (text) => this.bugs.push(text));
  }

  get sent(): number {
    return this.sequence;
  }

  /** Numbers of the requests that nobody has answered yet. */
  get unanswered(): readonly number[] {
    return [...this.waiting.keys()];
  }

  get answers(): number {
    return this.answered;
  }

  private take(bytes: Uint8Array): void {
    const text = new TextDecoder().decode(bytes);
    const message = JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4)) as Message;
    if (message.type === 'response') {
      this.answered++;
      this.waiting.get(message.request_seq ?? -1)?.({ success: message.success ?? false, ...(message.message === undefined ? {} : { message: message.message }), body: message.body });
      this.waiting.delete(message.request_seq ?? -1);
      return;
    }
    const event = { event: message.event ?? '', body: (message.body ?? {}) as Body };
    this.events.push(event);
    const heard = this.listeners.filter((listener) => listener.event === event.event);
    this.listeners = this.listeners.filter((listener) => listener.event !== event.event);
    for (const listener of heard) listener.resolve(event.body);
  }

  raw(text: string): void {
    this.adapter.connection.receive(new TextEncoder().encode(text));
  }

  send(command: string, args?: unknown): Promise<Answer> {
    const seq = ++this.sequence;
    const body = new TextEncoder().encode(JSON.stringify({ seq, type: 'request', command, ...(args === undefined ? {} : { arguments: args }) }));
    const answer = new Promise<Answer>((resolve) => this.waiting.set(seq, resolve));
    this.raw(`Content-Length: ${body.length}\r\n\r\n`);
    this.adapter.connection.receive(body);
    return answer;
  }

  async ask<T>(command: string, args?: unknown): Promise<T> {
    const answer = await this.send(command, args);
    if (!answer.success) throw new Error(`${command}: ${answer.message ?? 'refused'}`);
    return answer.body as T;
  }

  event(event: string): Promise<Body> {
    return new Promise((resolve) => this.listeners.push({ event, resolve }));
  }

  /** Sends a request that moves and waits for where it stops. */
  async move(command: string, args: unknown = { threadId: 1 }): Promise<Body> {
    const stopped = Promise.race([this.event('stopped'), this.event('terminated')]);
    await this.ask(command, args);
    return stopped;
  }

  async launch(args: unknown, before: () => Promise<void> = async () => undefined): Promise<Body> {
    await this.ask('initialize', { adapterID: 'rnn', linesStartAt1: true, columnsStartAt1: true });
    const ready = this.event('initialized');
    await this.ask('launch', args);
    await ready;
    await before();
    return this.move('configurationDone', {});
  }

  async stack(): Promise<readonly { readonly id: number; readonly name: string; readonly line: number; readonly source?: { readonly name?: string } }[]> {
    return (await this.ask<{ stackFrames: [] }>('stackTrace', { threadId: 1 })).stackFrames;
  }

  async top(): Promise<number> {
    return defined((await this.stack())[0], 'there is a frame').id;
  }

  async scope(name: string, frameId?: number): Promise<readonly Shown[]> {
    const { scopes } = await this.ask<{ scopes: readonly { readonly name: string; readonly variablesReference: number }[] }>('scopes', { frameId: frameId ?? (await this.top()) });
    return this.variables(defined(scopes.find((scope) => scope.name === name), `there is a scope ${name}`).variablesReference);
  }

  async variables(variablesReference: number): Promise<readonly Shown[]> {
    return variablesReference === 0 ? [] : (await this.ask<{ variables: readonly Shown[] }>('variables', { variablesReference })).variables;
  }

  async evaluate(expression: string, context = 'watch'): Promise<string> {
    const answer = await this.send('evaluate', { expression, context, frameId: await this.top() });
    return answer.success ? (answer.body as { readonly result: string }).result : `! ${answer.message ?? ''}`;
  }

  /** Writes down why it stopped, and the stack. */
  async note(title: string, stopped: Body): Promise<void> {
    this.lines.push(`## ${title}`, `stopped: ${String(stopped['reason'] ?? 'terminated')}${stopped['text'] === undefined ? '' : ` (${String(stopped['text'])})`}`);
    if (stopped['reason'] === undefined) return;
    for (const frame of await this.stack()) this.lines.push(`  ${frame.name} — ${frame.source?.name ?? '?'}:${frame.line}`);
  }

  async noteScope(name: string): Promise<void> {
    this.lines.push(`${name}:`);
    for (const variable of await this.scope(name)) this.lines.push(`  ${variable.name} = ${variable.value}`);
  }

  async noteEvaluation(...expressions: readonly string[]): Promise<void> {
    for (const expression of expressions) this.lines.push(`${expression} → ${await this.evaluate(expression)}`);
  }
}
