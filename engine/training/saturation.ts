// How saturated a network is while it learns: of every value with a bounded range, how much lies in the outer tenths of it.
// Not a verdict and not the pass itself (program-interface.ts, `observe`).
// Invariant: shares are over units, valid steps and sequences together; of the same fixed sequences each time, so that only the weights differ.
import { halvesOf } from '../ir/halves';
import type { Model } from '../ir/model';
import { valueBounds } from '../ir/value-bounds';
import { shareWatch, type StepWatch } from '../schedule/watches';
import type { FloatTensor } from '../runtime/tensor';
import type { Batch } from '../trace/trace';

/** Part of the range at either end that counts as saturated. */
const outerPart = 0.1;
/** Functions that flatten out towards both ends of their range. */
const squashing = new Set(['sigmoid', 'hardSigmoid', 'tanh', 'hardTanh', 'softsign']);

export interface BoundedValue {
  readonly line: string;
  readonly name: string;
  /** Above `high` it is saturated at the upper end, below `low` at the lower one. */
  readonly low: number;
  readonly high: number;
}

/** Gates that stay within 0 … 1 or ±1 by their equations, and every other equation whose outermost function is a squashing one; in source order. */
export function boundedValues(model: Model): readonly BoundedValue[] {
  return model.lines.flatMap((line) => {
    if (line.kind !== 'step' || !line.perStep) return [];
    const bounds = valueBounds(line.step);
    const kinds = new Map(line.step.graph.equations.map(({ id, op }) => [id, op.kind]));
    return line.step.named.flatMap(({ name, kind, id }): readonly BoundedValue[] => {
      const [from, to] = bounds.get(id) ?? [-Infinity, Infinity];
      if (to - from > 2 || (kind !== 'gate' && !squashing.has(kinds.get(id) ?? ''))) return [];
      const margin = outerPart * (to - from);
      return [{ line: line.name, name, low: from + margin, high: to - margin }];
    });
  });
}

export function saturationWatches(values: readonly BoundedValue[]): readonly StepWatch[] {
  return values.flatMap(({ line, name, low, high }) => [shareWatch(line, name, 'below', low), shareWatch(line, name, 'above', high)]);
}

export interface SaturatedShare {
  /** `r1.f`; of a reverse half `r1.backward.f`. */
  readonly name: string;
  /** Share at the lower and at the upper end, 0 … 1. */
  readonly low: number;
  readonly high: number;
}

export class Saturation {
  private steps = 0;
  private readonly sums = new Map<string, number>();

  constructor(private readonly model: Model) {}

  /** Adds what one pass reported: watches `[time, batch]`, 0 at masked steps. */
  add(batch: Batch, watches: ReadonlyMap<string, FloatTensor>): void {
    const [rows = 0, time = 0] = batch.x.dims;
    this.steps += batch.mask === undefined ? rows * time : batch.mask.data.reduce((a, b) => a + b, 0);
    for (const [label, { data }] of watches) {
      let sum = this.sums.get(label) ?? 0;
      for (const share of data) sum += share;
      this.sums.set(label, sum);
    }
  }

  shares(): readonly SaturatedShare[] {
    return this.model.lines.flatMap((line) => {
      if (line.kind !== 'step') return [];
      const own = boundedValues(this.model).filter((value) => value.line === line.name);
      return halvesOf(line).flatMap(({ prefix }) => own.map(({ name }): SaturatedShare => {
        const share = (side: 'above' | 'below'): number => (this.sums.get(`${side}/${line.name}.${name}${prefix === line.name ? '' : ' (backward)'}`) ?? NaN) / this.steps;
        return { name: `${prefix}.${name}`, low: share('below'), high: share('above') };
      }));
    });
  }
}
