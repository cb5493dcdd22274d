// Another pass over the same sequence beside the one that a session shows: what it may be, and what the pages are told of it.
// Not the lanes' numbers, which come as tiles under trace ids of their own (tiles.ts).
// Invariant: steps count from 1, units and layers from 0; a difference is always this less the other.
import type { LaneHeader, TraceHeader } from './trace-view';

export type CompareWith =
  /** A what-if, or with 0 the pass as recorded. */
  | { readonly kind: 'fork'; readonly id: number }
  /** A run's folder; without an iteration its newest checkpoint. */
  | { readonly kind: 'run'; readonly path: string; readonly iteration?: number }
  /** A safetensors file of the same model: weights, or what `unroll trace` recorded of this sequence. */
  | { readonly kind: 'weights'; readonly path: string }
  /** The same model before its first iteration, by its seed. */
  | { readonly kind: 'fresh' };

export interface ComparisonChoice {
  readonly id: string;
  /** In a list: `as recorded`, `RNN@500`. */
  readonly label: string;
  readonly with: CompareWith;
}

export interface ComparedRun {
  /** Of its choice. */
  readonly id: string;
  /** In sentences, where `the` may stand before it: `RNN`, `LSTM@500`, `untrained LSTM`. */
  readonly label: string;
  /** Where it comes from, for example `run 20260101-120000-Poem after iteration 500`. */
  readonly origin: string;
  readonly trace: TraceHeader;
  /** Under this id tiles hold this less the other. */
  readonly differenceId: string;
  /** One a layer of this pass. */
  readonly layers: readonly ComparedLayer[];
  /** Where the values first part; left out when they nowhere do, or cannot be held against each other. */
  readonly first?: FirstDivergence;
  /** Every value can be held against the other's: the same cells of the same sizes. */
  readonly alike: boolean;
}

export interface ComparedLayer {
  /** The other's layer that stands beside it; left out when there is none. */
  readonly other?: number;
  /** Lanes of the difference; empty when the layers are made differently. Spreads are the differences'. */
  readonly lanes: readonly LaneHeader[];
}

export interface FirstDivergence {
  /** T + 1 for what is computed after the last step. */
  readonly step: number;
  /** `r1.c`, `y`. */
  readonly name: string;
  readonly unit: number;
  readonly own: number;
  readonly other: number;
}

/** What both pages are told besides the pass they show. */
export interface Comparison {
  readonly choices: readonly ComparisonChoice[];
  readonly compared?: ComparedRun;
  /** Label of the one that is being recorded. */
  readonly pending?: string;
}
