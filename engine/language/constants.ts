// Numbers and sizes that the text itself determines: `hidden / 4`, `1 / sqrt(hidden)`, `0.1`.
// Not values of a step: a name that is not a size has none.
// Invariant: pure; undefined when something in the expression is no size.
import { addSizes, divideSizes, multiplySizes, negateSize, numberSize, sizeNumber } from './sizes';
import type { Size } from './sizes';
import type { Expression } from './tree';

export type SizeEnvironment = ReadonlyMap<string, Size>;

const numericFunctions: Readonly<Record<string, (v: number) => number>> = { sqrt: Math.sqrt, exp: Math.exp, log: Math.log, abs: Math.abs, square: (v) => v * v };

/** The size or number that an expression is, or the first part of it that is none. */
export function constantOf(expression: Expression, sizes: SizeEnvironment): { readonly size: Size } | { readonly fault: Expression } {
  const fault = (at: Expression) => ({ fault: at });
  switch (expression.kind) {
    case 'number':
      return { size: numberSize(expression.value) };
    case 'name': {
      const size = expression.prime || expression.members.length > 0 ? undefined : sizes.get(expression.name);
      return size === undefined ? fault(expression) : { size };
    }
    case 'unary': {
      const operand = constantOf(expression.operand, sizes);
      if ('fault' in operand) return operand;
      return expression.op === '-' ? { size: negateSize(operand.size) } : fault(expression);
    }
    case 'binary': {
      const left = constantOf(expression.left, sizes);
      if ('fault' in left) return left;
      const right = constantOf(expression.right, sizes);
      if ('fault' in right) return right;
      if (expression.op === '+') return { size: addSizes(left.size, right.size) };
      if (expression.op === '-') return { size: addSizes(left.size, negateSize(right.size)) };
      if (expression.op === '*') return { size: multiplySizes(left.size, right.size) };
      if (expression.op === '/') return { size: divideSizes(left.size, right.size) };
      const base = sizeNumber(left.size);
      const exponent = sizeNumber(right.size);
      if (expression.op === '^' && base !== undefined && exponent !== undefined) return { size: numberSize(base ** exponent) };
      return fault(expression);
    }
    case 'call': {
      const argument = expression.args[0];
      const apply = Object.hasOwn(numericFunctions, expression.callee.text) ? numericFunctions[expression.callee.text] : undefined;
      if (apply === undefined || argument === undefined || expression.args.length > 1) return fault(expression);
      const inner = constantOf(argument.value, sizes);
      if ('fault' in inner) return inner;
      const value = sizeNumber(inner.size);
      return value === undefined ? fault(expression) : { size: numberSize(apply(value)) };
    }
    default:
      return fault(expression);
  }
}

/** The number that an expression is, or undefined. */
export function numberOf(expression: Expression, sizes: SizeEnvironment = new Map()): number | undefined {
  const constant = constantOf(expression, sizes);
  return 'size' in constant ? sizeNumber(constant.size) : undefined;
}
