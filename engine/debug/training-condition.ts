// A condition while training: which numbers the training program must report for it, and in which sequences of a batch it may hold.
// Not the last word: the program rounds otherwise than a recorded pass, so comparisons give way a little, and the recorded pass decides.
// Invariant: where a recorded pass would stop, `mayHold` is true; what needs no recorded pass costs none.
import { childrenOf, type BinaryOperator, type Expression } from '../language/tree';
import type { StepWatch } from '../schedule/watches';
import { type LayerWatch, Unwatchable, watchExpression, type WatchPlace } from './watch-equations';

/** What is known of an iteration that was just computed. */
export interface IterationFacts {
  readonly iteration: number;
  readonly loss: number;
  readonly gradNorm: number;
  readonly steps: number;
  readonly batch: number;
  /** By the results' names, `[steps, batch]`. */
  readonly watches: ReadonlyMap<string, ArrayLike<number>>;
  /** Id or text of the token that a sequence reads at a step from 1. */
  readonly token: (t: number, row: number) => number | string;
}

export interface Condition {
  readonly watches: readonly StepWatch[];
  /** Whether every sequence of a batch gives the same answer. */
  readonly isShared: boolean;
  /** At a step from 1, in a row of the batch. */
  readonly mayHold: (facts: IterationFacts, t: number, row: number) => boolean;
}

type Place = { readonly facts: IterationFacts; readonly t: number; readonly row: number };
type NumberAt = (place: Place) => number;
type TruthAt = (place: Place) => boolean;

/** A comparison of numbers of the program gives way by this share of them: some hundred roundings of float32. */
export const slack = 1e-4;
const comparisons: readonly BinaryOperator[] = ['<', '<=', '>', '>=', '==', '!='];
const words = ['t', 'loss', 'iteration', 'gradNorm', 'token'];

/** @param text what was parsed. Throws Unwatchable, or OperationalError for a name that means nothing. */
export function trainingCondition(expression: Expression, text: string, place: WatchPlace): Condition {
  const compiler = new Compiler(text, place);
  const truth = compiler.truth(expression, true);
  return {
    watches: compiler.watches,
    isShared: compiler.watches.length === 0 && !mentions(expression, 'token'),
    mayHold: (facts, t, row) => {
      try {
        return truth({ facts, t, row });
      } catch (thrown) {
        if (!(thrown instanceof Outside)) throw thrown;
        // A step counted from this one has no value there, and nothing holds; a wrong number of a step is said by the walk.
        return !thrown.isRelative;
      }
    },
  };
}

class Outside extends Error {
  constructor(readonly isRelative: boolean) {
    super('outside the sequence');
  }
}

/** A report of one number of the program, by step and row. Throws for a step outside the sequence. */
export function reported({ result, step }: LayerWatch): NumberAt {
  return ({ facts, t, row }) => {
    const at = step === undefined ? t : step.startsWith('t') ? t + Number(step.slice(1)) : Number(step);
    if (!(at >= 1 && at <= facts.steps)) throw new Outside(step?.startsWith('t') === true);
    return facts.watches.get(result)?.[(at - 1) * facts.batch + row] ?? NaN;
  };
}

class Compiler {
  readonly watches: StepWatch[] = [];

  constructor(private readonly text: string, private readonly place: WatchPlace) {}

  /** @param wanted false: whether it may fail to hold. */
  truth(expression: Expression, wanted: boolean): TruthAt {
    if (expression.kind === 'unary' && expression.op === 'not') return this.truth(expression.operand, !wanted);
    if (expression.kind === 'binary' && (expression.op === 'and' || expression.op === 'or')) {
      const [left, right] = [this.truth(expression.left, wanted), this.truth(expression.right, wanted)];
      return (expression.op === 'and') === wanted ? (place) => left(place) && right(place) : (place) => left(place) || right(place);
    }
    if (expression.kind === 'binary' && comparisons.includes(expression.op)) return this.comparison(expression.op, expression.left, expression.right, wanted);
    const number = this.number(expression);
    return (place) => {
      const value = number(place);
      return (value !== 0 && !Number.isNaN(value)) === wanted;
    };
  }

  private comparison(op: BinaryOperator, left: Expression, right: Expression, wanted: boolean): TruthAt {
    if (isText(left) || isText(right)) {
      const [a, b] = [this.textOrNumber(left), this.textOrNumber(right)];
      if (op !== '==' && op !== '!=') throw new Unwatchable('texts are only equal or not');
      return (place) => {
        const [x, y] = [a(place), b(place)];
        // A text against a number means nothing, which the walk says.
        return typeof x !== typeof y || (x === y) === ((op === '==') === wanted);
      };
    }
    const [a, b] = [this.number(left), this.number(right)];
    const gives = this.isReported(left) || this.isReported(right) ? slack : 0;
    return (place) => {
      const [x, y] = [a(place), b(place)];
      const give = gives * (Math.abs(x) + Math.abs(y));
      return wanted ? compare(op, x, y, give) : !compare(op, x, y, -give);
    };
  }

