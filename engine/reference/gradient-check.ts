// Proves a model's derivatives: every gradient of back-propagation through time against finite differences, in float64.
// Not a test of ONNX programs (those are compared with reference-run.ts and reference-backward.ts) and not a judge of training.
// Invariant: the numerical side runs the model forwards only; no gradient, of whatever rule, enters it.
import { defined } from '../base/invariant';
import { Random } from '../base/random';
import { gradientRules, type GradientRules } from '../autodiff/gradient-rules';
import type { Model, StepLine } from '../ir/model';
import { compareGradients, sampledElements, type Comparison } from './compare-gradients';
import { derivativeAtZero } from './finite-difference';
import { firstNonFinite, firstWrongOperation, type NonFiniteValue, type WrongOperation } from './locate-fault';
import { randomProblem, type Problem } from './random-problem';
import { backwardReference, type ReferenceGradients } from './reference-backward';
import type { DropoutMasks, Perturbation } from './reference-layer';
import { runReference, type HalfRun, type ReferenceBatch, type ReferenceRun } from './reference-run';
import { elements, type Numbers } from './value';

export interface GradientCheckOptions {
  /** Seeds weights, inputs, targets and which elements are sampled. Default 1. */
  readonly seed?: number;
  /** Steps. Default 5. */
  readonly time?: number;
  /** Sequences. Default 2. */
  readonly batch?: number;
  /** Whether some steps are padding. Default true. */
  readonly masked?: boolean;
  /** Largest relative error that passes. Default 1e-6. */
  readonly tolerance?: number;
  /** Elements compared per tensor, its largest gradient always among them; Infinity for all. Default 24, 8 where a run is long. */
  readonly elementsPerTensor?: number;
  /** Weights and batch to check on instead of drawn ones. */
  readonly problem?: Problem;
  readonly dropout?: DropoutMasks;
  /** Gradient rules in place of the engine's: a test plants a wrong one. */
  readonly rules?: GradientRules;
}

export interface GradientCheckReport {
  readonly model: string;
  readonly file: string;
  readonly passed: boolean;
  readonly tolerance: number;
  readonly loss: number;
  readonly comparisons: readonly Comparison[];
  /** The largest of all comparisons. */
  readonly relativeError: number;
  /** The first operation whose own derivative is wrong; undefined when none is, or nothing failed. */
  readonly wrongOperation: WrongOperation | undefined;
  /** Set when the model's values are not finite on the drawn numbers: nothing can be compared then. */
  readonly nonFinite: NonFiniteValue | undefined;
}

/** One tensor to compare: its gradient and the loss as a function of one of its elements; without a change it is the run's. */
interface Subject {
  readonly name: string;
  readonly got: Float64Array;
  readonly loss: (element: number, delta: number) => number;
}

export function gradientCheck(model: Model, options: GradientCheckOptions = {}): GradientCheckReport {
  const { seed = 1, time = 5, batch = 2, masked = true, tolerance = 1e-6, rules = gradientRules } = options;
  const problem = options.problem ?? randomProblem(model, { seed, batch, time, masked });
  const dropout = options.dropout ? { dropout: options.dropout } : {};
  const parameters = [...problem.weights.values()].reduce((total, { data }) => total + data.length, 0);
  const elementsPerTensor = options.elementsPerTensor ?? (parameters * time * batch > 200_000 ? 8 : 24);
  const run = runReference(model, problem.weights, problem.batch, dropout);
  const base = { model: model.name, file: model.file, tolerance, loss: run.loss };
  const nonFinite = firstNonFinite(model, run);
  if (nonFinite) return { ...base, passed: false, comparisons: [], relativeError: Number.NaN, wrongOperation: undefined, nonFinite };

  const gradients = backwardReference(model, run, problem.batch, rules);
  const again: Again = ({ from, weights, batch: changed, perturbation }) =>
    runReference(model, weights ?? problem.weights, changed ?? problem.batch, { ...dropout, base: { run, from }, ...(perturbation ? { perturbation } : {}) });
  // The loss rounds to 1e-16 and is divided by steps of about 1/100: six digits are left of a derivative of 1e-6 or more.
  const smallest = 1e-6 * Math.max(1, Math.abs(run.loss));
  const comparisons = subjectsOf(model, problem, run, gradients, again).map((subject) =>
    compareGradients(
      subject.name,
      subject.got,
      sampledElements(subject.got, elementsPerTensor, Random.for(seed, `elements ${subject.name}`)),
      (element) => derivativeAtZero((delta) => subject.loss(element, delta), run.loss),
      smallest,
    ),
  );
  const relativeError = comparisons.reduce((top, comparison) => Math.max(top, comparison.relativeError), 0);
  const passed = relativeError <= tolerance;
  return { ...base, passed, comparisons, relativeError, wrongOperation: passed ? undefined : firstWrongOperation(model, run, rules, tolerance), nonFinite: undefined };
}

