// What crosses between the host and the gradient inspector, in both directions.
// Not how the numbers are computed: the engine does that over a trace; a picture whose numbers are not there stays out.
// Invariant: steps count from 1; arrays over time have one entry a step; a norm that is not finite is sent as it is.
import type { CompareWith, ComparisonChoice } from './comparison';
import type { Cursor, SessionOver } from './debugger-page';
import type { Given, InspectorChoices } from './page-choices';
import type { SavePicture } from './save-picture';
import type { TraceHeader } from './trace-view';

/** Scope of the channel. */
export const inspectorScope = 'inspector';

export interface InspectorView {
  /** Left out while the session goes on. */
  readonly over?: SessionOver;
  readonly trace: TraceHeader;
  readonly cursor: Cursor;
  /** Name of this run's cell or model in sentences: `LSTM`. */
  readonly label: string;
  /** The pass that it is compared with, in sentences. */
  readonly compared?: { readonly id: string; readonly label: string };
  readonly choices: readonly ComparisonChoice[];
  /** Label of what is being recorded to be compared with. */
  readonly pending?: string;
  /** Steps back that the task needs, when it is known (copy memory, adding). */
  readonly neededLag?: number;
  /** For a page that opens; later ones come as an event. */
  readonly shown: Given<InspectorChoices>;
}

/** Norms of the gradient of one loss, or of all. */
export interface LossCurves {
  /** Step of the loss; null = all losses together. */
  readonly loss: number | null;
  /** A layer that walks from the end: its gradient goes to later steps. */
  readonly reversed?: boolean;
  /** Where the loss enters the layer, when that is not its own step (the end of a reverse half that is pooled). */
  readonly start?: number;
  /** ‖∂L_j/∂s_t‖ of each state s. The first is the one that the verdict speaks of. */
  readonly states: readonly { readonly name: string; readonly norm: Float64Array }[];
  /** Of all losses together: the norm of the mean loss's gradient times the number of losses. */
  readonly all: Float64Array;
  /** The compared run's first state, on the same loss. */
  readonly compared?: Float64Array;
  readonly nonFinite?: { readonly step: number; readonly layer: string; readonly name: string; readonly unit: number };
}

export interface PathShares {
  readonly state: string;
  readonly reversed?: boolean;
  /** `highway f * c`, then one a recurrent parameter: `U_i`, … */
  readonly paths: readonly { readonly name: string; readonly kind: 'highway' | 'parameter'; readonly norm: Float64Array }[];
  /** ‖gradient through the highway alone‖ / ‖whole gradient‖, from the loss to each step. */
  readonly highwayLeft: Float64Array;
}

/** A cell without a highway: the two factors of its gradient, from the loss to each step. */
export interface FactorCurves {
  /** ‖Wⁿ‖, the recurrent matrix alone. */
  readonly weights: Float64Array;
  /** ∏ mean σ′, the activations' derivatives alone. */
  readonly slopes: Float64Array;
}

export type TriangleOf = 'run' | 'compared';

export interface Triangle {
  /** Steps of the losses that are there, ascending. */
  readonly losses: Int32Array;
  /** How many are taken: more than are there while it is computed. */
  readonly chosen: number;
  /** How many losses there are in all. */
  readonly of: number;
  /** Which steps a loss reaches in this layer; left out: its own and earlier ones. */
  readonly reaches?: 'later' | 'all';
  /** ‖∂L_j/∂h_t‖, `[loss, step]`. */
  readonly norm: Float32Array;
}

/** The row of a loss that is not among those of the triangle. */
export interface TriangleRow {
  readonly loss: number;
  /** ‖∂L_j/∂h_t‖, a number a step. */
  readonly norm: Float32Array;
}

/** How far a triangle is. */
export interface TriangleNow {
  readonly state: 'running' | 'complete' | 'stopped';
  /** Of the work, 0 … 1. */
  readonly share: number;
  /** Left out when there are no more rows than the page has. */
  readonly triangle?: Triangle;
}

export interface Spectrum {
  readonly real: Float64Array;
  readonly imaginary: Float64Array;
  /** Spectral radius. */
  readonly rho: number;
  /** Directions in all; more than were sent when only the largest were computed. */
  readonly of: number;
  /** For example `[h; c]`. */
  readonly space: string;
}

