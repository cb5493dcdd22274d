// Text by character: vocabulary, split, windows and lanes, each of which follows from the settings and the position alone.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DataSource } from '../../engine/data/data-source';
import type { Batch } from '../../engine/trace/trace';
import { dataSpec, opened } from './memory-files';

const letters = (count: number): string => Array.from({ length: count }, (_, i) => String.fromCodePoint(97 + ((i * 7) % 26))).join('');
const open = (text: string, named: Parameters<typeof dataSpec>[2] = {}): Promise<DataSource> => opened(dataSpec('text', ['t.txt'], named), { 't.txt': text });

function rowsOf(source: DataSource, tensor: Batch['x']): string[] {
  const [rows = 0, steps = 0] = tensor.dims;
  return Array.from({ length: rows }, (_, row) => Array.from(tensor.data.subarray(row * steps, (row + 1) * steps), (id) => source.vocabulary?.[id]).join(''));
}

describe('text by character', () => {
  it('has the sorted code points as vocabulary, also beyond 16 bits', async () => {
    const source = await open('b😀a\nb é b', { length: 2, validation: 0 });
    expect(source.vocabulary).toEqual(['\n', ' ', 'a', 'b', 'é', '😀']);
    expect(source.input).toEqual({ kind: 'tokens', vocabulary: 6 });
    expect(source.target).toEqual({ kind: 'classes', count: 6, perStep: true });
  });

  it('says every next character', async () => {
    const source = await open('abcdefgh', { length: 3, validation: 0 });
    const plan = source.plan({ batch: 1, carry: true, seed: 1 });
    expect(plan.batchesPerEpoch).toBe(2);
    const first = plan.batchAt({ epoch: 0, index: 0 });
    const second = plan.batchAt({ epoch: 0, index: 1 });
    expect([rowsOf(source, first.batch.x), rowsOf(source, first.batch.y), first.continues]).toEqual([['abc'], ['bcd'], false]);
    expect([rowsOf(source, second.batch.x), rowsOf(source, second.batch.y), second.continues]).toEqual([['def'], ['efg'], true]);
    expect(plan.batchAt({ epoch: 1, index: 0 })).toEqual(first);
  });

  it('goes on in every row when the state is carried', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 60, max: 300 }), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 9 }), async (size, batch, length) => {
        const text = letters(size);
        const source = await open(text, { length });
        const plan = source.plan({ batch, carry: true, seed: 1 });
        const lanes = Array.from({ length: batch }, () => '');
        for (let index = 0; index < plan.batchesPerEpoch; index++) rowsOf(source, plan.batchAt({ epoch: 0, index }).batch.x).forEach((row, lane) => (lanes[lane] += row));
        const training = text.slice(0, size - Math.min(Math.floor(size * 0.1), size - length - 1));
        for (const lane of lanes) expect(training).toContain(lane);
        expect(lanes[0]).toHaveLength(plan.batchesPerEpoch * length);
      }),
    );
  });

  it('shows each window once an epoch, in an order of the seed and the epoch', async () => {
    const text = letters(101);
    const source = await open(text, { length: 10, validation: 0 });
    const epoch = (seed: number, number: number): string[] => {
      const plan = source.plan({ batch: 5, carry: false, seed });
      return [0, 1].flatMap((index) => rowsOf(source, plan.batchAt({ epoch: number, index }).batch.x));
    };
    expect(epoch(1, 0)).toEqual(epoch(1, 0));
    expect(epoch(1, 0)).not.toEqual(epoch(1, 1));
    expect(epoch(1, 0)).not.toEqual(epoch(2, 0));
    const windows = Array.from({ length: 10 }, (_, i) => text.slice(10 * i, 10 * i + 10)).sort();
    expect(epoch(1, 0).sort()).toEqual(windows);
    expect(epoch(2, 3).sort()).toEqual(windows);
  });

  it('may be asked for any position in any order', async () => {
    const source = await open(letters(200), { length: 4 });
    const plan = source.plan({ batch: 3, carry: false, seed: 9 });
    const forwards = [0, 1, 2].map((index) => plan.batchAt({ epoch: 2, index }));
    const other = source.plan({ batch: 3, carry: false, seed: 9 });
    other.batchAt({ epoch: 5, index: 1 });
    expect([2, 1, 0].map((index) => other.batchAt({ epoch: 2, index })).reverse()).toEqual(forwards);
  });

  it('validates on the last tenth, which is never trained on', async () => {
    const text = 'a'.repeat(180) + 'b'.repeat(20);
    const source = await open(text, { length: 5 });
    for (const carry of [true, false]) {
      const plan = source.plan({ batch: 2, carry, seed: 1 });
      for (let index = 0; index < plan.batchesPerEpoch; index++) expect(rowsOf(source, plan.batchAt({ epoch: 0, index }).batch.x).join('')).toMatch(/^a+$/);
      expect(plan.validationBatches).toBe(1);
      expect(rowsOf(source, plan.validationBatch(0).batch.x)).toEqual(['bbbbb', 'bbbbb']);
    }
    expect(source.validationSequences).toBe(3);
    expect(rowsOf(source, source.validationSequence(2).x)).toEqual(['bbbbb']);
  });

  it('masks what a short validation split lacks', async () => {
    const source = await open('a'.repeat(30) + 'bcd', { length: 8, validation: 0.1 });
    const plan = source.plan({ batch: 3, carry: true, seed: 1 });
    expect(plan.validationBatches).toBe(1);
    const { batch } = plan.validationBatch(0);
    expect(batch.x.dims).toEqual([1, 8]);
    expect([...(batch.mask?.data ?? [])]).toEqual([1, 1, 0, 0, 0, 0, 0, 0]);
    expect(rowsOf(source, batch.y)[0]?.slice(0, 2)).toBe('cd');
  });

  it('does without validation where the text is just long enough', async () => {
    const source = await open('abcdefghi', { length: 8, validation: 0.5 });
    const plan = source.plan({ batch: 4, carry: false, seed: 1 });
    expect([plan.batchesPerEpoch, plan.validationBatches, source.validationSequences]).toEqual([1, 0, 0]);
  });

  it('validates on another file when one is named', async () => {
    const source = await opened(dataSpec('text', ['t.txt'], { length: 4, validation: 'v.txt' }), { 't.txt': 'aabbaabb', 'v.txt': 'zzzzzz' });
    expect(source.vocabulary).toEqual(['a', 'b', 'z']);
    expect(rowsOf(source, source.validationSequence(0).x)).toEqual(['zzzz']);
  });

  it('says how long a text must be for the rows asked for', async () => {
    const source = await open(letters(100), { length: 10 });
    expect(() => source.plan({ batch: 32, carry: true, seed: 1 })).toThrow('"t.txt" has 90 characters to train on; with `carry state` a batch of 32 rows of 10 needs at least 321.');
  });
});
