// What there is to see at a frame: Inputs, State, Gates, Equations, Gradients, Parameters, Statistics.
// Not how it is numbered (variable-store.ts) and not the gradients through one equation (gradient-nodes.ts).
// Invariant: every number is the recording's; shape first, what is not finite named first; nothing is computed before it is asked for.
import { inUnit, type Resolved } from '../../../engine/debug/names';
import type { Scope } from '../../../engine/debug/scope';
import { nonFiniteCount, type Range, saturatedShare, short, statisticsOf } from '../../../engine/debug/statistics';
import type { Cursor, Level, Unit } from '../../../engine/debug/timeline';
import type { FloatTensor } from '../../../engine/runtime/tensor';
import { gradientNodes, layerGradientNodes } from './gradient-nodes';
import type { ParameterUpdate } from '../../../engine/debug/optimizer-step';
import { groupNode, type Node, numbersNode } from './variable-store';

export const scopeNames = ['Inputs', 'State', 'Gates', 'Equations', 'Gradients', 'Parameters', 'Statistics'] as const;
export type ScopeName = (typeof scopeNames)[number];

export interface ScopeContext {
  readonly scope: Scope;
  readonly cursor: Cursor;
  /** The frame's own level; frames below the top stand at the levels above the cursor's. */
  readonly level: Level;
  readonly update: () => readonly ParameterUpdate[];
}

/** The variables of one scope at a frame. */
export function scopeNodes(name: ScopeName, context: ScopeContext): readonly Node[] | Promise<readonly Node[]> {
  const { cursor, level, scope } = context;
  if (cursor.phase === 'update' && level === 'step') return updateNodes(name, context);
  const unit = level === 'layer' || level === 'equation' ? scope.unit : undefined;
  if (cursor.phase === 'loss' || level === 'sequence') return overTime(name, context);
  if (unit !== undefined) return unitNodes(name, unit, context, '');
  return stepNodes(name, context);
}

function valueNode(scope: Scope, resolved: Resolved, name: string): Node {
  const { shape, data } = scope.value(resolved);
  return numbersNode(name, shape, data, { range: scope.range(resolved), evaluateName: name, editable: { resolved, t: scope.t } });
}

function gradientNode(scope: Scope, resolved: Resolved, name: string): Node {
  const { shape, data } = scope.gradient(resolved);
  return numbersNode(`grad(${name})`, shape, data, { evaluateName: `grad(${name})` });
}

function unitNodes(name: ScopeName, unit: Unit, context: ScopeContext, prefix: string): readonly Node[] | Promise<readonly Node[]> {
  const { scope } = context;
  const step = unit.walk?.line.step;
  const own = (local: string, prime = false): readonly Node[] => {
    const resolved = inUnit(unit, local, prime);
    return resolved === undefined ? [] : [valueNode(scope, resolved, `${prefix}${local}${prime ? '\'' : ''}`)];
  };
  const line: Resolved = { kind: 'line', name: unit.line.name, label: unit.line.name };
  switch (name) {
    case 'Inputs':
      if (step === undefined) return 'of' in unit.line ? [sourceNode(scope, unit.line.of)] : [];
      return step.inputs.flatMap((input) => own(input.name));
    case 'State':
      return (step?.states ?? []).flatMap((state) => [...own(state.name), ...own(state.name, true)]);
    case 'Gates':
      return (step?.named ?? []).filter((named) => named.kind === 'gate').flatMap((named) => own(named.name));
    case 'Equations':
      return [...(step?.named ?? []).filter((named) => named.kind === 'let' || named.kind === 'attention').flatMap((named) => own(named.name)), valueNode(scope, line, unit.line.name)];
    case 'Gradients':
      if (unit.walk === undefined) return [gradientNode(scope, line, unit.line.name)];
      return context.level === 'equation' && prefix === '' ? gradientNodes(scope, unit, context.cursor.equation) : layerGradientNodes(scope, unit, prefix);
    case 'Parameters':
      return (step?.params ?? []).flatMap((param) => own(param.name));
    case 'Statistics':
      return [...(step?.states ?? []).map((state) => ({ name: state.name, prime: true })), ...(step?.named ?? []).filter((named) => named.kind !== 'state').map((named) => ({ name: named.name, prime: false }))]
        .flatMap(({ name: local, prime }) => {
          const resolved = inUnit(unit, local, prime);
          return resolved === undefined ? [] : [statisticsNode(scope, resolved, `${prefix}${local}${prime ? '\'' : ''}`)];
        });
  }
}

