// How a sequence is cut when it is longer than one graph should be: forward chunks, then backward chunks, nothing truncated.
// Not truncated BPTT, which is the user's choice and the trainer's affair.
// Invariant: chunks cover [0, steps) in order; models that read backwards or pool over time stay whole.
import type { Model } from '../ir/model';

export function chunksOf(model: Model, steps: number, limit: number): readonly (readonly [number, number])[] {
  if (!isCausalPerStep(model) || steps <= limit) return [[0, steps]];
  const count = Math.ceil(steps / limit);
  const size = Math.ceil(steps / count);
  const chunks: (readonly [number, number])[] = [];
  for (let start = 0; start < steps; start += size) chunks.push([start, Math.min(steps, start + size)]);
  return chunks;
}

/** Whether the answer of a step needs nothing later: such a model also runs step by step. */
export function isCausalPerStep(model: Model): boolean {
  return model.target.perStep && model.lines.every((line) => line.kind !== 'pool' && (line.kind !== 'step' || line.direction === 'forward'));
}
