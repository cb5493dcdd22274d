// What a page tells of its choices and takes from a link: what is usual is left out, and what there is not is not shown.
import { describe, expect, it } from 'vitest';
import type { DebuggerChoices, InspectorChoices } from '../../protocol/page-choices';
import { arranging } from '../../webview/debugger/arranging';
import { choicesOf, withChoices, withMeans } from '../../webview/debugger/choices';
import { derive } from '../../webview/debugger/derive';
import { LaneStore } from '../../webview/debugger/lane-store';
import type { DebuggerState } from '../../webview/debugger/state';
import { thresholdShown } from '../../webview/debugger/threshold';
import * as inspector from '../../webview/inspector/choices';
import type { InspectorState } from '../../webview/inspector/state';
import { Store } from '../../webview/store';
import { telling } from '../../webview/telling';
import { laneOf } from './debugger/lane-of';

const trace = { steps: 4, layers: [{}, {}], loss: { values: Float32Array.of(1, 2, NaN, 4) } };

describe('choices of the debugger page', () => {
  /** Two layers of eight units that go alike in two halves, over two hundred steps, half of which are in sight. */
  const steps = 200;
  const layer = (name: string) => ({ name, call: '', lanes: [{ name: 'h', kind: 'state', units: 8, bounds: [-1, 1], spread: 1 }, { name: 'f', kind: 'gate', units: 8, bounds: [0, 1], spread: 1 }], equations: [], inputs: [] });
  const long = { ...trace, traceId: 't1', steps, valid: new Uint8Array(steps).fill(1), reads: { kind: 'tokens', text: Array.from({ length: steps }, () => 'a') }, loss: { values: new Float32Array(steps) }, layers: [layer('r'), layer('s')] };
  const lanes = new LaneStore(long as never);
  for (const at of [0, 1]) lanes.take(laneOf(at, 'h', steps, 8, (step, unit) => (unit < 4 ? Math.sin(step) : Math.cos(step / 7)) * (1 + unit / 50)));
  const fresh = {
    given: 0, order: 'similar', alike: 0.5, shown: 'time', weights: { of: 'value', order: 'source', sight: [0, 800] }, meansOf: [], laneHeights: {}, picksCleared: false, rowValue: 'extreme', first: 0, width: 600, scale: 1, revision: 0, lanes,
    view: { trace: long, cursor: { step: 1, layer: 0, pass: 'forward', level: 'step' }, selection: { units: [], layer: 0 } },
  } as unknown as DebuggerState;
  const given = (state: DebuggerState, choices: DebuggerChoices): DebuggerState => withChoices(state, { choices, given: 3 });
  const usual = { layer: 0, first: 1 };

  it('are layer and first step in sight, what is usual left out', () => {
    expect(choicesOf(fresh)).toEqual(usual);
    expect(choicesOf(given(fresh, { layer: 1, order: 'halfLife' }))).toEqual({ layer: 1, order: 'halfLife', first: 1 });
    expect(choicesOf(given({ ...fresh, order: 'mean' }, { layer: 1 }))).toEqual({ layer: 1, first: 1 });
    // Where all of the time is in sight, nothing is scrolled.
    expect(choicesOf({ ...fresh, width: 1900 }).first).toBeUndefined();
  });

  const threshold = { pass: 'forward', value: 0.25, from: 3, to: 9, margin: 2, picked: true } as const;
  const all: DebuggerChoices = {
    layer: 1, order: 'groups', alike: 0.9, means: [1], column: 9, first: 61, rows: { from: 2, to: 6 }, heights: { f: 96 }, lines: 'h', rowValue: 'mean', noPicks: true, threshold, parameters: 'sum', weights: 's', weightsRows: 'lanes',
  };
  it('are all that changes what the page shows', () => {
    const next = given(fresh, all);
    expect(choicesOf(next)).toEqual(all);
    expect([next.given, next.shown, next.weights.order, next.first, next.columnWidth]).toEqual([3, 'weights', 'lanes', 60, 9]);
    const derived = derive(next);
    expect(derived && thresholdShown(derived, next)).toMatchObject({ value: 0.25, from: 3, to: 9, margin: 2 });
    // Without any, the page is as it began.
    expect(choicesOf(given(next, { layer: 0, first: 1 }))).toEqual(usual);
  });
  it('are each left out where there is no such thing', () => {
    const wrong: readonly DebuggerChoices[] = [
      { layer: 2 }, { order: 'backwards' }, { alike: 0.123 }, { parameters: 'toString' }, { rows: { from: 0, to: 9 } }, { rows: { from: 3, to: 4 } }, { heights: { x: 96 } }, { heights: { h: 5000 } }, { lines: 'x' }, { rowValue: 'least' },
      { threshold }, { lines: 'x', threshold }, { threshold: { ...threshold, to: 201 } }, { threshold: { ...threshold, margin: 3 } },
    ];
    for (const one of wrong) expect(choicesOf(given(fresh, one)), JSON.stringify(one)).toEqual(usual);
    expect(choicesOf(given(fresh, { first: 5000 })).first).toBeLessThan(200);
    // A threshold is of one pass.
    expect(choicesOf(given(fresh, { lines: 'h', threshold: { ...threshold, pass: 'backward' } }))).toEqual({ ...usual, lines: 'h' });
  });
  it('name groups that are made later, and keep those that there are', () => {
    const store = new Store(given(fresh, { order: 'groups', alike: 0.9, means: [1, 7] }), (callback) => callback());
    expect(withMeans(store.state)).toBe(store.state);
    store.subscribe(arranging(store, { now: () => 0, later: (callback) => callback() }));
    store.update((state) => ({ ...state }));
    const next = withMeans(store.state);
    expect(derive(next)?.groups.map(({ units }) => [...units].sort())).toEqual([[0, 1, 2, 3], [4, 5, 6, 7]].sort((a, b) => (derive(next)?.order.indexOf(a[0] ?? 0) ?? 0) - (derive(next)?.order.indexOf(b[0] ?? 0) ?? 0)));
    expect(next.meansOf).toEqual([derive(next)?.groups[1]]);
    expect(choicesOf(next)).toEqual({ ...usual, order: 'groups', alike: 0.9, means: [1] });
  });
});

