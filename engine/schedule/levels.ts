// How early a value of a training step can be computed: what it depends on decides.
// Not when it is needed (sequence-plan.ts finds what the recurrence itself needs).
// Invariant: an equation's level is the highest of its arguments'.
import type { Equation, GraphInput, ValueId } from '../ir/graph';

/**
 * once: parameters and constants only. input: also the step's input, so all steps at once before the recurrence.
 * state: also the old states. output: also the cotangent of the output, all steps at once after the forward recurrence.
 * cotangent: also the cotangents that come from later steps.
 */
export const levels = { once: 0, input: 1, state: 2, output: 3, cotangent: 4 } as const;
export type Level = (typeof levels)[keyof typeof levels];

export function levelsOf(inputs: readonly GraphInput[], equations: readonly Equation[], outputSeeds: ReadonlySet<ValueId>): Map<ValueId, Level> {
  const result = new Map<ValueId, Level>();
  for (const input of inputs) result.set(input.id, levelOfInput(input, outputSeeds));
  for (const equation of equations) {
    let level: Level = levels.once;
    for (const arg of equation.args) {
      const other = result.get(arg) ?? levels.once;
      if (other > level) level = other;
    }
    result.set(equation.id, level);
  }
  return result;
}

function levelOfInput(input: GraphInput, outputSeeds: ReadonlySet<ValueId>): Level {
  if (input.role === 'param') return levels.once;
  if (input.role === 'state') return levels.state;
  if (input.role === 'cotangent') return outputSeeds.has(input.id) ? levels.output : levels.cotangent;
  return levels.input;
}
