// Every operation's gradient rule against finite differences of its value rule, over random shapes, batching and numbers.
import { describe, expect, it } from 'vitest';
import { Random } from '../../engine/base/random';
import { checkOperation } from '../../engine/reference/operation-check';
import { tolerances } from '../tolerances';
import { operationKinds, sampleBatch, sampleOperation } from './sample-operations';

describe.each(operationKinds)('%s', (kind) => {
  it('has the gradient that finite differences give', () => {
    let checked = 0;
    let seen = 0;
    for (let seed = 0; seed < 16; seed++) {
      const { op, args } = sampleOperation(kind, Random.for(seed, kind));
      const comparisons = checkOperation(op, args, sampleBatch);
      expect(comparisons).toHaveLength(args.length);
      for (const comparison of comparisons) {
        expect(comparison.relativeError, `${JSON.stringify(op)} with seed ${seed}: ${JSON.stringify(comparison)}`).toBeLessThanOrEqual(tolerances.finiteDifference);
        checked += comparison.checked;
        seen += comparison.size;
      }
    }
    // Points are drawn so that few meet a kink; a rule that is never looked at is not tested.
    expect(checked).toBeGreaterThanOrEqual(0.5 * seen);
  });
});
