// What the editor says of a text: hover, definition, completion, outline and the meaning of every name.
import { describe, expect, it } from 'vitest';
import { completionsAt } from '../../extension/language/completions';
import { argumentDocs, dataDocs, embeddingDocs, lossDocs, poolingDocs, settingDocs } from '../../extension/language/describe-data';
import { hoverText } from '../../extension/language/hover-text';
import { occurrenceAt, occurrencesOf } from '../../extension/language/occurrences';
import { outlineOf, type OutlineEntry } from '../../extension/language/outline';
import { dataKinds } from '../../engine/data/open-data';
import { embeddings, poolings } from '../../engine/language/functions';
import { lossNames } from '../../engine/language/model-lines';
import { loadProgram } from '../../engine/language/program';
import { settingKeys } from '../../engine/language/settings';
import { libraryTexts } from '../../engine/library/library-texts';

const text = `/// Keeps a share of the past.
cell Keep(hidden) {
  input x
  state h[hidden]

  /// What comes in.
  param W[hidden, x], U[hidden, hidden], b[hidden] = ones

  gate f = sigmoid(W @ x + U @ h + b)
  h' = f * h + (1 - f) * tanh(W @ x)
}

model Words {
  data   text("a.txt", length: 32)
  embed  e = Embedding(x, size: 16)
  layer  r = Keep(e, hidden: 24)
  layer  s = LSTM(r, hidden: 8)
  output y = Linear(s)
  loss   crossEntropy(y)
}

train { optimizer adam(rate: 0.002)  batch 32 }
`;
const program = loadProgram('a.rnn', text);
const occurrences = occurrencesOf(program);

/** The place of a snippet, with \`|\` where one points. */
const placeOf = (snippet: string): number => {
  const at = text.indexOf(snippet.replace('|', ''));
  expect(at, snippet).toBeGreaterThanOrEqual(0);
  return at + snippet.indexOf('|');
};
const hoverAt = (snippet: string) => {
  const occurrence = occurrenceAt(occurrences, placeOf(snippet));
  return occurrence && hoverText(program, program.main, occurrence);
};
/** Labels offered after a text was typed into place. */
const offered = (typed: string): readonly string[] => {
  const at = typed.indexOf('|');
  return completionsAt(loadProgram('a.rnn', typed.replace('|', '')), at).map(({ label }) => label);
};

describe('hover', () => {
  it.each([
    ['sigmoid(W| @', 'param W [hidden, x]', 'What comes in.'],
    ['U|[hidden', 'param U [hidden, hidden]', 'orthogonal'],
    ['b|[hidden]', 'param b [hidden]', 'Starts as `ones`'],
    ['gate f|', 'gate f [hidden]', ''],
    ['f * h| +', 'state h [hidden]', 'before the step'],
    ["  h|' =", "state h' [hidden]", 'after the step'],
    ['cell Keep|(', 'cell Keep(hidden)', 'Keeps a share of the past.'],
    ['= Keep|(e', 'cell Keep(hidden)', '`U [hidden, hidden]`'],
    ['LST|M(r', 'cell LSTM(hidden)', 'Long short-term memory'],
    ['sigm|oid', 'sigmoid(v)', 'between 0 and 1'],
    ['layer  r|', 'layer r [time, 24]', '`r.W [24, 16]`'],
    ['Embedding(x|', 'x: token(', 'Tokens'],
    ['cross|Entropy', 'crossEntropy(y)', 'natural logarithm'],
    ['data   te|xt', 'data text', 'next character'],
    ['hidd|en: 24', 'Keep(hidden: …)', 'A size of'],
    ['bat|ch 32', 'batch', 'Sequences per iteration'],
  ])('%s', (snippet, code, sentence) => {
    const said = hoverAt(snippet);
    expect(said?.code).toContain(code);
    expect(said?.text).toContain(sentence);
  });

  it('says nothing where nothing is named', () => {
    expect(hoverAt('(1 -| f)')).toBeUndefined();
  });
});

