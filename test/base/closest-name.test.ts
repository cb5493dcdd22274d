// The "did you mean" finds a typing error and keeps quiet about a name that is merely another.
import { describe, expect, it } from 'vitest';
import { closestName, didYouMean } from '../../engine/base/closest-name';

const functions = ['sigmoid', 'softmax', 'softsign', 'tanh', 'relu', 'exp'];

describe('the closest name', () => {
  it.each([['sigmod', 'sigmoid'], ['sigmiod', 'sigmoid'], ['Tanh', 'tanh'], ['relo', 'relu'], ['ReLU', 'relu'], ['softmx', 'softmax']])('%s → %s', (typed, meant) => {
    expect(closestName(typed, functions)).toBe(meant);
  });
  it.each(['banana', 'x', 'sum', ''])('none for "%s"', (typed) => {
    expect(closestName(typed, functions)).toBeUndefined();
  });
  it('is never the name itself', () => {
    expect(closestName('exp', ['exp'])).toBeUndefined();
  });
  it('is put behind a sentence', () => {
    expect(didYouMean('sigmod', functions)).toBe(' Did you mean sigmoid?');
    expect(didYouMean('banana', functions)).toBe('');
  });
});
