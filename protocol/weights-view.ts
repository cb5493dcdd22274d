// The parameters of the pass that is debugged, as a page sees them: values, gradients, what one step adds, what the optimizer changes.
// Not the parameters of a run at an iteration (run.ts), which a replay finds. Numbers come as cells of a picture, as large as the page shows them.
// Invariant: steps count from 1, rows and columns from 0; a cell that several numbers share has the most extreme of them, one that is not finite before all.
import type { PlacedTensor } from './run';

/** `step`: what the step at the cursor adds to the gradient; `sum`: what the steps add that back-propagation through the layer has visited there. Both are of the shown sequence alone. */
export type WeightQuantity = 'value' | 'gradient' | 'step' | 'sum' | 'update';

export interface WeightsHeader {
  readonly traceId: string;
  readonly tensors: readonly PlacedTensor[];
  /** Sequences of the batch whose mean loss `gradient` and `update` are of. */
  readonly batch: number;
  /** Layers that are computed once, after the last step. */
  readonly once: readonly string[];
  /** Layers that walk from the end: back-propagation visits their steps from the first on. */
  readonly reversed: readonly string[];
  /** The iteration whose update it is; left out when the pass is none of a training. */
  readonly iteration?: number;
  /** Numbers that were changed by hand, at most some hundred. */
  readonly edited: readonly { readonly name: string; readonly row: number; readonly column: number; readonly from: number; readonly to: number }[];
}

/** Which numbers of a tensor share a cell, and in which order its rows and columns stand. */
export interface CellsWanted {
  readonly name: string;
  readonly perRow: number;
  readonly perColumn: number;
  /** Rows from top to bottom, columns from left to right; in the source's order when left out. */
  readonly rows?: Int32Array;
  readonly columns?: Int32Array;
}

export interface MatrixCells {
  readonly name: string;
  readonly down: number;
  readonly across: number;
  /** `[down, across]`. */
  readonly values: Float32Array;
  /** Where each cell's number stands, row-major; left out when every number has a cell of its own in the source's order. */
  readonly places?: Int32Array;
}

export interface WeightSummary {
  readonly name: string;
  /** ‖·‖; not finite where a number is not. */
  readonly norm: number;
  /** Of the shown sequence over all its steps, for `step` and `sum`. */
  readonly whole?: number;
  /** The largest by absolute value; left out when all are 0 or none is finite. */
  readonly largest?: { readonly row: number; readonly column: number; readonly value: number };
  readonly notFinite?: { readonly row: number; readonly column: number; readonly count: number };
}

export type ByRole = Readonly<Record<PlacedTensor['role'], number>>;

export interface WeightsPicture {
  readonly tensors: readonly WeightSummary[];
  /** Colours end at ± these. For `step` and `sum`: those of the whole sequence, so that two steps can be compared. */
  readonly bounds: ByRole;
  /** How many finite numbers lie beyond. */
  readonly beyond: ByRole;
  readonly cells: readonly MatrixCells[];
}

/** What the host answers about the weights; `weightsPicture` is null where there are no such numbers (no update outside a training). */
export type WeightRequests = {
  readonly weights: { readonly params: { readonly traceId: string }; readonly result: WeightsHeader };
  readonly weightsPicture: {
    readonly params: { readonly traceId: string; readonly layer: string; readonly of: WeightQuantity; readonly step: number; readonly cells: readonly CellsWanted[] };
    readonly result: WeightsPicture | null;
  };
};
