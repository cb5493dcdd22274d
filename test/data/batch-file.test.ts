// An inputs file is a batch, or one sentence says which tensor is not.
import { describe, expect, it } from 'vitest';
import { batchFromTensors } from '../../engine/data/batch-file';
import { type Tensor, floats, ints } from '../../engine/runtime/tensor';

const x = ints([1, 2], Int32Array.of(0, 1));
const y = ints([1, 2], Int32Array.of(1, 0));

describe('the tensors of an inputs file', () => {
  it('are a batch', () => {
    const mask = ints([1, 2], Int32Array.of(1, 0));
    const state = floats([1, 3]);
    expect(batchFromTensors(new Map<string, Tensor>([['x', x], ['y', y], ['mask', mask], ['initial/r.h', state]]), 'X')).toEqual({
      x, y, mask: floats([1, 2], Float32Array.of(1, 0)), initial: { 'r.h': state },
    });
    expect(batchFromTensors(new Map<string, Tensor>([['x', x], ['y', y]]), 'X')).toEqual({ x, y });
  });

  it('are refused when one is missing or means nothing', () => {
    expect(() => batchFromTensors(new Map([['x', x]]), 'X')).toThrow('"X" has no y; it needs x (what the network reads) and y (what it should say).');
    expect(() => batchFromTensors(new Map([['x', x], ['y', y], ['maks', x]]), 'X')).toThrow('"X" has maks, which means nothing; x, y, mask and initial/<layer>.<state> do. Did you mean mask?');
  });
});
