// Makes one product of parameter gradients whose cotangents lie side by side: dW_i, dW_f, … become one matrix.
// Not part of the recurrence: these products run once, over all time steps.
// Invariant: every gradient stays available as a slice of the joined one.
import type { Equation, ValueId } from '../ir/graph';
import { contiguousRuns } from './fuse-activations';
import { Rewriter } from './rewriter';
import { finished, ownEquations, type StepPair } from './step-pair';

interface Part {
  readonly equation: Equation;
  readonly start: number;
  readonly end: number;
}

export function fuseParameterGradients(pair: StepPair): StepPair {
  const byId = new Map(pair.equations.map((equation) => [equation.id, equation]));
  const groups = new Map<string, { readonly base: ValueId; readonly parts: Part[] }>();
  for (const equation of ownEquations(pair)) {
    const isBatchSum = equation.op.kind === 'sumTo' && equation.op.along === 'batch';
    if (equation.op.kind !== 'outerSum' && !isBatchSum) continue;
    const slice = byId.get(equation.args[0] as ValueId);
    if (slice?.op.kind !== 'slice' || slice.op.axis !== 0 || slice.type.shape.length !== 1) continue;
    const base = slice.args[0] as ValueId;
    const key = `${equation.op.kind} ${base} ${equation.args[1] ?? ''}`;
    const group = groups.get(key) ?? { base, parts: [] };
    group.parts.push({ equation, start: slice.op.start, end: slice.op.end });
    groups.set(key, group);
  }
  const rewriter = new Rewriter(pair.inputs, pair.equations);
  for (const { base, parts } of groups.values()) {
    for (const run of contiguousRuns(parts)) {
      const [first, last] = [run[0] as Part, run[run.length - 1] as Part];
      const { origin, op, args } = first.equation;
      const wide = rewriter.add({ kind: 'slice', axis: 0, start: first.start, end: last.end }, [base], origin);
      const wideOp = op.kind === 'sumTo' ? { ...op, shape: [last.end - first.start] } : op;
      const joined = rewriter.add(wideOp, [wide, ...args.slice(1)], origin);
      for (const { equation, start, end } of run) {
        rewriter.replace(equation.id, rewriter.add({ kind: 'slice', axis: 0, start: start - first.start, end: end - first.start }, [joined], equation.origin));
      }
    }
  }
  return finished(pair, rewriter);
}
