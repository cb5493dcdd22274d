// Uses of a name, its renaming and the folds of a file: a name is its declaration, the prime stays, and no renaming breaks a sound text.
import { describe, expect, it } from 'vitest';
import { occurrenceAt, occurrencesOf } from '../../extension/language/occurrences';
import { declaredAt, isName, nameSpan, newProblem, reachesOtherFiles, referencesOf, replaced, whyFixed } from '../../extension/language/references';
import { foldsOf } from '../../extension/language/folds';
import { check } from '../../engine/language/check';
import { loadProgram } from '../../engine/language/program';

const text = `/// Keeps a share of the past.
/// (A leaky integrator.)
cell Keep(hidden) {
  input x
  state h[hidden]

  param W[hidden, x], U[hidden, hidden]

  gate f = sigmoid(W @ x + U @ h)
  h' = f * h + (1 - f) * tanh(W @ x)
}

cell Other(hidden) {
  input x
  state h[hidden]
  param W[hidden, x]
  h' = tanh(W @ x) * h
  output h'
}

model Words {
  data   text("a.txt", length: 32)
  embed  e = Embedding(x, size: 16)
  layer  r = Keep(e, hidden: 24)
  layer  s = LSTM(r, hidden: 8)
  output y = Linear(s)
  loss   crossEntropy(y)
}

train { optimizer adam(rate: 0.002)
  batch 32
}
`;
const none = (): undefined => undefined;
const program = loadProgram('a.rnn', text, none);

const occurrence = (snippet: string, of = program) => {
  const { text: whole } = of.main.source;
  const at = whole.indexOf(snippet.replace('|', ''));
  expect(at, snippet).toBeGreaterThanOrEqual(0);
  const found = occurrenceAt(occurrencesOf(of), at + snippet.indexOf('|'));
  if (found === undefined) throw new Error(`nothing stands at ${snippet}`);
  return found;
};
const places = (snippet: string): readonly string[] => {
  const declared = declaredAt(occurrence(snippet).meaning);
  if (declared === undefined) return [];
  return referencesOf(program, declared).map(({ span }) => {
    const { line } = program.main.source.positionAt(span.start);
    return `${line}:${text.slice(span.start, span.end)}`;
  });
};
const renamed = (snippet: string, name: string): string => {
  const declared = declaredAt(occurrence(snippet).meaning);
  if (declared === undefined) throw new Error(`${snippet} is not declared`);
  return replaced(text, referencesOf(program, declared).map((place) => nameSpan(place, text)), name);
};

describe('the uses of a name', () => {
  it('are those of its declaration, in its cell alone, before and after the step', () => {
    expect(places('U @ |h)')).toEqual(['5:h', '9:h', '10:h', '10:h']);
    expect(places("output |h'")).toEqual(['15:h', '17:h', '17:h', "18:h'"]);
    expect(places('|W @ x + U')).toEqual(['7:W', '9:W', '10:W']);
  });
  it('of a size are also the argument of the layers that use the cell', () => {
    expect(places('Keep(e, |hidden')).toEqual(['3:hidden', '5:hidden', '7:hidden', '7:hidden', '7:hidden', '24:hidden']);
    expect(reachesOtherFiles(occurrence('Keep(e, |hidden').meaning)).toBe(true);
    expect(reachesOtherFiles(occurrence('U @ |h)').meaning)).toBe(false);
  });
  it('of a cell reach the file that imports it', () => {
    const user = loadProgram('/m/b.rnn', 'import "a.rnn"\nmodel M {\n  input x[3]\n  layer r = Keep(x, hidden: 4)\n  output y = Linear(r, size: 1)\n  loss squaredError(y)\n}\n', (path) => (path === '/m/a.rnn' ? text : undefined));
    const declared = declaredAt(occurrence('|Keep(x', user).meaning);
    expect(declared).toMatchObject({ file: '/m/a.rnn', start: text.indexOf('Keep(hidden)') });
    expect(declared && referencesOf(user, declared)).toHaveLength(1);
  });
});

describe('a renaming', () => {
  it('keeps the prime and leaves other cells alone', () => {
    const changed = renamed("|h' = f", 'memory_');
    expect(changed).toContain('state memory_[hidden]');
    expect(changed).toContain("memory_' = f * memory_ + (1 - f) * tanh(W @ x)");
    expect(changed).toContain("h' = tanh(W @ x) * h");
    expect(renamed("output |h'", 'kept')).toContain("output kept'");
    expect(newProblem(program, changed, none)).toBeUndefined();
    expect(check(loadProgram('a.rnn', changed, none)).filter(({ severity }) => severity === 'error')).toEqual([]);
  });
  it('is refused where it would break the text', () => {
    expect(newProblem(program, renamed('gate |f', 'W'), none)).toMatch(/already declared/);
    expect(newProblem(program, renamed('gate |f', 't'), none)).toMatch(/debugger/);
    expect(newProblem(program, renamed('|Keep(hidden)', 'Other'), none)).toBeDefined();
  });
  it('is not for words of the language, the library or the data', () => {
    expect(whyFixed(occurrence('|sigmoid(').meaning)).toMatch(/word of the language/);
    expect(whyFixed(occurrence('|LSTM(r').meaning)).toMatch(/library/);
    expect(whyFixed(occurrence('Embedding(|x').meaning)).toMatch(/data/);
    expect(whyFixed(occurrence('|Keep(e').meaning)).toBeUndefined();
  });
  it('takes only names', () => {
    expect(['h2', '_x', 'W_i'].filter(isName)).toEqual(['h2', '_x', 'W_i']);
    expect(["h'", '2h', '', 'a b'].filter(isName)).toEqual([]);
  });
});

describe('folds', () => {
  it('are cells, models, blocks and comments of several lines', () => {
    expect(foldsOf(program.main)).toEqual([
      { kind: 'comment', from: 1, to: 2 },
      { kind: 'block', from: 3, to: 10 },
      { kind: 'block', from: 13, to: 18 },
      { kind: 'block', from: 21, to: 27 },
      { kind: 'block', from: 30, to: 31 },
    ]);
  });
  it('are none where there is nothing to fold, whatever the text', () => {
    expect(foldsOf(loadProgram('b.rnn', '// one line\ncell A { }', none).main)).toEqual([]);
    expect(foldsOf(loadProgram('c.rnn', 'model M {\n  data', none).main)).toEqual([{ kind: 'block', from: 1, to: 2 }]);
  });
});
