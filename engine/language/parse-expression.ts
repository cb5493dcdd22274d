// Parses one expression that stands alone: what a person types into a watch, a condition or a log message.
// Not a file (parse.ts) and not a check: a name may mean nothing.
// Invariant: never throws; there is either an expression without holes or a sentence that says what is wrong.
import { SourceText } from '../base/source-text';
import { buildExpressions } from './build-expressions';
import { Places } from './build-tree';
import { parseAsExpression, restAfter } from './expression-parser';
import { tooDeepAt } from './nesting';
import { childrenOf } from './tree';
import type { Expression } from './tree';

export type ExpressionResult = { readonly kind: 'expression'; readonly expression: Expression } | { readonly kind: 'wrong'; readonly message: string };

const wrong = (message: string): ExpressionResult => ({ kind: 'wrong', message });

export function parseExpression(text: string): ExpressionResult {
  if (text.trim() === '') return wrong('An expression was expected, for example norm(h).');
  if (tooDeepAt(text) !== undefined) return wrong('The expression nests too deeply.');
  const places = new Places(new SourceText('expression', text));
  try {
    const parsed = parseAsExpression(text);
    const [lexer] = parsed.lexerErrors;
    if (lexer !== undefined) return wrong(`\`${text.slice(Math.max(0, lexer.offset), Math.max(0, lexer.offset) + lexer.length)}\` means nothing here. Texts stand in double quotes, comparisons are ==, !=, <, <=, >, >=.`);
    const [error] = parsed.parserErrors;
    if (error !== undefined) {
      const found = Number.isFinite(error.token.startOffset) ? `\`${error.token.image}\`` : 'the end';
      return wrong(`An expression was expected; ${found} does not fit after \`${before(text, error.token.startOffset)}\`.`);
    }
    const rest = restAfter(text, parsed);
    if (rest !== undefined) return wrong(`The expression ends before \`${rest.text}\`.`);
    const expression = buildExpressions(places).expression(parsed.value);
    if (places.primedCalls.length > 0) return wrong('A call cannot have a prime or a member; the prime belongs to the state, as in norm(h\').');
    return hasHole(expression) ? wrong('The expression is not finished.') : { kind: 'expression', expression };
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    return wrong('The expression nests too deeply.');
  }
}

function before(text: string, offset: number): string {
  return (Number.isFinite(offset) ? text.slice(0, offset) : text).trim().slice(-20);
}

function hasHole(expression: Expression): boolean {
  return expression.kind === 'missing' || childrenOf(expression).some(hasHole);
}
