// Sampling: the frequencies are those of the softmax at the temperature, and a seed gives the same tokens.
import { describe, expect, it } from 'vitest';
import { Random } from '../../engine/base/random';
import { sampleToken } from '../../engine/data/sampling';

const logits = [Math.log(0.5), Math.log(0.3), Math.log(0.2)];

function frequencies(temperature: number, draws = 20000): number[] {
  const random = new Random(5);
  const counts = [0, 0, 0];
  for (let i = 0; i < draws; i++) {
    const token = sampleToken(logits, temperature, random) ?? NaN;
    counts[token] = (counts[token] ?? NaN) + 1;
  }
  return counts.map((count) => count / draws);
}

describe('sampling', () => {
  it.each([[1, [0.5, 0.3, 0.2]], [0.5, [0.25 / 0.38, 0.09 / 0.38, 0.04 / 0.38]]] as const)('at temperature %d follows the softmax', (temperature, expected) => {
    // Five standard errors of a share of 20 000 draws are below 0.018.
    frequencies(temperature).forEach((share, token) => expect(Math.abs(share - (expected[token] ?? NaN))).toBeLessThan(0.018));
  });

  it('takes the largest at temperature 0', () => {
    expect(sampleToken([1, 3, 3, 2], 0, new Random(1))).toBe(1);
  });

  it('gives the same tokens from the same seed', () => {
    const draw = (seed: number): (number | undefined)[] => {
      const random = new Random(seed);
      return Array.from({ length: 20 }, () => sampleToken(logits, 1, random));
    };
    expect(draw(8)).toEqual(draw(8));
    expect(draw(8)).not.toEqual(draw(9));
  });

  it('never chooses what is not finite, and says when nothing is', () => {
    const random = new Random(1);
    for (let i = 0; i < 50; i++) expect([1, 3]).toContain(sampleToken([NaN, 0, Infinity, 0, -Infinity], 1, random));
    expect(sampleToken([NaN, Infinity], 1, random)).toBeUndefined();
    expect(sampleToken([], 1, random)).toBeUndefined();
  });
});