export interface ParameterGradients {
  /** Rows in source order; `group` is the gate a parameter belongs to. */
  readonly rows: readonly { readonly name: string; readonly group: string; readonly sum: number }[];
  /** Norm of what each step adds, `[row, step]`. */
  readonly norm: Float32Array;
}

export interface GateSaturation {
  readonly gates: readonly { readonly name: string; readonly words?: string; readonly open: Float32Array; readonly closed: Float32Array }[];
}

export interface HorizonBand {
  /** ‖∂L_j/∂h_{j−k}‖ / ‖∂L_j/∂h_j‖ for k = 0, 1, …: median and the 10th and 90th percentile. */
  readonly median: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
}

export interface MemoryHorizon {
  readonly sequences: number;
  readonly run: HorizonBand;
  readonly compared?: HorizonBand;
  /** The unit that its gate alone would keep longest: ∏ gate over k steps. */
  readonly longest?: { readonly unit: number; readonly halfLife: number; readonly product: Float64Array; readonly gate: string };
}

type Nothing = Readonly<Record<string, never>>;
type Ask<P> = { readonly params: P; readonly result: null };
type Give<P, R> = { readonly params: P & { readonly traceId: string; readonly layer: number }; readonly result: R | null };

/** What the host offers to the page; null = not to be had for this trace or cell. */
export type InspectorHost = {
  readonly requests: {
    readonly hello: { readonly params: Nothing; readonly result: InspectorView | null };
    readonly curves: Give<{ readonly loss: number | null }, LossCurves>;
    readonly paths: Give<{ readonly loss: number | null }, PathShares>;
    readonly factors: Give<{ readonly loss: number | null }, FactorCurves>;
    /** Answered when it is further than the page knows (`rows`, `share`) or has ended; `goOn` after it was stopped. */
    readonly triangle: Give<{ readonly of: TriangleOf; readonly rows: number; readonly share: number; readonly goOn: boolean }, TriangleNow>;
    /** Of one loss more than the triangle takes; a newer question ends an older one of the same triangle, whose answer is then `cancelled`. */
    readonly triangleRow: Give<{ readonly of: TriangleOf; readonly loss: number }, TriangleRow>;
    /** Ends the computation, and that of a row; what is complete stays. */
    readonly stopTriangle: Give<{ readonly of: TriangleOf }, null>;
    readonly spectrum: Give<{ readonly step: number }, { readonly run: Spectrum; readonly compared?: Spectrum }>;
    /** Spectral radius of every step's Jacobian. */
    readonly radii: Give<unknown, Float64Array>;
    readonly parameters: Give<{ readonly loss: number | null }, ParameterGradients>;
    readonly saturation: Give<unknown, GateSaturation>;
    readonly horizon: Give<unknown, MemoryHorizon>;
    readonly goto: Ask<{ readonly step: number }>;
    /** Null leaves the comparison. */
    readonly compare: Ask<{ readonly with: CompareWith | null }>;
    /** Asks the person for another run, in the editor. */
    readonly chooseComparison: Ask<Nothing>;
    readonly chooseSequence: Ask<{ readonly index: number }>;
    readonly runBackward: Ask<Nothing>;
    readonly openDebugger: Ask<Nothing>;
    readonly runAgain: Ask<Nothing>;
    readonly savePicture: SavePicture;
    /** Puts a link to where the session stands on the clipboard. */
    readonly copyLink: Ask<Nothing>;
    readonly begin: Ask<{ readonly what: 'train' | 'debug' | 'example' }>;
  };
  readonly events: {
    readonly view: InspectorView;
    readonly cursor: Cursor;
    /** A link asks for them. */
    readonly choices: Given<InspectorChoices>;
    readonly stale: { readonly stale: boolean };
    /** The session ended; what was shown stays. */
    readonly ended: { readonly how: SessionOver };
  };
};

/** What the page offers to the host. */
export type InspectorPage = {
  readonly requests: Readonly<Record<never, never>>;
  readonly events: {
    readonly choices: Given<InspectorChoices>;
    /** Whether keys go to this page. */
    readonly keyboard: { readonly has: boolean };
  };
};
