// Fresh weights: each initialiser does what its name says, and a parameter's numbers depend on its own name and the seed alone.
import { describe, expect, it } from 'vitest';
import { Random } from '../../engine/base/random';
import type { Model } from '../../engine/ir/model';
import { freshWeights, initialise } from '../../engine/weights/initialise';
import { orthogonalMatrix } from '../../engine/weights/orthogonal';
import { parameterList } from '../../engine/weights/parameter-list';
import { tolerances } from '../tolerances';
import { smallModel, stepLine } from './small-model';

const numbers = (init: Parameters<typeof initialise>[0], shape: readonly number[]): number[] => [...initialise(init, shape, new Random(7)).data];

describe('an initialiser', () => {
  it('zeros, ones, constant', () => {
    expect(numbers({ kind: 'zeros' }, [2])).toEqual([0, 0]);
    expect(numbers({ kind: 'ones' }, [2])).toEqual([1, 1]);
    expect(numbers({ kind: 'constant', value: 0.5 }, [1, 2])).toEqual([0.5, 0.5]);
  });

  it('identity, also when not square', () => {
    expect(numbers({ kind: 'identity', scale: 2 }, [2, 3])).toEqual([2, 0, 0, 0, 2, 0]);
  });

  it('uniform stays within its bound and fills it', () => {
    const drawn = numbers({ kind: 'uniform', bound: 0.25 }, [10000]);
    expect(Math.max(...drawn)).toBeLessThanOrEqual(0.25);
    expect(Math.max(...drawn)).toBeGreaterThan(0.24);
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(-0.25);
    expect(Math.min(...drawn)).toBeLessThan(-0.24);
  });

  it('Xavier uniform has the bound sqrt(6 / (in + out))', () => {
    const drawn = numbers({ kind: 'xavierUniform' }, [100, 50]);
    const bound = Math.sqrt(6 / 150);
    expect(Math.max(...drawn.map(Math.abs))).toBeLessThanOrEqual(bound);
    expect(Math.max(...drawn.map(Math.abs))).toBeGreaterThan(0.99 * bound);
  });

  it('normal has its standard deviation', () => {
    const drawn = numbers({ kind: 'normal', std: 0.1 }, [20000]);
    const variance = drawn.reduce((sum, value) => sum + value * value, 0) / drawn.length;
    // Six standard errors of the variance of 20 000 draws.
    expect(Math.abs(variance / 0.01 - 1)).toBeLessThan(0.06);
  });

  it.each([[4, 4], [3, 6], [6, 3], [1, 5], [64, 64]] as const)('orthogonal %i×%i has orthonormal rows or columns', (rows, columns) => {
    const matrix = orthogonalMatrix(rows, columns, new Random(3));
    const count = Math.min(rows, columns);
    const at = (vector: number, i: number): number => (rows <= columns ? matrix[vector * columns + i] : matrix[i * columns + vector]) ?? NaN;
    for (let a = 0; a < count; a++) {
      for (let b = 0; b < count; b++) {
        let product = 0;
        for (let i = 0; i < Math.max(rows, columns); i++) product += at(a, i) * at(b, i);
        expect(Math.abs(product - (a === b ? 1 : 0))).toBeLessThan(tolerances.orthonormal);
      }
    }
  });
});

describe('the parameters of a model', () => {
  it('have the names and shapes of the contract', () => {
    expect(parameterList(smallModel).map(({ name, shape }) => `${name} ${shape.join('x')}`)).toEqual([
      'e.W 5x4',
      'r.W 3x4', 'r.U 3x3', 'r.b 3', 'r.initial.h 3',
      'r.backward.W 3x4', 'r.backward.U 3x3', 'r.backward.b 3', 'r.backward.initial.h 3',
      'y.W 5x6', 'y.b 5',
    ]);
  });

  it('get the same numbers from the same seed, and others from another', () => {
    expect(freshWeights(smallModel, 1)).toEqual(freshWeights(smallModel));
    expect(freshWeights(smallModel, 2).get('r.W')).not.toEqual(freshWeights(smallModel, 1).get('r.W'));
    expect(freshWeights(smallModel).get('r.W')).not.toEqual(freshWeights(smallModel).get('r.backward.W'));
  });

  it('do not move when another is added', () => {
    const grown: Model = { ...smallModel, lines: [stepLine('q', { W: [[3, 3], { kind: 'orthogonal' }] }), ...smallModel.lines] };
    const weights = freshWeights(grown);
    for (const [name, tensor] of freshWeights(smallModel)) expect(weights.get(name)).toEqual(tensor);
  });
});
