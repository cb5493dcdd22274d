// Stops that a page asked for: the client leaves the keyboard where it is, and hears when it may show where the session stands.
// Not which pages there are: a request says that it keeps the focus, and every stop until the next move is its stop.
// Invariant: with the hint clients focus no frame, so that the event follows every reading of the stack; only a client that asked for it is hinted at anything.
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { StackReadEvent } from '../../../protocol/debugger';
import { Arguments } from './arguments';
import type { Handler, Handlers } from './connection';
import type { Inspection } from './inspection';

export const stackReadEvent = 'rnn/stackRead';

export class QuietStops {
  /** Of the last move that was asked for. */
  private keepsFocus = false;

  constructor(private readonly emit: (event: string, body: unknown) => void, private readonly isMove: ReadonlySet<string>) {}

  /** The same handlers, listened to. */
  hearing(handlers: Handlers): Handlers {
    return Object.fromEntries(Object.entries(handlers).map(([name, handler]) => [name, this.isMove.has(name) ? this.asMove(handler) : name === 'stackTrace' ? this.asReading(handler) : handler]));
  }

  /** Without `continued` before it: a client that takes it that the session runs shows no frame after a moment, and with the hint none again. */
  stop(body: DebugProtocol.StoppedEvent['body']): void {
    this.emit('stopped', this.keepsFocus ? { ...body, preserveFocusHint: true } : body);
  }

  /** Other numbers where the session stands. With the hint, a client that reads everything anew would be left with a thread that is no more. */
  refresh(threadId: number): void {
    if (this.keepsFocus) this.stop({ reason: 'goto', threadId, allThreadsStopped: true });
    else this.emit('invalidated', { areas: ['all'] });
  }

  /** Where it stops next, and when, nobody asked for. */
  goesOn(threadId: number): void {
    this.keepsFocus = false;
    this.emit('continued', { threadId, allThreadsContinued: true });
  }

  /** A client that was told to keep its focus may go on showing the frame that it has. */
  forget(inspection: Pick<Inspection, 'forget' | 'renew'>): void {
    if (this.keepsFocus) inspection.renew();
    else inspection.forget();
  }

  private asMove(handler: Handler): Handler {
    return (args, after) => {
      this.keepsFocus = new Arguments(args).flag('keepFocus') === true;
      return handler(args, after);
    };
  }

  private asReading(handler: Handler): Handler {
    return (args, after) => {
      const body = handler(args, after) as DebugProtocol.StackTraceResponse['body'];
      const [top] = body.stackFrames;
      const path = top?.source?.path;
      if (this.keepsFocus && top !== undefined && path !== undefined && (new Arguments(args).count('startFrame') ?? 0) === 0) after(() => this.emit(stackReadEvent, { path, line: top.line } satisfies StackReadEvent));
      return body;
    };
  }
}
