// Groups of units that act alike: known groups are found, and nothing where there is nothing; made in slices, away from a frame's work.
import { describe, expect, it } from 'vitest';
import { arranging, type Clock } from '../../../webview/debugger/arranging';
import { chooseGroup } from '../../../webview/debugger/choose-group';
import { derive } from '../../../webview/debugger/derive';
import { LaneStore } from '../../../webview/debugger/lane-store';
import { groupsOf, treeOf } from '../../../webview/debugger/lanes/clusters';
import { groupMean } from '../../../webview/debugger/lanes/group-mean';
import type { LaneValues } from '../../../webview/debugger/lanes/raster';
import type { DebuggerState } from '../../../webview/debugger/state';
import { bracketsOf } from '../../../webview/debugger/view/groups';
import { timelineLayout } from '../../../webview/debugger/timeline/layout';
import { Store } from '../../../webview/store';
import { tolerances } from '../../tolerances';
import { uniform } from '../gallery/uniform';
import { drained } from './drained';

const steps = 40;
const courses: readonly ((t: number) => number)[] = [(t) => Math.sin(t / 3), (t) => Math.cos(t / 1.7) - 0.4, (t) => t / 20 - 1 + Math.sin(t)];

/** Units that move as the course of their group with a little of their own; a group of −1 moves by itself. */
function traceOf(group: readonly number[], noise = 0.1): Float32Array {
  const random = uniform(4);
  const units = group.length;
  return Float32Array.from({ length: steps * units }, (_, at) => {
    const [t, g] = [Math.floor(at / units), group[at % units] ?? -1];
    return g < 0 ? 2 * random() - 1 : (courses[g]?.(t) ?? 0) * (1 + (at % units) / 10) + noise * (random() - 0.5);
  });
}

const found = (group: readonly number[], traces: readonly Float32Array[], alike = 0.5): readonly number[][] =>
  groupsOf(drained(treeOf(traces, steps, group.length)), alike).map(({ units }) => [...units].sort((a, b) => a - b)).sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0));

