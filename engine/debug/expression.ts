// Evaluates the debugger's expressions over a recording: the language's own, and gradients, other steps and health besides.
// Not the parser (../language/parse-expression.ts) and not the language's checker: shapes are known here, so they are checked as numbers.
// Invariant: an expression that means nothing throws OperationalError `expression` with what was found and what is known; a recording is only read.
import { didYouMean } from '../base/closest-name';
import { InvariantError } from '../base/invariant';
import { OperationalError } from '../base/operational-error';
import type { ValueId } from '../ir/graph';
import { GraphBuilder } from '../ir/graph-builder';
import { functionLowerings, operatorLowering } from '../ir/lower-functions';
import { debuggerFunctions, functionSpecs, isFunction } from '../language/functions';
import type { Argument, CallExpression, Expression } from '../language/tree';
import { evaluateGraph } from '../reference/interpreter';
import type { Value } from '../reference/value';
import type { Resolved } from './names';
import type { Scope } from './scope';
import { type Numbers, saturatedShare, statisticsOf } from './statistics';

/** `text` is set for what is read as a text: the token, and texts in the expression. */
export interface Evaluated {
  readonly shape: readonly number[];
  readonly data: Numbers;
  readonly text?: string;
  /** Set when the expression is a name: what it names. */
  readonly named?: Resolved;
}

/** Code of the error for `h@t-1` where there is no such step: the expression is sound, but has no value there. */
export const noSuchStep = 'no-such-step';

export function wrong(message: string): OperationalError {
  return new OperationalError('expression', message);
}

const scalar = (value: number): Evaluated => ({ shape: [], data: [value] });
const shapeText = (shape: readonly number[]): string => (shape.length === 0 ? 'a number' : `[${shape.join(', ')}]`);

export async function evaluate(expression: Expression, scope: Scope): Promise<Evaluated> {
  switch (expression.kind) {
    case 'number':
      return scalar(expression.value);
    case 'text':
      return { shape: [], data: [NaN], text: expression.value };
    case 'name':
      return nameAt(expression, scope, undefined);
    case 'at': {
      if (expression.target.kind !== 'name') return evaluate(expression.target, scope.at(stepOf(expression.step, scope)));
      return nameAt(expression.target, scope, stepOf(expression.step, scope));
    }
    case 'unary': {
      const value = await evaluate(expression.operand, scope);
      return apply([value], (builder, [id]) => builder.add({ kind: expression.op === '-' ? 'neg' : 'not' }, [id], origin), expression.op);
    }
    case 'binary':
      return binary(expression, scope);
    case 'call':
      return call(expression, scope);
    case 'slice':
      return slice(expression, scope);
    case 'list':
      throw wrong('A list means nothing here; only arguments of a model\'s data are lists.');
    case 'missing':
      throw wrong('The expression is not finished.');
  }
}

/** Whether a condition holds: any number but 0; a vector is no answer. */
export function truthOf(value: Evaluated, text: string): boolean {
  if (value.text !== undefined) throw wrong(`\`${text}\` is a text, not a condition. Compare it: ${text} == "…".`);
  if (value.data.length !== 1) throw wrong(`\`${text}\` is ${shapeText(value.shape)}, not a condition. Reduce it, for example max(${text}) or norm(${text}) > 1.`);
  const number = value.data[0] ?? NaN;
  return number !== 0 && !Number.isNaN(number);
}

async function nameAt(expression: Extract<Expression, { readonly kind: 'name' }>, scope: Scope, step: number | undefined): Promise<Evaluated> {
  const { name, members, prime } = expression;
  const at = step === undefined ? scope : scope.at(step);
  if (members.length === 0 && !prime) {
    const special = at.special(name);
    if (special !== undefined) return typeof special === 'string' ? { shape: [], data: [NaN], text: special } : scalar(special);
  }
  const resolved = at.resolve([name, ...members], prime);
  const { shape, data } = await at.value(resolved);
  return { shape, data, named: resolved };
}

function stepOf(text: string, scope: Scope): number {
  const step = text.startsWith('t') ? scope.t + Number(text.slice(1) === '' ? 0 : text.slice(1)) : Number(text);
  if (Number.isInteger(step) && step >= 1 && step <= scope.steps) return step;
  const message = `Step ${step} is outside 1…${scope.steps}.`;
  throw text.startsWith('t') ? new OperationalError(noSuchStep, message) : wrong(message);
}

