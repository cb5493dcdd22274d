// An equation with the numbers of one unit put in: `u15 −2.93 = 0.68 · −4.25 + 0.02 · −0.66`.
// Not evaluation: every number was received. Undefined when one is missing, or when the equation is not elementwise.
import type { ExpressionView } from '../../protocol/cell-view';
import { print } from './expression';
import { fixed } from '../theme/numbers';

/** A unit's value of an expression by its text. */
export type Lookup = (text: string) => number | undefined;

export function numbersPutIn(expression: ExpressionView, lookup: Lookup): string | undefined {
  if (!elementwise(expression)) return undefined;
  return write(expression, lookup, 0);
}

/** No matrix product and no parameter anywhere: what a person can follow by hand. */
export function elementwise(expression: ExpressionView): boolean {
  switch (expression.kind) {
    case 'name':
      return expression.role !== 'param' && expression.role !== 'size';
    case 'number':
      return true;
    case 'binary':
      return expression.op !== '@' && expression.op !== 'compare' && elementwise(expression.left) && elementwise(expression.right);
    case 'call':
      return expression.args.length === 1 && ['tanh', 'sigmoid', 'relu', 'exp', 'abs', 'sqrt', 'square', 'softplus'].includes(expression.of) && expression.args.every(elementwise);
    case 'negate':
      return elementwise(expression.of);
    default:
      return false;
  }
}

function write(expression: ExpressionView, lookup: Lookup, least: number): string | undefined {
  switch (expression.kind) {
    case 'name': {
      const value = lookup(print(expression));
      return value === undefined ? undefined : fixed(value, 2);
    }
    case 'number':
      return String(expression.value);
    case 'call': {
      const inside = expression.args[0] && write(expression.args[0], lookup, 0);
      return inside === undefined ? undefined : `${expression.of}(${inside})`;
    }
    case 'negate': {
      const inside = write(expression.of, lookup, 3);
      return inside === undefined ? undefined : `−${inside}`;
    }
    case 'binary': {
      const strength = expression.op === '+' || expression.op === '-' ? 1 : expression.op === '^' ? 3 : 2;
      const left = write(expression.left, lookup, strength);
      const right = write(expression.right, lookup, strength + 1);
      if (left === undefined || right === undefined) return undefined;
      const sign = { '+': '+', '-': '−', '*': '·', '/': '/', '^': '^', '@': '@', compare: '?' }[expression.op];
      const text = `${left} ${sign} ${right}`;
      return strength < least ? `(${text})` : text;
    }
    default:
      return undefined;
  }
}
