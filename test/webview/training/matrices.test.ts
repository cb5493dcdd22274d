// What the training page says of the parameters at one iteration.
// Not their picture (../weights/matrices.test.ts).
import { describe, expect, it } from 'vitest';
import type { ParameterLook } from '../../../protocol/run';
import { plain, type Rich } from '../../../webview/rich-text';
import { lookSentence, matrixNote, matrixSentence } from '../../../webview/training/matrix-sentences';
import { numbers, tensors } from '../weights/layer-tensors';

const said = (rich: Rich | undefined): string | undefined => rich && plain(rich);
const look = (change: Partial<ParameterLook> = {}): ParameterLook => ({ id: 1, iteration: 23, from: 20, exact: true, tensors, ...change });

describe('what is said', () => {
  it('names the largest number and its place', () => {
    expect(said(matrixSentence(look(), 'r', 'value', numbers))).toBe('The largest value is 1.50, in b_f, unit 1.');
    expect(said(matrixSentence(look(), 'r', 'update', (name) => (name === 'r.U_f' ? Float32Array.of(0, 0, 0, -1) : undefined)))).toBe('The largest update is −1.00, in U_f, row 1, column 1.');
  });
  it('names first what is not finite, then what gets no gradient', () => {
    expect(said(matrixSentence(look(), 'r', 'gradient', (name) => (name === 'r.b_f' ? Float32Array.of(NaN, 1) : undefined)))).toBe('1 numbers of b_f are not finite.');
    expect(said(matrixSentence(look(), 'r', 'gradient', numbers))).toBe('W_n has no gradient: all of it is 0.');
  });
  it('is nothing before the numbers are here, or when all are zero', () => {
    expect(matrixSentence(look(), 'r', 'value', () => undefined)).toBeUndefined();
    expect(matrixSentence(look(), 'r', 'value', (name) => (name === 'r.b_f' ? new Float32Array(2) : undefined))).toBeUndefined();
  });
  it('tells where the numbers come from', () => {
    expect(said(lookSentence(look()))).toBe('After iteration 23, replayed from the checkpoint after iteration 20.');
    expect(said(lookSentence(look({ from: 0, exact: false })))).toBe('After iteration 23, replayed from the beginning; its loss differs from the recorded one in the last digits.');
    expect(said(lookSentence(look({ iteration: 0 })))).toMatch(/^Before the first iteration/);
    expect(matrixNote('value')).not.toContain('gradient');
    expect(matrixNote('gradient')).toContain('raising the value raises the loss');
  });
});
