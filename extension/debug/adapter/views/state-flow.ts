// How the gradient of each state flows through time: what arrives from later steps, what a step adds, what leaves.
// Not the gradients of single equations. Everything was recorded; only norms are taken here.
// Invariant: arrives + added = the state's total gradient, as vectors; a masked step adds nothing and sends on what arrives.
import { OperationalError } from '../../../../engine/base/operational-error';
import type { Recording } from '../../../../engine/debug/recording';
import type { StateFlow } from '../../../../protocol/trace-view';
import type { LayerUnit } from './view-source';

export interface StateParts {
  readonly arrives: Float32Array;
  readonly added: Float32Array;
}

/** `[units]` each. Throws OperationalError `bad-argument` for a state that the layer does not have. @param t from 1. */
export function stateParts(recording: Recording, unit: LayerUnit, state: string, t: number): StateParts {
  const { states } = unit.walk.line.step;
  if (!states.some(({ name }) => name === state)) throw new OperationalError('bad-argument', `${unit.name} has no state ${state}; it has ${states.map(({ name }) => name).join(', ')}.`);
  const arrives = recording.arriving(unit, state, t).data.slice();
  const total = recording.namedGradient(unit, state, t).data;
  return { arrives, added: total.map((value, index) => value - (arrives[index] ?? 0)) };
}

export function stateFlows(recording: Recording, unit: LayerUnit): readonly StateFlow[] {
  const { steps } = recording;
  return unit.walk.line.step.states.map(({ name }) => {
    const parts = Array.from({ length: steps }, (_, index) => stateParts(recording, unit, name, index + 1));
    const over = (each: (part: StateParts, t: number) => Float32Array): Float32Array => Float32Array.from(parts, (part, index) => norm(each(part, index + 1)));
    return {
      state: name,
      arrives: over(({ arrives }) => arrives),
      added: over(({ added }) => added),
      addedBy: addedBy(recording, unit, name),
      sum: over((_, t) => recording.namedGradient(unit, name, t).data),
      leaves: over((_, t) => recording.oldGradient(unit, name, t).data),
    };
  });
}

/** By the name of the state that the layer gives on: where its gradient comes from besides time. Empty for a layer that gives on no state. */
export function comesFromAbove(recording: Recording, unit: LayerUnit): ReadonlyMap<string, string> {
  const { states, output } = unit.walk.line.step;
  return new Map(states.filter(({ next }) => next === output).map(({ name }) => [name, addedBy(recording, unit, name)]));
}

/** Where a step's own part comes from: its loss, the lines above, or the equations of the step that use the new state. */
function addedBy(recording: Recording, unit: LayerUnit, state: string): string {
  const { step } = unit.walk.line;
  const own = step.states.find(({ name }) => name === state);
  if (own?.next === step.output) return isTop(recording, unit) ? 'own loss' : 'the layers above';
  const names = new Map(step.named.map((named) => [named.id, named.kind === 'state' ? `${named.name}'` : named.name]));
  const reached = new Set([own?.next ?? -1]);
  const users: string[] = [];
  for (const equation of step.graph.equations) {
    if (!equation.args.some((arg) => reached.has(arg)) || reached.has(equation.id)) continue;
    const name = names.get(equation.id);
    if (name === undefined) reached.add(equation.id);
    else users.push(name);
  }
  return users.length === 0 ? 'the lines above' : `from ${users.join(', ')}`;
}

/** No other layer with states between this one and the loss. */
function isTop({ timeline }: Recording, unit: LayerUnit): boolean {
  const above = new Set([unit.line.name]);
  for (const { line } of timeline.units) {
    if (line.name === unit.line.name) continue;
    const sources = line.kind === 'step' ? line.inputs : [line.of];
    if (!sources.some((name) => above.has(name))) continue;
    if (line.kind === 'step' && line.step.states.length > 0) return false;
    above.add(line.name);
  }
  return true;
}

export function norm(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum);
}