function sourceNode(scope: Scope, name: string): Node {
  return name === 'x' ? valueNode(scope, { kind: 'x', label: 'x' }, 'x') : valueNode(scope, { kind: 'line', name, label: name }, name);
}

function statisticsNode(scope: Scope, resolved: Resolved, name: string): Node {
  const { shape, data } = scope.value(resolved);
  return statisticsOfNode(name, shape, data, scope.range(resolved));
}

function statisticsOfNode(name: string, shape: readonly number[], data: Float32Array, range: Range | undefined): Node {
  const { count, nan, infinite, min, max, mean, std, norm } = statisticsOf(data);
  const lines: (readonly [string, string])[] = [
    ['not finite', `${nan + infinite} of ${count}${nan > 0 ? `, ${nan} NaN` : ''}${infinite > 0 ? `, ${infinite} Inf` : ''}`],
    ['min', short(min)], ['max', short(max)], ['mean', short(mean)], ['std', short(std)], ['norm', short(norm)],
    ...(range === undefined ? [] : [['saturated', `${Math.round(100 * saturatedShare(data, range))} %`] as const]),
  ];
  const wrong = nonFiniteCount(data);
  return groupNode(name, `[${shape.join(', ')}] ${wrong > 0 ? `${wrong} not finite ` : ''}${short(min)}…${short(max)}`, () => lines.map(([label, value]) => ({ name: label, value })));
}

/** All layers of one time step. */
async function stepNodes(name: ScopeName, context: ScopeContext): Promise<readonly Node[]> {
  const { scope } = context;
  const { recording } = scope;
  const units = recording.timeline.units.filter((unit) => unit.perStep);
  const line = (unit: Unit): Resolved => ({ kind: 'line', name: unit.line.name, label: unit.line.name });
  if (name === 'Inputs') return [...inputNodes(scope), valueNode(scope, { kind: 'x', label: 'x' }, 'x'), ...lossOfStep(scope)];
  if (name === 'Equations') {
    const inner = await Promise.all(units.filter((unit) => unit.walk !== undefined).map((unit) => unitNodes('Equations', unit, context, `${unit.name}.`)));
    const lines = new Map(units.map((unit) => [unit.line.name, valueNode(scope, line(unit), unit.line.name)]));
    return [...inner.flat().filter((node) => !lines.has(node.name)), ...lines.values()];
  }
  if (name === 'Gradients') {
    const lines = new Map(units.map((unit) => [unit.line.name, gradientNode(scope, line(unit), unit.line.name)]));
    const layers = units.filter((unit) => (unit.walk?.line.step.states.length ?? 0) > 0).map((unit) => layerGradientNodes(scope, unit, `${unit.name}.`));
    return [...lines.values(), ...layers.flat()];
  }
  const all = await Promise.all(units.map((unit) => (unit.walk === undefined ? [] : unitNodes(name, unit, context, `${unit.name}.`))));
  return all.flat();
}

function inputNodes(scope: Scope): readonly Node[] {
  const { recording } = scope;
  if (recording.model.input.kind !== 'tokens') return [];
  return [{ name: 'token', value: JSON.stringify(scope.special('token')), evaluateName: 'token' }];
}

function lossOfStep({ recording, t }: Scope): readonly Node[] {
  if (!recording.model.target.perStep) return [];
  const loss = recording.trace.stepLoss.data[recording.row * recording.steps + t - 1] ?? NaN;
  return [{ name: 'loss of this step', value: short(loss) }];
}

