// The parameters of a model by their full names, as weight files, traces and checkpoints call them.
// Not their values: see initialise.ts and weight-check.ts.
// Invariant: names are unique, in the order of the source; the reverse half of `direction: both` is `<line>.backward.*`.
import type { Span } from '../base/span';
import { halvesOf } from '../ir/halves';
import type { Model, StepLine } from '../ir/model';
import type { Initialiser } from '../ir/step-graph';

export interface Parameter {
  /** `<line>.<param>`, `<line>.backward.<param>`, `<line>.initial.<state>`, `<line>.backward.initial.<state>`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly init: Initialiser;
  readonly span: Span;
}

export function parameterList(model: Model): readonly Parameter[] {
  return model.lines.flatMap((line): readonly Parameter[] => {
    switch (line.kind) {
      case 'embed':
        return line.how === 'embedding' ? [{ name: `${line.name}.W`, shape: [line.vocabulary, line.size], init: line.init, span: line.span }] : [];
      case 'step':
        return halvesOf(line).flatMap(({ prefix }) => parametersOf(line, prefix));
      case 'pool':
        return [];
    }
  });
}

function parametersOf(line: StepLine, prefix: string): readonly Parameter[] {
  const params = line.step.params.map(({ name, shape, init, span }) => ({ name: `${prefix}.${name}`, shape, init, span }));
  const learned = line.step.states
    .filter((state) => state.initial.kind === 'learned')
    .map(({ name, shape, span }) => ({ name: `${prefix}.initial.${name}`, shape, init: { kind: 'zeros' } as const, span }));
  return [...params, ...learned];
}
