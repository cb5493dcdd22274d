// What hovering a data line says: of generated data, of a text, of one that is not there.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { dataHover } from '../../extension/language/data-hover';
import { loadProgram } from '../../engine/language/program';

const folder = mkdtempSync(join(tmpdir(), 'unroll-hover-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const hover = (data: string) => {
  const text = `model A {\n  data ${data}\n  embed e = OneHot(x)\n  layer r = GRU(e, hidden: 4)\n  output y = Linear(r)\n  loss crossEntropy(y)\n}\n`;
  return dataHover(loadProgram(join(folder, 'a.rnn'), text), text.indexOf(data) + 1);
};

describe('hovering a data line', () => {
  it('shows a text’s size, vocabulary and beginning', async () => {
    writeFileSync(join(folder, 'a.txt'), 'one `two`\nthree '.repeat(30));
    const said = await hover('text("a.txt", length: 8)');
    expect(said).toContain('characters to train on');
    expect(said).toContain('one of 10 tokens');
    expect(said).toMatch(/\*\*Vocabulary\*\* `` ⏎ `ehnortw ``/);
    expect(said).toContain('**Begins**');
  });

  it('describes generated data', async () => {
    expect(await hover('copyMemory(length: 5, symbols: 4)')).toContain('one of');
  });

  it('says what training would say of data that are not there', async () => {
    expect(await hover('text("none.txt")')).toBe('There is no file "none.txt"; names are relative to the folder of the model\'s file.');
    expect(await hover('txt("none.txt")')).toContain('Did you mean text?');
  });
});
