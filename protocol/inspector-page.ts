// What crosses between the host and the gradient inspector, in both directions.
// Not the numbers' meaning (engine/inspect has their definitions) and not drawing. The cursor lives in the debug adapter.
// Invariant: steps and losses count from 1, units and layers from 0; arrays over time have one entry a step, step 1 first.
import type { Cursor, Pass, Selection } from './debugger-page';
import type { TraceHeader } from './trace-view';

/** Scope of the channel. */
export const inspectorScope = 'inspector';

export interface InspectorView {
  readonly trace: TraceHeader;
  readonly cursor: Cursor;
  readonly selection: Selection;
  /** Another recorded pass over the same sequence; its numbers are asked for by its own `traceId`. */
  readonly compared?: { readonly trace: TraceHeader; readonly label: string };
}

/** `all`: the sum of the losses of all steps. */
export type LossChoice = number | 'all';

/** Which numbers are being computed: for progress and for cancelling. */
export type Measurement = 'stateGradients' | 'paths' | 'triangle' | 'spectrum' | 'radii' | 'jacobianProduct' | 'parameters' | 'saturation' | 'horizon';

export interface StateGradient {
  readonly state: string;
  /** ‖∂L_j/∂ the state after step t‖, `[time]`; 0 after step j (before it, in a layer that reads backwards). */
  readonly norms: Float32Array;
  /** The same of the sum of all losses. */
  readonly all: Float32Array;
  /** Largest k for which the norm k steps before the loss is at least 1 % of that at the loss. */
  readonly reach: number;
}

/** What the verdict is told from, about the first state (the one that is handed on). Left out when its condition does not hold. */
export interface Verdict {
  readonly loss: number;
  readonly state: string;
  readonly reach: number;
  /** Steps there are before the loss. */
  readonly longest: number;
  /** What is left `back` steps before the loss, 40 or as many as there are. */
  readonly kept?: { readonly back: number; readonly ratio: number };
  /** A straight continuation on the log scale reaches 10⁻⁶ at this step (0 and below: before the sequence). */
  readonly faintAt?: number;
  /** Ratio above 100: growth a step, and where it is largest. */
  readonly exploding?: { readonly perStep: number; readonly ratio: number; readonly step: number };
  /** The first value or gradient that is not finite, in the order of the pass. */
  readonly nonFinite?: { readonly what: 'value' | 'gradient'; readonly step: number; readonly layer: string; readonly name: string; readonly unit: number };
}

export interface StateGradients {
  /** The loss that was asked for; for `all`, the last that counts. */
  readonly loss: number;
  /** Steps that have a loss. */
  readonly losses: Int32Array;
  readonly states: readonly StateGradient[];
  readonly verdict: Verdict;
}

/** Shares of the parts' norms of what reaches a state at step t from step t + 1, for one loss. */
export interface Paths {
  readonly state: string;
  readonly loss: number;
  /** Names in the order of `shares`: `highway` when the state has one, one per recurrent parameter, `mixed` when something goes through two of them. */
  readonly parts: readonly { readonly name: string; readonly kind: 'highway' | 'parameter' | 'mixed' }[];
  /** `[time, parts]`, 0 … 1; NaN where nothing arrives. */
  readonly shares: Float32Array;
  /** ‖what would reach the state with every matrix product stopped on the way from the loss‖ / ‖what reaches it‖, `[time]`; NaN where nothing does. */
  readonly highwayAlone: Float32Array;
  /** For a layer without a highway, h' = φ(U h + …): what its powers and its activation alone would do. */
  readonly factors?: Factors;
}

export interface Factors {
  /** Name of the recurrent matrix. */
  readonly parameter: string;
  /** Its spectral radius and its largest singular value. */
  readonly radius: number;
  readonly norm: number;
  /** Mean of φ' over the units, `[time]`. */
  readonly derivatives: Float32Array;
}

export interface Triangle {
  readonly state: string;
  /** Losses whose gradients were walked back, `[rows]`, ascending; all of them up to 256 steps, else a spread of 128. */
  readonly losses: Int32Array;
  /** How many losses there are. */
  readonly total: number;
  /** ‖∂L_j/∂ the state after step t‖, `[rows, time]`; NaN where the loss cannot reach. */
  readonly norms: Float32Array;
  /** Largest entry over 12 steps or more. */
  readonly strongest?: { readonly loss: number; readonly step: number; readonly norm: number };
}

