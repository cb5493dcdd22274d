// Multiplies first what can be multiplied early: ((dc * g) * i) * (1 − i) becomes dc * (g * i * (1 − i)),
// whose bracket is computed for all time steps at once after the forward pass.
// Not applied to values, only to cotangents, in which the backward pass is linear.
// Invariant: a product has at most one factor that contains a cotangent.
import type { ValueId } from '../ir/graph';
import { levels } from './levels';
import { Rewriter } from './rewriter';
import { finished, ownEquations, pairLevels, type StepPair } from './step-pair';

export function regroupProducts(pair: StepPair): StepPair {
  const levelOf = pairLevels(pair);
  const level = (id: ValueId): number => levelOf.get(id) ?? levels.once;
  const byId = new Map(pair.equations.map((equation) => [equation.id, equation]));
  const rewriter = new Rewriter(pair.inputs, pair.equations);
  const factorsOf = (id: ValueId): readonly ValueId[] => {
    const equation = byId.get(id);
    return equation?.op.kind === 'mul' && level(id) >= levels.output ? equation.args.flatMap(factorsOf) : [id];
  };
  for (const equation of ownEquations(pair)) {
    if (equation.op.kind !== 'mul' || level(equation.id) < levels.output) continue;
    const factors = factorsOf(equation.id);
    const cotangents = factors.filter((id) => level(id) >= levels.output);
    const [cotangent] = cotangents;
    if (cotangent === undefined || cotangents.length !== 1 || factors.length < 3) continue;
    const early = factors.filter((id) => id !== cotangent).sort((a, b) => level(a) - level(b));
    const factor = early.reduce((a, b) => rewriter.add({ kind: 'mul' }, [a, b], equation.origin));
    rewriter.replace(equation.id, rewriter.add({ kind: 'mul' }, [cotangent, factor], equation.origin));
  }
  return finished(pair, rewriter);
}
