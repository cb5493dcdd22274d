// Proves that a graph is well formed: bound once, bound before use, types as the shape rules say.
// Not a check of a person's text; a finding here is a bug in a pass.
// Invariant: it changes nothing and reads everything.
import { InvariantError, invariant } from '../base/invariant';
import type { Graph, ValueId, ValueType } from './graph';
import { resultType, sameType } from './shape-rules';
import type { StepGraph } from './step-graph';

/** Everything wrong with the graph, one sentence each; empty when it is well formed. */
export function graphFaults(graph: Graph): string[] {
  const faults: string[] = [];
  const types = new Map<ValueId, ValueType>();
  const bind = (id: ValueId, type: ValueType): void => {
    if (types.has(id)) faults.push(`%${id} is bound twice`);
    if (!type.shape.every((size) => Number.isInteger(size) && size > 0)) faults.push(`%${id} has the shape [${type.shape.join(', ')}]`);
    types.set(id, type);
  };
  for (const input of graph.inputs) bind(input.id, input.type);
  for (const { id, op, args, type, origin } of graph.equations) {
    const argTypes = args.flatMap((arg) => types.get(arg) ?? []);
    if (argTypes.length < args.length) {
      faults.push(`%${id} = ${op.kind} uses ${args.filter((arg) => !types.has(arg)).map((arg) => `%${arg}`).join(', ')} before it is bound`);
    } else {
      try {
        if (!sameType(resultType(op, argTypes), type)) faults.push(`%${id} = ${op.kind} has a type other than its rule gives`);
      } catch (thrown) {
        if (!(thrown instanceof InvariantError)) throw thrown;
        faults.push(`%${id} = ${op.kind}: ${thrown.message}`);
      }
    }
    if (origin.span.start > origin.span.end || origin.span.start < 0) faults.push(`%${id} has an impossible span`);
    bind(id, type);
  }
  for (const output of graph.outputs) if (!types.has(output.id)) faults.push(`output ${output.name} refers to %${output.id}, which is not bound`);
  return faults;
}

/** Throws InvariantError naming every fault. */
export function verifyGraph(graph: Graph): void {
  const faults = graphFaults(graph);
  invariant(faults.length === 0, `malformed graph: ${faults.join('; ')}`);
}

/** The graph, and that its states, parameters, dropouts, names and output refer to it with the right roles and shapes. */
export function verifyStepGraph(step: StepGraph): void {
  verifyGraph(step.graph);
  const types = new Map<ValueId, ValueType>();
  const roles = new Map<ValueId, string>();
  for (const input of step.graph.inputs) {
    types.set(input.id, input.type);
    roles.set(input.id, input.role);
  }
  for (const equation of step.graph.equations) types.set(equation.id, equation.type);
  const shapeIs = (id: ValueId, shape: readonly number[]): boolean => types.get(id)?.shape.join() === shape.join();
  for (const { id, name } of step.inputs) invariant(roles.get(id) === 'input', `input ${name} is not an input of the graph`);
  for (const state of step.states) {
    invariant(roles.get(state.old) === 'state', `state ${state.name} is not an input of the graph`);
    invariant(shapeIs(state.old, state.shape) && shapeIs(state.next, state.shape), `state ${state.name} changes its shape`);
  }
  for (const param of step.params) {
    invariant(roles.get(param.id) === 'param' && shapeIs(param.id, param.shape), `param ${param.name} does not fit the graph`);
  }
  for (const dropout of step.dropouts) invariant(roles.get(dropout.id) === 'dropout' && shapeIs(dropout.id, dropout.shape), 'a dropout mask does not fit the graph');
  for (const named of step.named) invariant(types.has(named.id), `${named.name} refers to nothing`);
  invariant(types.has(step.output), 'the output refers to nothing');
}
