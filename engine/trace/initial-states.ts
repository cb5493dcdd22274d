// The states before the first step: given, learned, drawn from the seed, or zeros.
// Not states carried from the batch before, which reach a pass as given ones.
// Invariant: `[batch, ...shape]`, the same for the same seed.
import { Random } from '../base/random';
import { OperationalError } from '../base/operational-error';
import type { StateSpec } from '../ir/step-graph';
import { sizeOf } from '../runtime/tensor';
import type { Batch, Weights } from './trace';

export function initialParameter(prefix: string, state: string): string {
  return `${prefix}.initial.${state}`;
}

/** Throws OperationalError `initial-shape` when a given state is not `[batch, size]`. */
export function initialState(prefix: string, state: StateSpec, batchSize: number, batch: Batch, weights: Weights, seed: number): Float32Array {
  const width = sizeOf(state.shape);
  const given = batch.initial?.[`${prefix}.${state.name}`];
  if (given) {
    if (given.data.length !== batchSize * width || given.dims[0] !== batchSize) {
      const want = [batchSize, ...state.shape].join(', ');
      throw new OperationalError('initial-shape', `initial/${prefix}.${state.name} is [${given.dims.join(', ')}]; expected [${want}].`);
    }
    return given.data;
  }
  const result = new Float32Array(batchSize * width);
  if (state.initial.kind === 'learned') {
    const learned = weights.get(initialParameter(prefix, state.name));
    if (learned) for (let b = 0; b < batchSize; b++) result.set(learned.data, b * width);
  } else if (state.initial.kind === 'random') {
    const random = Random.for(seed, initialParameter(prefix, state.name));
    for (let i = 0; i < result.length; i++) result[i] = state.initial.std * random.normal();
  }
  return result;
}
