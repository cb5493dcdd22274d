// Makes a step hold its states where a mask says that the step is padding: carried = mask ? new : old.
// Not the loss's mask, and no other equation changes: on padding, gates hold what the equations give.
// Invariant: with a mask of ones the step computes the same values; a NaN in padding never reaches a carried state.
import { GraphBuilder } from '../ir/graph-builder';
import type { ValueId } from '../ir/graph';
import type { StepGraph } from '../ir/step-graph';

export interface MaskedStep {
  readonly step: StepGraph;
  /** The input `[batch, 1]`, 1 = valid. */
  readonly mask: ValueId;
  /** Per state: the new value before carrying, whose total gradient counts where the step is valid. */
  readonly uncarried: readonly ValueId[];
}

export function maskStep(step: StepGraph): MaskedStep {
  const builder = GraphBuilder.from(step.graph);
  const mask = builder.input('mask', 'mask', [], { span: step.outputSpan });
  const carriedOf = new Map<ValueId, ValueId>();
  const states = step.states.map((state) => {
    const carried = builder.add({ kind: 'where' }, [mask, state.next, state.old], { span: state.span });
    carriedOf.set(state.next, carried);
    return { ...state, next: carried };
  });
  let stateIndex = 0;
  const named = step.named.map((value) => {
    if (value.kind !== 'state') return value;
    const index = step.states.findIndex((state) => state.name === value.name);
    const state = states[index === -1 ? stateIndex++ : index];
    return state ? { ...value, id: state.next } : value;
  });
  return {
    step: { ...step, graph: builder.build(), states, named, output: carriedOf.get(step.output) ?? step.output },
    mask,
    uncarried: step.states.map((state) => state.next),
  };
}
