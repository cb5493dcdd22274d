// Numbers read as the pictures write them.
import { expect, it } from 'vitest';
import { count, difference, duration, fixed, inSentence, number, percent, percentFine, powerOfTen, rate, setting } from '../../../webview/theme/numbers';

it.each([
  [0.743, '0.74'], [24.83, '24.8'], [0.0384, '0.038'], [0.00712, '7.1e−3'], [-2.934, '−2.93'], [0, '0.00'], [-0, '0.00'], [-0.0000001, '−1.0e−7'],
  [1.995, '2.00'], [9.996, '10.0'], [99.96, '100'], [4312, '4,312'], [123456, '1.2e5'], [NaN, 'NaN'], [Infinity, '∞'], [-Infinity, '−∞'], [0.14, '0.14'],
])('number %d', (value, text) => expect(number(value)).toBe(text));

it('never writes a negative zero', () => {
  expect(fixed(-0.001, 2)).toBe('0.00');
  expect(difference(-0.001)).toBe('±0.00');
  expect(percent(-0.0)).toBe('0 %');
});

it('writes differences, shares, counts, powers and times', () => {
  expect([difference(2.42), difference(-0.11), difference(0.004)]).toEqual(['+2.42', '−0.11', '±0.00']);
  expect([percent(0.4712), percent(0.081), percent(0.0008), percent(1), percent(0.0995)]).toEqual(['47 %', '8.1 %', '0.080 %', '100 %', '10 %']);
  expect([setting(0.2), setting(1e-7), setting(5)]).toEqual(['0.2', '1e−7', '5']);
  expect(percentFine(0.4712)).toBe('47.1 %');
  expect([count(4312), count(999), count(1234567)]).toEqual(['4,312', '999', '1,234,567']);
  expect([inSentence(1.2e-5), inSentence(0.0015), inSentence(0.3), inSentence(90000), inSentence(2.6e7), inSentence(-1e-10)]).toEqual(['1·10⁻⁵', '2·10⁻³', '0.30', '90,000', '3·10⁷', '−1·10⁻¹⁰']);
  expect([powerOfTen(-6), powerOfTen(0)]).toEqual(['10⁻⁶', '10⁰']);
  expect([duration(39.4), duration(240), duration(4320)]).toEqual(['39 s', '4 min', '1 h 12 min']);
  expect([rate(42.7), rate(3.14)]).toEqual(['43', '3.1']);
});
