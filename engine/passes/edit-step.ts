// Lets chosen elements of a step's values be replaced from outside: value = edited ? edit : value, before anything uses it.
// Not an edit itself: which elements and what numbers come in as inputs when the step runs.
// Invariant: where `edited` is 0 the step computes the same values; an edited element hands no gradient back to what computed it.
import type { ValueId } from '../ir/graph';
import { GraphBuilder } from '../ir/graph-builder';
import type { StepGraph } from '../ir/step-graph';

/** 'old': a state before the step; 'in': an input; 'named': an equation, or a state after the step. */
export interface EditTarget {
  readonly kind: 'old' | 'in' | 'named';
  readonly name: string;
}

export interface EditPort {
  readonly target: EditTarget;
  /** 1 where the element is replaced, of the value's shape. */
  readonly edited: ValueId;
  readonly edit: ValueId;
}

export interface EditedStep {
  readonly step: StepGraph;
  readonly ports: readonly EditPort[];
}

export function editStep(step: StepGraph, targets: readonly EditTarget[]): EditedStep {
  const builder = new GraphBuilder(Math.max(...[...step.graph.inputs, ...step.graph.equations].map((value) => value.id)) + 1);
  const shapes = new Map([...step.graph.inputs, ...step.graph.equations].map((value) => [value.id, value.type.shape]));
  const origin = { span: step.outputSpan };
  const wanted = new Map<ValueId, EditTarget>();
  for (const target of targets) {
    const id = idOf(step, target);
    if (id !== undefined) wanted.set(id, target);
  }
  for (const input of step.graph.inputs) builder.adoptInput(input);
  const ports = [...wanted].map(([id, target]): EditPort & { readonly id: ValueId } => {
    const port = (what: string): ValueId => builder.input(`${what}.${target.kind}.${target.name}`, 'mask', shapes.get(id) ?? [], origin, true);
    return { id, target, edited: port('edited'), edit: port('edit') };
  });
  const renamed = new Map<ValueId, ValueId>();
  const replace = (id: ValueId): void => {
    const port = ports.find((candidate) => candidate.id === id);
    if (port) renamed.set(id, builder.add({ kind: 'where' }, [port.edited, port.edit, renamed.get(id) ?? id], origin));
  };
  const now = (id: ValueId): ValueId => renamed.get(id) ?? id;
  for (const input of step.graph.inputs) replace(input.id);
  for (const equation of step.graph.equations) {
    const id = builder.add(equation.op, equation.args.map(now), equation.origin);
    renamed.set(equation.id, id);
    replace(equation.id);
  }
  return {
    ports,
    step: {
      ...step,
      graph: builder.build(),
      states: step.states.map((state) => ({ ...state, next: now(state.next) })),
      named: step.named.map((named) => ({ ...named, id: now(named.id) })),
      output: now(step.output),
    },
  };
}

function idOf(step: StepGraph, { kind, name }: EditTarget): ValueId | undefined {
  if (kind === 'old') return step.states.find((state) => state.name === name)?.old;
  if (kind === 'in') return step.inputs.find((input) => input.name === name)?.id;
  return step.named.find((named) => named.name === name)?.id;
}
