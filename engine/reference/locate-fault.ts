// Finds the first operation to blame: the one whose own derivative is wrong, or whose value is not finite.
// Not the comparison of the whole model (gradient-check.ts).
// Invariant: operations are visited line by line, equation by equation, so what is named is the first in the source's order of evaluation.
import { defined } from '../base/invariant';
import type { Span } from '../base/span';
import type { GradientRules } from '../autodiff/gradient-rules';
import type { Equation } from '../ir/graph';
import type { Model } from '../ir/model';
import type { OperationKind } from '../ir/operation';
import { checkOperation } from './operation-check';
import type { HalfRun, ReferenceRun } from './reference-run';
import type { Value } from './value';

export interface WrongOperation {
  readonly scope: string;
  readonly operation: OperationKind;
  /** Which argument's gradient is wrong, from 1. */
  readonly argument: number;
  readonly span: Span;
  readonly relativeError: number;
  readonly got: number;
  readonly want: number;
}

export interface NonFiniteValue {
  readonly scope: string;
  readonly operation: OperationKind | 'loss';
  readonly span: Span;
  /** From 1. */
  readonly step: number;
}

function* halves(model: Model, run: ReferenceRun): Generator<HalfRun> {
  for (const line of model.lines) yield* defined(run.lines.get(line.name), `line ${line.name} was run`).halves;
}

const argumentsOf = (equation: Equation, values: ReadonlyMap<number, Value>): readonly Value[] =>
  equation.args.map((arg) => defined(values.get(arg), `%${arg} was recorded`));

/** Elements per argument that are looked at: a rule that is wrong is wrong nearly everywhere, and a large matrix must not take minutes. */
const mostElements = 48;

/** Checks each operation alone, on the arguments it had at the first step of each walk. */
export function firstWrongOperation(model: Model, run: ReferenceRun, rules: GradientRules, tolerance: number): WrongOperation | undefined {
  for (const { walk, records } of halves(model, run)) {
    const { values } = defined(records[walk.reversed ? walk.time - 1 : 0], 'a walk has a step');
    for (const equation of walk.step.graph.equations) {
      const comparisons = checkOperation(equation.op, argumentsOf(equation, values), walk.batch, rules, mostElements);
      const argument = comparisons.findIndex(({ relativeError }) => !(relativeError <= tolerance));
      const wrong = comparisons[argument];
      if (!wrong) continue;
      const { got, want } = defined(wrong.worst, 'what is wrong is wrong somewhere');
      return { scope: walk.scope, operation: equation.op.kind, argument: argument + 1, span: equation.origin.span, relativeError: wrong.relativeError, got, want };
    }
  }
  return undefined;
}

/** The first value, by line and step of the walk, that is NaN or infinite. */
export function firstNonFinite(model: Model, run: ReferenceRun): NonFiniteValue | undefined {
  if (Number.isFinite(run.loss)) return undefined;
  for (const { walk, records } of halves(model, run)) {
    for (const [step, { values }] of [...records.entries()]) {
      for (const { id, op, origin } of walk.step.graph.equations) {
        const value = defined(values.get(id), `%${id} was recorded`);
        if (!value.data.every(Number.isFinite)) return { scope: walk.scope, operation: op.kind, span: origin.span, step: step + 1 };
      }
    }
  }
  return { scope: model.loss.of, operation: 'loss', span: model.loss.span, step: 1 };
}
