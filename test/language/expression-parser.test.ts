// Expressions that stand alone: steps, layers, texts, and words that open lines elsewhere.
import { describe, expect, it } from 'vitest';
import { SourceText } from '../../engine/base/source-text';
import { buildExpressions } from '../../engine/language/build-expressions';
import { Places } from '../../engine/language/build-tree';
import { parseAsExpression, restAfter } from '../../engine/language/expression-parser';
import { printExpression } from '../../engine/language/print-ast';

describe('an expression that stands alone', () => {
  it.each([
    ["norm(h') > 1 and t > 5", "((norm(h') > 1) and (t > 5))"],
    ['h@t-1', 'h@t-1'],
    ['h@t - 1', '(h@t - 1)'],
    ["r2.h'@5", "r2.h'@5"],
    ['f@5[0:8]', 'f@5[0:8]'],
    ['U_f@h', '(U_f @ h)'],
    ['token == "U"', '(token == "U")'],
    ['loss > 3 and gradNorm < 1e-6', '((loss > 3) and (gradNorm < 0.000001))'],
    ['state + data', '(state + data)'],
    ['grad(r.backward.U_f)', 'grad(r.backward.U_f)'],
    ['(h + c) // remark', '(h + c)'],
    ['not finite(h)', '(not finite(h))'],
  ])('%s', (text, tree) => {
    const parsed = parseAsExpression(text);
    expect([parsed.lexerErrors, parsed.parserErrors, restAfter(text, parsed)]).toEqual([[], [], undefined]);
    expect(printExpression(buildExpressions(new Places(new SourceText('e', text))).expression(parsed.value))).toBe(tree);
  });

  it.each([
    ['h c', { text: 'c', start: 2 }],
    ['h)', { text: ')', start: 1 }],
    ['h = 3', { text: '=', start: 2 }],
    ['h // c', undefined],
  ])('%s: what follows it', (text, rest) => {
    expect(restAfter(text, parseAsExpression(text))).toEqual(rest);
  });
});
