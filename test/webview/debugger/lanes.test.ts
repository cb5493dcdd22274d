// Lanes as numbers and bytes: order, rows, domains, pixels, statistics.
import { describe, expect, it } from 'vitest';
import { laneDomain } from '../../../webview/debugger/lanes/domain';
import { activityOrder, indexOrder, pathLength, similarOrder, sortedBy, twoOpt } from '../../../webview/debugger/lanes/order';
import { brokenSteps, fade, lanePixels, type LanePaint, type LaneValues } from '../../../webview/debugger/lanes/raster';
import { profilePixels } from '../../../webview/debugger/lanes/profile';
import { rowsOf, rowValue, unitsPerRow } from '../../../webview/debugger/lanes/rows';
import { unitsCrossing, unitsOn } from '../../../webview/debugger/lanes/threshold';
import { brokenWords, countAbove, firstPicks, halfLives, mean, norm, summary } from '../../../webview/debugger/lanes/statistics';
import { palette } from '../../../webview/theme/palettes';
import { tolerances } from '../../tolerances';
import { uniform } from '../gallery/simulated-run';
import { drained } from './drained';

const lane = (rows: readonly (readonly number[])[]): LaneValues => ({ values: Float32Array.from(rows.flat()), steps: rows.length, units: rows[0]?.length ?? 0, have: new Uint8Array(rows.length).fill(1) });

describe('order by similarity', () => {
  const random = uniform(5);
  const steps = 30;
  const units = 24;
  // Three groups of units that act together, shuffled over the indices.
  const trace = Float32Array.from({ length: steps * units }, (_, i) => Math.sin(Math.floor(i / units) * (1 + (i % units % 3))) * 0.9 + 0.05 * random() + (i % units % 3 === 1 ? 0.5 : -0.2));
  const order = drained(similarOrder([trace], steps, units));
  it('is a permutation that keeps groups together', () => {
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: units }, (_, u) => u));
    const changes = order.filter((unit, i) => i > 0 && unit % 3 !== (order[i - 1] ?? 0) % 3).length;
    expect(changes).toBe(2);
  });
  it('puts the positive end on top and is the same every time', () => {
    expect((order[0] ?? 0) % 3).toBe(1);
    expect(drained(similarOrder([trace], steps, units))).toEqual(order);
  });
  it('is never made longer by 2-opt', () => {
    const distance = Float32Array.from({ length: 100 }, (_, i) => Math.abs((i % 10) - Math.floor(i / 10)));
    const start = [0, 5, 1, 6, 2, 7, 3, 8, 4, 9];
    const before = pathLength(start, distance, 10);
    expect(pathLength(drained(twoOpt([...start], distance, 10)), distance, 10)).toBeLessThan(before);
  });
  it('stands values that are not finite, one unit and none', () => {
    expect(drained(similarOrder([Float32Array.of(NaN, 1, Infinity, 2)], 2, 2))).toHaveLength(2);
    expect(drained(similarOrder([Float32Array.of(1)], 1, 1))).toEqual([0]);
    expect(drained(similarOrder([], 0, 0))).toEqual([]);
    expect(sortedBy(3, (u) => [1, NaN, 5][u] ?? 0)).toEqual([2, 0, 1]);
  });
});

it('orders by activity: how much a unit moves, however large it is', () => {
  const trace = Float32Array.of(0.1, -0.9, 0.5, 0.2, -0.9, -0.5);
  expect(activityOrder([trace], 2, 3)).toEqual([2, 0, 1]);
  expect(indexOrder(3)).toEqual([0, 1, 2]);
});

describe('rows', () => {
  it('group units by powers of two when pixels are too few', () => {
    expect([unitsPerRow(64, 64, 1), unitsPerRow(512, 128, 1), unitsPerRow(512, 128, 2), unitsPerRow(3, 64, 1)]).toEqual([1, 4, 2, 1]);
    expect(rowsOf([4, 2, 0, 1, 3], 2)).toEqual([[4, 2], [0, 1], [3]]);
  });
  it('show the most extreme value, and what is not finite before all', () => {
    const values = Float32Array.of(0.5, -3, 2, NaN);
    expect(rowValue(values, 0, [0, 1, 2], 'extreme')).toBe(-3);
    expect(rowValue(values, 0, [0, 2], 'mean')).toBe(1.25);
    expect(rowValue(values, 0, [0, 3], 'extreme')).toBeNaN();
  });
});

