// What a network without classes says at every step, beside its target: the numbers that its loss compares.
// Not for losses over classes (prediction-view.ts). A binary cross-entropy compares probabilities: the logistic function of the line's values.
// Invariant: one output a sequence stands at its last valid step; elsewhere, and at masked steps, both are NaN.
import type { Recording } from '../../../../engine/debug/recording';
import type { OutputView } from '../../../../protocol/trace-view';
import { predictedSteps } from './prediction-view';

export function outputView(recording: Recording): OutputView | undefined {
  const { model, trace, steps, row } = recording;
  if (model.target.kind !== 'numeric') return undefined;
  const { size, perStep } = model.target;
  const values = new Float32Array(steps * size).fill(NaN);
  const target = new Float32Array(steps * size).fill(NaN);
  const wanted = trace.batch.y.data;
  for (const t of predictedSteps(recording)) {
    if (!recording.isValid(t)) continue;
    const from = (perStep ? row * steps + t - 1 : row) * size;
    const said = recording.line(model.loss.of, t).data;
    for (let i = 0; i < size; i++) {
      const value = said[i] ?? NaN;
      values[(t - 1) * size + i] = model.loss.kind === 'binaryCrossEntropy' ? 1 / (1 + Math.exp(-value)) : value;
      target[(t - 1) * size + i] = wanted[from + i] ?? NaN;
    }
  }
  return { size, values, target };
}
