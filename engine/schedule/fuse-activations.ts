// Makes one activation of neighbouring ones: sigmoids of slices that lie side by side become one sigmoid of the wider slice.
// Not a change of any value.
// Invariant: runs are contiguous slices of one value under the same function.
import type { Equation, ValueId } from '../ir/graph';
import { unaryKinds } from '../ir/operation';
import { Rewriter } from './rewriter';
import { finished, ownEquations, type StepPair } from './step-pair';

interface Sliced {
  readonly equation: Equation;
  readonly start: number;
  readonly end: number;
}

/** Contiguous runs of two or more, in order of their start; doubled ranges are left alone. */
export function contiguousRuns<T extends { readonly start: number; readonly end: number }>(parts: readonly T[]): readonly (readonly T[])[] {
  const runs: T[][] = [];
  for (const item of [...parts].sort((a, b) => a.start - b.start)) {
    const run = runs[runs.length - 1];
    const last = run?.[run.length - 1];
    if (run && last && last.end === item.start) run.push(item);
    else runs.push([item]);
  }
  return runs.filter((run) => run.length > 1);
}

export function fuseActivations(pair: StepPair): StepPair {
  const byId = new Map(pair.equations.map((equation) => [equation.id, equation]));
  const groups = new Map<string, { readonly base: ValueId; readonly parts: Sliced[] }>();
  for (const equation of ownEquations(pair)) {
    if (!(unaryKinds as readonly string[]).includes(equation.op.kind)) continue;
    const slice = byId.get(equation.args[0] as ValueId);
    if (slice?.op.kind !== 'slice' || slice.op.axis !== 0 || slice.type.shape.length !== 1) continue;
    const base = slice.args[0] as ValueId;
    const key = `${equation.op.kind} ${base}`;
    const group = groups.get(key) ?? { base, parts: [] };
    group.parts.push({ equation, start: slice.op.start, end: slice.op.end });
    groups.set(key, group);
  }
  const rewriter = new Rewriter(pair.inputs, pair.equations);
  for (const { base, parts } of groups.values()) {
    for (const run of contiguousRuns(parts)) {
      const [first, last] = [run[0] as Sliced, run[run.length - 1] as Sliced];
      const { origin, op } = first.equation;
      const wide = rewriter.add({ kind: 'slice', axis: 0, start: first.start, end: last.end }, [base], origin);
      const activated = rewriter.add(op, [wide], origin);
      for (const { equation, start, end } of run) {
        rewriter.replace(equation.id, rewriter.add({ kind: 'slice', axis: 0, start: start - first.start, end: end - first.start }, [activated], equation.origin));
      }
    }
  }
  return finished(pair, rewriter);
}