describe('meaning', () => {
  it('leads from a use to its declaration, into the library too', () => {
    const declared = (snippet: string) => {
      const meaning = occurrenceAt(occurrences, placeOf(snippet))?.meaning;
      if (meaning?.kind === 'value' || meaning?.kind === 'line') return text.slice(meaning.declared.span.start - 2, meaning.declared.span.end);
      return meaning?.kind === 'cell' ? meaning.found.document.file : undefined;
    };
    expect(declared('+ U| @')).toBe(', U');
    expect(declared('Keep(e|')).toBe('  e');
    expect(declared('LSTM|(r')).toBe('library:lstm.rnn');
  });

  it('never overlaps and stays within the text, for the library and for every broken beginning of a text', () => {
    const texts = [...libraryTexts.map((entry) => entry.text), ...Array.from({ length: text.length }, (_, length) => text.slice(0, length))];
    for (const one of texts) {
      const broken = loadProgram('b.rnn', one);
      let end = 0;
      for (const { span } of occurrencesOf(broken)) {
        expect(span.start).toBeGreaterThanOrEqual(end);
        ({ end } = span);
      }
      expect(end).toBeLessThanOrEqual(one.length);
      outlineOf(broken.main);
      completionsAt(broken, one.length);
    }
  });
});

describe('completion', () => {
  it('offers the words that open a line, and the states', () => {
    expect(offered('cell A(n) {\n  state h[n]\n  |\n}')).toEqual(expect.arrayContaining(['input', 'gate', 'param', "h'"]));
    expect(offered('model A {\n  |\n}')).toEqual(expect.arrayContaining(['data', 'layer', 'loss']));
    expect(offered('|')).toEqual(['cell', 'model', 'train', 'import']);
  });

  it('offers what an equation may use', () => {
    const names = offered("cell A(n) {\n  input x\n  state h[n]\n  param W[n, x]\n  gate f = sig|\n}");
    expect(names).toEqual(expect.arrayContaining(['x', 'h', "h'", 'W', 'n', 'sigmoid', 'tanh']));
    expect(names).not.toContain('LSTM');
  });

  it('offers cells, lines and arguments in a model', () => {
    expect(offered('cell Own(n) { input x output x }\nmodel A {\n  layer r = |\n}')).toEqual(expect.arrayContaining(['LSTM', 'GRU', 'Own', 'x', 'last']));
    expect(offered('model A {\n  layer r = LSTM(|\n}')).toEqual(expect.arrayContaining(['hidden', 'direction', 'x']));
    expect(offered('model A {\n  data |\n}')).toEqual(expect.arrayContaining(['text', 'adding']));
    expect(offered('model A {\n  layer r = LSTM(x, hidden: 3)\n  loss |\n}')).toEqual([...lossNames]);
  });

  it('offers settings and their words', () => {
    expect(offered('train { | }')).toEqual(expect.arrayContaining([...settingKeys]));
    expect(offered('train { optimizer | }')).toEqual(['adam', 'sgd']);
    expect(offered('train { optimizer adam(| }')).toEqual(['rate', 'beta1', 'beta2', 'epsilon']);
  });

  it('offers nothing in comments and texts', () => {
    expect(offered('cell A(n) {\n  // |\n}')).toEqual([]);
    expect(offered('model A {\n  data text("|\n}')).toEqual([]);
  });
});

describe('the outline', () => {
  it('lists cells, models and their parts', () => {
    const print = (entries: readonly OutlineEntry[], indent = ''): string => entries.map((entry) => `${indent}${entry.kind} ${entry.name}\n${print(entry.children, `${indent}  `)}`).join('');
    expect(print(outlineOf(program.main))).toBe(
      "cell Keep\n  input x\n  state h\n  param W\n  param U\n  param b\n  equation f\n  equation h'\nmodel Words\n  input text\n  line e\n  line r\n  line s\n  line y\ntrain train\n",
    );
  });

  it('keeps every name within its entry', () => {
    const walk = (entries: readonly OutlineEntry[]): void => entries.forEach(({ span, nameSpan, children }) => {
      expect(nameSpan.start).toBeGreaterThanOrEqual(span.start);
      expect(nameSpan.end).toBeLessThanOrEqual(span.end);
      walk(children);
    });
    for (const one of libraryTexts) walk(outlineOf(loadProgram('l.rnn', one.text).main));
    walk(outlineOf(program.main));
  });
});

it('has a sentence for every word', () => {
  expect(Object.keys(dataDocs)).toEqual(expect.arrayContaining([...dataKinds]));
  expect(Object.keys(lossDocs)).toEqual(expect.arrayContaining([...lossNames]));
  expect(Object.keys(settingDocs)).toEqual(expect.arrayContaining([...settingKeys]));
  expect(Object.keys(embeddingDocs)).toEqual(expect.arrayContaining([...embeddings]));
  expect(Object.keys(poolingDocs)).toEqual(expect.arrayContaining([...poolings]));
  expect(Object.keys(argumentDocs)).toEqual(expect.arrayContaining(['direction', 'size', 'rate', 'validation']));
});
