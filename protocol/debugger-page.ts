// What crosses between the host and the debugger page, in both directions.
// Not the debug adapter's protocol: the host stands between the two. The cursor lives in the adapter; the page shows it and asks for moves.
// Invariant: the page asks `hello` once it listens; every later change of trace, cursor or selection comes as an event.
import type { CompareWith, Comparison } from './comparison';
import type { DebuggerChoices, Given } from './page-choices';
import type { SavePicture } from './save-picture';
import type { TraceHeader, StateFlow } from './trace-view';
import type { Tile, TileRequest } from './tiles';
import type { WeightRequests } from './weights-view';

/** Scope of the channel. */
export const debuggerScope = 'debugger';

export type Pass = 'forward' | 'backward';

export interface Cursor {
  readonly pass: Pass;
  /** From 1 to T. */
  readonly step: number;
  readonly level: 'sequence' | 'step' | 'layer' | 'equation';
  /** Index of the layer the session stands in; at the levels above, of the one last stood in. */
  readonly layer: number;
  /** Index into the layer's equations: the next to run. Set at the level of equations only. */
  readonly equation?: number;
  /** Why the session stopped here, when it was not a step. */
  readonly stop?: StopCause;
}

export type StopCause =
  | { readonly kind: 'breakpoint'; readonly file: string; readonly line: number; readonly condition?: string }
  | { readonly kind: 'dataBreakpoint'; readonly text: string }
  | {
      readonly kind: 'filter';
      /** Name of the exception filter: `non-finite`. */
      readonly filter: string;
      /** What is wrong, for example `c is not finite`. */
      readonly what: string;
      readonly first: { readonly step: number; readonly layer: string; readonly name: string; readonly unit?: number };
      readonly equation?: string;
      /** Further sentences: what its operands were, where it went from there. */
      readonly explanation: readonly string[];
    };

export interface BreakpointLine {
  readonly path: string;
  readonly line: number;
  readonly enabled: boolean;
}

/** What both pages and the debugger share besides the cursor. */
export interface Selection {
  /** Up to eight units, by layer. */
  readonly units: readonly number[];
  readonly layer: number;
}

/** How a session came to its end: by itself or a person, or because its process was killed. */
export type SessionOver = 'ended' | 'lost';

export interface DebuggerView {
  /** Left out while the session goes on. */
  readonly over?: SessionOver;
  readonly trace: TraceHeader;
  readonly cursor: Cursor;
  readonly selection: Selection;
  readonly breakpoints: readonly BreakpointLine[];
  readonly comparison: Comparison;
  /** For a page that opens; later ones come as an event. */
  readonly shown: Given<DebuggerChoices>;
}

/** Values of expressions at one step, one after another in one buffer. */
export interface Evaluated {
  readonly values: Float32Array;
  /** Length of each expression's value, in order; −1 where it could not be computed. */
  readonly lengths: Int32Array;
}

type Nothing = Readonly<Record<string, never>>;
type Ask<P> = { readonly params: P; readonly result: null };

/** What the host offers to the page. */
export type DebuggerHost = {
  readonly requests: {
    /** Null when no session is open. */
    readonly hello: { readonly params: Nothing; readonly result: DebuggerView | null };
    readonly tile: { readonly params: TileRequest; readonly result: Tile };
    /**
     * `value`: the expressions as the debugger evaluates them at this step (`h` is the state before it, `h'` after).
     * `gradient`: ∂loss/∂ of the same expressions. `edge`: of `f -> f * c`, what the second sends back to the first, not through any other end of an edge that is asked for.
     */
    readonly evaluate: { readonly params: { readonly traceId: string; readonly layer: number; readonly step: number; readonly what: 'value' | 'gradient' | 'edge'; readonly expressions: readonly string[] }; readonly result: Evaluated };
    /** How the gradient of each state flows through time; null before the backward pass was recorded. */
    readonly flow: { readonly params: { readonly traceId: string; readonly layer: number }; readonly result: readonly StateFlow[] | null };
    /** Per unit, what was added up to the gradient of a state at a step: arrived and added, `[units]` each. */
    readonly parts: { readonly params: { readonly traceId: string; readonly layer: number; readonly step: number; readonly state: string }; readonly result: { readonly arrives: Float32Array; readonly added: Float32Array } | null };
    /** Moves the cursor. The answer comes as an event when the debugger stands there. */
    readonly goto: Ask<{ readonly step: number; readonly pass: Pass }>;
    readonly move: Ask<{ readonly how: 'next' | 'stepIn' | 'stepOut' | 'stepBack' | 'continue' | 'reverseContinue' }>;
    /** Records the backward pass of this trace. */
    readonly runBackward: Ask<Nothing>;
    readonly chooseSequence: Ask<{ readonly index: number }>;
    readonly select: Ask<Selection>;
    readonly toggleBreakpoint: Ask<{ readonly path: string; readonly line: number }>;
    readonly reveal: Ask<{ readonly path: string; readonly line: number }>;
    /** Null leaves the comparison. */
    readonly compare: Ask<{ readonly with: CompareWith | null }>;
    /** Asks the person for another run, in the editor. */
    readonly chooseComparison: Ask<Nothing>;
    readonly openInspector: Ask<Nothing>;
    readonly savePicture: SavePicture;
    /** Puts a link to where the session stands on the clipboard. */
    readonly copyLink: Ask<Nothing>;
    readonly runAgain: Ask<Nothing>;
    readonly begin: Ask<{ readonly what: 'train' | 'debug' | 'example' }>;
  } & WeightRequests;
  readonly events: {
    /** Another trace (a sequence, a fork, a backward pass now recorded) or another session. */
    readonly view: DebuggerView;
    readonly cursor: Cursor;
    readonly selection: Selection;
    readonly breakpoints: readonly BreakpointLine[];
    /** A link asks for them. */
    readonly choices: Given<DebuggerChoices>;
    readonly stale: { readonly stale: boolean };
    /** The session ended; what was shown stays. */
    readonly ended: { readonly how: SessionOver };
  };
};

/** What the page offers to the host. */
export type DebuggerPage = {
  readonly requests: Readonly<Record<never, never>>;
  readonly events: {
    readonly choices: Given<DebuggerChoices>;
    /** Whether keys go to this page. */
    readonly keyboard: { readonly has: boolean };
  };
};