describe('domain', () => {
  const base = { name: 'c', units: 4, spread: 10.73, gradientSpread: 0.0312 } as const;
  it('uses bounds, else the spread rounded up to 0.1', () => {
    expect(laneDomain({ ...base, kind: 'state' }, 'forward').words).toBe('±10.8');
    expect(laneDomain({ ...base, kind: 'state', bounds: [-1, 1] }, 'forward').words).toBe('±1');
    expect(laneDomain({ ...base, kind: 'gate', bounds: [0, 1] }, 'forward')).toMatchObject({ palette: 'gate', words: '0 … 1' });
    expect(laneDomain({ ...base, kind: 'gate', bounds: [-1, 1] }, 'forward').palette).toBe('signed');
  });
  it('colours gradients by a signed square root', () => {
    const domain = laneDomain({ ...base, kind: 'gate', bounds: [0, 1] }, 'backward');
    expect(domain).toMatchObject({ palette: 'signed', words: '±4e−2' });
    expect(domain.entry(0.01)).toBe(191);
    expect([domain.entry(-9), domain.entry(0), domain.entry(9)]).toEqual([0, 128, 255]);
  });
  it('has a domain even without a spread', () => expect(laneDomain({ ...base, kind: 'let', spread: 0 }, 'forward').words).toBe('±1'));
});

describe('pixels', () => {
  const { signed } = palette('dark');
  const paint: LanePaint = { table: signed, entry: (v) => Math.round((v + 1) * 127.5), rows: [[0], [1]], how: 'extreme', valid: Uint8Array.of(1, 1, 0, 1), background: [31, 31, 31], error: [248, 81, 73] };
  const values = lane([[1, -1], [0.5, NaN], [1, 1], [NaN, Infinity]]);
  const { full, faded } = lanePixels(values, paint);
  const at = (bytes: Uint8ClampedArray, x: number, y: number): number[] => [...bytes.slice(4 * (y * 4 + x), 4 * (y * 4 + x) + 4)];
  it('are the palette, red where one value is not finite, empty where masked or wholly broken', () => {
    expect(at(full.bytes, 0, 0)).toEqual([0xff, 0xbc, 0x75, 255]);
    expect(at(full.bytes, 0, 1)).toEqual([0x93, 0xcf, 0xff, 255]);
    expect(at(full.bytes, 1, 1)).toEqual([248, 81, 73, 255]);
    expect(at(full.bytes, 2, 0)[3]).toBe(0);
    expect(at(full.bytes, 3, 0)[3]).toBe(0);
  });
  it('fade towards grey and background without becoming another value', () => {
    expect(at(faded.bytes, 0, 0)).toEqual([...fade([0xff, 0xbc, 0x75], [31, 31, 31]), 255]);
    expect(fade([31, 31, 31], [31, 31, 31])).toEqual([31, 31, 31]);
  });
  it('are not painted before the values have come', () => {
    expect(at(lanePixels({ ...values, have: new Uint8Array(4) }, paint).full.bytes, 0, 0)[3]).toBe(0);
  });
  it('are the same by tiles as in one piece', () => {
    const tile = lanePixels(values, paint, 1, 3).full;
    expect([tile.width, tile.height]).toEqual([2, 2]);
    for (const y of [0, 1]) for (const x of [0, 1]) expect([...tile.bytes.slice(4 * (y * 2 + x), 4 * (y * 2 + x) + 4)]).toEqual(at(full.bytes, x + 1, y));
  });
  it('show the cursor’s column as bars: as long as the colour is far along, from the middle or the edge, red where not finite', () => {
    const bars = (column: readonly number[], rows: readonly (readonly number[])[], palettes: 'signed' | 'gate') => {
      const domain = laneDomain({ name: 'h', units: column.length, spread: 1, kind: palettes === 'gate' ? 'gate' : 'state', bounds: palettes === 'gate' ? [0, 1] : [-1, 1] }, 'forward');
      const { bytes } = profilePixels(Float32Array.from(column), rows, 'extreme', domain, palette('dark')[palettes], [248, 81, 73], 8);
      return rows.map((_, row) => Array.from({ length: 8 }, (__, x) => (bytes[4 * (row * 8 + x) + 3] ? '#' : '.')).join(''));
    };
    expect(bars([1, -1, 0.5, NaN], [[0], [1], [2], [3]], 'signed')).toEqual(['....####', '####....', '....##..', '########']);
    expect(bars([0.5, 1, 0], [[0], [1], [2]], 'gate')).toEqual(['####....', '########', '#.......']);
    expect(bars([0.1, -1], [[0, 1]], 'signed')).toEqual(['####....']);
  });
  it('tells broken steps', () => {
    const broken = brokenSteps(values, paint.valid);
    expect(broken.whole).toEqual([3]);
    expect([...broken.some]).toEqual([[1, 1]]);
  });
});

