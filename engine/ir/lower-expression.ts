// One expression as equations of a graph, every one with the span of the part it computes.
// Not a check: shapes have been checked with every size a number (../language/infer-shape.ts).
// Invariant: what lowers has no diagnostics; a hole here is our bug.
import { defined, InvariantError } from '../base/invariant';
import { constantOf, numberOf } from '../language/constants';
import type { SizeEnvironment } from '../language/constants';
import { functionSpecs, isFunction } from '../language/functions';
import type { FunctionSpec } from '../language/functions';
import { orderedArguments } from '../language/infer-shape';
import { sizeNumber } from '../language/sizes';
import type { CallExpression, Expression, NameExpression } from '../language/tree';
import type { Origin, ValueId } from './graph';
import type { GraphBuilder } from './graph-builder';
import { functionLowerings, operatorLowering } from './lower-functions';

export interface DropoutMask {
  readonly id: ValueId;
  readonly rate: number;
  readonly shape: readonly number[];
}

export interface LowerScope {
  readonly builder: GraphBuilder;
  /** Names that are numbers wherever they stand: a cell's parameters. */
  readonly numbers: SizeEnvironment;
  /** Names that are numbers in sizes and slices: these and the inputs' names. */
  readonly sizes: SizeEnvironment;
  readonly value: (name: NameExpression) => ValueId;
  /** The value of a call that is a line of its own in a model; undefined when it is a function. */
  readonly line: (call: CallExpression) => ValueId | undefined;
  readonly dropouts: DropoutMask[];
}

export function lowerExpression(expression: Expression, scope: LowerScope): ValueId {
  const { builder } = scope;
  const origin: Origin = { span: expression.span };
  const number = numberOf(expression, scope.numbers);
  if (number !== undefined) return builder.constant(number, origin);
  switch (expression.kind) {
    case 'name':
      return scope.value(expression);
    case 'unary':
      return builder.add({ kind: expression.op === '-' ? 'neg' : 'not' }, [lowerExpression(expression.operand, scope)], origin);
    case 'binary': {
      const left = lowerExpression(expression.left, scope);
      // A square has a derivative everywhere, whatever the sign of its base; a power in general has none below 0.
      if (expression.op === '^' && numberOf(expression.right, scope.numbers) === 2) return builder.add({ kind: 'square' }, [left], origin);
      const right = lowerExpression(expression.right, scope);
      const { op, swapped } = operatorLowering(expression.op, builder.typeOf(left).shape.length, builder.typeOf(right).shape.length);
      return builder.add(op, swapped ? [right, left] : [left, right], origin);
    }
    case 'call':
      return lowerCall(expression, scope, origin);
    case 'slice':
      return lowerSlice(expression, scope, origin);
    default:
      throw new InvariantError(`an expression of kind '${expression.kind}' reached the lowering`);
  }
}

function lowerCall(call: CallExpression, scope: LowerScope, origin: Origin): ValueId {
  const line = scope.line(call);
  if (line !== undefined) return line;
  const name = call.callee.text;
  if (!isFunction(name)) throw new InvariantError(`${name} is neither a function nor a line`);
  const spec: FunctionSpec = functionSpecs[name];
  const ordered = defined(orderedArguments(call, spec, { report: () => undefined }), `${name} has the wrong arguments`);
  const [first, second] = ordered;
  const value = lowerExpression(defined(first, `${name} has no argument`).value, scope);
  if (name === 'dropout') {
    const rate = defined(second && numberOf(second.value, scope.sizes), 'a dropout without a rate');
    const { shape } = scope.builder.typeOf(value);
    const mask = scope.builder.input(`dropout${scope.dropouts.length + 1}`, 'dropout', shape, origin);
    scope.dropouts.push({ id: mask, rate, shape });
    return scope.builder.add({ kind: 'mul' }, [value, mask], origin);
  }
  return functionLowerings[name](scope.builder, [value, ...ordered.slice(1).map((arg) => lowerExpression(arg.value, scope))], origin);
}

/** A range keeps its axis; a single index takes the element and loses the axis. */
function lowerSlice(expression: Extract<Expression, { readonly kind: 'slice' }>, scope: LowerScope, origin: Origin): ValueId {
  const { builder } = scope;
  let value = lowerExpression(expression.target, scope);
  const indexed: number[] = [];
  for (const [axis, range] of expression.ranges.entries()) {
    const length = defined(builder.typeOf(value).shape[axis], 'a slice along an axis that is not there');
    const start = range.from === undefined ? 0 : sizeValue(range.from, scope);
    const end = !range.isRange ? start + 1 : range.to === undefined ? length : sizeValue(range.to, scope);
    if (start !== 0 || end !== length) value = builder.add({ kind: 'slice', axis, start, end }, [value], origin);
    if (!range.isRange) indexed.push(axis);
  }
  for (const axis of indexed.reverse()) {
    const isLast = axis === builder.typeOf(value).shape.length - 1;
    // The sum over an axis of one element is that element.
    const turned = isLast ? value : builder.add({ kind: 'transpose' }, [value], origin);
    value = builder.add({ kind: 'reduceSum' }, [turned], origin);
  }
  return value;
}

function sizeValue(expression: Expression, scope: LowerScope): number {
  const constant = constantOf(expression, scope.sizes);
  return defined('size' in constant ? sizeNumber(constant.size) : undefined, 'a slice without a number');
}

/** The value with a batch axis: chosen by a condition that never holds, so that it is exact and sends nothing back to `witness`. */
export function batched(builder: GraphBuilder, value: ValueId, witness: ValueId, origin: Origin): ValueId {
  if (builder.typeOf(value).batched) return value;
  const { shape } = builder.typeOf(value);
  const witnessShape = builder.typeOf(witness).shape;
  let like = witness;
  if (witnessShape.join() !== shape.join()) {
    while (builder.typeOf(like).shape.length > 0) like = builder.add({ kind: 'reduceSum' }, [like], origin);
  }
  return builder.add({ kind: 'where' }, [builder.constant(0, origin), like, value], origin);
}

/** A scalar spread over `shape`. */
export function spread(builder: GraphBuilder, value: ValueId, shape: readonly number[], origin: Origin): ValueId {
  if (builder.typeOf(value).shape.length > 0 || shape.length === 0) return value;
  return builder.add({ kind: 'broadcast', shape, along: 'scalar' }, [value], origin);
}
