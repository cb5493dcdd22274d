// Whatever is wrong with a `data` line or its file is one sentence on that line that says what to do.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dataSpan, dataSpec, memoryFiles, problems } from './memory-files';
import { openData } from '../../engine/data/open-data';

const text = (named: Parameters<typeof dataSpec>[2] = {}) => dataSpec('text', ['poem.txt'], named);

describe('a data line that is wrong', () => {
  const cases: readonly (readonly [string, Parameters<typeof problems>, string, string])[] = [
    ['too short', [text(), { 'poem.txt': 'a'.repeat(41) }], 'data-too-short', '"poem.txt" has 41 characters; a window of 64 needs at least 65.'],
    ['one character', [text({ length: 1 }), { 'poem.txt': 'a' }], 'data-too-short', '"poem.txt" has 1 character; a window of 1 needs at least 2.'],
    ['missing', [text()], 'data-missing', 'There is no file "poem.txt"; names are relative to the folder of the model\'s file.'],
    ['empty', [text(), { 'poem.txt': '' }], 'data-empty', '"poem.txt" is empty; put the text to learn into it.'],
    ['only a byte-order mark', [text(), { 'poem.txt': Uint8Array.of(0xef, 0xbb, 0xbf) }], 'data-empty', '"poem.txt" is empty; put the text to learn into it.'],
    ['binary', [text(), { 'poem.txt': Uint8Array.of(65, 66, 0, 67) }], 'data-binary', '"poem.txt" is not a text: byte 2 is 0. Name a text file in UTF-8.'],
    ['not UTF-8', [text(), { 'poem.txt': Uint8Array.of(65, 0xe9, 66) }], 'data-binary', '"poem.txt" is not a text in UTF-8. Save it as UTF-8.'],
    ['no file named', [dataSpec('text')], 'bad-argument', '`text` needs the name of a file: text("file.txt").'],
    ['a number for a file', [dataSpec('text', [3])], 'bad-argument', '`text` needs the name of a file in double quotes; 3 was found.'],
    ['two files', [dataSpec('text', ['a', 'b'])], 'unknown-argument', '`text` takes 1 without a name; "b" is one too many.'],
    ['an unknown kind', [dataSpec('txt', ['a'])], 'unknown-data', '`txt` is not a kind of data; there are text, adding, copyMemory, labelled, conll, pairs, series. Did you mean text?'],
    ['a kind named like a method', [dataSpec('toString')], 'unknown-data', '`toString` is not a kind of data; there are text, adding, copyMemory, labelled, conll, pairs, series.'],
    ['a kind of later', [dataSpec('series', ['a.csv'])], 'data-not-yet', 'Data of the kind `series` cannot be opened by this version yet; text, adding and copyMemory can.'],
    ['an unknown argument', [text({ lenght: 64 })], 'unknown-argument', '`text` has no argument `lenght`; it has unit, length, validation. Did you mean length?'],
    ['an unknown unit', [text({ unit: 'chr' })], 'bad-argument', '`unit` is char; "chr" was found. Did you mean char?'],
    ['a fractional length', [text({ length: 6.5 })], 'bad-argument', '`length` is a whole number from 1 to 1000000; 6.5 was found.'],
    ['a length of text', [text({ length: 'long' })], 'bad-argument', '`length` is a whole number from 1 to 1000000; "long" was found.'],
    ['a share of everything', [text({ validation: 1 })], 'bad-argument', '`validation` is a share from 0 up to 1, such as 0.1, or the name of a file; 1 was found.'],
    ['no validation file', [text({ validation: 'v.txt' }), { 'poem.txt': 'a'.repeat(65) }], 'data-missing', 'There is no file "v.txt"; names are relative to the folder of the model\'s file.'],
    ['adding in one step', [dataSpec('adding', [], { length: 1 })], 'bad-argument', '`length` is a whole number from 2 to 1000000; 1 was found.'],
    ['copying one symbol', [dataSpec('copyMemory', [], { symbols: 1 })], 'bad-argument', '`symbols` is a whole number from 2 to 1000000; 1 was found.'],
    ['adding from a file', [dataSpec('adding', ['a.txt'])], 'unknown-argument', '`adding` takes only arguments with a name; "a.txt" is one too many.'],
  ];
  it.each(cases)('%s', async (_what, [spec, files], code, message) => {
    expect(await problems(spec, files)).toEqual([{ code, severity: 'error', message, span: dataSpan }]);
  });

  it('says what the host could not do', async () => {
    const files = { read: () => Promise.resolve({ kind: 'unreadable', reason: 'permission denied' } as const) };
    expect(await openData(text(), files)).toMatchObject({ diagnostics: [{ code: 'data-unreadable', message: '"poem.txt" cannot be read: permission denied.' }] });
  });

  it('never throws, whatever the file holds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 80 }), fc.integer({ min: 1, max: 12 }), async (bytes, length) => {
        const result = await openData(text({ length }), memoryFiles({ 'poem.txt': bytes }));
        if (result.kind === 'wrong') expect(result.diagnostics).toHaveLength(1);
        else expect(result.source.plan({ batch: 2, carry: false, seed: 0 }).batchAt({ epoch: 0, index: 0 }).batch.x.dims[1]).toBe(length);
      }),
    );
  });
});
