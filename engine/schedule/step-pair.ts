// Forward and backward of one time step as one list of equations, which the passes rewrite together.
// Not yet scheduled over time (sequence-plan.ts).
// Invariant: `results` are the only values that anybody outside needs; a pass keeps them up to date.
import { defined } from '../base/invariant';
import type { BackwardStep } from '../autodiff/backward-step';
import type { Equation, GraphInput, ValueId } from '../ir/graph';
import type { StepGraph } from '../ir/step-graph';
import { levelsOf, type Level } from './levels';
import { live } from './rewrite';
import { Rewriter } from './rewriter';
import { type StepWatch, watchScope } from './watches';

/** A recurrent cotangent: what one new state receives, and what the step hands to the step before it. */
export interface SeedLoop {
  /** Input: the cotangent of the new state at this step. */
  readonly seed: ValueId;
  /** The states (by index) whose new value it belongs to. */
  readonly states: readonly number[];
  /** Input: cotangent of the output at the step before, when the output is this state's new value. */
  readonly arriving: ValueId | undefined;
  /** The seed of the step before; undefined when nothing flows back. */
  readonly previous: ValueId | undefined;
}

export interface PairResults {
  readonly next: readonly ValueId[];
  readonly output: ValueId;
  readonly loops: readonly SeedLoop[];
  /** Cotangent of the output at this step, when the output is not a state's new value. */
  readonly outputSeed: ValueId | undefined;
  readonly inputs: readonly (ValueId | undefined)[];
  readonly params: readonly (ValueId | undefined)[];
  /** What is watched besides: one batched scalar a watch. */
  readonly watches: readonly ValueId[];
}

export interface StepPair {
  readonly step: StepGraph;
  readonly inputs: readonly GraphInput[];
  readonly equations: readonly Equation[];
  readonly results: PairResults;
}

/** Joins both halves; without `backward` the pair only computes values. @param uncarried per state its new value before a mask carries it. */
export function pairOf(step: StepGraph, backward: BackwardStep | undefined, watches: readonly StepWatch[] = [], uncarried: readonly ValueId[] = []): StepPair {
  const next = step.states.map((state) => state.next);
  if (!backward) {
    const results = { next, output: step.output, loops: [], outputSeed: undefined, inputs: [], params: [], watches: [] };
    return { step, inputs: step.graph.inputs, equations: step.graph.equations, results };
  }
  const seedInputs = backward.graph.inputs.filter((input) => input.role === 'cotangent');
  const rewriter = new Rewriter([...step.graph.inputs, ...seedInputs], [...step.graph.equations, ...backward.graph.equations]);
  const extra: GraphInput[] = [];
  const loops: SeedLoop[] = [];
  let outputSeed: ValueId | undefined;
  for (const seed of backward.seeds) {
    const states = next.flatMap((id, index) => (id === seed.of ? [index] : []));
    if (states.length === 0) {
      outputSeed = seed.id;
      continue;
    }
    const input = defined(seedInputs.find((candidate) => candidate.id === seed.id), 'a seed is an input');
    const origin = input.origin;
    let previous: ValueId | undefined;
    const accumulate = (id: ValueId | undefined): void => {
      if (id !== undefined) previous = previous === undefined ? id : rewriter.add({ kind: 'add' }, [previous, id], origin);
    };
    for (const index of states) accumulate(backward.states[index]);
    let arriving: ValueId | undefined;
    if (seed.of === step.output) {
      arriving = rewriter.freshInput(input.type);
      extra.push({ ...input, id: arriving, name: 'arriving' });
      accumulate(arriving);
    }
    loops.push({ seed: seed.id, states, arriving, previous });
  }
  const inputs = [...step.graph.inputs, ...seedInputs, ...extra];
  const watched = watches.map((watch) => watch.build(watchScope(step, backward, rewriter, uncarried)));
  const pair = { step, inputs, equations: [], results: { next, output: step.output, loops, outputSeed, inputs: backward.inputs, params: backward.params, watches: watched } };
  return finished(pair, rewriter);
}

export function rootsOf(results: PairResults): readonly ValueId[] {
  const maybe = [...results.next, results.output, ...results.loops.map((loop) => loop.previous), ...results.inputs, ...results.params, ...results.watches];
  return maybe.filter((id): id is ValueId => id !== undefined);
}

/** The pair that a rewriter has made of it. */
export function finished(pair: StepPair, rewriter: Rewriter): StepPair {
  const { equations, now } = rewriter.finish(rootsOf(pair.results));
  const maybe = (id: ValueId | undefined): ValueId | undefined => (id === undefined ? undefined : now(id));
  const { results } = pair;
  return {
    ...pair,
    equations,
    results: {
      ...results,
      next: results.next.map(now),
      output: now(results.output),
      loops: results.loops.map((loop) => ({ ...loop, previous: maybe(loop.previous) })),
      inputs: results.inputs.map(maybe),
      params: results.params.map(maybe),
      watches: results.watches.map(now),
    },
  };
}

export function pairLevels(pair: StepPair): Map<ValueId, Level> {
  const known = new Set<ValueId>();
  if (pair.results.outputSeed !== undefined) known.add(pair.results.outputSeed);
  for (const loop of pair.results.loops) if (loop.arriving !== undefined) known.add(loop.arriving);
  return levelsOf(pair.inputs, pair.equations, known);
}

/** The equations that training itself needs, in order; the others only serve what is watched, and what is watched must not change how training is computed. */
export function ownEquations({ equations, results }: StepPair): readonly Equation[] {
  return results.watches.length === 0 ? equations : live(equations, rootsOf({ ...results, watches: [] }));
}

/** Who uses each value, results counted as a use without an equation; who only looks (a watch) is not counted. */
export function usesOf(pair: StepPair): Map<ValueId, (Equation | undefined)[]> {
  const uses = new Map<ValueId, (Equation | undefined)[]>();
  const note = (id: ValueId, by: Equation | undefined): void => {
    const list = uses.get(id);
    if (list) list.push(by);
    else uses.set(id, [by]);
  };
  for (const equation of ownEquations(pair)) for (const arg of equation.args) note(arg, equation);
  for (const id of rootsOf({ ...pair.results, watches: [] })) note(id, undefined);
  return uses;
}
