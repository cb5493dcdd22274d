// Which equations of a list are alive: the one way a schedule leaves out what nobody needs.
// Not a pass by itself, and not the workbench of the passes (rewriter.ts).
// Invariant: the order stays, and whatever a kept equation reads is kept, too.
import type { Equation, ValueId } from '../ir/graph';

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
