// The TextMate grammar colours a cell as a person reads it; above all, the prime never opens a string.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createOnigScanner, createOnigString, loadWASM } from 'vscode-oniguruma';
import { INITIAL, parseRawGrammar, Registry, type IGrammar } from 'vscode-textmate';
import { projectFiles, projectRoot } from '../house/project-files';

const grammarPath = join(projectRoot, 'media/syntaxes/rnn.tmLanguage.json');
let grammar: IGrammar;

beforeAll(async () => {
  await loadWASM(readFileSync(createRequire(import.meta.url).resolve('vscode-oniguruma/release/onig.wasm')));
  const registry = new Registry({
    onigLib: Promise.resolve({ createOnigScanner, createOnigString }),
    loadGrammar: () => Promise.resolve(parseRawGrammar(readFileSync(grammarPath, 'utf8'), grammarPath)),
  });
  const loaded = await registry.loadGrammar('source.rnn');
  if (loaded === null) throw new Error('the grammar did not load');
  grammar = loaded;
});

/** `text<scope>` for every run of tokens with one scope; spaces left out. */
function colours(line: string): string {
  const tokens = grammar.tokenizeLine(line, INITIAL).tokens
    .map((token) => ({ text: line.slice(token.startIndex, token.endIndex).trim(), scope: (token.scopes.at(-1) ?? '').replace(/\.rnn$/, '') }))
    .filter(({ text }) => text !== '');
  // The quotes of a string are tokens of their own with the string's scope.
  const merged = tokens.reduce<{ text: string; scope: string }[]>((done, { text, scope }) => {
    const last = done.at(-1);
    return last?.scope === scope && scope.startsWith('string') ? [...done.slice(0, -1), { text: last.text + text, scope }] : [...done, { text, scope }];
  }, []);
  return merged.map(({ text, scope }) => (scope === 'source' ? text : `${text}<${scope}>`)).join(' ');
}

describe('the grammar', () => {
  it.each([
    [`  h' = o * tanh(c')`, `h<variable.other.state> '<keyword.operator.prime> =<keyword.operator.assignment> o<variable.other> *<keyword.operator.arithmetic> tanh<support.function> ( c<variable.other.state> '<keyword.operator.prime> )`],
    [`  c' = f * c  // it's kept`, `c<variable.other.state> '<keyword.operator.prime> =<keyword.operator.assignment> f<variable.other> *<keyword.operator.arithmetic> c<variable.other> // it's kept<comment.line.double-slash>`],
    ['/// A cell.', '/// A cell.<comment.line.documentation>'],
    ['cell LSTM(hidden) {', 'cell<storage.type> LSTM<entity.name.type> ( hidden<variable.other> ) {'],
    ['  gate i = sigmoid(W_i @ x)', 'gate<keyword.other.gate> i<variable.other.definition> =<keyword.operator.assignment> sigmoid<support.function> ( W_i<variable.other> @<keyword.operator.matrix-product> x<variable.other> )'],
    ['  data text("a\'b.txt", unit: char)', 'data<keyword.other> text<entity.name.function> ( "a\'b.txt"<string.quoted.double> ,<punctuation.separator> unit<variable.parameter> :<punctuation.separator.key-value> char<constant.language> )'],
    ['train { optimizer adam(rate: 0.002)  batch 32 }', 'train<keyword.other> { optimizer<keyword.other> adam<entity.name.function> ( rate<variable.parameter> :<punctuation.separator.key-value> 0.002<constant.numeric> ) batch<keyword.other> 32<constant.numeric> }'],
    ['  layer r = LSTM(e, memory: enc)', 'layer<keyword.other.layer> r<variable.other.definition> =<keyword.operator.assignment> LSTM<entity.name.function> ( e<variable.other> ,<punctuation.separator> memory<variable.parameter> :<punctuation.separator.key-value> enc<variable.other> )'],
    [`  norm(h') > 1 and t <= 5`, `norm<support.function> ( h<variable.other.state> '<keyword.operator.prime> ) ><keyword.operator.comparison> 1<constant.numeric> and<keyword.operator.word> t<variable.other> <=<keyword.operator.comparison> 5<constant.numeric>`],
  ])('colours %s', (line, expected) => {
    expect(colours(line)).toBe(expected);
  });

  it('opens no string that a line leaves open', () => {
    const first = grammar.tokenizeLine('  data text("unfinished', INITIAL);
    expect(grammar.tokenizeLine('  embed e = x', first.ruleStack).tokens.flatMap(({ scopes }) => scopes)).not.toContain('string.quoted.double.rnn');
  });

  it('takes every prime of every .rnn file as a prime', () => {
    const files = projectFiles.filter((path) => path.endsWith('.rnn') && !path.startsWith('test/'));
    let primes = 0;
    for (const path of files) {
      for (const line of readFileSync(join(projectRoot, path), 'utf8').split('\n')) {
        for (const { startIndex, endIndex, scopes } of grammar.tokenizeLine(line, INITIAL).tokens) {
          if (!line.slice(startIndex, endIndex).includes("'") || scopes.some((scope) => scope.startsWith('comment') || scope.startsWith('string'))) continue;
          expect(scopes.at(-1), `${path}: ${line}`).toBe('keyword.operator.prime.rnn');
          primes += 1;
        }
      }
    }
    expect(primes > 0 || files.length === 0).toBe(true);
  });
});

describe('the language configuration', () => {
  const configuration = JSON.parse(readFileSync(join(projectRoot, 'media/language-configuration.json'), 'utf8')) as {
    readonly wordPattern: string; readonly autoClosingPairs: readonly { readonly open: string }[]; readonly surroundingPairs: readonly (readonly string[])[];
  };

  it('never closes a prime and counts it into the word', () => {
    expect(configuration.autoClosingPairs.map(({ open }) => open)).not.toContain("'");
    expect(configuration.surroundingPairs.flat()).not.toContain("'");
    expect("h' = U_f @ h@t-1 * 0.5e-3".match(new RegExp(configuration.wordPattern, 'g'))).toEqual(["h'", 'U_f', 'h', 't', '1', '0.5e-3']);
  });
});
