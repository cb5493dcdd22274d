// ∂loss/∂ what the loss reads, in float64: where back-propagation begins.
// Not the loss (reference-loss.ts): finite differences must not meet this file.
// Invariant: 0 at masked steps; divided by the number of valid targets.
import { defined } from '../base/invariant';
import type { LossKind, Model } from '../ir/model';
import { targetAt } from './reference-loss';
import type { ReferenceRun } from './reference-run';
import { sigmoid } from './special-functions';
import type { Numbers } from './value';
import { logSumExp } from './value-rules';

/** Derivative of one target's loss by its scores: softmax − one-hot; (sigmoid − p) / size; 2 (z − p) / size. */
function targetGradient(kind: LossKind, scores: Float64Array, target: ArrayLike<number>): Float64Array {
  if (kind === 'crossEntropy') {
    const shift = logSumExp(scores);
    return scores.map((z, index) => Math.exp(z - shift) - (index === target[0] ? 1 : 0));
  }
  return scores.map((z, index) => ((kind === 'binaryCrossEntropy' ? sigmoid(z) : 2 * z) - (kind === 'binaryCrossEntropy' ? 1 : 2) * (target[index] as number)) / scores.length);
}

/** `[batch, steps, size]`, as the loss's line. */
export function lossCotangent(model: Model, run: ReferenceRun, y: Numbers): Float64Array {
  const scores = defined(run.lines.get(model.loss.of), 'the loss reads a line').data;
  const places = run.stepLoss.data.length;
  const size = scores.length / places;
  const out = new Float64Array(scores.length);
  for (let place = 0; place < places; place++) {
    if (model.target.perStep && run.mask[place] === 0) continue;
    const gradient = targetGradient(model.loss.kind, scores.subarray(place * size, (place + 1) * size), targetAt(model, y, place));
    gradient.forEach((v, index) => { out[place * size + index] = v / run.count; });
  }
  return out;
}
