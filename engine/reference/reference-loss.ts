// The loss of a whole batch in float64: of each step, and their mean over valid targets.
// Not its gradient (reference-backward.ts).
// Invariant: a masked step has the loss 0 and is not counted.
import { defined, invariant } from '../base/invariant';
import type { LossKind, Model } from '../ir/model';
import { softplus } from './special-functions';
import { column, type Column, type Numbers } from './value';
import { logSumExp } from './value-rules';

export interface LossResult {
  /** Sum over valid targets / their number. */
  readonly loss: number;
  /** `[batch, time]`, or `[batch, 1]` where there is one target a sequence; not normalised. */
  readonly stepLoss: Column;
  /** Number of valid targets. */
  readonly count: number;
}

/**
 * Loss of one target. crossEntropy: −log softmax(scores)[class], natural logarithm. binaryCrossEntropy on logits z with target p:
 * softplus(z) − p z, and squaredError (z − p)² without ½; both are means over the target's numbers.
 */
export function targetLoss(kind: LossKind, scores: Float64Array, target: ArrayLike<number>): number {
  if (kind === 'crossEntropy') return logSumExp(scores) - defined(scores[target[0] as number], `class ${target[0]} is one of ${scores.length}`);
  let total = 0;
  scores.forEach((z, index) => {
    const p = target[index] as number;
    total += kind === 'binaryCrossEntropy' ? softplus(z) - p * z : (z - p) ** 2;
  });
  return total / scores.length;
}

/** The numbers of one target: of sequence and step, counted through `[batch, steps]`. */
export function targetAt(model: Model, y: Numbers, place: number): ArrayLike<number> {
  const size = model.loss.kind === 'crossEntropy' ? 1 : model.target.kind === 'numeric' ? model.target.size : 1;
  return y.data.subarray(place * size, (place + 1) * size);
}

/** @param scores the loss's line, `[batch, steps, size]` with steps = 1 when there is one target a sequence. @param mask `[batch, time]`. */
export function lossOf(model: Model, scores: Float64Array, y: Numbers, batch: number, steps: number, mask: Float64Array): LossResult {
  const perStep = model.target.perStep;
  const size = scores.length / (batch * steps);
  const stepLoss = column([batch, steps]);
  let count = 0;
  let total = 0;
  for (let place = 0; place < batch * steps; place++) {
    if (perStep && mask[place] === 0) continue;
    const value = targetLoss(model.loss.kind, scores.subarray(place * size, (place + 1) * size), targetAt(model, y, place));
    stepLoss.data[place] = value;
    total += value;
    count++;
  }
  invariant(count > 0, 'a batch without a valid target has no loss');
  return { loss: total / count, stepLoss, count };
}