  private textOrNumber(expression: Expression): (place: Place) => number | string {
    if (expression.kind === 'text') return () => expression.value;
    if (expression.kind === 'name' && isWord(expression, 'token')) return ({ facts, t, row }) => facts.token(t, row);
    return this.number(expression);
  }

  private number(expression: Expression): NumberAt {
    if (this.isReported(expression) && !mentionsWord(expression)) {
      try {
        return this.watched(expression);
      } catch (thrown) {
        // A ratio of two layers' norms, or of two steps', is made of parts that can each be reported.
        if (!(thrown instanceof Unwatchable) || !isArithmetic(expression)) throw thrown;
      }
    }
    switch (expression.kind) {
      case 'number':
        return () => expression.value;
      case 'name':
        return word(expression.name);
      case 'unary': {
        const operand = this.number(expression.operand);
        return (place) => -operand(place);
      }
      case 'binary': {
        const [a, b] = [this.number(expression.left), this.number(expression.right)];
        const operation = arithmetic[expression.op];
        if (operation === undefined) throw new Unwatchable('it counts with truths');
        return (place) => operation(a(place), b(place));
      }
      case 'call': {
        const of = Object.hasOwn(scalarFunctions, expression.callee.text) ? scalarFunctions[expression.callee.text] : undefined;
        const args = expression.args.map((arg) => this.number(arg.value));
        if (of === undefined || args.length === 0) throw new Unwatchable(`${expression.callee.text} mixes values of a layer with ${words.join(', ')}`);
        return (place) => of(...args.map((arg) => arg(place)));
      }
      default:
        throw new Unwatchable('it is not made of numbers');
    }
  }

  private watched(expression: Expression): NumberAt {
    const watch = watchExpression(expression, this.text, this.place);
    this.watches.push(watch.watch);
    return reported(watch);
  }

  /** Whether some part of it comes from the program. */
  private isReported(expression: Expression): boolean {
    if (expression.kind === 'name') return !words.some((each) => isWord(expression, each));
    if (expression.kind === 'call' && (expression.callee.text === 'rho' || expression.callee.text === 'sigma')) return true;
    return childrenOf(expression).some((child) => this.isReported(child));
  }
}

const isArithmetic = (expression: Expression): boolean =>
  (expression.kind === 'binary' && arithmetic[expression.op] !== undefined) || (expression.kind === 'unary' && expression.op === '-') || (expression.kind === 'call' && Object.hasOwn(scalarFunctions, expression.callee.text) && expression.args.length > 1);

function compare(op: BinaryOperator, x: number, y: number, give: number): boolean {
  switch (op) {
    case '<':
      return x < y + give;
    case '<=':
      return x <= y + give;
    case '>':
      return x > y - give;
    case '>=':
      return x >= y - give;
    case '==':
      return x === y || (give > 0 && Math.abs(x - y) <= give);
    default:
      return give < 0 ? Math.abs(x - y) > -give : x !== y;
  }
}

const isWord = ({ name, members, prime }: Extract<Expression, { readonly kind: 'name' }>, word: string): boolean => name === word && members.length === 0 && !prime;
const isText = (expression: Expression): boolean => expression.kind === 'text' || (expression.kind === 'name' && isWord(expression, 'token'));

const mentions = (expression: Expression, name: string): boolean => (expression.kind === 'name' ? isWord(expression, name) : childrenOf(expression).some((child) => mentions(child, name)));
const mentionsWord = (expression: Expression): boolean => words.some((name) => mentions(expression, name));

function word(name: string): NumberAt {
  switch (name) {
    case 't':
      return ({ t }) => t;
    case 'loss':
      return ({ facts }) => facts.loss;
    case 'iteration':
      return ({ facts }) => facts.iteration;
    case 'gradNorm':
      return ({ facts }) => facts.gradNorm;
    default:
      return ({ facts, t, row }) => Number(facts.token(t, row));
  }
}

const arithmetic: Readonly<Partial<Record<BinaryOperator, (a: number, b: number) => number>>> = {
  '+': (a, b) => a + b, '-': (a, b) => a - b, '*': (a, b) => a * b, '/': (a, b) => a / b, '^': (a, b) => a ** b,
};

const scalarFunctions: Readonly<Record<string, (...values: number[]) => number>> = {
  abs: Math.abs, exp: Math.exp, log: Math.log, sqrt: Math.sqrt, max: Math.max, min: Math.min,
};
