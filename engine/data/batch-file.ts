// The tensors of an inputs file as one batch: `x`, `y`, `mask`, `initial/<layer>.<state>`.
// Not the check against a model's sizes (../trace/check-batch.ts): here the names and the kinds of numbers.
// Invariant: what is returned uses every tensor of the file; one that has no meaning is an error that names it.
import { didYouMean } from '../base/closest-name';
import { OperationalError } from '../base/operational-error';
import { type FloatTensor, type Tensor, floats } from '../runtime/tensor';
import type { Batch } from '../trace/trace';

const initialPrefix = 'initial/';

/**
 * @param name the file's name, for messages.
 * @throws OperationalError `bad-inputs`.
 */
export function batchFromTensors(tensors: ReadonlyMap<string, Tensor>, name: string): Batch {
  const unknown = [...tensors.keys()].filter((key) => !['x', 'y', 'mask'].includes(key) && !key.startsWith(initialPrefix));
  const [first] = unknown;
  if (first !== undefined) {
    throw new OperationalError('bad-inputs', `"${name}" has ${unknown.join(', ')}, which ${unknown.length === 1 ? 'means' : 'mean'} nothing; x, y, mask and initial/<layer>.<state> do.${didYouMean(first, ['x', 'y', 'mask'])}`);
  }
  const needed = (key: string): Tensor => {
    const tensor = tensors.get(key);
    if (tensor === undefined) throw new OperationalError('bad-inputs', `"${name}" has no ${key}; it needs x (what the network reads) and y (what it should say).`);
    return tensor;
  };
  const initial = Object.fromEntries([...tensors].filter(([key]) => key.startsWith(initialPrefix)).map(([key, tensor]) => [key.slice(initialPrefix.length), asFloats(tensor)]));
  const mask = tensors.get('mask');
  return {
    x: needed('x'),
    y: needed('y'),
    ...(mask === undefined ? {} : { mask: asFloats(mask) }),
    ...(Object.keys(initial).length === 0 ? {} : { initial }),
  };
}

function asFloats(tensor: Tensor): FloatTensor {
  return tensor.kind === 'f32' ? tensor : floats(tensor.dims, Float32Array.from(tensor.data));
}
