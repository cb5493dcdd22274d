// A batch and weights for a model, drawn by seed: what a gradient check is run on when nobody gives data.
// Not the initialisers of training (../weights): here every number should matter, so biases and initial states are not zero.
// Invariant: same model, seed and sizes give the same problem; every sequence has a valid step.
import { Random } from '../base/random';
import { halvesOf } from '../ir/halves';
import type { Model, StepLine } from '../ir/model';
import type { Initialiser } from '../ir/step-graph';
import type { ReferenceBatch, ReferenceWeights } from './reference-run';
import { column, type Column, type Numbers } from './value';

export interface Problem {
  readonly weights: ReferenceWeights;
  readonly batch: ReferenceBatch;
}

export interface ProblemSize {
  readonly seed: number;
  readonly batch: number;
  readonly time: number;
  /** Some steps are padding: a hole in the even sequences, the end of the odd ones. */
  readonly masked: boolean;
}

export function randomProblem(model: Model, size: ProblemSize): Problem {
  return { weights: randomWeights(model, size.seed), batch: randomBatch(model, size) };
}

function drawn(dims: readonly number[], draw: () => number): Column {
  const numbers = column(dims);
  numbers.data.forEach((_, index) => { numbers.data[index] = draw(); });
  return numbers;
}

/** Near what the initialiser means, and never exactly zero: a matrix shrinks with its fan-in so that activations stay out of saturation. */
function randomParameter(init: Initialiser, shape: readonly number[], random: Random): Column {
  if (init.kind === 'ones') return drawn(shape, () => 1 + 0.2 * random.normal());
  if (init.kind === 'constant' && init.value !== 0) return drawn(shape, () => init.value * (1 + 0.1 * random.normal()));
  const fanIn = shape.length === 2 ? (shape[1] as number) : 4;
  const numbers = drawn(shape, () => (0.8 * random.normal()) / Math.sqrt(fanIn));
  if (init.kind === 'identity') {
    const columns = shape[1] ?? 1;
    numbers.data.forEach((v, index) => { numbers.data[index] = 0.2 * v + (Math.floor(index / columns) === index % columns ? init.scale : 0); });
  }
  return numbers;
}

function randomWeights(model: Model, seed: number): ReferenceWeights {
  const weights = new Map<string, Numbers>();
  const add = (name: string, init: Initialiser, shape: readonly number[]): void => {
    weights.set(name, randomParameter(init, shape, Random.for(seed, name)));
  };
  for (const line of model.lines) {
    if (line.kind === 'embed' && line.how === 'embedding') add(`${line.name}.W`, { kind: 'normal', std: 1 }, [line.vocabulary, line.size]);
    if (line.kind !== 'step') continue;
    for (const { prefix: scope } of halvesOf(line)) {
      for (const param of line.step.params) add(`${scope}.${param.name}`, param.init, param.shape);
      for (const state of line.step.states) if (state.initial.kind === 'learned') add(`${scope}.initial.${state.name}`, { kind: 'zeros' }, state.shape);
    }
  }
  return weights;
}

function isValid(sequence: number, t: number, time: number): boolean {
  if (time < 3) return true;
  return sequence % 2 === 0 ? t !== Math.floor(time / 2) : t < Math.ceil(0.6 * time);
}

function randomBatch(model: Model, { seed, batch, time, masked }: ProblemSize): ReferenceBatch {
  const x = Random.for(seed, 'x');
  const y = Random.for(seed, 'y');
  const { input, target } = model;
  const targets = target.perStep ? [batch, time] : [batch];
  const drawTarget = (): number => {
    if (target.kind === 'classes') return y.below(target.count);
    return model.loss.kind === 'binaryCrossEntropy' ? y.below(2) : y.normal();
  };
  return {
    x: input.kind === 'tokens' ? drawn([batch, time], () => x.below(input.vocabulary)) : drawn([batch, time, input.features], () => x.normal()),
    y: drawn(target.kind === 'numeric' ? [...targets, target.size] : targets, drawTarget),
    ...(masked ? { mask: { dims: [batch, time], data: Float64Array.from({ length: batch * time }, (_, place) => (isValid(Math.floor(place / time), place % time, time) ? 1 : 0)) } } : {}),
    initial: Object.fromEntries(model.lines.flatMap((line) => (line.kind === 'step' ? initialStates(line, batch, seed) : []))),
  };
}

/** A drawn value for every initial state that is not learned. */
function initialStates(line: StepLine, batch: number, seed: number): readonly (readonly [string, Column])[] {
  return halvesOf(line).flatMap(({ prefix: scope }) =>
    line.step.states
      .filter((state) => state.initial.kind !== 'learned')
      .map((state) => {
        const random = Random.for(seed, `initial ${scope}.${state.name}`);
        return [`${scope}.${state.name}`, drawn([batch, ...state.shape], () => 0.5 * random.normal())] as const;
      }),
  );
}
