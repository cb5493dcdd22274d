// What is said about broken files: golden texts beside them, and the sentences that the language promises.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dataKinds } from '../../engine/data/open-data';
import { check } from '../../engine/language/check';
import { dataSources } from '../../engine/language/model-lines';
import { loadProgram } from '../../engine/language/program';
import { expectGolden } from '../golden';
import { diagnosticText } from './diagnostic-text';

const folder = new URL('broken/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.rnn'));

describe('broken files', () => {
  it.each(files)('%s', (file) => {
    const program = loadProgram(file, readFileSync(new URL(file, folder), 'utf8'));
    expectGolden(new URL(file.replace(/\.rnn$/, '.txt'), folder), diagnosticText(program, check(program)));
  });
});

describe('the sentences of the language', () => {
  const said = (text: string) => {
    const program = loadProgram('lstm.rnn', text);
    return diagnosticText(program, check(program)).split('\n')[0];
  };
  const cell = (lines: string) => `cell C(hidden) {\n  input x\n  ${lines}\n}`;

  it.each([
    ["state h[hidden]\n  param U_f[hidden, x]\n  h' = U_f @ h", "lstm.rnn:5:8 error shape-mismatch `U_f @ h`: U_f is [hidden, x] and h is [hidden]; the product needs U_f's last size to be hidden. U_f is declared in line 4. Did you mean U_f[hidden, hidden]?"],
    ["state c[hidden]", "lstm.rnn:3:3 error state-unset State `c` has no equation. Add `c' = …`."],
    ["state h[hidden]\n  h' = sigmod(h)", 'lstm.rnn:4:8 error unknown-name `sigmod` is not a function. Did you mean sigmoid?'],
    ["state h[hidden]\n  h' = o\n  let o = h", 'lstm.rnn:4:8 error read-before-set `o` is used here and defined in line 5; equations run from top to bottom.'],
    ["state h[hidden]\n  h' = h\n  output h", "lstm.rnn:5:10 warning output-old-state `h` is the state before the step; a layer most often hands on `h'`, the value after it."],
    ["state h[hidden]\n  let loss = 3\n  h' = h", 'lstm.rnn:4:7 error reserved-name `loss` opens a line and cannot be a name.'],
    ["state h[hidden]\n  let t = 3\n  h' = h", 'lstm.rnn:4:7 error reserved-name `t` has a meaning of its own in the debugger and cannot be declared.'],
  ])('%s', (lines, sentence) => {
    expect(said(cell(lines))).toBe(sentence);
  });

  it('points back to what an import lacks', () => {
    expect(said('import "other.rnn"')).toBe('lstm.rnn:1:1 error import-not-found "other.rnn" was not found beside this file.');
  });

  it('says nothing of library cells and imported ones that are right', () => {
    const texts: Record<string, string> = { 'lib/a.rnn': 'import "../b.rnn"\ncell A(n) { input x\n state h[n]\n h\' = h }', 'b.rnn': 'import "lib/a.rnn"\ncell B(n) { input x\n output x }' };
    const program = loadProgram('main.rnn', 'import "lib/a.rnn"\nmodel M { input x[2]\n layer a = A(x, n: 2)\n layer b = B(a, n: 1)\n output y = Linear(b, size: 2)\n loss crossEntropy(y) }', (path) => texts[path]);
    expect(program.documents.map((document) => document.file)).toEqual(['main.rnn', 'lib/a.rnn', 'b.rnn']);
    expect(check(program)).toEqual([]);
  });
});

describe('kinds of data', () => {
  it('are those that can be opened', () => {
    expect([...dataSources].sort()).toEqual([...dataKinds].sort());
  });
});
