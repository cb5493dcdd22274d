// The shape of an expression over symbols, with the diagnostics that a person reads when shapes do not fit.
// Not the scope: what a name means comes from the context (check-cell.ts, check-model.ts).
// Invariant: never throws; undefined means that something was wrong and has been reported.
import type { Diagnostic, RelatedPlace } from '../base/diagnostic';
import type { Span } from '../base/span';
import { constantOf, numberOf } from './constants';
import type { SizeEnvironment } from './constants';
import { nearest } from './did-you-mean';
import * as diagnostics from './diagnostics';
import { debuggerFunctions, functionSpecs, isFunction } from './functions';
import type { FunctionSpec } from './functions';
import { addSizes, negateSize, numberSize, printShape, printSize, sameShapes, sameSize, sizeNumber } from './sizes';
import type { Size } from './sizes';
import type { Argument, CallExpression, Expression, NameExpression, SourceDocument } from './tree';

/** Sizes of the axes without the batch: `[]`, `[n]` or `[m, n]`. */
export type Shape = readonly Size[];

export interface ShapeContext {
  readonly document: SourceDocument;
  /** Sizes, usable as numbers. */
  readonly sizes: SizeEnvironment;
  /** The shape of a value; reports what is wrong with the name itself. */
  readonly lookup: (name: NameExpression) => Shape | undefined;
  /** A call that is no function: a cell or a pooling in a model. Reports what is wrong. */
  readonly call: (call: CallExpression) => Shape | undefined;
  /** In a model, whether a call of `mean` or `max` pools a layer instead of reducing an axis. */
  readonly pools?: (call: CallExpression) => boolean;
  /** The declaration of a parameter, for hints: its place, and its name. */
  readonly declarationOf: (name: string) => diagnostics.Declared | undefined;
  /** Number of rows of a memory (its steps): over these a vector broadcasts. */
  readonly isSteps: (size: Size) => boolean;
  readonly report: (diagnostic: Diagnostic) => void;
  /** Every expression's shape, as it is found. */
  readonly shapes: Map<Expression, Shape>;
}

export function textOf(document: SourceDocument, span: Span): string {
  const text = document.source.text.slice(span.start, span.end).replace(/\s+/g, ' ');
  return text.length > 48 ? `${text.slice(0, 45)}…` : text;
}

export function inferShape(expression: Expression, context: ShapeContext): Shape | undefined {
  const shape = infer(expression, context);
  if (shape !== undefined) context.shapes.set(expression, shape);
  return shape;
}

function infer(expression: Expression, context: ShapeContext): Shape | undefined {
  const { report } = context;
  switch (expression.kind) {
    case 'number':
      return [];
    case 'name':
      return context.lookup(expression);
    case 'unary':
      return inferShape(expression.operand, context);
    case 'binary':
      return inferBinary(expression, context);
    case 'call':
      return inferCall(expression, context);
    case 'slice':
      return inferSlice(expression, context);
    case 'at':
      inferShape(expression.target, context);
      report(diagnostics.onlyInDebugger(`@${expression.step}`, expression.span));
      return undefined;
    case 'text':
      report(diagnostics.textAsValue(expression.span));
      return undefined;
    case 'list':
      report(diagnostics.notAnExpression('A list', expression.span));
      return undefined;
    case 'missing':
      // The parser has said so.
      return undefined;
  }
}

type Binary = Extract<Expression, { readonly kind: 'binary' }>;
const comparisons = new Set(['<', '<=', '>', '>=', '==', '!=']);

function inferBinary(expression: Binary, context: ShapeContext): Shape | undefined {
  const left = inferShape(expression.left, context);
  const right = inferShape(expression.right, context);
  if (comparisons.has(expression.op) && expression.left.kind === 'binary' && comparisons.has(expression.left.op) && !isParenthesised(expression.left, context)) {
    context.report(diagnostics.comparisonChain(expression.span));
  }
  if (left === undefined || right === undefined) return undefined;
  return expression.op === '@' ? inferProduct(expression, left, right, context) : combine(expression, [expression.left, expression.right], [left, right], context);
}

