// What is said of what is under the pointer, and where a page begins.
import { describe, expect, it } from 'vitest';
import { hoverText } from '../../../webview/inspector/view/hover';
import { chosenLoss, type InspectorState } from '../../../webview/inspector/state';

const trace = { steps: 4, valid: Uint8Array.of(1, 1, 1, 0), loss: { values: Float32Array.of(NaN, 1, 1, NaN) }, layers: [{ reversed: false }, { reversed: true }] };
const at = (received: object, pointing?: object, more: object = {}): InspectorState => ({ view: { trace, cursor: { step: 2 }, label: 'LSTM' }, received, pointing: pointing && { pageX: 0, pageY: 0, ...pointing }, layer: 0, ...more }) as unknown as InspectorState;

describe('under the pointer', () => {
  it('is said what was received', () => {
    const parameters = { rows: [{ name: 'W_i' }, { name: 'U_i' }], norm: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8) };
    expect(hoverText(at({ parameters }, { picture: 'parameters', step: 3, row: 1 }))).toBe('U_i · t = 3 · 7.00');
    const horizon = { run: { median: Float64Array.of(1, 0.5), low: Float64Array.of(1, 0.1), high: Float64Array.of(1, 0.9) } };
    expect(hoverText(at({ horizon }, { picture: 'horizon', step: 1 }))).toBe('1 step back · 0.50 (0.10 … 0.90)');
    const spectrum = { run: { real: Float64Array.of(0.6, 1), imaginary: Float64Array.of(-0.8, 0) } };
    expect([0, 1].map((row) => hoverText(at({ spectrum }, { picture: 'eigenvalues', step: 2, row })))).toEqual(['λ = 0.60 − 0.80 i · |λ| = 1.00', 'λ = 1.00 · |λ| = 1.00']);
    const saturation = { gates: [{ name: 'i', open: Float32Array.of(0, 0.5), closed: Float32Array.of(0, 0) }, { name: 'f', open: Float32Array.of(0.25, 1), closed: Float32Array.of(0.5, 0) }] };
    expect(hoverText(at({ saturation }, { picture: 'saturation', step: 2, row: 2 }))).toBe('f · u0 · open 25 % · closed 50 %');
    const factors = { weights: Float64Array.of(NaN, 2), slopes: Float64Array.of(NaN, 0.5) };
    expect(hoverText(at({ factors }, { picture: 'paths', step: 2 }))).toBe('t = 2 · Wⁿ 2.00 · ∏σ′ 0.50');
  });
  it('is nothing where nothing was received', () => {
    for (const picture of ['curves', 'paths', 'parameters', 'horizon', 'eigenvalues', 'saturation']) expect(hoverText(at({}, { picture, step: 1, row: 0 }))).toBe('');
    expect(hoverText(at({ factors: { weights: Float64Array.of(NaN), slopes: Float64Array.of(NaN) } }, { picture: 'paths', step: 1 }))).toBe('');
    expect(hoverText(at({}))).toBe('');
  });
});

it('begins with the last loss, and with the first in a layer that walks from the end', () => {
  expect([chosenLoss(at({})), chosenLoss(at({}, undefined, { layer: 1 })), chosenLoss(at({}, undefined, { loss: null }))]).toEqual([3, 2, null]);
});
