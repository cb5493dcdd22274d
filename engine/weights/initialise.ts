// Fresh weights from a seed.
// Not loaded weights: see weight-check.ts.
// Invariant: a parameter's numbers depend on the seed, its full name, its shape and its initialiser, and on nothing else:
// a parameter that is added or removed moves no other.
import { defined, unreachable } from '../base/invariant';
import { Random } from '../base/random';
import type { Model } from '../ir/model';
import type { Initialiser } from '../ir/step-graph';
import { type FloatTensor, floats, sizeOf } from '../runtime/tensor';
import { orthogonalMatrix } from './orthogonal';
import { parameterList } from './parameter-list';

/** Every parameter of the model by full name, drawn from `seed` (default: the model's own). */
export function freshWeights(model: Model, seed: number = model.train.seed): Map<string, FloatTensor> {
  return new Map(parameterList(model).map(({ name, shape, init }) => [name, initialise(init, shape, Random.for(seed, name))]));
}

/** One tensor of `shape`; a matrix is `[out, in]`. */
export function initialise(init: Initialiser, shape: readonly number[], random: Random): FloatTensor {
  const fill = (next: (index: number) => number): FloatTensor => floats(shape, Float32Array.from({ length: sizeOf(shape) }, (_, index) => next(index)));
  const columns = shape.at(-1) ?? 1;
  switch (init.kind) {
    case 'zeros':
      return fill(() => 0);
    case 'ones':
      return fill(() => 1);
    case 'constant':
      return fill(() => init.value);
    case 'uniform':
      return fill(() => (2 * random.uniform() - 1) * init.bound);
    case 'normal':
      return fill(() => random.normal() * init.std);
    case 'xavierUniform': {
      const bound = xavierBound(shape);
      return fill(() => (2 * random.uniform() - 1) * bound);
    }
    case 'orthogonal': {
      const matrix = orthogonalMatrix(sizeOf(shape) / columns, columns, random);
      return fill((index) => defined(matrix[index], 'the matrix has one number per element'));
    }
    case 'identity':
      return fill((index) => (Math.floor(index / columns) === index % columns ? init.scale : 0));
    default:
      return unreachable(init);
  }
}

/** sqrt(6 / (fan in + fan out)), Glorot & Bengio 2010; a vector counts as one column. */
function xavierBound(shape: readonly number[]): number {
  const fanOut = shape[0] ?? 1;
  const fanIn = shape[1] ?? 1;
  return Math.sqrt(6 / (fanIn + fanOut));
}
