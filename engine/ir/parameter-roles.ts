// What each parameter of a layer is for: which equation it first reaches, and whether it weighs the input, the old state, or stands alone.
// Not its numbers. Invariant: read off the graph, so that any cell has roles; every parameter of the model has one.
import { halvesOf } from './halves';
import type { Model, StepLine } from './model';
import type { ParamSpec } from './step-graph';

/** `input`: a matrix times the input; `recurrent`: times something that the old state reaches; `other`: biases, scales, peepholes. */
export type ParameterRole = 'input' | 'recurrent' | 'other';

export interface PlacedParameter {
  /** `r1.W_i`. */
  readonly name: string;
  /** `r1`, `r1.backward`. */
  readonly layer: string;
  /** The first named equation that it reaches; empty when it reaches none but the output. */
  readonly equation: string;
  readonly role: ParameterRole;
  readonly shape: readonly number[];
}

/** In the order of the model's lines and of each line's source. */
export function placedParameters(model: Model): readonly PlacedParameter[] {
  return model.lines.flatMap((line): readonly PlacedParameter[] => {
    if (line.kind === 'embed') return line.how === 'embedding' ? [{ name: `${line.name}.W`, layer: line.name, equation: '', role: 'input', shape: [line.vocabulary, line.size] }] : [];
    if (line.kind !== 'step') return [];
    return halvesOf(line).flatMap(({ prefix }) => [
      ...line.step.params.map((param) => ({ name: `${prefix}.${param.name}`, layer: prefix, shape: param.shape, ...placeOf(line, param) })),
      ...line.step.states.filter(({ initial }) => initial.kind === 'learned').map(({ name, shape }) => ({ name: `${prefix}.initial.${name}`, layer: prefix, equation: name, role: 'other' as const, shape })),
    ]);
  });
}

function placeOf({ step }: StepLine, param: ParamSpec): Pick<PlacedParameter, 'equation' | 'role'> {
  const { equations } = step.graph;
  const named = new Map(step.named.map(({ id, name }) => [id, name]));
  const fromState = new Set(step.states.map(({ old }) => old));
  for (const { id, args } of equations) if (args.some((arg) => fromState.has(arg))) fromState.add(id);
  const reached = new Set([param.id]);
  let role: ParameterRole = 'other';
  for (const { id, op, args } of equations) {
    if (!args.some((arg) => reached.has(arg))) continue;
    if (role === 'other' && op.kind === 'matvec' && reached.has(args[0] ?? -1)) role = fromState.has(args[1] ?? -1) ? 'recurrent' : 'input';
    const equation = named.get(id);
    if (equation !== undefined) return { equation, role };
    reached.add(id);
  }
  return { equation: '', role };
}
