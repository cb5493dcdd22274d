// Whether an expression's values are bounded to −1…1 by its form alone, as a gate's should be.
// Not interval arithmetic: it knows the functions, other gates, and what keeps bounds.
// Invariant: pure; `false` means only that the form does not show it.
import { functionSpecs, isFunction } from './functions';
import type { FunctionSpec } from './functions';
import type { Expression } from './tree';

const comparing = new Set(['<', '<=', '>', '>=', '==', '!=', 'and', 'or']);
const keeping = new Set(['min', 'max', 'where', 'stop', 'concat', 'mean', 'abs', 'square', 'relu', 'hardTanh']);

/** `gates`: names of the equations that are bounded themselves. */
export function isBounded(expression: Expression, gates: ReadonlySet<string>): boolean {
  const bounded = (part: Expression): boolean => isBounded(part, gates);
  switch (expression.kind) {
    case 'number':
      return Math.abs(expression.value) <= 1;
    case 'name':
      return gates.has(expression.name) && !expression.prime;
    case 'missing':
      return true;
    case 'unary':
      return expression.op === 'not' || bounded(expression.operand);
    case 'slice':
      return bounded(expression.target);
    case 'binary': {
      const { op, left, right } = expression;
      if (comparing.has(op)) return true;
      if (op === '*') return bounded(left) && bounded(right);
      // 1 − gate stays in 0…1; the coupled gate of CIFG is written so.
      return op === '-' && left.kind === 'number' && left.value === 1 && bounded(right);
    }
    case 'call': {
      const name = expression.callee.text;
      if (!isFunction(name)) return true;
      const spec: FunctionSpec = functionSpecs[name];
      return spec.bounded === true || (keeping.has(name) && expression.args.slice(name === 'where' ? 1 : 0).every((arg) => bounded(arg.value)));
    }
    default:
      return false;
  }
}
