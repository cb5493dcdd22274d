// Parsing, checking and compiling take any text: garbage, real files cut and stirred, and deep nesting.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeModels, compileModel } from '../../engine/ir/compile-model';
import { check } from '../../engine/language/check';
import { loadProgram } from '../../engine/language/program';
import { libraryTexts } from '../../engine/library/library-texts';
import { examples } from './examples';

const probe = "model P {\n  input x[3]\n  layer r = GRU(x, hidden: 4, direction: both)\n  let d = dropout(r * 2, 0.1) + max(r, 0)\n  output y = Linear(last(d), size: 2)\n  loss crossEntropy(y)\n}\n";
const real = [...examples, ...libraryTexts.map(({ text }) => text), probe, probe.replace('x[3]', 'x: token(7)')];
const words = [...new Set(real.flatMap((text) => text.match(/\w+|[^\s\w]/g) ?? []))];

/** Every span lies in its file, and what compiles has no error. */
function survives(text: string): void {
  const program = loadProgram('a.rnn', text, (path) => (path === 'b.rnn' ? text : undefined));
  for (const { span, message, code } of check(program)) {
    expect(span.start).toBeGreaterThanOrEqual(0);
    expect(span.end).toBeGreaterThanOrEqual(span.start);
    if (span.file === 'a.rnn') expect(span.end).toBeLessThanOrEqual(text.length);
    expect(`${code} ${message}`).not.toMatch(/undefined|NaN|\[object/);
  }
  describeModels(program);
  for (const model of program.main.models) {
    const compiled = [
      compileModel(program, { model: model.name.text }),
      compileModel(program, { model: model.name.text, input: { kind: 'tokens', vocabulary: 7 }, target: { kind: 'classes', count: 7, perStep: true } }),
      compileModel(program, { model: model.name.text, input: { kind: 'numeric', features: 2 }, target: { kind: 'numeric', size: 1, perStep: false } }),
    ];
    for (const { model: built, diagnostics } of compiled) expect(built === undefined).toBe(diagnostics.some(({ severity }) => severity === 'error'));
  }
}

describe('never throws', () => {
  it('for characters at random', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 80 }), survives), { numRuns: 150 });
  });

  it('for words of the language at random', () => {
    fc.assert(fc.property(fc.array(fc.constantFrom(...words), { maxLength: 60 }), (parts) => survives(parts.join(' '))), { numRuns: 150 });
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words), { maxLength: 30 }), (parts) => survives(`cell C(hidden) {\n input x\n state h[hidden]\n let v = ${parts.join(' ')}\n h' = v\n}`)),
      { numRuns: 150 },
    );
  });

  it('for real files with a piece taken out, put in twice, or replaced', () => {
    const cut = fc.tuple(fc.constantFrom(...real), fc.nat(), fc.nat({ max: 40 }), fc.constantFrom('', ...words));
    fc.assert(
      fc.property(cut, ([text, where, length, word]) => {
        const at = where % (text.length + 1);
        survives(text.slice(0, at) + word + text.slice(at + length));
        survives(text.slice(0, at) + text.slice(Math.max(0, at - length)));
      }),
      { numRuns: 250 },
    );
  });

  it('for real files with two words exchanged', () => {
    fc.assert(
      fc.property(fc.constantFrom(...real), fc.nat(), fc.nat(), (text, i, j) => {
        const parts = text.split(/(\w+)/);
        const [a, b] = [(i % ((parts.length - 1) / 2)) * 2 + 1, (j % ((parts.length - 1) / 2)) * 2 + 1];
        [parts[a], parts[b]] = [parts[b] ?? '', parts[a] ?? ''];
        survives(parts.join(''));
      }),
      { numRuns: 250 },
    );
  });

  it.each([
    ['brackets', '('.repeat(20_000)],
    ['negations', `cell C(n) { let v = ${'-'.repeat(20_000)}n }`],
    ['powers', `cell C(n) { let v = ${'n^'.repeat(20_000)}n }`],
    ['a long sum', `cell C(n) {\n input x\n state h[n]\n h' = h${' + h'.repeat(20_000)}\n}`],
    ['calls', `cell C(n) { let v = ${'tanh('.repeat(5_000)}n }`],
    ['a sum that can still be read', `cell C(n) {\n input x\n state h[n]\n h' = h${' + h'.repeat(400)}\n}\nmodel M { input x[2]\n layer r = C(x, n: 3)\n output y = Linear(r, size: 2)\n loss crossEntropy(y) }`],
    ['an import of itself', 'import "a.rnn"\nimport "b.rnn"'],
    ['names of objects', 'cell constructor(toString) { input __proto__\n param hasOwnProperty[toString, __proto__] = constructor\n output valueOf(hasOwnProperty @ __proto__) }\nmodel __proto__ { data constructor(__proto__: 3)\n layer r = constructor(x, toString: 3)\n loss toString(r)\n train { constructor 3 toString valueOf optimizer constructor(__proto__: 3) } }'],
  ])('for %s', (_, text) => {
    survives(text);
  });
});
