// The one way a pass makes a new graph: copy equations, replacing ids, and drop what nothing wants.
// Not a pass by itself.
// Invariant: ids of the old graph that survive keep their meaning; new ids are above every old one.
import type { Equation, Graph, ValueId } from '../ir/graph';

/** Equations with every argument replaced by what `rename` maps it to. */
export function renamed(equations: readonly Equation[], rename: ReadonlyMap<ValueId, ValueId>): readonly Equation[] {
  if (rename.size === 0) return equations;
  return equations.map((equation) =>
    equation.args.some((arg) => rename.has(arg)) ? { ...equation, args: equation.args.map((arg) => rename.get(arg) ?? arg) } : equation,
  );
}

/** Equations that some wanted value depends on, in order. */
export function live(equations: readonly Equation[], wanted: Iterable<ValueId>): readonly Equation[] {
  const needed = new Set(wanted);
  const kept: Equation[] = [];
  for (let index = equations.length - 1; index >= 0; index--) {
    const equation = equations[index] as Equation;
    if (!needed.has(equation.id)) continue;
    kept.push(equation);
    for (const arg of equation.args) needed.add(arg);
  }
  return kept.reverse();
}

/** Uses of each value as an argument. */
export function useCounts(equations: readonly Equation[]): ReadonlyMap<ValueId, number> {
  const counts = new Map<ValueId, number>();
  for (const equation of equations) for (const arg of equation.args) counts.set(arg, (counts.get(arg) ?? 0) + 1);
  return counts;
}

export function topId(graph: Graph): ValueId {
  let top = 0;
  for (const value of [...graph.inputs, ...graph.equations]) top = Math.max(top, value.id);
  return top;
}
