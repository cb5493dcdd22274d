// What the network expects at every step: the likeliest classes with their probabilities, the target and its rank.
// Not for losses without classes. Probabilities are the softmax of the loss line's values, in float64.
// Invariant: a step without a target has rank 0 and an empty target; one target a sequence stands at its last valid step.
import { defined } from '../../../../engine/base/invariant';
import type { Recording } from '../../../../engine/debug/recording';
import type { PredictionView } from '../../../../protocol/trace-view';

const mostShown = 5;

/** @param text of a class. */
export function predictionView(recording: Recording, text: (id: number) => string): PredictionView | undefined {
  const { model, trace, steps, row } = recording;
  if (model.loss.kind !== 'crossEntropy' || model.target.kind !== 'classes') return undefined;
  const classes = model.target.count;
  const top = Math.min(mostShown, classes);
  const shown = new Array<string>(steps * top).fill('');
  const probability = new Float32Array(steps * top);
  const target = new Array<string>(steps).fill('');
  const targetRank = new Int32Array(steps);
  for (const t of predictedSteps(recording)) {
    const probabilities = softmax(recording.line(model.loss.of, t).data);
    const order = likeliest(probabilities, top);
    order.forEach((id, place) => {
      shown[(t - 1) * top + place] = text(id);
      probability[(t - 1) * top + place] = probabilities[id] ?? NaN;
    });
    const id = trace.batch.y.data[model.target.perStep ? row * steps + t - 1 : row] as number;
    if (!recording.isValid(t)) continue;
    target[t - 1] = text(id);
    const own = probabilities[id] as number;
    // Where the probabilities are not numbers, no rank can be told.
    targetRank[t - 1] = Number.isNaN(own) ? 0 : 1 + probabilities.reduce((above, p, other) => above + (p > own || (p === own && other < id) ? 1 : 0), 0);
  }
  return { top, text: shown, probability, target, targetRank };
}

/** Every step, or the one that the only prediction of a sequence belongs to. */
export function predictedSteps(recording: Recording): readonly number[] {
  const all = Array.from({ length: recording.steps }, (_, index) => index + 1);
  if (recording.model.target.perStep) return all;
  return all.filter((t) => recording.isValid(t)).slice(-1);
}

export function softmax(values: Float32Array): Float64Array {
  const largest = values.reduce((a, b) => Math.max(a, b), -Infinity);
  const powers = Float64Array.from(values, (value) => Math.exp(value - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

/** The first `count` by falling probability; ties by class. */
function likeliest(probabilities: Float64Array, count: number): readonly number[] {
  const best: number[] = [];
  probabilities.forEach((p, id) => {
    const place = best.findIndex((other) => p > defined(probabilities[other], 'a class that was kept'));
    if (place >= 0) best.splice(place, 0, id);
    else if (best.length < count) best.push(id);
    if (best.length > count) best.pop();
  });
  return best;
}
