// The Gradients scope: what arrives, the local derivatives, what leaves, and what a step adds to each parameter's gradient.
// Not the derivatives themselves (engine/debug/equation-gradient.ts).
// Invariant: from the numbers shown, leaving can be recomputed as local derivative applied to arriving.
import { leavingOf, operandsOf, type Operand } from '../../../engine/debug/equation-gradient';
import { inUnit, type Resolved } from '../../../engine/debug/names';
import type { Scope } from '../../../engine/debug/scope';
import type { Unit } from '../../../engine/debug/timeline';
import { groupNode, type Node, numbersNode } from './variable-store';

function resolvedOf(unit: Unit, operand: Operand): Resolved {
  return { kind: operand.kind, unit, name: operand.name, label: operand.label };
}

/** At one equation: through it alone. */
export function gradientNodes(scope: Scope, unit: Unit, index: number): readonly Node[] {
  const equation = unit.equations[index];
  const step = unit.walk?.line.step;
  if (equation === undefined || step === undefined) return [];
  const held = !scope.recording.isValid(scope.t) && step.states.length > 0;
  const named = step.named.find((value) => value.name === equation.name);
  const id = equation.kind === 'output' || equation.kind === 'line' ? step.output : named?.id;
  if (id === undefined) return [];
  const arriving = equation.kind === 'output' || equation.kind === 'line' ? scope.recording.above(unit, scope.t) : scope.recording.namedGradient(unit, equation.name, scope.t);
  const shape = arriving.shape;
  const top = numbersNode(`arriving ∂${equation.label}`, shape, arriving.data, equation.kind === 'output' || equation.kind === 'line' ? {} : { evaluateName: `grad(${equation.label})` });
  if (held) return [top, { name: 'masked', value: equation.kind === 'state' ? 'the state is held: what arrives leaves unchanged' : 'this step is padding: nothing passes' }];
  if (operandsOf(step, id).length === 0) return [top];
  const leaving = leavingOf(step, id, (operand) => scope.value(resolvedOf(unit, operand)).data, arriving.data);
  return [
    top,
    ...leaving.flatMap(({ operand, leaving: data, local }): readonly Node[] => {
      const name = `${operand.kind === 'param' ? 'adds to' : 'leaving to'} ${operand.label}`;
      const leave = numbersNode(name, operand.shape, data);
      const label = `local ∂${equation.label}/∂${operand.label}`;
      if (local.kind === 'elementwise') return [numbersNode(label, operand.shape, local.data), leave];
      if (local.kind === 'matrix') {
        const [rows, columns] = local.shape;
        return [{ name: label, value: `[${rows}, ${columns}] the transpose times what arrives leaves`, indexed: rows, children: (start, count) => numbersNode(label, local.shape, local.data()).children?.(start, count) ?? [] }, leave];
      }
      const parts = local.parts.map((part, place): Node => {
        const product = `${part.transposed ? 'v @ ' : ''}${operand.label}${part.transposed ? '' : ' @ v'}${local.parts.length > 1 ? ` (${place + 1})` : ''}`;
        return groupNode(`arriving at ${product}`, numbersNode('', [part.arriving.length], part.arriving).value, () => [numbersNode('arriving', [part.arriving.length], part.arriving), numbersNode('v', [part.vector.length], part.vector)]);
      });
      return [...parts, leave];
    }),
  ];
}

/** At a layer, or a whole step: what arrives, what leaves, and the parts of the parameters. */
export function layerGradientNodes(scope: Scope, unit: Unit, prefix: string): readonly Node[] {
  const step = unit.walk?.line.step;
  if (step === undefined) return [];
  const { recording, t } = scope;
  const from = unit.walk?.half.reversed === true ? 't − 1' : 't + 1';
  const to = unit.walk?.half.reversed === true ? 't + 1' : 't − 1';
  const above = recording.above(unit, t);
  const gradient = (name: string, prime: boolean): readonly Node[] => {
    const resolved = inUnit(unit, name, prime);
    if (resolved === undefined) return [];
    const label = `${prefix}${name}${prime ? '\'' : ''}`;
    const { shape, data } = scope.gradient(resolved);
    return [numbersNode(`grad(${label})`, shape, data, { evaluateName: `grad(${label})` })];
  };
  return [
    numbersNode(`arriving at ${prefix}output from above`, above.shape, above.data),
    ...step.states.flatMap((state) => {
      const arriving = recording.arriving(unit, state.name, t);
      const sent = recording.oldGradient(unit, state.name, t);
      return [
        numbersNode(`arriving at ${prefix}${state.name}' from ${from}`, arriving.shape, arriving.data),
        ...gradient(state.name, true),
        numbersNode(`leaving to ${prefix}${state.name}, to ${to}`, sent.shape, sent.data, { evaluateName: `grad(${prefix}${state.name})` }),
      ];
    }),
    ...step.named.filter((named) => named.kind !== 'state').flatMap((named) => gradient(named.name, false)),
    ...step.inputs.map((input) => {
      const { shape, data } = recording.inputGradient(unit, input.name, t);
      return numbersNode(`leaving to ${prefix}${input.name}, to below`, shape, data, { evaluateName: `grad(${prefix}${input.name})` });
    }),
    ...(step.states.length === 0 ? [] : [jacobianNode(scope, unit, prefix)]),
    ...(step.params.length === 0 ? [] : [groupNode(`${prefix}parameters`, 'what this step adds to their gradients', () => Promise.all(step.params.map(async (param) => {
      const part = await recording.part(unit, param.name, t);
      return numbersNode(`part(${prefix}${param.name})`, part.shape, part.data, { evaluateName: `part(${prefix}${param.name})` });
    })))]),
  ];
}

/** Computed when it is opened: it takes a backward run with as many seeds as the layer has units. */
function jacobianNode(scope: Scope, unit: Unit, prefix: string): Node {
  const states = unit.walk?.line.step.states ?? [];
  const size = states.reduce((sum, state) => sum + state.shape.reduce((a, b) => a * b, 1), 0);
  const names = states.map((state) => state.name).join(', ');
  return {
    name: `${prefix}local ∂(${names})'/∂(${names})`, value: `[${size}, ${size}] of this step`, indexed: size,
    children: async (start, count) => numbersNode('', [size, size], (await scope.recording.jacobian(unit, scope.t)).data).children?.(start, count) ?? [],
  };
}
