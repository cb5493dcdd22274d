// What the backward pass computes for each equation, written as a person would: `∂f = ∂c' * c`.
// Not the gradients (engine/autodiff has the rules); only their text, one factor after the other along the source's expressions.
// Invariant: a sum over every use of the name in the cell; what is not elementwise is written with the transposed matrix.
import type { EquationView, ExpressionView } from '../../../../protocol/cell-view';

interface Defined {
  readonly name: string;
  readonly kind: EquationView['kind'];
  readonly expression: ExpressionView;
}

interface Use {
  readonly sign: 1 | -1;
  /** Factors, first what arrives: `∂c'`, `c`. A text that starts with `ᵀ` multiplies all before it from the left. */
  readonly factors: readonly string[];
}

const label = ({ name, kind }: Defined): string => (kind === 'state' ? `${name}'` : name);

/** More terms than this are no longer read. */
const mostTerms = 2;

/**
 * By equation, in order. A state after the step is told with what comes from the next step of the walk and, where it is what the layer gives on, from above;
 * then what it sends to the step before.
 * @param above by state: `own loss`, `the layers above`
 */
export function derivativeTexts(equations: readonly Defined[], { above = new Map(), reversed = false }: { readonly above?: ReadonlyMap<string, string>; readonly reversed?: boolean } = {}): readonly (readonly string[])[] {
  const [later, earlier] = reversed ? ['t - 1', 't + 1'] : ['t + 1', 't - 1'];
  const usesOfName = (name: string): readonly Use[] => equations.flatMap((user) => usesOf(user.expression, { sign: 1, factors: [`∂${label(user)}`] }, name, user));
  return equations.map((equation) => {
    const own = label(equation);
    const uses = usesOfName(own);
    if (equation.kind !== 'state') return uses.length === 0 ? [] : [`∂${own} = ${sumOf(uses)}`];
    const old = usesOfName(equation.name);
    const from = above.get(equation.name);
    const terms = [...(from === undefined ? [] : [from]), ...(uses.length === 0 ? [] : [sumOf(uses)]), ...(old.length === 0 ? [] : [`∂${equation.name} from ${later}`])];
    return [...(terms.length === 0 ? [] : [`∂${own} = ${terms.join(' + ')}`]), ...(old.length === 0 || old.length > mostTerms ? [] : [`∂${equation.name} to ${earlier} = ${sumOf(old)}`])];
  });
}

function sumOf(uses: readonly Use[]): string {
  return uses.map(({ sign, factors }, index) => `${sign < 0 ? (index === 0 ? '−' : ' − ') : index === 0 ? '' : ' + '}${product(factors)}`).join('');
}

function product(factors: readonly string[]): string {
  return factors.reduce((text, factor) => (factor.endsWith('ᵀ') ? `${factor} @ ${/[ *]/.test(text) ? `(${text})` : text}` : `${text} * ${factor}`));
}

function usesOf(expression: ExpressionView, arriving: Use, name: string, user: Defined): readonly Use[] {
  const times = (use: Use, ...factors: readonly string[]): Use => ({ ...use, factors: [...use.factors, ...factors.filter((factor) => factor !== '1')] });
  const down = (part: ExpressionView, use: Use): readonly Use[] => usesOf(part, use, name, user);
  const negative: Use = { ...arriving, sign: arriving.sign < 0 ? 1 : -1 };
  switch (expression.kind) {
    case 'name':
      return written(expression) === name ? [arriving] : [];
    case 'negate':
      return down(expression.of, negative);
    case 'binary': {
      const { left, right } = expression;
      switch (expression.op) {
        case '+':
          return [...down(left, arriving), ...down(right, arriving)];
        case '-':
          return [...down(left, arriving), ...down(right, negative)];
        case '*':
          return [...down(left, times(arriving, inside(right))), ...down(right, times(arriving, inside(left)))];
        case '/':
          return [...down(left, times(arriving, `(1 / ${inside(right)})`)), ...down(right, times(negative, `${inside(left)} / ${inside(right)}^2`))];
        case '@':
          return down(right, times(arriving, `${inside(left)}ᵀ`));
        case '^':
          return down(left, times(arriving, inside(right), right.kind === 'number' && right.value === 2 ? inside(left) : `${inside(left)}^(${written(right)} - 1)`));
        default:
          return [];
      }
    }
    case 'call': {
      const [argument] = expression.args;
      if (argument === undefined) return [];
      // The equation's own name stands for its outermost function.
      const value = expression === user.expression ? label(user) : written(expression);
      return expression.args.length === 1 ? down(argument, times(arriving, derivativeOf(expression.of, value, argument))) : expression.args.flatMap((part) => down(part, times(arriving, `${expression.of}'(…)`)));
    }
    default:
      return [];
  }
}

function derivativeOf(name: string, value: string, argument: ExpressionView): string {
  switch (name) {
    case 'tanh':
      return `(1 - ${value}^2)`;
    case 'sigmoid':
      return `${value} * (1 - ${value})`;
    case 'exp':
      return value;
    case 'stop':
      return '0';
    default:
      return `${name}'(${written(argument)})`;
  }
}

const strength: Readonly<Record<string, number>> = { compare: 1, '+': 2, '-': 2, '*': 3, '/': 3, '@': 4, '^': 6 };

/** As in the source, in brackets where it is a sum. */
function inside(expression: ExpressionView): string {
  const loose = expression.kind === 'negate' || (expression.kind === 'binary' && (strength[expression.op] ?? 0) !== strength['*']);
  return loose ? `(${written(expression)})` : written(expression);
}

export function written(expression: ExpressionView): string {
  switch (expression.kind) {
    case 'name':
      return expression.role === 'next' ? `${expression.name}'` : expression.name;
    case 'number':
      return String(expression.value);
    case 'call':
      return `${expression.of}(${expression.args.map(written).join(', ')})`;
    case 'negate':
      return `-${inside(expression.of)}`;
    case 'slice':
      return `${inside(expression.of)}${expression.text}`;
    case 'binary': {
      const own = strength[expression.op] ?? 0;
      const side = (part: ExpressionView, least: number): string => (part.kind === 'binary' && (strength[part.op] ?? 0) < least ? `(${written(part)})` : written(part));
      return `${side(expression.left, own)} ${expression.op === 'compare' ? '?' : expression.op} ${side(expression.right, own + 1)}`;
    }
  }
}
