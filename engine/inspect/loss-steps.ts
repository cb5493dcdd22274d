// Which steps of a sequence have a loss, and which of them are walked back when there are too many.
// Not the losses' values.
// Invariant: from 0, ascending; one target a sequence has its loss at the last valid step.
import type { Model } from '../ir/model';
import type { Trace } from '../trace/trace';
import { isValid, timeOf } from './recorded-step';

export function lossSteps(model: Model, trace: Trace, sequence: number): readonly number[] {
  const valid = Array.from({ length: timeOf(trace) }, (_, t) => t).filter((t) => isValid(trace, sequence, t));
  return model.target.perStep ? valid : valid.slice(-1);
}

const mostLosses = 256;
const spreadLosses = 128;

/** All of them up to 256, else 128 spread evenly, always with the last and the one nearest to the cursor. @param cursor from 0. */
export function chosenLosses(losses: readonly number[], cursor: number): readonly number[] {
  if (losses.length <= mostLosses) return losses;
  const last = losses.length - 1;
  const nearest = losses.reduce((best, step, at) => (Math.abs(step - cursor) < Math.abs((losses[best] ?? 0) - cursor) ? at : best), 0);
  const places = new Set([nearest, last]);
  for (let i = 0; places.size < spreadLosses && i < spreadLosses; i++) places.add(Math.round((i * last) / (spreadLosses - 1)));
  return [...places].sort((a, b) => a - b).map((place) => losses[place] as number);
}
