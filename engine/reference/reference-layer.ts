// Walks one direction of a step line over time in float64: the equations at each step, the carried states, the masks.
// Not the model (reference-run.ts) and not the walk back (reference-backward.ts).
// Invariant: a masked step is computed like any other; only what is carried differs: m * new + (1 − m) * old.
import { defined } from '../base/invariant';
import type { ValueId } from '../ir/graph';
import type { StepGraph } from '../ir/step-graph';
import { evaluateGraph, type Adjust } from './interpreter';
import { batchedData, elements, type Value } from './value';

/** Adds `delta` to one number of one value: of `id` in `scope` at step `step` (from 0), at `index` of its data, or of a whole line's output. */
export type Perturbation =
  | { readonly kind: 'value'; readonly scope: string; readonly id: ValueId; readonly step: number; readonly index: number; readonly delta: number }
  | { readonly kind: 'line'; readonly line: string; readonly index: number; readonly delta: number };

/** Dropout masks, already scaled: `[batch, ...shape]` for the `index`-th dropout of a scope at a step (from 0). */
export type DropoutMasks = (scope: string, index: number, step: number, shape: readonly number[]) => Float64Array;

/** What one direction of a step line needs to run. */
export interface Walk {
  /** `<layer>`, or `<layer>.backward` for the reverse half of a layer that goes both ways. */
  readonly scope: string;
  readonly step: StepGraph;
  /** From the last step to the first. */
  readonly reversed: boolean;
  readonly batch: number;
  readonly time: number;
  /** `[batch, time]`, 1 = valid. */
  readonly mask: Float64Array;
  /** By the order of `step.inputs`: `[batch, ...shape]` at step t. */
  readonly inputAt: (input: number, t: number) => Float64Array;
  /** By the order of `step.params`. */
  readonly params: readonly Float64Array[];
  /** By the order of `step.states`: `[batch, ...shape]`. */
  readonly initial: readonly Float64Array[];
  readonly dropout: DropoutMasks | undefined;
  readonly perturbation: Perturbation | undefined;
  /** Records whose `stop` values hold here, too: finite differences must see no change behind a stop. */
  readonly frozen: readonly StepRecord[] | undefined;
  /** How many visits are as in `frozen`, because nothing has changed before them. */
  readonly unchanged: number;
}

/** What a walk leaves at one step. */
export interface StepRecord {
  readonly values: ReadonlyMap<ValueId, Value>;
  /** Value after the step of each state, by the states' order: `[batch, ...shape]`. */
  readonly carried: readonly Float64Array[];
  /** What the layer hands on: the carried state where the output is a state's new value, else the equation's value. */
  readonly output: Float64Array;
}

/** The state, if any, whose carried value is what the step hands on. */
export function outputState(step: StepGraph): number {
  return step.states.findIndex((state) => state.next === step.output);
}

/** The order in which a walk visits the steps. */
export function visits(time: number, reversed: boolean): readonly number[] {
  return Array.from({ length: time }, (_, index) => (reversed ? time - 1 - index : index));
}

/** Records by position in the sequence (not by order of the visit). */
export function walkForward(walk: Walk): readonly StepRecord[] {
  const { step, batch } = walk;
  const records: StepRecord[] = [];
  let states = walk.initial;
  for (const [visit, t] of visits(walk.time, walk.reversed).entries()) {
    const known = visit < walk.unchanged ? walk.frozen?.[t] : undefined;
    if (known) {
      records[t] = known;
      states = known.carried;
      continue;
    }
    const values = evaluateGraph(step.graph, stepInputs(walk, t, states), batch, adjustment(walk, t));
    const old = states;
    const carried = step.states.map((state, index) => {
      const fresh = batchedData(defined(values.get(state.next), `${state.name} has a new value`), batch);
      return carry(walk, t, state.next, fresh, defined(old[index], 'a state has an old value'));
    });
    const index = outputState(step);
    const output = index >= 0 ? defined(carried[index], 'the output is a state') : batchedData(defined(values.get(step.output), 'the step has an output'), batch);
    records[t] = { values, carried, output };
    states = carried;
  }
  return records;
}

function stepInputs(walk: Walk, t: number, states: readonly Float64Array[]): ReadonlyMap<ValueId, Value> {
  const { step } = walk;
  const types = new Map(step.graph.inputs.map((input) => [input.id, input.type]));
  const given = new Map<ValueId, Value>();
  const give = (id: ValueId, data: Float64Array | undefined): void => {
    given.set(id, { type: defined(types.get(id), `%${id} is an input of the graph`), data: defined(data, `%${id} has numbers`) });
  };
  step.inputs.forEach((input, index) => give(input.id, walk.inputAt(index, t)));
  step.states.forEach((state, index) => give(state.old, states[index]));
  step.params.forEach((param, index) => give(param.id, walk.params[index]));
  step.dropouts.forEach((dropout, index) => {
    const identity = (): Float64Array => new Float64Array(walk.batch * elements(dropout.shape)).fill(1);
    give(dropout.id, walk.dropout ? walk.dropout(walk.scope, index, t, dropout.shape) : identity());
  });
  return given;
}

function adjustment(walk: Walk, t: number): Adjust | undefined {
  const change = walk.perturbation?.kind === 'value' && walk.perturbation.scope === walk.scope && walk.perturbation.step === t ? walk.perturbation : undefined;
  const frozen = walk.frozen?.[t];
  if (!change && !frozen) return undefined;
  const stops = new Set(walk.step.graph.equations.filter(({ op }) => op.kind === 'stop').map(({ id }) => id));
  return (id, computed) => {
    const value = frozen && stops.has(id) ? defined(frozen.values.get(id), 'a stop was recorded') : computed;
    if (id !== change?.id) return value;
    const data = Float64Array.from(value.data);
    data[change.index] = (data[change.index] as number) + change.delta;
    return { type: value.type, data };
  };
}

/** m * new + (1 − m) * old. A perturbation of the new value is one of the carried value, so a masked step gets it here. */
function carry(walk: Walk, t: number, next: ValueId, fresh: Float64Array, old: Float64Array): Float64Array {
  const size = fresh.length / walk.batch;
  const change = walk.perturbation;
  const perturbed = change?.kind === 'value' && change.scope === walk.scope && change.step === t && change.id === next ? change : undefined;
  return fresh.map((v, index) => {
    const m = walk.mask[Math.floor(index / size) * walk.time + t] as number;
    const held = (1 - m) * ((old[index] as number) + (perturbed?.index === index ? perturbed.delta : 0));
    // A masked NaN must not reach what is carried: 0 * NaN is NaN.
    return m === 0 ? held : m * v + held;
  });
}