describe('choices of the inspector', () => {
  const shown = { layer: 0, tab: 'eigenvalues', triangleShown: 'run', triangleForm: 'triangle', received: { radii: null }, view: { trace } } as unknown as InspectorState;
  const withInspected = (state: InspectorState, choices: InspectorChoices): InspectorState => inspector.withChoices(state, { choices, given: 1 });
  it('are its layer, its loss and its tab; all losses are not the same as none chosen', () => {
    expect(inspector.choicesOf(shown)).toEqual({ layer: 0 });
    const next = withInspected(shown, { layer: 1, loss: 2, tab: 'horizon' });
    expect([inspector.choicesOf(next), next.received]).toEqual([{ layer: 1, loss: 2, tab: 'horizon' }, {}]);
    expect(inspector.choicesOf(withInspected(shown, { loss: null }))).toEqual({ layer: 0, loss: null });
    expect(inspector.choicesOf(withInspected(next, {}))).toEqual({ layer: 1 });
  });
  it('are also whose triangle it is and how it is drawn', () => {
    const next = withInspected(shown, { layer: 0, triangle: 'difference', form: 'bars' });
    expect([inspector.choicesOf(next), inspector.choicesOf(withInspected(next, { triangle: 'mine', form: 'round' }))]).toEqual([{ layer: 0, triangle: 'difference', form: 'bars' }, { layer: 0 }]);
  });
  it('leave out a loss, a layer and a tab that there are not, and keep the numbers of the same layer', () => {
    for (const loss of [3, 5]) expect(inspector.choicesOf(withInspected(shown, { layer: 7, loss, tab: 'fifth' }))).toEqual({ layer: 0 });
    expect(withInspected(shown, { layer: 0 }).received).toBe(shown.received);
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