/** The run with something changed in or after the line `from` (undefined: in the input). */
type Again = (change: Partial<Problem> & { readonly from: string | undefined; readonly perturbation?: Perturbation }) => ReferenceRun;

const withDelta = (numbers: Numbers, element: number, delta: number): Numbers => {
  const data = Float64Array.from(numbers.data);
  data[element] = (data[element] as number) + delta;
  return { dims: numbers.dims, data };
};

function subjectsOf(model: Model, { weights, batch }: Problem, run: ReferenceRun, gradients: ReferenceGradients, again: Again): readonly Subject[] {
  const grad = (name: string): Float64Array => defined(gradients.columns.get(name), `${name} was computed`).data;
  const subjects: Subject[] = [];
  for (const [name, numbers] of weights) {
    const from = ownerOf(model, name);
    const loss = (element: number, delta: number): number => again({ from, weights: new Map(weights).set(name, withDelta(numbers, element, delta)) }).loss;
    subjects.push({ name: `grad/param/${name}`, got: grad(`grad/param/${name}`), loss });
  }
  for (const [name, numbers] of Object.entries(batch.initial ?? {})) {
    const from = ownerOf(model, name);
    const changed = (element: number, delta: number): ReferenceBatch => ({ ...batch, initial: { ...batch.initial, [name]: withDelta(numbers, element, delta) } });
    const got = defined(gradients.initial.get(name), `the gradient of initial/${name} was computed`).data;
    subjects.push({ name: `grad/initial/${name}`, got, loss: (element, delta) => again({ from, batch: changed(element, delta) }).loss });
  }
  if (model.input.kind === 'numeric') {
    subjects.push({ name: 'grad/x', got: grad('grad/x'), loss: (element, delta) => again({ from: undefined, batch: { ...batch, x: withDelta(batch.x, element, delta) } }).loss });
  }
  for (const { line, halves } of run.lines.values()) {
    if (line.kind !== 'step') subjects.push(lineSubject(line.name, grad(`grad/${line.name}`), again));
    else for (const half of halves) subjects.push(...namedSubjects(run, line, half, grad, again));
  }
  return subjects;
}

/** The line that a parameter or initial state of this full name belongs to. */
function ownerOf(model: Model, name: string): string | undefined {
  return model.lines.filter((line) => name.startsWith(`${line.name}.`)).sort((a, b) => b.name.length - a.name.length)[0]?.name;
}

function lineSubject(line: string, got: Float64Array, again: Again): Subject {
  return { name: `grad/${line}`, got, loss: (index, delta) => again({ from: line, perturbation: { kind: 'line', line, index, delta } }).loss };
}

/** Every gate, equation and state of one direction, at every step. */
function namedSubjects(run: ReferenceRun, line: StepLine, { walk, records }: HalfRun, grad: (name: string) => Float64Array, again: Again): readonly Subject[] {
  return line.step.named.map(({ name, id }) => {
    const { type } = defined(records[0]?.values.get(id), `${name} has a value`);
    const size = elements(type.shape);
    const loss = (element: number, delta: number): number => {
      const place = Math.floor(element / size);
      const [sequence, step] = [Math.floor(place / walk.time), place % walk.time];
      // A value that all sequences share has one number for all of them; its gradient in a sequence is that of the sequence's own loss.
      const index = (type.batched ? sequence * size : 0) + (element % size);
      const changed = again({ from: line.name, perturbation: { kind: 'value', scope: walk.scope, id, step, index, delta } });
      return type.batched ? changed.loss : run.loss + sequenceLoss(changed, sequence) - sequenceLoss(run, sequence);
    };
    return { name: `grad/${walk.scope}.${name}`, got: grad(`grad/${walk.scope}.${name}`), loss };
  });
}

/** A sequence's part of the loss. */
function sequenceLoss({ stepLoss, count, batch }: ReferenceRun, sequence: number): number {
  const steps = stepLoss.data.length / batch;
  return stepLoss.data.subarray(sequence * steps, (sequence + 1) * steps).reduce((total, v) => total + v, 0) / count;
}
