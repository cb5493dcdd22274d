// A cell's expressions as the pages get them: a tree of plain data, and the source line with the parts that have a colour.
// Not the parser's tree and not the graph; converted here, by hand.
// Invariant: a name's role is what it means in this cell.
import type { SourceText } from '../../../../engine/base/source-text';
import type { Span } from '../../../../engine/base/span';
import { isFunction } from '../../../../engine/language/functions';
import type { CellSyntax, Expression } from '../../../../engine/language/tree';
import type { EquationView, ExpressionView } from '../../../../protocol/cell-view';

type Role = Extract<ExpressionView, { readonly kind: 'name' }>['role'];

export function rolesOf(cell: CellSyntax): ReadonlyMap<string, Role> {
  const roles = new Map<string, Role>();
  for (const statement of cell.statements) {
    if (statement.kind === 'output' || statement.kind === 'update') continue;
    roles.set(statement.name.text, statement.kind === 'equation' ? 'value' : statement.kind === 'memory' ? 'input' : statement.kind);
  }
  return roles;
}

const arithmetic: readonly string[] = ['+', '-', '*', '/', '^', '@'];

export function expressionView(expression: Expression, roles: ReadonlyMap<string, Role>, source: SourceText): ExpressionView {
  const view = (part: Expression): ExpressionView => expressionView(part, roles, source);
  switch (expression.kind) {
    case 'number':
      return { kind: 'number', value: expression.value };
    case 'name':
      return { kind: 'name', name: expression.name, role: expression.prime ? 'next' : (roles.get(expression.name) ?? 'size') };
    case 'call':
      return { kind: 'call', of: expression.callee.text, args: expression.args.map(({ value }) => view(value)) };
    case 'unary':
      return expression.op === '-' ? { kind: 'negate', of: view(expression.operand) } : { kind: 'call', of: 'not', args: [view(expression.operand)] };
    case 'binary': {
      const op = arithmetic.includes(expression.op) ? (expression.op as '+' | '-' | '*' | '/' | '^' | '@') : 'compare';
      return { kind: 'binary', op, left: view(expression.left), right: view(expression.right) };
    }
    case 'slice':
      return { kind: 'slice', of: view(expression.target), text: source.text.slice(expression.target.span.end, expression.span.end).trim() };
    default:
      // Texts, lists, other steps and holes mean nothing in a cell that compiled.
      return { kind: 'number', value: NaN };
  }
}

/** The statement without its comments, on one line. */
export function statementText(source: SourceText, span: Span): string {
  return source.text.slice(span.start, span.end).replace(/\/\/.*$/gm, '').replace(/\s*\n\s*/g, ' ').trim();
}

/** The first words of the comment at the line's end: `forget gate` of `// forget gate: what to keep`. */
export function commentWords(source: SourceText, span: Span): string | undefined {
  const comment = /\/\/\s*([^:]*)/.exec(source.lineText(source.positionAt(span.start).line))?.[1]?.trim();
  return comment === undefined || comment === '' || comment.length > 32 ? undefined : comment;
}

export function tokensOf(text: string, roles: ReadonlyMap<string, Role>): EquationView['tokens'] {
  return [...text.matchAll(/[A-Za-z_]\w*|\d+(\.\d+)?(e[+-]?\d+)?/g)].flatMap((match): EquationView['tokens'] => {
    const [word] = match;
    const place = { start: match.index, end: match.index + word.length };
    if (/^\d/.test(word)) return [{ ...place, kind: 'number' }];
    if (match.index === 0 && ['gate', 'let', 'attention'].includes(word) && /^\s/.test(text.slice(place.end))) return [{ ...place, kind: 'keyword' }];
    if (isFunction(word) && /^\s*\(/.test(text.slice(place.end))) return [{ ...place, kind: 'function' }];
    return roles.get(word) === 'param' ? [{ ...place, kind: 'parameter' }] : [];
  });
}