/** The whole sequence: a matrix [time, size] for everything, and the loss. */
function overTime(name: ScopeName, context: ScopeContext): readonly Node[] {
  const { scope } = context;
  const { recording } = scope;
  const { trace, model, steps, row } = recording;
  const column = (label: string, key: string, from: FloatTensor | undefined, range?: Range): readonly Node[] => {
    if (from === undefined) return [];
    const size = from.data.length / (trace.batch.x.dims[0] ?? 1);
    const dims = from.dims.slice(1);
    return [numbersNode(label, dims, from.data.subarray(row * size, (row + 1) * size), { range })];
  };
  const units = recording.timeline.units.filter((unit) => unit.walk !== undefined);
  const named = (kinds: readonly string[]) => units.flatMap((unit) => (unit.walk?.line.step.named ?? []).filter((value) => kinds.includes(value.kind)).map((value) => ({ unit, value, key: `${unit.name}.${value.name}`, label: `${unit.name}.${value.name}${value.kind === 'state' ? '\'' : ''}` })));
  const values = (kinds: readonly string[]) => named(kinds).flatMap(({ unit, value, key, label }) => column(label, key, trace.columns.get(`value/${key}`), recording.rangeOf(unit, value.name)));
  switch (name) {
    case 'Inputs': {
      const width = trace.batch.x.data.length / (trace.batch.x.dims[0] ?? 1);
      const x = Float32Array.from(trace.batch.x.data.subarray(row * width, (row + 1) * width));
      return [numbersNode('x', trace.batch.x.dims.slice(1), x), ...targetNode(scope)];
    }
    case 'State':
      return values(['state']);
    case 'Gates':
      return values(['gate']);
    case 'Equations':
      return [
        { name: 'loss', value: String(context.scope.special('loss')), evaluateName: 'loss' },
        ...column('loss of each step', 'loss', trace.stepLoss),
        ...values(['let', 'attention']),
        ...model.lines.flatMap((line) => column(line.name, line.name, trace.columns.get(`value/${line.name}`))),
      ];
    case 'Gradients':
      return [
        ...model.lines.flatMap((line) => column(`grad(${line.name})`, line.name, trace.columns.get(`grad/${line.name}`))),
        ...named(['state', 'gate', 'let', 'attention']).flatMap(({ key, label }) => column(`grad(${label})`, key, trace.columns.get(`grad/${key}`))),
      ];
    case 'Parameters':
      return [...trace.weights].map(([key, tensor]) => {
        const gradient = trace.columns.get(`grad/param/${key}`);
        return groupNode(key, `[${tensor.dims.join(', ')}] mean ${short(statisticsOf(tensor.data).mean)}`, () => [
          numbersNode('value', tensor.dims, tensor.data, { evaluateName: key }),
          ...(gradient === undefined ? [] : [numbersNode('gradient', gradient.dims, gradient.data, { evaluateName: `grad(${key})` })]),
        ]);
      });
    case 'Statistics':
      return named(['state', 'gate', 'let', 'attention']).flatMap(({ unit, value, key, label }) => {
        const tensor = trace.columns.get(`value/${key}`);
        const size = (tensor?.data.length ?? 0) / (trace.batch.x.dims[0] ?? 1);
        return tensor === undefined ? [] : [statisticsOfNode(label, [steps, size / steps], tensor.data.subarray(row * size, (row + 1) * size), recording.rangeOf(unit, value.name))];
      });
  }
}

function targetNode({ recording }: Scope): readonly Node[] {
  const { y } = recording.trace.batch;
  const width = y.data.length / (y.dims[0] ?? 1);
  return [numbersNode('target', y.dims.slice(1), Float32Array.from(y.data.subarray(recording.row * width, (recording.row + 1) * width)))];
}

/** The optimizer's line: what it does to each parameter. */
function updateNodes(name: ScopeName, { update, scope }: ScopeContext): readonly Node[] {
  if (name === 'Statistics') return [{ name: 'gradNorm', value: String(scope.special('gradNorm')), evaluateName: 'gradNorm' }, { name: 'loss', value: String(scope.special('loss')), evaluateName: 'loss' }];
  if (name !== 'Parameters' && name !== 'Gradients') return [];
  return update().map(({ parameter, shape, value, gradient, change }) => {
    if (name === 'Gradients') return numbersNode(`grad(${parameter})`, shape, gradient, { evaluateName: `grad(${parameter})` });
    const size = statisticsOf(change).norm;
    const share = size / statisticsOf(value).norm;
    return groupNode(parameter, `[${shape.join(', ')}] update ${short(size)}${Number.isFinite(share) ? `, ${short(100 * share)} % of its norm` : ''}`, () => [
      numbersNode('value', shape, value), numbersNode('gradient', shape, gradient), numbersNode('update', shape, change),
    ]);
  });
}
