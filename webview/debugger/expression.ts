// Prints an expression as the source writes it: the text that names its value on the wire and in the pictures.
// Not a parser. Parentheses stand only where precedence needs them.
import type { ExpressionView } from '../../protocol/cell-view';
import { unreachable } from '../must';

const strength = { compare: 1, '+': 2, '-': 2, '*': 3, '/': 3, '@': 4, negate: 5, '^': 6, leaf: 9 } as const;

export function print(expression: ExpressionView): string {
  switch (expression.kind) {
    case 'name':
      return expression.role === 'next' ? `${expression.name}'` : expression.name;
    case 'number':
      return String(expression.value);
    case 'call':
      return `${expression.of}(${expression.args.map(print).join(', ')})`;
    case 'negate':
      return `-${inner(expression.of, strength.negate)}`;
    case 'slice':
      return `${inner(expression.of, strength.leaf)}${expression.text}`;
    case 'binary': {
      const own = strength[expression.op];
      // All but the power bind from the left.
      const left = inner(expression.left, expression.op === '^' ? own + 1 : own);
      const right = inner(expression.right, expression.op === '^' ? own : own + 1);
      return `${left} ${expression.op === 'compare' ? '?' : expression.op} ${right}`;
    }
    default:
      return unreachable(expression);
  }
}

function inner(expression: ExpressionView, least: number): string {
  const text = print(expression);
  return strengthOf(expression) < least ? `(${text})` : text;
}

function strengthOf(expression: ExpressionView): number {
  if (expression.kind === 'binary') return strength[expression.op];
  return expression.kind === 'negate' ? strength.negate : strength.leaf;
}

/** Terms of a sum, with their signs. */
export function terms(expression: ExpressionView, sign: 1 | -1 = 1): readonly { readonly sign: 1 | -1; readonly of: ExpressionView }[] {
  if (expression.kind === 'binary' && (expression.op === '+' || expression.op === '-')) {
    return [...terms(expression.left, sign), ...terms(expression.right, expression.op === '-' ? (-sign as 1 | -1) : sign)];
  }
  return [{ sign, of: expression }];
}

/** Factors of an elementwise product. */
export function factors(expression: ExpressionView): readonly ExpressionView[] {
  return expression.kind === 'binary' && expression.op === '*' ? [...factors(expression.left), ...factors(expression.right)] : [expression];
}

export function children(expression: ExpressionView): readonly ExpressionView[] {
  switch (expression.kind) {
    case 'binary':
      return [expression.left, expression.right];
    case 'call':
      return expression.args;
    case 'negate':
    case 'slice':
      return [expression.of];
    default:
      return [];
  }
}
