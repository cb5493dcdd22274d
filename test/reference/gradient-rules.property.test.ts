// Every operation's gradient rule against finite differences of its value rule, over random shapes, batching and numbers.
import { describe, expect, it } from 'vitest';
import { gradientRules, type GradientRule, type GradientRules } from '../../engine/autodiff/gradient-rules';
import { Random } from '../../engine/base/random';
import type { OperationKind } from '../../engine/ir/operation';
import { checkOperation } from '../../engine/reference/operation-check';
import { tolerances } from '../tolerances';
import { operationKinds, sampleBatch, sampleOperation } from './sample-operations';

/** The engine's rules with one of them a thousandth too large. */
function slightlyWrong(kind: OperationKind): GradientRules {
  const rule = gradientRules[kind] as unknown as GradientRule<OperationKind>;
  const wrong: GradientRule<OperationKind> = (context) => {
    const factor = context.build.add({ kind: 'constant', value: 1.001, shape: [] });
    return rule({ ...context, cotangent: context.build.add({ kind: 'mul' }, context.cotangent, factor) });
  };
  return { ...gradientRules, [kind]: wrong };
}

/** Their derivative is 0 wherever there is one; a wrong factor changes nothing. */
const flat: readonly OperationKind[] = [
  'sign', 'not', 'stop', 'less', 'lessEqual', 'greater', 'greaterEqual', 'equal', 'notEqual', 'and', 'or', 'firstMaxMask', 'firstMinMask', 'constant',
];

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

describe('a rule a thousandth off', () => {
  it.each(operationKinds.filter((kind) => !flat.includes(kind)))('is caught: %s', (kind) => {
    const { op, args } = sampleOperation(kind, Random.for(3, kind));
    const errors = checkOperation(op, args, sampleBatch, slightlyWrong(kind)).map(({ relativeError }) => relativeError);
    expect(Math.max(...errors)).toBeGreaterThan(tolerances.finiteDifference);
  });
});
