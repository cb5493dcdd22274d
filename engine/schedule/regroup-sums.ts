// Adds first what can be added early: W @ x + U @ h + b becomes (W @ x + b) + U @ h, whose bracket leaves the recurrence.
// Not a change of value beyond rounding; only additions are reordered.
// Invariant: within a sum, terms of a lower level are added before terms of a higher one.
import type { Equation, ValueId } from '../ir/graph';
import { levels } from './levels';
import { Rewriter } from './rewriter';
import { finished, ownEquations, pairLevels, type StepPair, usesOf } from './step-pair';

/** The terms of a sum, through additions that nobody else uses. */
export function termsOf(root: Equation, equation: (id: ValueId) => Equation | undefined, usedOnce: (id: ValueId) => boolean): readonly ValueId[] {
  return root.args.flatMap((arg) => {
    const inner = equation(arg);
    if (inner?.op.kind !== 'add' || !usedOnce(arg) || inner.type.shape.length !== root.type.shape.length) return [arg];
    return termsOf(inner, equation, usedOnce);
  });
}

export function regroupSums(pair: StepPair): StepPair {
  const levelOf = pairLevels(pair);
  const uses = usesOf(pair);
  const byId = new Map(pair.equations.map((equation) => [equation.id, equation]));
  const rewriter = new Rewriter(pair.inputs, pair.equations);
  const usedOnce = (id: ValueId): boolean => (uses.get(id)?.length ?? 0) === 1;
  for (const equation of ownEquations(pair)) {
    if (equation.op.kind !== 'add') continue;
    const [only] = uses.get(equation.id) ?? [];
    if (usedOnce(equation.id) && only?.op.kind === 'add' && only.type.shape.length === equation.type.shape.length) continue;
    const terms = termsOf(equation, (id) => byId.get(id), usedOnce);
    if (terms.length < 3) continue;
    const isProduct = (id: ValueId): number => (byId.get(id)?.op.kind === 'matvec' ? 1 : 0);
    // Products last within a level, so that each can take what was added so far as its addend.
    const sorted = [...terms].sort((a, b) => (levelOf.get(a) ?? levels.once) - (levelOf.get(b) ?? levels.once) || isProduct(a) - isProduct(b));
    rewriter.replace(equation.id, sorted.reduce((a, b) => rewriter.add({ kind: 'add' }, [a, b], equation.origin)));
  }
  return finished(pair, rewriter);
}
