// Pools a per-step line over its valid steps: `[batch, time, size]` → `[batch, size]`.
// Not a reduction of the graph: it knows masks and the directions of a layer's halves.
// Invariant: a padded step is never read; ties of `max` go to the step that is first in the sequence.
import { invariant } from '../base/invariant';
import type { Pooling } from '../ir/model';

/** Which way each stretch of a line's units was walked, in the order of the units. */
export interface Stretch {
  readonly size: number;
  readonly reversed: boolean;
}

/**
 * Weight of step t in unit u of one sequence, for last, first and mean: `last` is the end of the stretch's own walk (a reverse half ends
 * at the smallest valid t), `first` its beginning.
 */
function chosenStep(how: 'last' | 'first', reversed: boolean, valid: readonly number[]): number {
  const atEnd = (how === 'last') !== reversed;
  return (atEnd ? valid[valid.length - 1] : valid[0]) as number;
}

/** For every sequence and unit the steps that the pooled number is made of, with their weights. */
export function poolingWeights(
  how: Pooling,
  data: Float64Array,
  stretches: readonly Stretch[],
  batch: number,
  time: number,
  mask: Float64Array,
  use: (sequence: number, unit: number, t: number, weight: number) => void,
): void {
  const size = stretches.reduce((total, stretch) => total + stretch.size, 0);
  for (let sequence = 0; sequence < batch; sequence++) {
    const valid = Array.from({ length: time }, (_, t) => t).filter((t) => mask[sequence * time + t] !== 0);
    invariant(valid.length > 0, `sequence ${sequence} has no valid step`);
    let unit = 0;
    for (const { size: units, reversed } of stretches) {
      for (let k = 0; k < units; k++, unit++) {
        if (how === 'mean') for (const t of valid) use(sequence, unit, t, 1 / valid.length);
        else if (how === 'max') {
          const at = (t: number): number => data[(sequence * time + t) * size + unit] as number;
          use(sequence, unit, valid.reduce((best, t) => (at(t) > at(best) ? t : best)), 1);
        } else use(sequence, unit, chosenStep(how, reversed, valid), 1);
      }
    }
  }
}

export function pool(how: Pooling, data: Float64Array, stretches: readonly Stretch[], batch: number, time: number, mask: Float64Array): Float64Array {
  const size = stretches.reduce((total, stretch) => total + stretch.size, 0);
  const pooled = new Float64Array(batch * size);
  poolingWeights(how, data, stretches, batch, time, mask, (sequence, unit, t, weight) => {
    pooled[sequence * size + unit] = (pooled[sequence * size + unit] as number) + weight * (data[(sequence * time + t) * size + unit] as number);
  });
  return pooled;
}
