// What text becomes: precedence, layout, names, comments; every example of the language's design.
import { describe, expect, it } from 'vitest';
import { check } from '../../engine/language/check';
import { parse } from '../../engine/language/parse';
import { printAst, printExpression } from '../../engine/language/print-ast';
import { loadProgram } from '../../engine/language/program';
import { examples } from './examples';

function expression(text: string): string {
  const { document, diagnostics } = parse('a.rnn', `cell C(n) {\n let v = ${text}\n}`);
  expect(diagnostics).toEqual([]);
  const statement = document.cells[0]?.statements[0];
  return statement?.kind === 'equation' ? printExpression(statement.value) : 'no equation';
}

describe('precedence', () => {
  it.each([
    ['r * U @ h', '(r * (U @ h))'],
    ['U @ h + b', '((U @ h) + b)'],
    ['A @ B @ v', '((A @ B) @ v)'],
    ['a - b - c', '((a - b) - c)'],
    ['a / b / c', '((a / b) / c)'],
    ['a / b * c', '((a / b) * c)'],
    ['a + b * c', '(a + (b * c))'],
    ['a ^ b ^ c', '(a ^ (b ^ c))'],
    ['-a ^ 2', '(-(a ^ 2))'],
    ['a ^ -b', '(a ^ (-b))'],
    ['-a @ b', '((-a) @ b)'],
    ['-a * b', '((-a) * b)'],
    ['a * -b', '(a * (-b))'],
    ['- - a', '(-(-a))'],
    ['a + b < c * d', '((a + b) < (c * d))'],
    ['not a < b', '(not (a < b))'],
    ['not a and b', '((not a) and b)'],
    ['a or b and c', '(a or (b and c))'],
    ['a and b or c', '((a and b) or c)'],
    ["tanh(c')[0:n]", "tanh(c')[0:n]"],
    ["h'[2:n / 2] ^ 2", "(h'[2:(n / 2)] ^ 2)"],
    ['v[3]', 'v[3]'],
    ['M[:2, 1:]', 'M[:2, 1:]'],
    ['(a + b) * c', '((a + b) * c)'],
    ['clip(a, 0, 1)', 'clip(a, 0, 1)'],
    ['f(state: a, loss: b, train: 3)', 'f(state: a, loss: b, train: 3)'],
    ['h@t-1 + U@h', '(h@t-1 + (U @ h))'],
    ['h@5', 'h@5'],
    ['U @t2', '(U @ t2)'],
    ['1e-6 + .5 + 2.25', '((0.000001 + 0.5) + 2.25)'],
    ['a == b', '(a == b)'],
    ['σ + β_1', '(σ + β_1)'],
  ])('%s', (text, tree) => {
    expect(expression(text)).toBe(tree);
  });

  it('prints a tree that parses to itself', () => {
    for (const text of examples) {
      const once = printAst(parse('a.rnn', text).document);
      expect(printAst(parse('a.rnn', once).document)).toBe(once);
    }
  });
});

describe('layout', () => {
  it('does not matter between the parts of an equation', () => {
    expect(expression('a\n   + b\n   * c')).toBe('(a + (b * c))');
  });

  it('gives two equations on one line a warning', () => {
    const { diagnostics } = parse('a.rnn', "cell C(n) {\n input x\n state h[n]\n let a = x let b = x\n h' = a }");
    expect(diagnostics.map(({ code, span }) => [code, span.start])).toEqual([['two-equations-one-line', 44]]);
  });

  it('takes any line break', () => {
    expect(parse('a.rnn', "cell C(n) {\r\n input x\r\n state h[n]\r\n h' = h\r\n}").diagnostics).toEqual([]);
  });
});

describe('declarations', () => {
  it('know the comment above them and where their names stand', () => {
    const text = '/// First line.\n/// Second line.\ncell cell1(hidden) {\n  input x\n  /// The state.\n  state e[hidden]\n  let t1 = x\n}';
    const { document } = parse('a.rnn', text);
    const [cell] = document.cells;
    expect(cell?.doc).toBe('First line.\nSecond line.');
    expect(text.slice(cell?.name.span.start, cell?.name.span.end)).toBe('cell1');
    const [input, state, equation] = cell?.statements ?? [];
    expect(state?.kind === 'state' ? [state.doc, state.name.span.start] : undefined).toEqual(['The state.', text.indexOf('e[hidden]')]);
    expect(input?.kind === 'input' ? input.name.span.start : 0).toBe(text.indexOf('x\n'));
    expect(equation?.kind === 'equation' ? equation.name.span.start : 0).toBe(text.indexOf('t1'));
  });

  it('keep a text as it is written, backslashes and all', () => {
    const { document } = parse('a.rnn', 'import "C:\\new\\a.rnn"');
    expect(document.imports[0]?.path).toBe('C:\\new\\a.rnn');
  });
});

describe('the examples of the language', () => {
  it.each(examples.map((text) => [/(cell|model) \w+/.exec(text)?.[0] ?? 'example', text]))('%s parses', (_, text) => {
    expect(parse('a.rnn', text).diagnostics).toEqual([]);
  });

  it.each(examples.map((text) => [/(cell|model) \w+/.exec(text)?.[0] ?? 'example', text]))('%s checks, but for models of two sequences', (_, text) => {
    const program = loadProgram('a.rnn', text, () => '');
    expect(check(program).filter(({ code }) => code !== 'not-yet')).toEqual([]);
  });
});
