// The numerical derivative: precise where the function is smooth, honest where it is not.
import { describe, expect, it } from 'vitest';
import { compareGradients } from '../../engine/reference/compare-gradients';
import { derivativeAtZero } from '../../engine/reference/finite-difference';
import { tolerances } from '../tolerances';

describe('derivativeAtZero', () => {
  const smooth: readonly (readonly [string, (x: number) => number, number])[] = [
    ['a cubic', (x) => 3 * x + x ** 2 - x ** 3, 3],
    ['a constant', () => 7, 0],
    ['exp', (x) => Math.exp(x + 1), Math.E],
    ['a steep sigmoid', (x) => 1 / (1 + Math.exp(-20 * x)), 5],
    ['a fast sine', (x) => Math.sin(50 * x), 50],
    ['a kink nearby', (x) => Math.max(x - 0.01, 0) + 2 * x, 2],
    ['a jump nearby', (x) => (x > 0.003 ? 1 : 0) + x, 1],
  ];
  it.each(smooth)('%s', (_name, f, want) => {
    const { value, error, kink } = derivativeAtZero(f);
    expect(kink).toBe(false);
    expect(Math.abs(value - want)).toBeLessThanOrEqual(tolerances.extrapolated * Math.max(1, want));
    expect(error).toBeLessThanOrEqual(tolerances.extrapolated * Math.max(1, want));
  });

  it.each([['abs', Math.abs], ['relu', (x: number) => Math.max(x, 0)], ['a jump', Math.sign], ['a bent line', (x: number) => (x > 0 ? 1.01 * x : x)]] as const)('sees the kink of %s', (_name, f) => {
    expect(derivativeAtZero(f).kink).toBe(true);
  });
});

describe('compareGradients', () => {
  const exact = (value: number) => ({ value, error: 0, kink: false });
  it('measures against the largest derivative of the tensor', () => {
    const want = [1, -4, 2];
    expect(compareGradients('g', Float64Array.of(1, -4, 2.2), [0, 1, 2], (index) => exact(want[index] as number), 1e-7)).toMatchObject({
      checked: 3, kinks: 0, relativeError: expect.closeTo(0.05, 12), worst: { index: 2, got: 2.2, want: 2 },
    });
  });
  it('leaves kinks out and counts them', () => {
    const comparison = compareGradients('g', Float64Array.of(1, 99), [0, 1], (index) => ({ value: 1, error: 0, kink: index === 1 }), 1e-7);
    expect(comparison).toMatchObject({ checked: 1, size: 2, kinks: 1, relativeError: 0 });
  });
  it('finds fault with what should be zero and is not, and with what is not a number', () => {
    expect(compareGradients('g', Float64Array.of(1e-9), [0], () => exact(0), 1e-7).relativeError).toBeGreaterThan(tolerances.finiteDifference);
    expect(compareGradients('g', Float64Array.of(Number.NaN), [0], () => exact(1), 1e-7).relativeError).toBe(Infinity);
  });
});