const origin = { span: { file: 'expression', start: 0, end: 0 } };

/** Runs operations over values, with the shape rules of the language. */
function apply(args: readonly Evaluated[], build: (builder: GraphBuilder, ids: readonly [ValueId, ...ValueId[]]) => ValueId, what: string): Evaluated {
  const text = args.find((arg) => arg.text !== undefined);
  if (text !== undefined) throw wrong(`\`${what}\` cannot work on the text "${text.text ?? ''}"; texts can only be compared with == and !=.`);
  const builder = new GraphBuilder();
  const values = new Map<ValueId, Value>();
  try {
    const ids = args.map((arg) => {
      const id = builder.input('value', 'input', arg.shape, origin, false);
      values.set(id, { type: { shape: arg.shape, batched: false }, data: Float64Array.from(arg.data) });
      return id;
    });
    const result = build(builder, ids as [ValueId, ...ValueId[]]);
    const got = evaluateGraph(builder.build(), values, 1).get(result);
    return { shape: builder.typeOf(result).shape, data: got?.data ?? [] };
  } catch (thrown) {
    if (!(thrown instanceof InvariantError)) throw thrown;
    throw wrong(`\`${what}\` does not fit ${args.map((arg) => shapeText(arg.shape)).join(' and ')}.`);
  }
}

async function binary(expression: Extract<Expression, { readonly kind: 'binary' }>, scope: Scope): Promise<Evaluated> {
  const { op } = expression;
  const left = await evaluate(expression.left, scope);
  // As everywhere: what need not be looked at is not computed.
  if ((op === 'and' || op === 'or') && left.data.length === 1 && left.text === undefined && (left.data[0] !== 0) === (op === 'or')) return scalar(op === 'or' ? 1 : 0);
  const right = await evaluate(expression.right, scope);
  if (left.text !== undefined || right.text !== undefined) {
    if (op !== '==' && op !== '!=') throw wrong(`Texts can only be compared with == and !=, not with ${op}.`);
    const [text, other, written] = left.text === undefined ? [right.text, left, expression.left] : [left.text, right, expression.right];
    if (other.text === undefined) {
      const isToken = written.kind === 'name' && written.name === 'token';
      throw wrong(isToken ? `These tokens have no texts; compare token with a number, not with "${text ?? ''}".` : `The text "${text ?? ''}" is compared with ${shapeText(other.shape)}; compare it with token.`);
    }
    const same = left.text === right.text;
    return scalar(same === (op === '==') ? 1 : 0);
  }
  return apply([left, right], (builder, [a, b = a]) => {
    const { op: operation, swapped } = operatorLowering(op, left.shape.length, right.shape.length);
    return builder.add(operation, swapped ? [b, a] : [a, b], origin);
  }, op);
}

async function call(expression: CallExpression, scope: Scope): Promise<Evaluated> {
  const name = expression.callee.text;
  if (debuggerFunctions.includes(name)) return health(name, expression, scope);
  if (!isFunction(name)) {
    const known = [...Object.keys(functionSpecs), ...debuggerFunctions];
    throw wrong(`\`${name}\` is not a function.${didYouMean(name, known)}`);
  }
  if (name === 'dropout') throw wrong('dropout is drawn anew in every iteration; it cannot be evaluated here.');
  const { args: names, many } = functionSpecs[name] as { readonly args: readonly string[]; readonly many?: boolean };
  const given: Evaluated[] = [];
  for (const arg of expression.args) given.push(await evaluate(arg.value, scope));
  const most = many === true ? Infinity : names.length;
  if (given.length === 0 || given.length > most) throw wrong(`${name} takes ${names.join(', ')}; ${given.length === 0 ? 'nothing was' : `${given.length} arguments were`} given.`);
  return apply(given, (builder, ids) => functionLowerings[name](builder, ids, origin), name);
}

