// One training run as a page sees it: its header, what it measured so far, and how it stands.
// Not the run's files and not the engine's types: the host converts by hand.
// Invariant: iterations count from 1 (0 = before the first update); numbers are those of the run's files, never rounded.

export type RunState = 'starting' | 'running' | 'paused' | 'stopped' | 'finished' | 'failed';

export interface BackendInUse {
  readonly name: 'webgpu' | 'wasm' | 'cpu';
  /** How it runs, for example `ONNX Runtime 1.30, 1 thread`. */
  readonly detail: string;
  readonly threads: number;
  /** Why this one, when the person left the choice open. */
  readonly chosenBecause?: string;
  /** Set when another backend was wanted and this one took its place. */
  readonly fallback?: { readonly wanted: string; readonly reason: string };
}

/** One setting as the header line shows it: `adam` `0.002`, `batch` `32`. */
export interface RunSetting {
  readonly name: string;
  readonly value: string;
}

export interface RunMetric {
  readonly name: string;
  /** `share` is shown as a percentage. */
  readonly format: 'share' | 'number';
}

export interface RunHeader {
  /** Of the host's: a page that VS Code restores hands it back. */
  readonly runId: string;
  readonly model: string;
  /** Name of the model's file, without its folder. */
  readonly file: string;
  /** What it learns from, for example `text "shakespeare.txt", 65 characters`. */
  readonly data: string;
  readonly backend: BackendInUse;
  /** Total iterations planned. */
  readonly iterations: number;
  readonly settings: readonly RunSetting[];
  readonly clip?: { readonly kind: 'norm' | 'value'; readonly threshold: number };
  readonly loss: {
    /** `cross-entropy`, `squared error`. */
    readonly name: string;
    /** `nats per character`; left out when the loss has no unit. */
    readonly unit?: string;
    /** The loss of guessing: `guessing among 65 characters: ln 65`, or the target's variance. */
    readonly guess?: { readonly value: number; readonly label: string };
    /** Nats turn into bits only for cross-entropy; the word goes into `bits per character`. */
    readonly bitsPer?: string;
  };
  readonly validation?: {
    /** Iterations between two evaluations. */
    readonly every: number;
    /** For example `4,096 characters`. */
    readonly size: string;
    readonly metrics: readonly RunMetric[];
  };
  /** One line under the heading of the samples, for example `temperature 0.7; every sample starts from the same seed`. */
  readonly samples?: { readonly note: string };
  /** How many fixed sequences the memory horizon is measured on, and first at which iteration; left out when it is not measured. */
  readonly horizon?: { readonly sequences: number; readonly first: number };
  /** At which iteration the parameters are first looked at; left out when they are not. */
  readonly parameters?: { readonly first: number };
  /** As `horizon`, for the share of saturated values. */
  readonly saturation?: { readonly sequences: number; readonly first: number };
}

/** What some iterations measured, arrays of one length, iterations ascending. A batch that begins at or before what is known replaces it from there (a run that went back to a checkpoint). */
export interface IterationBatch {
  readonly iteration: Int32Array;
  readonly loss: Float64Array;
  /** Before clipping. */
  readonly gradNorm: Float64Array;
  /** 1 = clipped. */
  readonly clipped: Uint8Array;
}

export interface ValidationPoint {
  readonly iteration: number;
  readonly loss: number;
  /** In the order of the header's metrics. */
  readonly metrics: readonly number[];
}

/** What the network says at one moment of its training. */
export type RunSample = { readonly iteration: number; readonly loss?: number } & (
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'labels'; readonly tokens: readonly { readonly text: string; readonly label: string; readonly target: string }[] }
  | { readonly kind: 'curve'; readonly target: Float32Array; readonly output: Float32Array }
);

/** Memory horizon at one iteration: median over the fixed sequences of ‖∂L_T/∂h_{T−k}‖ / ‖∂L_T/∂h_T‖, for k = 0, 1, … */
export interface HorizonColumn {
  readonly iteration: number;
  readonly ratio: Float64Array;
}

/** How numbers are spread: counts in 64 equal bins over ±2^exponent. */
export interface ValueSpread {
  readonly exponent: number;
  readonly counts: Uint32Array;
}

/** A parameter after an iteration, and what the iteration changed: root mean squares and how both are spread. */
export interface ParameterSize {
  readonly name: string;
  readonly rms: number;
  readonly change: number;
  readonly values: ValueSpread;
  readonly changes: ValueSpread;
}

export interface ParameterColumn {
  readonly iteration: number;
  readonly tensors: readonly ParameterSize[];
}

/** Of values with a bounded range, the shares in the lowest and the highest tenth of it, over units, valid steps and the fixed sequences. */
export interface SaturationColumn {
  readonly iteration: number;
  readonly values: readonly { readonly name: string; readonly low: number; readonly high: number }[];
}

/** Of one iteration: the values after it, its gradient before clipping, and what it changed. */
export type ParameterQuantity = 'value' | 'gradient' | 'update';

/** The parameters of a run at one iteration, found again by replaying the run to it; the numbers are asked for one tensor at a time. */
export interface ParameterLook {
  readonly id: number;
  /** 0 = before the first: then there is no gradient and no update. */
  readonly iteration: number;
  /** The checkpoint it was replayed from. */
  readonly from: number;
  /** The replayed loss is the recorded one, to the last bit (or none was recorded). */
  readonly exact: boolean;
  readonly loss?: number;
  readonly tensors: readonly PlacedTensor[];
}

/** How far a replay to an iteration has come. */
export interface LookProgress {
  /** Iterations replayed, and how many there are from the checkpoint to the iteration. */
  readonly done: number;
  readonly total: number;
}

export interface PlacedTensor {
  readonly name: string;
  readonly layer: string;
  /** The first named equation that it reaches; may be empty. */
  readonly equation: string;
  readonly role: 'input' | 'recurrent' | 'other';
  readonly shape: readonly number[];
}

/** The first value that was not finite. */
export interface NonFiniteCause {
  readonly iteration: number;
  /** `r1.c`, `loss`. */
  readonly name: string;
}

export interface RunStatus {
  readonly state: RunState;
  /** What there is to say about the state, a sentence; empty when the word alone says it. */
  readonly sentence: string;
  readonly iteration: number;
  /** Iterations a second over the last moments; left out while unknown or not running. */
  readonly speed?: number;
  /** Seconds, at that speed. */
  readonly timeLeft?: number;
  readonly nonFinite?: NonFiniteCause;
  /** The run can be taken up again from its last checkpoint. */
  readonly canRestart?: boolean;
}

/** What a run has measured, each list by ascending iteration. */
export interface RunMeasured {
  readonly iterations: IterationBatch;
  readonly validation: readonly ValidationPoint[];
  readonly samples: readonly RunSample[];
  readonly horizon: readonly HorizonColumn[];
  readonly parameters: readonly ParameterColumn[];
  readonly saturation: readonly SaturationColumn[];
}

/** Everything a page needs that opens in the middle of a run. */
export interface RunSoFar extends RunMeasured {
  readonly header: RunHeader;
  readonly status: RunStatus;
  /** The model's file has changed since the run began. */
  readonly stale: boolean;
}
