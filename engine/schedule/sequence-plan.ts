// When each equation of a step runs in a program over a whole sequence: once, for all steps at once, or step by step.
// Not the emission (../onnx/sequence-emission.ts).
// Invariant: only what the recurrence itself needs runs step by step.
import { differentiate } from '../autodiff/differentiate';
import type { Equation, ValueId } from '../ir/graph';
import type { StepGraph } from '../ir/step-graph';
import { fuseActivations } from './fuse-activations';
import { fuseAdjoints } from './fuse-adjoints';
import { fuseParameterGradients } from './fuse-parameter-gradients';
import { fuseProducts } from './fuse-products';
import { type Level, levels } from './levels';
import { maskStep } from '../passes/mask-step';
import { regroupProducts } from './regroup-products';
import { regroupSums } from './regroup-sums';
import { live } from './rewrite';
import { takeApart } from './take-apart';
import { pairLevels, pairOf, type StepPair } from './step-pair';
import type { StepWatch } from './watches';

export interface SequencePlan {
  readonly pair: StepPair;
  readonly mask: ValueId | undefined;
  readonly levelOf: ReadonlyMap<ValueId, Level>;
  /** Equations that run step by step forwards: what the next states need of the old ones. */
  readonly forwardLoop: readonly Equation[];
  /** Equations that run step by step backwards: what the earlier seeds need of the later ones. */
  readonly backwardLoop: readonly Equation[];
  /** Everything else, in order; each runs once, as early as its level allows. */
  readonly hoisted: readonly Equation[];
}

export interface PlanOptions {
  readonly masked: boolean;
  readonly backward: boolean;
  /** False leaves every equation as the text has it (for tests that compare both). */
  readonly optimised?: boolean;
  /** Takes joined forward products apart (take-apart.ts), parameters in the same order. */
  readonly apart?: boolean;
  readonly watches?: readonly StepWatch[];
}

export function planSequence(source: StepGraph, options: PlanOptions): SequencePlan {
  const masked = options.masked && source.states.length > 0 ? maskStep(source) : undefined;
  const step = masked?.step ?? source;
  let pair = pairOf(step, options.backward ? differentiate(step) : undefined, options.watches, masked?.uncarried);
  if (options.optimised !== false) pair = optimised(pair);
  if (options.optimised !== false && options.apart === true) pair = takeApart(pair);
  return { ...schedule(pair), mask: masked?.mask };
}

function optimised(pair: StepPair): StepPair {
  const forward = fuseActivations(fuseProducts(fuseProducts(regroupSums(pair), levels.state), levels.input));
  return fuseParameterGradients(fuseAdjoints(regroupSums(regroupProducts(forward))));
}

export function schedule(pair: StepPair): Omit<SequencePlan, 'mask'> {
  const levelOf = pairLevels(pair);
  const at = (level: Level): readonly Equation[] => pair.equations.filter((equation) => levelOf.get(equation.id) === level);
  const forwardLoop = live(at(levels.state), pair.results.next);
  const previous = pair.results.loops.flatMap((loop) => (loop.previous === undefined ? [] : [loop.previous]));
  const backwardLoop = live(at(levels.cotangent), previous);
  const looped = new Set([...forwardLoop, ...backwardLoop].map((equation) => equation.id));
  return { pair, levelOf, forwardLoop, backwardLoop, hoisted: pair.equations.filter((equation) => !looped.has(equation.id)) };
}