it('picks the units that cross a threshold within the steps, farthest first', () => {
  const values = lane([[0, 0, 0.2, -1, NaN], [1, 3, 0.3, -2, 5], [0, 0, 0.2, -1, NaN]]);
  const valid = Uint8Array.of(1, 1, 1);
  expect(unitsCrossing(values, 0.5, valid, 8)).toEqual([1, 0]);
  expect(unitsCrossing(values, 0.5, valid, 1)).toEqual([1]);
  expect(unitsCrossing(values, -1.5, valid, 8)).toEqual([3]);
  expect(unitsCrossing(values, 7, valid, 8)).toEqual([]);
  expect(unitsCrossing(values, 0.5, Uint8Array.of(1, 0, 1), 8)).toEqual([]);
});

describe('units on within brushed steps and off beside them', () => {
  //                    u0 on 2–3  always   3 only   never     negative   NaN at 2
  const values = lane([[0.1, 0.9, 0.1, 0.1, -0.1, 0.9], [0.8, 0.9, 0.1, 0.2, -0.8, NaN], [0.7, 0.6, 0.9, 0.1, -0.9, 0.9], [0.2, 0.9, 0.1, 0.1, -0.7, 0.9]]);
  const valid = Uint8Array.of(1, 1, 1, 1);
  const on = (value: number, from: number, to: number, margin: number, mask = valid): number[] => unitsOn(values, { value, from, to, margin }, mask);
  it('are on in every one of them, farthest first', () => {
    expect(on(0.5, 2, 3, 0)).toEqual([0, 1]);
    expect(on(0.5, 3, 3, 0)).toEqual([2, 5, 0, 1]);
    expect(on(0.95, 2, 3, 0)).toEqual([]);
  });
  it('are off in the margin, where there is one and it is not masked', () => {
    expect(on(0.5, 2, 3, 1)).toEqual([0]);
    expect(on(0.5, 3, 3, 1)).toEqual([2]);
    expect(on(0.5, 2, 3, 1, Uint8Array.of(0, 1, 1, 0))).toEqual([0, 1]);
    expect(on(0.5, 1, 4, 2)).toEqual([1]);
  });
  it('are beyond a negative line below it, and nothing is asked of masked steps', () => {
    expect(on(-0.5, 2, 4, 0)).toEqual([4]);
    expect(on(-0.5, 2, 3, 1)).toEqual([]);
    expect(on(-0.5, 1, 3, 0, Uint8Array.of(0, 1, 1, 1))).toEqual([4]);
    expect(on(0.5, 2, 2, 0, Uint8Array.of(1, 0, 1, 1))).toEqual([]);
  });
});

describe('statistics', () => {
  it('never print a number over what is not finite', () => {
    expect([norm([3, 4]), norm([NaN, 1]), norm([])]).toEqual([5, undefined, 0]);
    expect([mean([1, 3]), mean([Infinity]), mean([])]).toEqual([2, undefined, undefined]);
    expect(brokenWords([1, NaN, Infinity])).toBe('1 NaN, 1 infinite of 3');
    expect(brokenWords([1, 2])).toBeUndefined();
    expect(countAbove([0.95, 0.5, NaN], 0.9)).toBe(1);
    expect(summary(Float32Array.of(3, 4))).toEqual({ norm: 5, mean: 3.5 });
    expect(summary(Float32Array.of(3, NaN))).toEqual({ broken: '1 NaN of 2' });
  });
  it('takes the half-life from the gate alone', () => {
    const gate = lane([[0.5, 0.99, 0], [0.5, 0.99, 0]]);
    expect(halfLives(gate, Uint8Array.of(1, 1))[0]).toBeCloseTo(1, tolerances.digitsOfHalfLife);
    expect(halfLives(gate, Uint8Array.of(1, 1))[1]).toBeCloseTo(Math.log(0.5) / Math.log(0.99), tolerances.digitsOfHalfLife);
    expect(halfLives(gate, Uint8Array.of(1, 1))[2]).toBeUndefined();
    expect(halfLives(gate, Uint8Array.of(0, 0))[0]).toBeUndefined();
  });
  it('picks the longest half-life and the units that follow capitals and spaces', () => {
    const tokens = ['A', 'b', ' ', 'C', 'd', ' '];
    const state = lane(tokens.map((t) => [0.1, /[A-Z]/.test(t) ? 1 : 0, t === ' ' ? 1 : 0, 0]));
    const gate = lane(tokens.map(() => [0.5, 0.5, 0.5, 0.9]));
    const valid = new Uint8Array(6).fill(1);
    expect(firstPicks(state, gate, valid, tokens)).toEqual([3, 1, 2]);
    expect(firstPicks(state, undefined, valid, undefined)).toEqual([]);
    expect(firstPicks(lane(tokens.map(() => [0, 0])), undefined, valid, tokens)).toEqual([]);
  });
});
