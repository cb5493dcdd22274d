// What a page tells of its choices and takes from a link: what is usual is left out, and what there is not is not shown.
import { describe, expect, it } from 'vitest';
import { choicesOf, withChoices } from '../../webview/debugger/choices';
import type { DebuggerState } from '../../webview/debugger/state';
import * as inspector from '../../webview/inspector/choices';
import type { InspectorState } from '../../webview/inspector/state';
import { telling } from '../../webview/telling';

const trace = { steps: 4, layers: [{}, {}], loss: { values: Float32Array.of(1, 2, NaN, 4) } };
const state = { order: 'similar', shown: 'time', weights: { of: 'value' }, view: { trace, cursor: { step: 1, layer: 0 } } } as unknown as DebuggerState;

describe('choices of the debugger page', () => {
  it('are its layer and its order, the usual order left out', () => {
    expect(choicesOf(state)).toEqual({ layer: 0 });
    expect(choicesOf(withChoices(state, { layer: 1, order: 'halfLife' }))).toEqual({ layer: 1, order: 'halfLife' });
    expect(choicesOf(withChoices({ ...state, order: 'mean' }, { layer: 1 }))).toEqual({ layer: 1 });
  });
  it('leave out a layer and an order that there are not', () => {
    expect(choicesOf(withChoices(state, { layer: 2, order: 'backwards' }))).toEqual({ layer: 0 });
  });
  it('are the numbers of the weights, too, while they are in front', () => {
    const next = withChoices(state, { parameters: 'sum' });
    expect([choicesOf(next), next.shown]).toEqual([{ layer: 0, parameters: 'sum' }, 'weights']);
    expect([choicesOf(withChoices(next, {})), choicesOf(withChoices(next, { parameters: 'toString' }))]).toEqual([{ layer: 0 }, { layer: 0 }]);
  });
});

describe('choices of the inspector', () => {
  const shown = { layer: 0, tab: 'eigenvalues', triangleShown: 'run', triangleForm: 'triangle', received: { radii: null }, view: { trace } } as unknown as InspectorState;
  it('are its layer, its loss and its tab; all losses are not the same as none chosen', () => {
    expect(inspector.choicesOf(shown)).toEqual({ layer: 0 });
    const next = inspector.withChoices(shown, { layer: 1, loss: 2, tab: 'horizon' });
    expect([inspector.choicesOf(next), next.received]).toEqual([{ layer: 1, loss: 2, tab: 'horizon' }, {}]);
    expect(inspector.choicesOf(inspector.withChoices(shown, { loss: null }))).toEqual({ layer: 0, loss: null });
    expect(inspector.choicesOf(inspector.withChoices(next, {}))).toEqual({ layer: 1 });
  });
  it('are also whose triangle it is and how it is drawn', () => {
    const next = inspector.withChoices(shown, { layer: 0, triangle: 'difference', form: 'bars' });
    expect([inspector.choicesOf(next), inspector.choicesOf(inspector.withChoices(next, { triangle: 'mine', form: 'round' }))]).toEqual([{ layer: 0, triangle: 'difference', form: 'bars' }, { layer: 0 }]);
  });
  it('leave out a loss, a layer and a tab that there are not, and keep the numbers of the same layer', () => {
    for (const loss of [3, 5]) expect(inspector.choicesOf(inspector.withChoices(shown, { layer: 7, loss, tab: 'fifth' }))).toEqual({ layer: 0 });
    expect(inspector.withChoices(shown, { layer: 0 }).received).toBe(shown.received);
  });
});

describe('telling the host', () => {
  it('happens once for each change, and not before there is something to see', () => {
    const told: unknown[] = [];
    const tell = telling<{ readonly view?: unknown; readonly order: string }, string>(({ order }) => order, (choices) => told.push(choices));
    for (const next of [{ order: 'a' }, { order: 'a', view: 1 }, { order: 'a', view: 2 }, { order: 'b', view: 2 }]) tell(next);
    expect(told).toEqual(['a', 'b']);
  });
});
