// Weights out of a file are the model's, or one sentence names everything that is wrong with them.
import { describe, expect, it } from 'vitest';
import { type Tensor, floats, ints } from '../../engine/runtime/tensor';
import { checkWeights } from '../../engine/weights/weight-check';
import { freshWeights } from '../../engine/weights/initialise';
import { smallModel } from './small-model';

describe('weights of a file', () => {
  it('pass when they are the model\'s', () => {
    const weights = freshWeights(smallModel);
    expect(checkWeights(smallModel, new Map([...weights].reverse()), 'w')).toEqual(weights);
  });

  it('are all named when they are not', () => {
    const tensors = new Map<string, Tensor>(freshWeights(smallModel));
    tensors.delete('r.U');
    tensors.delete('y.b');
    tensors.set('r.W', floats([4, 3]));
    tensors.set('r.b', ints([3], new Int32Array(3)));
    tensors.set('z.W', floats([1]));
    expect(() => checkWeights(smallModel, tensors, 'w.safetensors')).toThrow(
      'The tensors of "w.safetensors" are not the parameters of model Small; missing: r.U [3, 3], y.b [5]; ' +
        'of another shape: r.W is [4, 3] and should be [3, 4], r.b holds whole numbers and should hold F32; not in the model: z.W.',
    );
  });
});
