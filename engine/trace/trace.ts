// One recorded pass over one batch: a column per variable and per gradient, over all time steps.
// Not a program and not a cursor: the debugger and the views read it, nobody changes it.
// Invariant: columns are named as in the trace file (`value/r1.i`, `grad/r1.h`, `grad/param/r1.W_i`); a trace never changes.
import type { EditTarget } from '../passes/edit-step';
import type { BackendName } from '../runtime/backend';
import type { FloatTensor, Tensor } from '../runtime/tensor';

/** The tensors of one batch, as the `X` file of the contract: `x`, `y`, optional `mask`, `initial/<layer>.<state>`. */
export interface Batch {
  /** I32 `[batch, time]` ids or F32 `[batch, time, features]`. */
  readonly x: Tensor;
  /** I32 `[batch, time]` or `[batch]`; F32 `[batch, time, size]` or `[batch, size]`. */
  readonly y: Tensor;
  /** F32 `[batch, time]`, 1 = valid; left out = all valid. */
  readonly mask?: FloatTensor;
  /** F32 `[batch, size]`, keyed `<layer>.<state>`. */
  readonly initial?: Readonly<Record<string, FloatTensor>>;
}

/** Parameters by full name (`r1.W_i`). */
export type Weights = ReadonlyMap<string, FloatTensor>;

export interface Trace {
  readonly backend: BackendName;
  readonly batch: Batch;
  /** Sum over valid targets / their number, in nats for cross-entropy. */
  readonly loss: number;
  /** Un-normalised loss of each step, `[batch, time]` (`[batch, 1]` for one target a sequence); 0 where masked. */
  readonly stepLoss: FloatTensor;
  readonly weights: Weights;
  /** Of training's dropout masks; left out in evaluation. */
  readonly dropoutSeed?: number;
  /** `value/…`, `grad/…`, `grad/param/…`, all F32. */
  readonly columns: ReadonlyMap<string, FloatTensor>;
  /**
   * What each step handed on, when asked for, shaped as the columns: `old/r1.h` ∂loss/∂ the state before the step, `in/r1.x` ∂loss/∂ the input
   * through this line alone, `above/r1` what arrives at the line's output from the lines above it and the loss.
   */
  readonly handed?: ReadonlyMap<string, FloatTensor>;
}

/** Elements put over what a step computes, for what-if. */
export interface Edit {
  /** `r1`, `r1.backward`. */
  readonly half: string;
  readonly target: EditTarget;
  /** From 0; of no meaning after pooling. */
  readonly step: number;
  /** Row of the batch. */
  readonly row: number;
  /** New numbers by element of the value, row-major. */
  readonly values: ReadonlyMap<number, number>;
}