describe('groups of units', () => {
  const group = [0, 1, -1, 2, 0, 1, 2, 2, 0, -1];
  const known = [[0, 4, 8], [1, 5], [3, 6, 7]];

  it('are those that the values were made of, however large the units are', () => {
    expect(found(group, [traceOf(group)])).toEqual(known);
    // A second state that moves alike changes nothing; one that tells a group apart does.
    expect(found(group, [traceOf(group), traceOf(group)])).toEqual(known);
    expect(found(group, [traceOf(group), traceOf([0, 1, -1, 2, 0, 1, 2, -1, 0, -1])], 0.7)).toEqual([[0, 4, 8], [1, 5], [3, 6]]);
  });

  it('stand together in the order, the larger mean on top, at every cut; the same every time', () => {
    const tree = drained(treeOf([traceOf(group)], steps, group.length));
    expect([...tree.order].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for (const alike of [-1, 0, 0.3, 0.5, 0.9]) for (const { units, from, to } of groupsOf(tree, alike)) expect(tree.order.slice(from, to + 1)).toEqual(units);
    expect(groupsOf(tree, -1).map(({ units }) => units.length)).toEqual([10]);
    expect(drained(treeOf([traceOf(group)], steps, group.length))).toEqual(tree);
    const distances = tree.merges.map(({ distance }) => distance);
    expect(distances).toEqual([...distances].sort((a, b) => a - b));
  });

  it('take three of many units, which no chance pair is', () => {
    const many = [...group, ...Array.from({ length: 20 }, () => -1)];
    expect(found(many, [traceOf(many)], 0.7)).toEqual([[0, 4, 8], [3, 6, 7]]);
  });

  it('are not there where nothing goes alike, of fewer than four units, or of units that stand still', () => {
    const alone = Array.from({ length: 40 }, () => -1);
    expect(found(alone, [traceOf(alone)])).toEqual([]);
    expect(found([0, 0, 0], [traceOf([0, 0, 0])])).toEqual([]);
    expect(found([0, 0, 0, 0], [new Float32Array(steps * 4).fill(0.7)])).toEqual([]);
    expect(found([], [])).toEqual([]);
    expect(found([0, 0, 0, 0], [traceOf([0, 0, 0, 0])])).toEqual([[0, 1, 2, 3]]);
  });

  it('stand values that are not finite', () => {
    const trace = traceOf(group);
    trace[13] = NaN;
    trace[57] = Infinity;
    expect(found(group, [trace])).toHaveLength(3);
  });

  it('are found by their mean correlation: against all pairs, counted out', () => {
    const trace = traceOf([0, 1, 0, 2]);
    const series = [0, 1, 2, 3].map((unit) => Array.from({ length: steps }, (_, t) => trace[t * 4 + unit] ?? 0));
    const correlation = (a: readonly number[], b: readonly number[]): number => {
      const mean = (list: readonly number[]): number => list.reduce((sum, v) => sum + v, 0) / list.length;
      const [ma, mb] = [mean(a), mean(b)];
      const sum = (f: (i: number) => number): number => a.reduce((s, _, i) => s + f(i), 0);
      return sum((i) => ((a[i] ?? 0) - ma) * ((b[i] ?? 0) - mb)) / Math.sqrt(sum((i) => ((a[i] ?? 0) - ma) ** 2) * sum((i) => ((b[i] ?? 0) - mb) ** 2));
    };
    const r = (a: number, b: number): number => correlation(series[a] ?? [], series[b] ?? []);
    const { merges } = drained(treeOf([trace], steps, 4));
    expect(merges[0]?.distance).toBeCloseTo(1 - r(0, 2), tolerances.digitsOfHalfLife);
    expect([merges[0]?.a, merges[0]?.b]).toEqual([0, 2]);
    const [one, three] = [(r(0, 1) + r(2, 1)) / 2, (r(0, 3) + r(2, 3)) / 2];
    expect(merges[1]?.distance).toBeCloseTo(1 - Math.max(one, three, r(1, 3)), tolerances.digitsOfHalfLife);
  });
});

describe('the mean of a group', () => {
  it('is that of its units at every step, and missing where one is not finite or nothing has come', () => {
    const lane: LaneValues = { values: Float32Array.of(1, 9, 3, 2, 9, NaN, 5, 9, 7), steps: 3, units: 3, have: Uint8Array.of(1, 1, 1) };
    const group = { units: [0, 2], from: 0, to: 1 };
    expect([...groupMean(lane, group, 1)]).toEqual([2, NaN, 6]);
    lane.have[2] = 0;
    expect([...groupMean(lane, group, 2)]).toEqual([2, NaN, NaN]);
  });
});

/** A page's state over one state `h` of these groups, all of whose values have come. */
function pageOf(group: readonly number[], order: DebuggerState['order']): { readonly store: Store<DebuggerState>; readonly slices: () => number; readonly run: () => void } {
  const units = group.length;
  const trace = { traceId: 't1', steps, valid: new Uint8Array(steps).fill(1), reads: { kind: 'numeric', names: [], values: new Float32Array() }, layers: [{ name: 'r', lanes: [{ name: 'h', kind: 'state', units, bounds: [-1, 1], spread: 1 }], equations: [], inputs: [] }] };
  const lanes = new LaneStore(trace as never);
  const values = traceOf(group);
  lanes.take({ request: { traceId: 't1', layer: 0, what: 'value', level: 1, index: 0 }, parts: [{ lane: 'h', units, columns: steps, format: { kind: 'float32' }, offset: 0 }], buffer: values.buffer as ArrayBuffer });
  const state = { view: { trace, cursor: { pass: 'forward', step: 1, layer: 0 }, selection: { units: [], layer: 0 } }, lanes, order, alike: 0.5, meansOf: [], revision: 0 } as unknown as DebuggerState;
  const store = new Store(state, (callback) => callback());
  const waiting: (() => void)[] = [];
  let time = 0;
  let slices = 0;
  // Every look at the clock takes as long as a slice may: work goes on one piece at a time.
  const clock: Clock = { now: () => (time += 10), later: (callback) => void waiting.push(callback) };
  store.subscribe(arranging(store, clock));
  return { store, slices: () => slices, run: () => { store.update((now) => ({ ...now })); for (let next = waiting.shift(); next; next = waiting.shift()) { slices++; next(); } } };
}

describe('arranging the units', () => {
  const group = [0, 1, 0, 1, 2, 0, 1, 2, 2, 0, 0];

  it('leaves the rows by index until it is done, in more slices than one', () => {
    const { store, slices, run } = pageOf(group, 'groups');
    expect(derive(store.state)).toMatchObject({ order: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10], groups: [] });
    run();
    expect(slices()).toBeGreaterThan(5);
    const derived = derive(store.state);
    expect(derived?.groups.map(({ units }) => units.length).sort()).toEqual([3, 3, 5]);
    expect(derived?.order).not.toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('makes no groups for another order', () => {
    const { store, run } = pageOf(group, 'similar');
    run();
    const derived = derive(store.state);
    expect(derived?.groups).toEqual([]);
    // Similar units stand together: every group is one run.
    expect(derived?.order.filter((unit, i, all) => i > 0 && group[unit] !== group[all[i - 1] ?? 0])).toHaveLength(2);
  });

  it('picks a group that is small enough, shows a larger one alone, and takes it back', () => {
    const large = [...Array.from({ length: 10 }, () => 0), 1, 1, 1, 2, 2, 2];
    const { store, run } = pageOf(large, 'groups');
    run();
    const picked: (readonly number[])[] = [];
    const act = { select: (units: readonly number[]) => void picked.push(units) };
    const groups = derive(store.state)?.groups ?? [];
    const big = groups.find(({ units }) => units.length === 10);
    const small = groups.find(({ units }) => units.length === 3);
    if (!big || !small) throw new Error('the groups are there');
    expect(chooseGroup(store, act, small, false)).toBe(`g${groups.indexOf(small) + 1} · 3 units: picked`);
    expect([picked, store.state.zoomedRows, store.state.meansOf]).toEqual([[small.units], undefined, [small]]);
    expect(chooseGroup(store, act, big, true)).toBe(`g${groups.indexOf(big) + 1} · 10 units: mean shown`);
    expect([picked.length, store.state.meansOf]).toEqual([1, [small, big]]);
    expect(chooseGroup(store, act, big, true)).toMatch(/no longer shown/);
    expect(chooseGroup(store, act, big, false)).toMatch(/shown alone, 0 shows all/);
    expect([picked.length, store.state.zoomedRows]).toEqual([1, { from: big.from, to: big.to + 1 }]);
    chooseGroup(store, act, big, false);
    expect([store.state.zoomedRows, store.state.meansOf]).toEqual([undefined, []]);
  });

  it('brackets every group in every lane, with a name where there is room', () => {
    const { store, run } = pageOf(group, 'groups');
    run();
    const derived = derive(store.state);
    if (!derived) throw new Error('a trace is shown');
    const wish = { pageWidth: 600, steps, layer: derived.layer, pass: 'forward', first: 0, hasPredictions: false, picked: 0, grouped: true } as const;
    const layout = timelineLayout(wish);
    const brackets = bracketsOf(layout, derived);
    expect(brackets.map(({ key, named }) => [key, named])).toEqual([['h/0', true], ['h/1', true], ['h/2', true]]);
    const [lane] = layout.lanes;
    expect([brackets[0]?.top, brackets.at(-1)?.bottom]).toEqual([lane?.y, (lane?.y ?? 0) + (lane?.height ?? 0)]);
    const low = timelineLayout({ ...wish, laneHeights: { h: 24 } });
    expect(bracketsOf(low, derived).filter(({ named }) => named)).toHaveLength(2);
    // The names have room of their own beside the lanes.
    expect(layout.left - timelineLayout({ ...wish, grouped: false }).left).toBe(20);
  });
});
