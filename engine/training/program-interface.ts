// What the training loop asks of the program that computes: one iteration, one evaluation, one step for sampling, and its numbers.
// Not the program (training-program.ts builds it from a model and a backend) and not the loop (trainer.ts).
// Invariant: a program that is given the same parameters, optimizer state, batch, carried states and options gives the same result.
// Expected of an implementation: parameters and optimizer state live inside between calls; a batch may have fewer rows than the one
// before (the last of a validation split) and a mask; `initial` of a batch is left to `carry`; nothing is kept of a batch after the call.
import type { FloatTensor } from '../runtime/tensor';
import type { Batch } from '../trace/trace';

/** States after the last step by `<layer>.<state>` (`<layer>.backward.<state>` never: a reverse half has nothing to carry), `[batch, size]`. */
export type CarriedStates = ReadonlyMap<string, FloatTensor>;

export interface IterationOptions {
  /** The learning rate of this iteration, after the schedule. */
  readonly rate: number;
  /** From 1; Adam's bias correction counts by it. */
  readonly iteration: number;
  /** The states that the batch goes on from; left out = each state's own initial value. */
  readonly carry?: CarriedStates;
  /** Dropout masks of this iteration are drawn from it. */
  readonly dropoutSeed: number;
}

export interface IterationResult {
  /** Mean over valid targets, before the update. */
  readonly loss: number;
  /** Norm over all parameters' gradients before clipping. */
  readonly gradNorm: number;
  readonly clipped: boolean;
  /** How many of the loss's and the gradients' numbers are not finite; parameters are then left as they were. */
  readonly nonFinite: number;
  /** What was asked to be watched, by label: `[]`, or `[time]` for a watch per step. */
  readonly watches?: ReadonlyMap<string, FloatTensor>;
  /** Present when the model carries its state. */
  readonly carry?: CarriedStates;
}

export interface EvaluationResult {
  /** Mean over the batch's valid targets, dropout off. */
  readonly loss: number;
  /** Number of valid targets. */
  readonly targets: number;
  /** How many of them the largest logit names; only for classes. */
  readonly correct?: number;
  readonly carry?: CarriedStates;
}

export interface SampleStep {
  /** `[rows, classes]`. */
  readonly logits: FloatTensor;
  readonly states: CarriedStates;
}

export interface Observation {
  /** As `reach` gives it, where the model has that. */
  readonly reach?: FloatTensor;
  /** Of `saturationWatches`, by label, `[time, batch]`. */
  readonly shares: ReadonlyMap<string, FloatTensor>;
}

export interface TrainingProgram {
  iterate(batch: Batch, options: IterationOptions): Promise<IterationResult>;
  evaluate(batch: Batch, carry?: CarriedStates): Promise<EvaluationResult>;
  /**
   * One time step in evaluation mode: ids `[rows]`, and the states the step before gave (undefined at the first).
   * Left out for a model that cannot run so: one that reads backwards, pools over time or does not read tokens.
   */
  sampleStep?(tokens: Int32Array, states: CarriedStates | undefined): Promise<SampleStep>;
  /**
   * How far back the last loss of each sequence reaches: ‖∂L_T/∂ the new state of step t‖ of the topmost recurrent layer's first state,
   * `[time, batch]`, in evaluation mode. Left out for a model without recurrence or with one target a sequence.
   */
  reach?(batch: Batch): Promise<FloatTensor>;
  /** `reach` and the shares of saturated values (saturation.ts) in one pass, in evaluation mode. Left out for a model that has neither. */
  observe?(batch: Batch): Promise<Observation>;
  /** By full name (`r1.W_i`), copies. */
  parameters(): Promise<Map<string, FloatTensor>>;
  setParameters(parameters: ReadonlyMap<string, FloatTensor>): Promise<void>;
  /** By `<slot>/<param>`: slots `m` and `v` for Adam, `momentum` for SGD with momentum, none for plain SGD; zeros before the first iteration. */
  optimizerState(): Promise<Map<string, FloatTensor>>;
  setOptimizerState(state: ReadonlyMap<string, FloatTensor>): Promise<void>;
  dispose(): Promise<void>;
}
