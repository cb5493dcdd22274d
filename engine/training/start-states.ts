// The states that a training program starts a batch from: carried, given with the batch, drawn from the seed, or zeros.
// Not a learned state, which the graph adds where a sequence starts.
// Invariant: one tensor `[batch, ...shape]` for every state of every half, by `<prefix>.<state>`.
import { Random } from '../base/random';
import { halvesOf } from '../ir/halves';
import type { Model } from '../ir/model';
import { floats, type FloatTensor } from '../runtime/tensor';
import { initialParameter } from '../trace/initial-states';
import type { Batch } from '../trace/trace';
import type { CarriedStates } from './program-interface';

export function startStates(model: Model, batch: number, carry: CarriedStates | undefined, given: Batch | undefined): Map<string, FloatTensor> {
  const states = new Map<string, FloatTensor>();
  for (const line of model.lines) {
    if (line.kind !== 'step') continue;
    for (const half of halvesOf(line)) {
      for (const state of line.step.states) {
        const key = `${half.prefix}.${state.name}`;
        const dims = state.shape.length === 0 ? [batch, 1] : [batch, ...state.shape];
        const held = carry?.get(key) ?? given?.initial?.[key];
        const tensor = held && held.dims[0] === batch ? floats(dims, held.data) : floats(dims);
        if (!held && state.initial.kind === 'random') {
          const random = Random.for(model.train.seed, initialParameter(half.prefix, state.name));
          for (let i = 0; i < tensor.data.length; i++) tensor.data[i] = state.initial.std * random.normal();
        }
        states.set(key, tensor);
      }
    }
  }
  return states;
}

/** States that the batch brings itself, by name. */
export function givenKeys(carry: CarriedStates | undefined, batch: Batch | undefined): ReadonlySet<string> {
  return new Set([...(carry?.keys() ?? []), ...Object.keys(batch?.initial ?? {})]);
}
