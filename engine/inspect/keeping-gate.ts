// The gate that alone decides how much of a state a step keeps: a factor of the old state in the sum that is its new value.
// Not by name: read off the graph. `f * c`, `z * h` and `(1 - f) * h` are found.
// Invariant: what is found multiplies the old state elementwise, directly, and lies in 0 … 1 by its equations.
import type { ValueId } from '../ir/graph';
import type { StepGraph } from '../ir/step-graph';
import { valueBounds } from '../ir/value-bounds';

export interface KeepingGate {
  readonly state: string;
  readonly gate: string;
  /** 1 − gate is kept. */
  readonly complement: boolean;
}

export function keepingGate(step: StepGraph, state: string): KeepingGate | undefined {
  const own = step.states.find(({ name }) => name === state);
  if (!own) return undefined;
  const equations = new Map(step.graph.equations.map((equation) => [equation.id, equation]));
  const bounds = valueBounds(step);
  const gates = new Map(step.named.filter(({ kind, id }) => kind === 'gate' && (bounds.get(id)?.[0] ?? -1) >= 0 && (bounds.get(id)?.[1] ?? 2) <= 1).map(({ id, name }) => [id, name]));
  const constant = (id: ValueId | undefined): number | undefined => {
    const op = id === undefined ? undefined : equations.get(id)?.op;
    return op?.kind === 'constant' ? op.value : undefined;
  };
  const gateOf = (id: ValueId | undefined): Omit<KeepingGate, 'state'> | undefined => {
    if (id === undefined) return undefined;
    const plain = gates.get(id);
    if (plain !== undefined) return { gate: plain, complement: false };
    const equation = equations.get(id);
    const rest = equation?.op.kind === 'sub' && constant(equation.args[0]) === 1 ? gates.get(equation.args[1] ?? -1) : undefined;
    return rest === undefined ? undefined : { gate: rest, complement: true };
  };
  const search = (id: ValueId): Omit<KeepingGate, 'state'> | undefined => {
    const equation = equations.get(id);
    if (equation?.op.kind === 'add') {
      for (const arg of equation.args) {
        const found = search(arg);
        if (found) return found;
      }
    }
    if (equation?.op.kind !== 'mul') return undefined;
    const at = equation.args.indexOf(own.old);
    return at < 0 ? undefined : gateOf(equation.args[1 - at]);
  };
  const found = search(own.next);
  return found && { state, ...found };
}
