// The learning rate: constant, warm-up and cosine, steps.
import { describe, expect, it } from 'vitest';
import type { Schedule } from '../../engine/ir/model';
import { rateAt } from '../../engine/training/schedule';

const rates = (schedule: Schedule, iterations: readonly number[], total: number): number[] =>
  iterations.map((iteration) => rateAt({ optimizer: { kind: 'sgd', rate: 1, momentum: 0 }, schedule }, iteration, total));

describe('the learning rate', () => {
  it('constant', () => expect(rates({ kind: 'constant' }, [1, 50, 100], 100)).toEqual([1, 1, 1]));

  it('cosine rises over the warm-up, then falls towards 0', () => {
    expect(rates({ kind: 'cosine', warmup: 4 }, [1, 2, 4, 5], 104)).toEqual([0.25, 0.5, 1, 1]);
    const [half = NaN, last = NaN] = rates({ kind: 'cosine', warmup: 4 }, [55, 104], 104);
    expect(Math.round(half * 1000)).toBe(500);
    expect(last).toBeGreaterThan(0);
    expect(last).toBeLessThan(0.001);
  });

  it('cosine without a warm-up, and with one that never ends', () => {
    expect(rates({ kind: 'cosine', warmup: 0 }, [1], 10)).toEqual([1]);
    expect(rates({ kind: 'cosine', warmup: 100 }, [10], 10)).toEqual([0.1]);
  });

  it('steps', () => expect(rates({ kind: 'step', every: 10, factor: 0.5 }, [1, 10, 11, 20, 21], 100)).toEqual([1, 1, 0.5, 0.5, 0.25]));
});