async function health(name: string, { args }: CallExpression, scope: Scope): Promise<Evaluated> {
  const only = (): Argument => {
    const [first] = args;
    if (first === undefined || args.length > 1) throw wrong(`${name} takes one argument, for example ${name}(h).`);
    return first;
  };
  if (name === 'rho' || name === 'sigma') {
    const [state] = args;
    if (state !== undefined && (args.length > 1 || state.value.kind !== 'name')) throw wrong(`${name} takes no argument, or a state, for example ${name}(h).`);
    const resolved = state?.value.kind === 'name' ? scope.resolve([state.value.name, ...state.value.members], state.value.prime) : undefined;
    if (resolved !== undefined && resolved.kind !== 'old' && resolved.kind !== 'new') throw wrong(`${name} is about states; ${resolved.label} is none.`);
    const spectrum = await scope.spectrum(resolved);
    return scalar(name === 'rho' ? spectrum.rho : spectrum.sigma);
  }
  if (name === 'grad' || name === 'part') {
    const { value } = only();
    const inner = value.kind === 'at' ? value.target : value;
    const at = value.kind === 'at' ? scope.at(stepOf(value.step, scope)) : scope;
    if (inner.kind !== 'name') throw wrong(`${name} is of a name, for example ${name}(h'); the gradient of an expression is not recorded.`);
    const resolved = at.resolve([inner.name, ...inner.members], inner.prime);
    if (name === 'grad') return at.gradient(resolved);
    if (resolved.kind !== 'param') throw wrong(`part is of a parameter; the gradient of ${resolved.label} at one step is grad(${resolved.label}).`);
    return at.part(resolved);
  }
  const value = await evaluate(only().value, scope);
  if (value.text !== undefined) throw wrong(`${name} is of numbers, not of a text.`);
  switch (name) {
    case 'sat': {
      const range = value.named === undefined ? undefined : scope.range(value.named);
      if (range === undefined) throw wrong('sat is of a gate, or of an equation that ends in a bounded function such as tanh.');
      return scalar(saturatedShare(value.data, range));
    }
    case 'finite': {
      const { nan, infinite } = statisticsOf(value.data);
      return scalar(nan + infinite === 0 ? 1 : 0);
    }
    case 'std':
      return scalar(statisticsOf(value.data).std);
    default: {
      let best = 0;
      for (let i = 1; i < value.data.length; i++) if ((value.data[i] ?? NaN) > (value.data[best] ?? NaN)) best = i;
      return scalar(best);
    }
  }
}

async function slice(expression: Extract<Expression, { readonly kind: 'slice' }>, scope: Scope): Promise<Evaluated> {
  const target = await evaluate(expression.target, scope);
  if (target.text !== undefined) throw wrong('A text has no elements.');
  let value = target;
  let axis = 0;
  for (const range of expression.ranges) {
    const length = value.shape[axis];
    if (length === undefined) throw wrong(`The value is ${shapeText(target.shape)}; it has no axis for index ${axis + 1}.`);
    const bound = async (of: Expression | undefined, otherwise: number): Promise<number> => {
      if (of === undefined) return otherwise;
      const index = (await evaluate(of, scope)).data[0] ?? NaN;
      if (!Number.isInteger(index) || index < 0 || index > length) throw wrong(`Index ${index} is outside 0…${length - 1}.`);
      return index;
    };
    const from = await bound(range.from, 0);
    const to = range.isRange ? await bound(range.to, length) : from + 1;
    if (from >= length || to <= from) throw wrong(`Index ${from}${range.isRange ? `:${to}` : ''} is outside 0…${length - 1}.`);
    value = cut(value, axis, from, to, !range.isRange);
    if (range.isRange) axis++;
  }
  return { shape: value.shape, data: value.data };
}

function cut({ shape, data }: Evaluated, axis: number, from: number, to: number, drop: boolean): Evaluated {
  const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const outer = shape.slice(0, axis).reduce((a, b) => a * b, 1);
  const length = shape[axis] ?? 1;
  const result = new Float64Array(outer * (to - from) * inner);
  let at = 0;
  for (let o = 0; o < outer; o++) for (let k = from * inner; k < to * inner; k++) result[at++] = data[o * length * inner + k] ?? NaN;
  return { shape: [...shape.slice(0, axis), ...(drop ? [] : [to - from]), ...shape.slice(axis + 1)], data: result };
}