export interface Spectrum {
  readonly step: number;
  /** States together, in the source's order: `h`, `c`. */
  readonly states: readonly string[];
  /** Number of state values. */
  readonly size: number;
  /** Interleaved re, im; by falling absolute value. All of them up to 256 state values, else the 32 largest, by Arnoldi iteration. Empty when the Jacobian is not finite. */
  readonly eigenvalues: Float32Array;
  readonly complete: boolean;
  readonly radius: number;
  readonly largestSingularValue: number;
  /** |λ| in 0.9 … 1.1 with Re λ > 0. */
  readonly kept: number;
}

export interface JacobianProduct {
  readonly loss: number;
  /** Entry k − 1: the largest singular value of the product of the k steps' Jacobians that end at the loss's step. */
  readonly singularValues: Float32Array;
}

export interface ParameterGradients {
  readonly parameters: readonly {
    readonly name: string;
    /** ‖what step t adds‖, `[time]`. */
    readonly norms: Float32Array;
    /** ‖sum over the steps‖. */
    readonly sum: number;
  }[];
}

export interface Saturation {
  readonly over: 'sequence' | 'validation';
  readonly sequences: number;
  readonly gates: readonly {
    readonly name: string;
    readonly words?: string;
    /** Share of the valid steps above 0.9 and below 0.1, `[units]` each. */
    readonly open: Float32Array;
    readonly closed: Float32Array;
  }[];
}

export interface Horizon {
  readonly state: string;
  readonly sequences: number;
  /** Ratio to the gradient at the loss by steps back k = 0, 1, …: median and 10th and 90th percentile. */
  readonly median: Float32Array;
  readonly low: Float32Array;
  readonly high: Float32Array;
  /** Reach of the median. */
  readonly reach: number;
  /** The unit that its gate alone keeps longest; left out when no gate multiplies the state. */
  readonly longest?: { readonly gate: string; readonly state: string; readonly unit: number; readonly halfLife: number };
}

type Nothing = Readonly<Record<string, never>>;
type Ask<P> = { readonly params: P; readonly result: null };
interface OfLayer {
  readonly traceId: string;
  readonly layer: number;
}

/** What the host offers to the page. A measurement that was cancelled answers with the error `cancelled`. */
export type InspectorHost = {
  readonly requests: {
    readonly hello: { readonly params: Nothing; readonly result: InspectorView | null };
    readonly stateGradients: { readonly params: OfLayer & { readonly loss: LossChoice | 'last' }; readonly result: StateGradients };
    readonly paths: { readonly params: OfLayer & { readonly state: string; readonly loss: number }; readonly result: Paths };
    readonly triangle: { readonly params: OfLayer & { readonly state: string; readonly cursor: number }; readonly result: Triangle };
    readonly spectrum: { readonly params: OfLayer & { readonly step: number }; readonly result: Spectrum };
    /** Spectral radius of every step's Jacobian, `[time]`, by iteration; 1 at masked steps, NaN where it is not finite. */
    readonly radii: { readonly params: OfLayer; readonly result: { readonly radii: Float32Array } };
    /** Up to 64 steps back; up to 256 state values. */
    readonly jacobianProduct: { readonly params: OfLayer & { readonly loss: number }; readonly result: JacobianProduct };
    readonly parameters: { readonly params: OfLayer; readonly result: ParameterGradients };
    readonly saturation: { readonly params: OfLayer & { readonly over: 'sequence' | 'validation' }; readonly result: Saturation };
    readonly horizon: { readonly params: OfLayer & { readonly state: string }; readonly result: Horizon };
    /** Ends measurements that are still under way. */
    readonly cancel: Ask<{ readonly what: readonly Measurement[] }>;
    readonly goto: Ask<{ readonly step: number; readonly pass: Pass }>;
    readonly select: Ask<Selection>;
    readonly chooseSequence: Ask<{ readonly index: number }>;
    readonly runBackward: Ask<Nothing>;
    readonly openDebugger: Ask<Nothing>;
    readonly begin: Ask<{ readonly what: 'train' | 'debug' | 'example' }>;
  };
  readonly events: {
    readonly view: InspectorView;
    readonly cursor: Cursor;
    readonly selection: Selection;
    /** Share done, 0 … 1, of a measurement that takes long. */
    readonly progress: { readonly what: Measurement; readonly share: number };
    readonly stale: { readonly stale: boolean };
    readonly ended: Nothing;
  };
};

/** What the page offers to the host. */
export type InspectorPage = {
  readonly requests: Readonly<Record<never, never>>;
  readonly events: Readonly<Record<never, never>>;
};
