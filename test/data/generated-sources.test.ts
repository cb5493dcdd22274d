// The two generated tasks: what their sequences hold, and that they follow from the seed and the position.
import { describe, expect, it } from 'vitest';
import type { DataSource } from '../../engine/data/data-source';
import { dataSpec, opened } from './memory-files';

const settings = { batch: 4, carry: false, seed: 3 };

describe.each([['adding', { length: 30 }], ['copyMemory', { length: 12, symbols: 5 }]] as const)('%s', (name, named) => {
  const open = (): Promise<DataSource> => opened(dataSpec(name, [], named));

  it('gives the same batch at the same position, and never the validation set', async () => {
    const [a, b] = [(await open()).plan(settings), (await open()).plan(settings)];
    expect(a.batchAt({ epoch: 2, index: 7 })).toEqual(b.batchAt({ epoch: 2, index: 7 }));
    expect(a.batchAt({ epoch: 0, index: 0 })).not.toEqual(a.batchAt({ epoch: 0, index: 1 }));
    expect(a.batchAt({ epoch: 0, index: 0 })).not.toEqual((await open()).plan({ ...settings, seed: 4 }).batchAt({ epoch: 0, index: 0 }));
    expect(a.validationBatch(0)).toEqual(b.validationBatch(0));
    expect(a.validationBatch(0)).not.toEqual(a.batchAt({ epoch: 0, index: 0 }));
    expect(a.validationBatches * settings.batch).toBeGreaterThanOrEqual(1000);
  });
});

describe('the adding problem', () => {
  it('wants the sum of the two marked values, one in each half', async () => {
    const source = await opened(dataSpec('adding', [], { length: 11 }));
    expect(source.input).toEqual({ kind: 'numeric', features: 2 });
    expect(source.target).toEqual({ kind: 'numeric', size: 1, perStep: false });
    const { batch } = source.plan({ ...settings, batch: 200 }).batchAt({ epoch: 0, index: 0 });
    expect(batch.x.dims).toEqual([200, 11, 2]);
    expect(batch.y.dims).toEqual([200, 1]);
    const places = new Set<number>();
    for (let row = 0; row < 200; row++) {
      const steps = Array.from({ length: 11 }, (_, step) => ({ step, value: batch.x.data[(row * 11 + step) * 2] ?? NaN, mark: batch.x.data[(row * 11 + step) * 2 + 1] }));
      const marked = steps.filter(({ mark }) => mark === 1);
      expect(steps.filter(({ mark }) => mark === 0)).toHaveLength(9);
      expect(steps.every(({ value }) => value >= 0 && value <= 1)).toBe(true);
      expect(marked.map(({ step }) => step < 5)).toEqual([true, false]);
      expect(batch.y.data[row]).toBe(Math.fround(marked.reduce((sum, { value }) => sum + value, 0)));
      for (const { step } of marked) places.add(step);
    }
    expect(places.size).toBe(11);
    // The first mark is always so far from the end.
    expect(source.neededLag).toBe(6);
  });
});

describe('copy memory', () => {
  it('wants the ten symbols again after the sign', async () => {
    const source = await opened(dataSpec('copyMemory', [], { length: 6, symbols: 4 }));
    expect(source.input).toEqual({ kind: 'tokens', vocabulary: 6 });
    expect(source.target).toEqual({ kind: 'classes', count: 5, perStep: true });
    const { batch } = source.plan({ ...settings, batch: 1 }).batchAt({ epoch: 0, index: 0 });
    const [x, y] = [[...batch.x.data], [...batch.y.data]];
    expect(x).toHaveLength(26);
    expect(x.slice(0, 10).every((id) => id < 4)).toBe(true);
    expect(x.slice(10, 15)).toEqual([4, 4, 4, 4, 4]);
    expect(x[15]).toBe(5);
    expect(x.slice(16)).toEqual(new Array(10).fill(4));
    expect(y.slice(0, 16)).toEqual(new Array(16).fill(4));
    expect(y.slice(16)).toEqual(x.slice(0, 10));
    expect(source.vocabulary).toEqual(['0', '1', '2', '3', 'blank', 'sign']);
  });
});

it('copying memory says how far back each symbol was said', async () => {
  expect((await opened(dataSpec('copyMemory', [], { length: 12 }))).neededLag).toBe(22);
});
