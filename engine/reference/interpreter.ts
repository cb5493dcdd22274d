// Evaluates a graph in float64, equation by equation.
// Not the loop over time (reference-run.ts) and not fast.
// Invariant: it calls value rules only; nothing here knows a gradient.
import { defined, invariant } from '../base/invariant';
import type { Graph, ValueId } from '../ir/graph';
import { countOf, type Value } from './value';
import { valueOf } from './value-rules';

/** Replaces a value just after it is computed: how a perturbation enters a named value. */
export type Adjust = (id: ValueId, value: Value) => Value;

/**
 * Every value of the graph. `inputs` holds one value for each of the graph's inputs, `[batch, ...shape]` where batched.
 * Throws InvariantError when an input is missing or has another number of elements than its type.
 */
export function evaluateGraph(graph: Graph, inputs: ReadonlyMap<ValueId, Value>, batch: number, adjust?: Adjust): ReadonlyMap<ValueId, Value> {
  const values = new Map<ValueId, Value>();
  const bind = (id: ValueId, value: Value): void => {
    values.set(id, adjust ? adjust(id, value) : value);
  };
  for (const input of graph.inputs) {
    const value = defined(inputs.get(input.id), `input ${input.name} of the graph has no value`);
    invariant(value.data.length === countOf(input.type, batch), `input ${input.name} has ${value.data.length} numbers`);
    bind(input.id, { type: input.type, data: value.data });
  }
  for (const { id, op, args, type } of graph.equations) {
    bind(id, valueOf(op, args.map((arg) => defined(values.get(arg), `%${arg} is used before it is bound`)), type, batch));
  }
  return values;
}