const isParenthesised = (expression: Expression, context: ShapeContext): boolean => {
  const { text } = context.document.source;
  return text[expression.span.start] === '(' || /\(\s*$/.test(text.slice(0, expression.span.start));
};

function inferProduct(expression: Binary, left: Shape, right: Shape, context: ShapeContext): Shape | undefined {
  const inner = left[left.length - 1];
  const outer = right[0];
  if (inner === undefined || outer === undefined) {
    const scalar = inner === undefined ? expression.left : expression.right;
    const reason = `${both(expression, left, right, context)}; the product needs matrices or vectors, and ${naming(scalar, context)} is a scalar: write \`*\``;
    context.report(diagnostics.shapeMismatch(textOf(context.document, expression.span), reason, '', [], expression.span));
    return undefined;
  }
  if (sameSize(inner, outer)) return [...left.slice(0, -1), ...right.slice(1)];
  const leftParam = declaredParam(expression.left, context);
  const rightParam = declaredParam(expression.right, context);
  // The one that is a parameter is the one to mend; a matrix before a vector.
  const mend = leftParam !== undefined || rightParam === undefined ? 'left' : 'right';
  const [culprit, needed] = mend === 'left' ? [expression.left, outer] : [expression.right, inner];
  const mended = mend === 'left' ? [...left.slice(0, -1), outer] : [inner, ...right.slice(1)];
  const reason = `${both(expression, left, right, context)}; the product needs ${naming(culprit, context)}'s ${mend === 'left' ? 'last' : 'first'} size to be ${printSize(needed)}`;
  reportMismatch(expression, reason, culprit, mended, context);
  return undefined;
}

function both(expression: Binary, left: Shape, right: Shape, context: ShapeContext): string {
  return `${naming(expression.left, context)} is ${printed(left)} and ${naming(expression.right, context)} is ${printed(right)}`;
}

const printed = (shape: Shape): string => (shape.length === 0 ? 'a scalar' : printShape(shape));

const naming = (expression: Expression, context: ShapeContext): string => {
  const text = textOf(context.document, expression.span);
  return expression.kind === 'name' ? text : `\`${text}\``;
};

function declaredParam(expression: Expression, context: ShapeContext): diagnostics.Declared | undefined {
  return expression.kind === 'name' ? context.declarationOf(expression.name) : undefined;
}

function reportMismatch(expression: Expression, reason: string, culprit: Expression, mended: Shape | undefined, context: ShapeContext): void {
  const declared = declaredParam(culprit, context);
  const related: RelatedPlace[] = declared === undefined ? [] : [{ message: `${declared.name} is declared here.`, span: declared.span }];
  const more =
    declared === undefined ? '' : ` ${declared.name} is declared in line ${declared.line}.${mended === undefined ? '' : ` Did you mean ${declared.name}${printShape(mended)}?`}`;
  context.report(diagnostics.shapeMismatch(textOf(context.document, expression.span), reason, more, related, expression.span));
}

/** Equal shapes, scalars, and a vector over the rows of a memory. */
function combine(whole: Expression, operands: readonly Expression[], shapes: readonly Shape[], context: ShapeContext): Shape | undefined {
  let result: Shape = [];
  let from: Expression | undefined;
  for (const [index, shape] of shapes.entries()) {
    const operand = operands[index];
    if (operand === undefined || shape.length === 0) continue;
    if (from === undefined || result.length === 0) {
      result = shape;
      from = operand;
      continue;
    }
    if (sameShapes(result, shape)) continue;
    if (overRows(result, shape, context)) continue;
    if (overRows(shape, result, context)) {
      result = shape;
      from = operand;
      continue;
    }
    const matrixAndVector = result.length !== shape.length;
    const rule = matrixAndVector ? 'a vector does not spread over a matrix' : 'elementwise operations need equal shapes or a scalar';
    const mend = declaredParam(from, context) !== undefined && declaredParam(operand, context) === undefined ? from : operand;
    const reason = `${naming(from, context)} is ${printed(result)} and ${naming(operand, context)} is ${printed(shape)}; ${rule}`;
    reportMismatch(whole, reason, mend, mend === from ? shape : result, context);
    return undefined;
  }
  return result;
}

/** `[n]` over the rows of a memory `[steps, n]`. */
function overRows(matrix: Shape, vector: Shape, context: ShapeContext): boolean {
  const [steps, width] = matrix;
  const [length] = vector;
  return matrix.length === 2 && vector.length === 1 && steps !== undefined && width !== undefined && length !== undefined && context.isSteps(steps) && sameSize(width, length);
}

function inferSlice(expression: Extract<Expression, { readonly kind: 'slice' }>, context: ShapeContext): Shape | undefined {
  const target = inferShape(expression.target, context);
  if (target === undefined) return undefined;
  if (expression.ranges.length > target.length) {
    const reason = `${naming(expression.target, context)} is ${printed(target)} and cannot be cut along ${expression.ranges.length === 1 ? 'an axis' : `${expression.ranges.length} axes`}`;
    context.report(diagnostics.shapeMismatch(textOf(context.document, expression.span), reason, '', [], expression.span));
    return undefined;
  }
  const shape: Size[] = [];
  for (const [axis, length] of target.entries()) {
    const range = expression.ranges[axis];
    if (range === undefined) {
      shape.push(length);
      continue;
    }
    const from = bound(range.from, numberSize(0), context);
    const to = range.isRange ? bound(range.to, length, context) : from && addSizes(from, numberSize(1));
    if (from === undefined || to === undefined) return undefined;
    const [start, end, most] = [sizeNumber(from), sizeNumber(to), sizeNumber(length)];
    const wrong = [start, end].some((value) => value !== undefined && (!Number.isInteger(value) || value < 0));
    const reversed = start !== undefined && end !== undefined && start >= end;
    if (wrong || reversed || (most !== undefined && ((end ?? 0) > most || (start ?? 0) >= most))) {
      context.report(diagnostics.sliceOutside(textOf(context.document, range.span), printSize(length), range.span));
      return undefined;
    }
    if (range.isRange) shape.push(addSizes(to, negateSize(from)));
  }
  return shape;
}

function bound(expression: Expression | undefined, otherwise: Size, context: ShapeContext): Size | undefined {
  return expression === undefined ? otherwise : inferSize(expression, context);
}

/** The size that an expression is; reports what is not a size. */
export function inferSize(expression: Expression, context: Pick<ShapeContext, 'sizes' | 'report' | 'document'>): Size | undefined {
  const constant = constantOf(expression, context.sizes);
  if ('size' in constant) return constant.size;
  const { fault } = constant;
  if (fault.kind === 'name') context.report(diagnostics.unknownSize(textOf(context.document, fault.span), nearest(fault.name, context.sizes.keys()), fault.span));
  else if (fault.kind !== 'missing') context.report(diagnostics.constantExpected(`\`${textOf(context.document, fault.span)}\` in a size`, fault.span));
  return undefined;
}

/** Arguments of a function in the order of its table; reports unknown names and wrong counts. */
export function orderedArguments(call: CallExpression, spec: FunctionSpec, context: Pick<ShapeContext, 'report'>): readonly Argument[] | undefined {
  const positional = call.args.filter((arg) => arg.name === undefined);
  if (spec.many === true) {
    const named = call.args.find((arg) => arg.name !== undefined);
    if (named?.name !== undefined) context.report(diagnostics.unknownArgument(named.name.text, call.callee.text, [], undefined, named.name.span));
    if (positional.length === 0) context.report(diagnostics.wrongCount(call.callee.text, 'one argument or more', 0, call.span));
    return named === undefined && positional.length > 0 ? positional : undefined;
  }
  const ordered: (Argument | undefined)[] = [...positional];
  for (const arg of call.args) {
    if (arg.name === undefined) continue;
    const index = spec.args.indexOf(arg.name.text);
    if (index < 0) {
      context.report(diagnostics.unknownArgument(arg.name.text, call.callee.text, spec.args, nearest(arg.name.text, spec.args), arg.name.span));
      return undefined;
    }
    if (ordered[index] !== undefined) {
      context.report(diagnostics.argumentTwice(arg.name.text, arg.name.span));
      return undefined;
    }
    ordered[index] = arg;
  }
  const least = spec.shape === 'reduceOrElementwise' ? 1 : spec.args.length;
  const given = ordered.filter((arg) => arg !== undefined);
  if (given.length < least || ordered.length > spec.args.length || given.length < ordered.length) {
    const expected = spec.shape === 'reduceOrElementwise' ? 'one or two arguments' : `${least === 1 ? 'one argument' : `${least} arguments`} (${spec.args.join(', ')})`;
    context.report(diagnostics.wrongCount(call.callee.text, expected, call.args.length, call.span));
    return undefined;
  }
  return given;
}

function inferCall(call: CallExpression, context: ShapeContext): Shape | undefined {
  const name = call.callee.text;
  if (!isFunction(name) || context.pools?.(call) === true) return context.call(call);
  const spec: FunctionSpec = functionSpecs[name];
  const args = orderedArguments(call, spec, context);
  if (args === undefined) {
    for (const arg of call.args) inferShape(arg.value, context);
    return undefined;
  }
  const values = args.filter((_, index) => spec.many === true || spec.constants?.includes(spec.args[index] ?? '') !== true);
  for (const [index, arg] of args.entries()) if (!values.includes(arg)) checkRate(call, arg, spec.args[index] ?? '', context);
  const shapes = values.map((arg) => inferShape(arg.value, context));
  const known = shapes.filter((shape) => shape !== undefined);
  const operands = values.map((arg) => arg.value);
  const [first, second] = known;
  if (first === undefined || known.length < shapes.length) return undefined;
  const refuse = (needs: string): undefined => {
    const found = operands.map((operand, index) => `${naming(operand, context)} is ${printed(known[index] ?? [])}`).join(' and ');
    context.report(diagnostics.shapeMismatch(textOf(context.document, call.span), `${found}; ${name} needs ${needs}`, '', [], call.span));
    return undefined;
  };
  switch (spec.shape) {
    case 'elementwise':
      return combine(call, operands, known, context);
    case 'row':
      return first.length === 0 ? refuse('a vector or a matrix') : first;
    case 'reduce':
      return first.length === 0 ? refuse('a vector or a matrix') : first.slice(0, -1);
    case 'reduceOrElementwise':
      if (known.length === 2) return combine(call, operands, known, context);
      return first.length === 0 ? refuse('a vector or a matrix, or two values') : first.slice(0, -1);
    case 'transpose':
      return first.length === 2 ? [...first].reverse() : refuse('a matrix');
    case 'outer':
      return first.length === 1 && second?.length === 1 ? [...first, ...second] : refuse('two vectors');
    case 'concat': {
      const rank = Math.max(1, first.length);
      const width = first[1];
      if (known.some((shape) => Math.max(1, shape.length) !== rank)) return refuse('vectors only or matrices only');
      if (width !== undefined && known.some((shape) => shape[1] === undefined || !sameSize(shape[1], width))) return refuse('matrices of equal width');
      const total = known.reduce((sum, shape) => addSizes(sum, shape[0] ?? numberSize(1)), numberSize(0));
      return width === undefined ? [total] : [total, width];
    }
  }
}

function checkRate(call: CallExpression, arg: Argument, name: string, context: ShapeContext): void {
  const constant = constantOf(arg.value, context.sizes);
  if ('fault' in constant) {
    if (constant.fault.kind !== 'missing') context.report(diagnostics.constantExpected(`The ${name} of \`${call.callee.text}\``, arg.value.span));
    return;
  }
  const value = numberOf(arg.value, context.sizes);
  if (value !== undefined && !(value >= 0 && value < 1)) context.report(diagnostics.numberOutOfRange(`The ${name} of \`${call.callee.text}\``, String(value), 'at least 0 and less than 1', arg.value.span));
}

/** What to say of a call that is neither a function nor anything else. */
export function reportUnknownCall(call: CallExpression, others: readonly string[], context: Pick<ShapeContext, 'report'>): void {
  const name = call.callee.text;
  if (name === '') return;
  if (debuggerFunctions.includes(name)) return context.report(diagnostics.onlyInDebugger(name, call.callee.span));
  const near = nearest(name, [...Object.keys(functionSpecs), ...others]);
  context.report(others.length === 0 ? diagnostics.unknownFunction(name, near, call.callee.span) : diagnostics.unknownCell(name, near, call.callee.span));
}
