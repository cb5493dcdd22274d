// Exception filters while training: what the training program must report for them, and in which sequences of a batch they may find something.
// Not the findings (health.ts), which a recorded pass gives, with evidence and advice; and not what is not finite, which loss and gradient show.
// Invariant: where a recorded pass would have a finding, `mayFind` is true.
import type { ValueId } from '../ir/graph';
import type { StepWatch, WatchScope } from '../schedule/watches';
import type { Filter } from './health';
import { rangeOf } from './recording';
import { type IterationFacts, slack } from './training-condition';
import type { Unit } from './timeline';
import { defined } from '../base/invariant';
import { type LayerWatch, saturatedShareOf, watchOf } from './watch-equations';

export interface FilterCondition {
  readonly watches: readonly StepWatch[];
  /** In a row of the batch. @param isValid of a step from 1. */
  readonly mayFind: (facts: IterationFacts, row: number, isValid: (t: number) => boolean) => boolean;
}

/** Throws Unwatchable. */
export function trainingFilter(filter: Exclude<Filter, 'non-finite'>, threshold: number, units: readonly Unit[]): FilterCondition {
  const conditions = units.filter((unit) => (unit.walk?.line.step.states.length ?? 0) > 0).flatMap((unit) => perUnit[filter](unit, threshold));
  return { watches: conditions.flatMap((condition) => condition.watches), mayFind: (facts, row, isValid) => conditions.some((condition) => condition.mayFind(facts, row, isValid)) };
}

/** @param decide gets the numbers of the valid steps, in the walk's own order. */
function condition(unit: Unit, watch: LayerWatch, decide: (numbers: readonly number[]) => boolean): FilterCondition {
  return {
    watches: [watch.watch],
    mayFind: (facts, row, isValid) => {
      const column = defined(facts.watches.get(watch.result), `the program reports ${watch.result}`);
      const numbers: number[] = [];
      for (let t = 1; t <= facts.steps; t++) if (isValid(t)) numbers.push(column[(t - 1) * facts.batch + row] ?? NaN);
      return decide(unit.walk?.half.reversed === true ? numbers.reverse() : numbers);
    },
  };
}

const statesOf = (unit: Unit): readonly string[] => unit.walk?.line.step.states.map((state) => state.name) ?? [];

function whole(scope: WatchScope, kind: 'reduceNorm' | 'reduceMin', value: ValueId): ValueId {
  let result = value;
  while (scope.typeOf(result).shape.length > 0) result = scope.add({ kind }, result);
  return result;
}

/** The gradient's norm against where the backward pass began. */
function ratios(unit: Unit, holds: (ratio: number) => boolean): readonly FilterCondition[] {
  return statesOf(unit).map((state) =>
    condition(unit, watchOf(unit, `${unit.name}: norm(grad(${state}'))`, (scope) => whole(scope, 'reduceNorm', defined(scope.gradient(state), `${state} is a state`))), (numbers) => {
      const order = [...numbers].reverse();
      const begin = order.findIndex((norm) => norm > 0);
      return begin >= 0 && order.some((norm, place) => place > begin && holds(norm / (order[begin] ?? NaN)));
    }),
  );
}

const perUnit: Readonly<Record<Exclude<Filter, 'non-finite'>, (unit: Unit, threshold: number) => readonly FilterCondition[]>> = {
  exploding: (unit, threshold) => ratios(unit, (ratio) => ratio > threshold * (1 - slack)),
  vanishing: (unit, threshold) => ratios(unit, (ratio) => ratio < threshold * (1 + slack)),
  saturated: (unit, threshold) =>
    unit.equations.flatMap(({ kind, name }) => {
      const range = kind === 'gate' ? rangeOf(unit, name) : undefined;
      if (range === undefined) return [];
      const watch = watchOf(unit, `${unit.name}: sat(${name})`, (scope) => saturatedShareOf(scope, defined(scope.value(name, false), `${name} is a gate`), range));
      return [condition(unit, watch, (numbers) => numbers.some((share) => share > threshold * (1 - slack)))];
    }),
  // Where a unit's standard deviation over n steps is below s, no step moves it by more than 2·√n·s; so the unit that moves least must move that little at every step.
  dead: (unit, threshold) =>
    statesOf(unit).map((state) => {
      const watch = watchOf(unit, `${unit.name}: least change of ${state}`, (scope) => {
        const [before, after] = [false, true].map((primed) => defined(scope.value(state, primed), `${state} is a state`)) as [ValueId, ValueId];
        return whole(scope, 'reduceMin', scope.add({ kind: 'abs' }, scope.add({ kind: 'sub' }, after, before)));
      });
      return condition(unit, watch, (numbers) => numbers.length > 1 && numbers.slice(1).every((least) => !(least > 2 * Math.sqrt(numbers.length) * threshold * (1 + slack) + 1e-9)));
    }),
};
