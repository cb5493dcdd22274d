// One recorded trace as the debugger page and the gradient inspector see it: what it reads, predicts and loses, and its lanes.
// Not the values themselves, which come as tiles (tiles.ts), and not the engine's trace: the host converts by hand.
// Invariant: steps count from 1, units and layers from 0; arrays over time have one entry a step, step 1 first.
import type { EquationView } from './cell-view';

export interface TraceHeader {
  /** Another one for every fork. */
  readonly traceId: string;
  readonly model: string;
  /** T. */
  readonly steps: number;
  readonly backwardRecorded: boolean;
  readonly sequence: SequenceChoice;
  /** Sequences that can be chosen instead. */
  readonly sequences: readonly SequenceChoice[];
  /** Of a replayed iteration's batch: the sequence with the largest gradient, its share of the squared norm that reaches the states (NaN: the gradient is not finite). */
  readonly largestGradient?: { readonly index: number; readonly of: number; readonly share: number };
  /** Where weights and numbers come from, for example `iteration 6,000 · cpu`. */
  readonly origin: string;
  /** What one step reads: `character`, `word`, `value`. */
  readonly item: string;
  readonly reads:
    | { readonly kind: 'tokens'; readonly text: readonly string[] }
    /** `values` is `[time, features]`. */
    | { readonly kind: 'numeric'; readonly names: readonly string[]; readonly values: Float32Array };
  /** 1 = valid, 0 = masked. */
  readonly valid: Uint8Array;
  readonly loss: {
    /** For example `−log p, nats`. */
    readonly unit: string;
    /** Un-normalised loss of each step; NaN where there is none. */
    readonly values: Float32Array;
    /** Of the sequence, as the debugger's `loss`. */
    readonly mean: number;
  };
  /** Left out when the loss is not over classes. */
  readonly predictions?: PredictionView;
  /** Left out when the loss is over classes. */
  readonly outputs?: OutputView;
  readonly layers: readonly LayerHeader[];
  /** Edits by hand that this trace was forked by. */
  readonly edits: readonly { readonly step: number; readonly name: string }[];
  /** The model's file has changed since. */
  readonly stale: boolean;
}

/** What a network without classes says, against its target: a regression, or one probability a value. */
export interface OutputView {
  /** Numbers a step. */
  readonly size: number;
  /** `[time, size]`, NaN where the network says nothing. */
  readonly values: Float32Array;
  /** The same of the target. */
  readonly target: Float32Array;
}

export interface SequenceChoice {
  readonly index: number;
  /** For example `#17 “such a young one.⏎…”`. */
  readonly label: string;
}

export interface PredictionView {
  /** Entries a step, most likely first. */
  readonly top: number;
  /** `[time, top]`. */
  readonly text: readonly string[];
  /** `[time, top]`, 0 … 1; 0 throughout at a step without a prediction. */
  readonly probability: Float32Array;
  /** Empty where there is no target. */
  readonly target: readonly string[];
  /** Rank of the target, 1 = most likely; 0 where there is no target. */
  readonly targetRank: Int32Array;
}

export interface LayerHeader {
  /** `r1`, `r1.backward`. */
  readonly name: string;
  /** As in the source: `LSTM(e, hidden: 64)`. */
  readonly call: string;
  /** The file of the cell, without its folder, and the whole path for revealing. */
  readonly file: string;
  readonly path: string;
  /** It reads from the last step to the first. */
  readonly reversed: boolean;
  /** States first, then the other equations, in source order. */
  readonly lanes: readonly LaneHeader[];
  readonly equations: readonly EquationView[];
  /** Inputs of the cell: `x`. */
  readonly inputs: readonly { readonly name: string; readonly size: number }[];
}

export interface LaneHeader {
  /** Name in the source without the prime: `c`. The value is the one after the step. */
  readonly name: string;
  readonly kind: 'state' | 'gate' | 'let';
  /** The words of its comment, for example `cell state`. */
  readonly words?: string;
  readonly units: number;
  /** Bounds of its activation, when it has any: `[0, 1]`, `[−1, 1]`. */
  readonly bounds?: readonly [number, number];
  /** The 99.7th percentile of the sequence's absolute values. */
  readonly spread: number;
  /** The 99.5th percentile of the absolute gradients; left out before the backward pass was recorded. */
  readonly gradientSpread?: number;
  /** First value that is not finite. */
  readonly nonFinite?: { readonly step: number; readonly unit: number; readonly count: number };
}

/** How much gradient reaches a state at every step, by where it comes from; all arrays over time. */
export interface StateFlow {
  readonly state: string;
  /** ‖what arrives from step t + 1‖. */
  readonly arrives: Float32Array;
  /** ‖what this step adds‖: its own loss, or what comes through another state. */
  readonly added: Float32Array;
  /** `own loss`, `from h'`. */
  readonly addedBy: string;
  /** ‖total‖. */
  readonly sum: Float32Array;
  /** ‖what leaves to step t − 1‖. */
  readonly leaves: Float32Array;
}
