// The debug adapter's own requests and events, besides the Debug Adapter Protocol's: they keep a page and the debugger in step.
// Not the page's messages (debugger-page.ts): the host stands between the two, and it has these for custom requests of its debug session.
// Invariant: the cursor lives in the adapter; whoever asks for a move hears of it by the event, as everybody else does.
import type { Cursor } from './debugger-page';

/** Scheme of the documents that VS Code shows for the library's files, `rnn-library:/lstm.rnn`: read, never written, the same before, in and after a session. */
export const libraryScheme = 'rnn-library';

/** Event `rnn/cursor`, after every stop and every move. */
export interface CursorEvent {
  readonly cursor: Cursor;
  /** The pass stands at its loss or its update, between and after the two directions. */
  readonly phase: 'forward' | 'loss' | 'backward' | 'update';
  /** T. */
  readonly steps: number;
  /** Name of the layer the cursor stands in: `r1`, `r1.backward`. */
  readonly layer: string;
  /** As in the source, `h'`, `f`; at the level of equations only. */
  readonly equation?: string;
  /** 0 = as recorded. */
  readonly fork: number;
  readonly loss: number;
  /** Changes whenever other numbers are shown: another fork, another sequence, another iteration. */
  readonly traceId: string;
  /** Id of the pass that it is compared with. */
  readonly compared?: string;
}

/** Event `rnn/stackRead`, after every reading of the stack at a stop that keeps the focus: now the client knows the frame that it may show. */
export interface StackReadEvent {
  /** Of the top frame, as its source has them. */
  readonly path: string;
  readonly line: number;
}

export interface ForkView {
  readonly id: number;
  readonly label: string;
  /** The fork that it was made from. */
  readonly from: number | null;
  readonly loss: number;
  readonly active: boolean;
}

/** Numbers of one column, for lanes: `[time, width]`, or `[width]` for what is not per step. */
export interface ColumnView {
  readonly name: string;
  readonly dims: readonly number[];
  /** Base64 of little-endian float32, since the protocol is JSON. */
  readonly data: string;
}

/** Where an equation ends, as the client counts, and what to write there. */
export interface InlineValue {
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

/** Requests by name, with the arguments and the body of the answer. */
export interface DebuggerRequests {
  readonly 'rnn/cursor': { readonly args: Readonly<Record<string, never>>; readonly body: CursorEvent };
  /** Stops there with reason `goto`. `keepFocus`, with this and every other move: the client is to leave the keyboard where it is, and hears `rnn/stackRead`. */
  readonly 'rnn/goto': { readonly args: { readonly step: number; readonly pass: 'forward' | 'backward'; readonly layer?: string; readonly equation?: string; readonly keepFocus?: boolean }; readonly body: CursorEvent };
  readonly 'rnn/forks': { readonly args: Readonly<Record<string, never>>; readonly body: { readonly forks: readonly ForkView[] } };
  /** 0 leaves all forks; they are kept. */
  readonly 'rnn/chooseFork': { readonly args: { readonly id: number }; readonly body: { readonly forks: readonly ForkView[] } };
  /** Another row of the batch (in a training that was stopped), or another sequence of the data or inputs. */
  readonly 'rnn/chooseSequence': { readonly args: { readonly index: number }; readonly body: CursorEvent };
  /** Columns of the chosen sequence by their names in a trace file (`value/r1.f`, `grad/r1.h`). */
  readonly 'rnn/values': { readonly args: { readonly names: readonly string[] }; readonly body: { readonly columns: readonly ColumnView[] } };
  /** For a client that shows the frame of an earlier stop that kept the focus: its variables are asked for anew. */
  readonly 'rnn/renew': { readonly args: Readonly<Record<string, never>>; readonly body: undefined };
  /** Stops once more where the session stands. */
  readonly 'rnn/stopAgain': { readonly args: Readonly<Record<string, never>>; readonly body: undefined };
  readonly 'rnn/inlineValues': { readonly args: { readonly path: string }; readonly body: { readonly values: readonly InlineValue[] } };
}
