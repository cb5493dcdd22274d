// Gives every named equation a batch axis, so that a trace can record its value and gradient for each sequence.
// Not needed for training: only a value that depends on parameters alone lacks the axis, and its gradient is the sum.
// Invariant: values stay what they are; a zero is added once per sequence.
import { GraphBuilder } from '../ir/graph-builder';
import type { ValueId } from '../ir/graph';
import type { StepGraph } from '../ir/step-graph';

export interface BatchedStep {
  readonly step: StepGraph;
  /** An input `[batch, 1]` of zeros, when there was something to do. */
  readonly zero?: ValueId;
}

export function batchNamed(step: StepGraph): BatchedStep {
  const types = new Map([...step.graph.inputs, ...step.graph.equations].map((value) => [value.id, value.type]));
  const unbatched = new Set([...step.named.map((named) => named.id), ...step.states.map((state) => state.next), step.output].filter((id) => types.get(id)?.batched === false));
  if (unbatched.size === 0) return { step };
  const builder = new GraphBuilder(Math.max(...types.keys()) + 1);
  const rename = new Map<ValueId, ValueId>();
  for (const input of step.graph.inputs) builder.adoptInput(input);
  const zero = builder.input('zero', 'mask', [], { span: step.outputSpan });
  const spread = (id: ValueId): void => {
    if (unbatched.has(id)) rename.set(id, builder.add({ kind: 'add' }, [rename.get(id) ?? id, zero], { span: step.outputSpan }));
  };
  for (const input of step.graph.inputs) spread(input.id);
  for (const equation of step.graph.equations) {
    const args = equation.args.map((arg) => rename.get(arg) ?? arg);
    const id = builder.add(equation.op, args, equation.origin);
    rename.set(equation.id, id);
    if (unbatched.has(equation.id)) spread(equation.id);
  }
  const now = (id: ValueId): ValueId => rename.get(id) ?? id;
  return {
    zero,
    step: {
      ...step,
      graph: builder.build(),
      states: step.states.map((state) => ({ ...state, next: now(state.next) })),
      named: step.named.map((named) => ({ ...named, id: now(named.id) })),
      output: now(step.output),
    },
  };
}
