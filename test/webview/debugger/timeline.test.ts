// The timeline as numbers: forms, blocks, columns; tiles put together; numbers put into equations; replay.
import { describe, expect, it } from 'vitest';
import type { LayerHeader } from '../../../protocol/trace-view';
import type { TraceHeader } from '../../../protocol/trace-view';
import { under, unitAt } from '../../../webview/debugger/hover';
import { LaneStore } from '../../../webview/debugger/lane-store';
import { layerLanes, layerUnit } from '../../../webview/debugger/lanes/layer-lanes';
import { brokenSteps } from '../../../webview/debugger/lanes/raster';
import { strip, stretched } from '../../../webview/debugger/lanes/strip';
import { numbersPutIn } from '../../../webview/debugger/numbers-put-in';
import { nextStep } from '../../../webview/debugger/replay';
import { axisSteps, edgeAt, inSight, overviewBins, overviewStep, stepAt, stepX, stretchOf, timelineLayout, withTaller } from '../../../webview/debugger/timeline/layout';
import { type Derived, shownUnits } from '../../../webview/debugger/derive';
import { expression } from '../gallery/lstm-equations';

const lane = (name: string, kind: 'state' | 'gate' | 'let', units = 64) => ({ name, kind, units, spread: 1 }) as const;
const layer: LayerHeader = { name: 'r1', call: '', file: '', path: '', reversed: false, equations: [], inputs: [], lanes: [lane('h', 'state'), lane('c', 'state'), lane('i', 'gate'), lane('f', 'gate'), lane('g', 'let'), lane('o', 'gate')] };
const wish = { pageWidth: 1280, steps: 48, layer, pass: 'forward', first: 0, hasPredictions: true, picked: 3 } as const;

describe('timeline', () => {
  it('is as drawn when wide', () => {
    const layout = timelineLayout(wish);
    expect(layout).toMatchObject({ form: 'wide', width: 840, sideWidth: 440, left: 108, column: 14, plotWidth: 672, visible: 48 });
    expect(layout.profile).toEqual({ x: 788, width: 44 });
    expect(layout.lanes.map(({ name }) => name)).toEqual(['h', 'c', 'i', 'f', 'g', 'o']);
    expect(layout.lines.y).toBeGreaterThan(layout.lanes[1]?.y ?? 0);
    expect(layout.lines.y).toBeLessThan(layout.lanes[2]?.y ?? 0);
  });
  it('loses the profile, then the second column', () => {
    expect(timelineLayout({ ...wish, pageWidth: 1000 })).toMatchObject({ form: 'middle', sideWidth: 380, column: 9.75 });
    expect(timelineLayout({ ...wish, pageWidth: 1000 }).profile).toBeUndefined();
    const narrow = timelineLayout({ ...wish, pageWidth: 600 });
    expect(narrow).toMatchObject({ form: 'narrow', sideWidth: 0, width: 600 });
    expect(narrow.lanes[0]?.height).toBe(48);
  });
  it('leaves no room for letters where only ticks are shown', () => {
    const letters = timelineLayout({ ...wish, pageWidth: 1000 });
    const ticks = timelineLayout({ ...wish, pageWidth: 930 });
    expect([letters.predictions.shows, letters.predictions.height]).toEqual(['letters', 91]);
    expect([ticks.predictions.shows, ticks.predictions.height]).toEqual(['ticks', 42]);
    expect(timelineLayout({ ...wish, hasPredictions: false }).predictions.height).toBe(0);
    expect(timelineLayout({ ...wish, hasPredictions: false, hasOutputs: true }).predictions.height).toBe(48);
    // Words are read in wider columns where there is room; letters never are.
    expect([1, 8, 40].map((longestToken) => timelineLayout({ ...wish, steps: 6, longestToken }).column)).toEqual([14, 71, 72]);
    expect(timelineLayout({ ...wish, steps: 48, longestToken: 8 }).column).toBe(14);
    expect(timelineLayout({ ...wish, pageWidth: 930, pass: 'backward' }).predictions.height).toBe(91);
  });
  it('gives the columns nearly all the room there is, whatever the width', () => {
    for (const [pageWidth, steps] of [[930, 64], [1000, 48], [1100, 100], [1280, 90]] as const) {
      const { plotWidth, width, left, profile } = timelineLayout({ ...wish, pageWidth, steps });
      const available = width - left - (profile ? 60 : 44);
      expect(plotWidth).toBeLessThanOrEqual(available);
      expect(available - plotWidth).toBeLessThan(steps / 4);
    }
  });
  it('has lanes dragged taller by their edge, one or all, within bounds', () => {
    const layout = timelineLayout(wish);
    const c = layout.lanes[1];
    const edge = (c?.y ?? 0) + (c?.height ?? 0) + 2;
    expect(edgeAt(layout, edge)?.name).toBe('c');
    expect(edgeAt(layout, (c?.y ?? 0) + 10)).toBeUndefined();
    const heights = withTaller({ h: 80 }, layout, 'c', 40);
    expect(heights).toEqual({ h: 80, c: 104 });
    const taller = timelineLayout({ ...wish, laneHeights: heights });
    expect(taller.lanes.map(({ height }) => height)).toEqual([80, 104, 64, 64, 64, 64]);
    expect(taller.height).toBe(layout.height + 56);
    expect(new Set(Object.values(withTaller({}, layout, undefined, -500)))).toEqual(new Set([24]));
    expect(withTaller({}, layout, 'f', 5000)).toEqual({ f: 512 });
  });
  it('never overlaps blocks, at any width, for any pass', () => {
    for (const pageWidth of [0, 320, 600, 900, 1180, 1920]) {
      for (const pass of ['forward', 'backward'] as const) {
        const { loss, tokens, predictions, axis, lanes, lines, plotWidth, width, left } = timelineLayout({ ...wish, pageWidth, pass });
        const blocks = [loss, tokens, predictions, axis, ...lanes, lines].sort((a, b) => a.y - b.y);
        blocks.forEach((block, i) => i > 0 && expect(block.y).toBeGreaterThanOrEqual((blocks[i - 1]?.y ?? 0) + (blocks[i - 1]?.height ?? 0)));
        expect(left + plotWidth).toBeLessThanOrEqual(width);
      }
    }
  });
  it('scrolls when columns would be under 3 px', () => {
    const layout = timelineLayout({ ...wish, steps: 1000, first: 400 });
    expect(layout).toMatchObject({ column: 3, first: 400 });
    expect(layout.visible).toBe(224);
    expect(layout.predictions.shows).toBe('ticks');
    expect(timelineLayout({ ...wish, steps: 1000, first: 5000 }).first).toBe(1000 - 224);
    expect(inSight(layout, 450)).toBe(400);
    expect(inSight(layout, 10)).toBeLessThan(10);
    expect(inSight(layout, 900)).toBeGreaterThan(900 - 224);
  });
  it('draws a stretch that holds what is seen with room on both sides, the same for neighbouring firsts', () => {
    const at = (first: number) => stretchOf(timelineLayout({ ...wish, steps: 1000, first }), 1000);
    expect(at(400)).toEqual({ first: 336, visible: 392 });
    expect(at(440)).toEqual(at(400));
    expect(at(460)).not.toEqual(at(400));
    for (const first of [0, 1, 55, 56, 300, 775, 776]) {
      const stretch = at(first);
      expect(stretch.first).toBeLessThanOrEqual(Math.max(0, first - 56));
      expect(stretch.first + stretch.visible).toBeGreaterThanOrEqual(Math.min(1000, first + 224 + 56));
      expect(stretch.first + stretch.visible).toBeLessThanOrEqual(1000);
    }
    expect(stretchOf(timelineLayout(wish), 48)).toEqual({ first: 0, visible: 48 });
  });
  it('shows the whole above a part', () => {
    const layout = timelineLayout({ ...wish, steps: 1000 });
    expect(layout.overview?.height).toBe(12);
    expect(timelineLayout(wish).overview).toBeUndefined();
    expect(overviewStep(layout, layout.left, 1000)).toBe(1);
    expect(overviewStep(layout, layout.left + layout.plotWidth + 50, 1000)).toBe(1000);
    expect(overviewBins(Float32Array.of(1, 5, NaN, 2), 2)).toEqual([5, 2]);
  });
  it('finds the step under a pixel and back', () => {
    const layout = timelineLayout(wish);
    for (const step of [1, 24, 48]) expect(stepAt(layout, stepX(layout, step) + 3)).toBe(step);
    expect(stepAt(layout, 20)).toBeUndefined();
    expect(stepAt(layout, 2000)).toBeUndefined();
    expect(axisSteps(layout, 48)).toEqual([1, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48]);
  });
  it('has a place for one step, one unit and no layer', () => {
    expect(timelineLayout({ ...wish, steps: 1 })).toMatchObject({ column: 14, visible: 1 });
    expect(timelineLayout({ ...wish, layer: undefined }).lanes).toEqual([]);
  });
  it('tells lane and unit under the pointer', () => {
    const layout = timelineLayout(wish);
    const h = layout.lanes[0];
    const found = under(layout, stepX(layout, 5) + 2, (h?.y ?? 0) + 10);
    expect(found).toEqual({ step: 5, lane: 'h', row: 10 });
    const order = Array.from({ length: 64 }, (_, i) => 63 - i);
    const derived = { order, header: () => layer.lanes[0] } as unknown as Derived;
    expect(unitAt(derived, { step: 5, lane: 'h', row: 10, pageX: 0, pageY: 0, byKeys: false }, layout)).toBe(53);
    expect(under(layout, stepX(layout, 5), layout.tokens.y + 3)).toEqual({ step: 5 });
  });
});

it('shows the rows that were brushed, and the unit under the pointer among them', () => {
  const order = Array.from({ length: 64 }, (_, i) => 63 - i);
  const zoom = { from: 8, to: 24 };
  expect(shownUnits({ order, zoom }, 64)).toEqual(order.slice(8, 24));
  expect(shownUnits({ order, zoom }, 64)).toBe(shownUnits({ order, zoom: { ...zoom } }, 64));
  expect(shownUnits({ order }, 64)).toBe(order);
  expect(shownUnits({ order, zoom }, 3)).toEqual([0, 1, 2]);
  const derived = { order, zoom, header: () => layer.lanes[0] } as unknown as Derived;
  const layout = timelineLayout(wish);
  const at = (row: number) => unitAt(derived, { step: 5, lane: 'h', row, pageX: 0, pageY: 0, byKeys: false }, layout);
  expect([at(0), at(4), at(63)]).toEqual([55, 54, 40]);
});

describe('small multiples of other layers', () => {
  const units = 4;
  const values = Float32Array.of(0.1, 0.4, 0.3, 0.2, 0.1, 0.4, 0.3, 0.2);
  const header = { ...lane('h', 'state', units) };
  const view = { trace: { layers: [{ name: 'r1', lanes: [header] }, { name: 'r2', lanes: [header, lane('i', 'gate', units)] }, { name: 'pool', lanes: [] }] } } as unknown as Derived['view'];
  const store = { lane: (layer: number) => (layer === 1 ? { values, steps: 2, units, have: Uint8Array.of(1, 1) } : undefined) } as unknown as LaneStore;
  it('are the last states of all layers but the shown one, largest mean on top', () => {
    const lanes = layerLanes({ view, layerIndex: 0, what: 'value' }, store);
    expect(lanes.map(({ key, name, order }) => [key, name, order])).toEqual([['layer 1', 'r2', [1, 2, 3, 0]]]);
    expect(layerUnit(lanes, 'layer 1', 0, 28)?.unit).toBe(1);
    expect(layerUnit(lanes, 'layer 1', 27, 28)?.unit).toBe(0);
    expect(layerUnit(lanes, 'h', 0, 28)).toBeUndefined();
    // Before its values have come, a lane is empty and in the units' own order.
    expect(layerLanes({ view, layerIndex: 1, what: 'value' }, store)).toMatchObject([{ key: 'layer 0', lane: undefined, order: [0, 1, 2, 3] }]);
  });
  it('stand below the lanes, and are absent for one layer', () => {
    const layout = timelineLayout({ ...wish, layers: ['layer 1', 'layer 2'] });
    const last = timelineLayout(wish).lanes.at(-1);
    expect(layout.layers.map(({ height }) => height)).toEqual([28, 28]);
    expect(layout.layers[0]?.y).toBe((last?.y ?? 0) + (last?.height ?? 0) + 8);
    expect(layout.layers[1]?.y).toBe((layout.layers[0]?.y ?? 0) + 32);
    expect(under(layout, stepX(layout, 5) + 1, (layout.layers[1]?.y ?? 0) + 4)).toEqual({ step: 5, lane: 'layer 2', row: 4 });
    expect(timelineLayout(wish).layers).toEqual([]);
  });
});

describe('lane store', () => {
  const trace = { traceId: 't', steps: 300 } as TraceHeader;
  it('asks for each tile once, the cursor’s first, and puts them together', () => {
    const store = new LaneStore(trace);
    const requests = store.wanted(0, 'value', 290);
    expect(requests.map(({ index }) => index)).toEqual([1, 0]);
    expect(store.wanted(0, 'value', 290)).toEqual([]);
    const values = Float32Array.from({ length: 44 * 2 }, (_, i) => i);
    store.take({ request: requests[0] as (typeof requests)[number], parts: [{ lane: 'h', units: 2, columns: 44, format: { kind: 'float32' }, offset: 0 }], buffer: values.buffer });
    const lane = store.lane(0, 'value', 'h');
    expect(lane?.have[255]).toBe(0);
    expect(lane?.have[256]).toBe(1);
    expect([...(lane?.values.slice(512, 516) ?? [])]).toEqual([0, 1, 2, 3]);
    // What is asked for as a whole is not asked for again in part.
    expect(store.wanted(0, 'value', 1, ['h'])).toEqual([]);
    expect(store.wanted(1, 'value', 1, ['h'])).toMatchObject([{ index: 0, lanes: ['h'] }, { index: 1, lanes: ['h'] }]);
    store.forget(requests[1] as (typeof requests)[number]);
    expect(store.wanted(0, 'value', 1).map(({ index }) => index)).toEqual([0]);
  });
  it('of a long trace asks far from the cursor for sixteen steps at a time, and for what was recorded when the cursor comes near', () => {
    const steps = 256 * 40;
    const store = new LaneStore({ ...trace, steps });
    const asked = store.wanted(0, 'value', 1);
    expect(asked.map(({ level, index }) => [level, index])).toEqual([[1, 0], [1, 1], [1, 2], [1, 3], [16, 0], [16, 1], [16, 2]]);
    const far = asked[5] as (typeof asked)[number];
    const part = { lane: 'h', units: 2, columns: 256 };
    store.take({ request: far, parts: [{ ...part, format: { kind: 'uint8', low: 0, high: 252 }, offset: 0 }], buffer: Uint8Array.from({ length: 512 }, (_, i) => (i < 4 ? i : 9)).buffer });
    const lane = store.lane(0, 'value', 'h');
    const at = 256 * 16;
    expect([lane?.have[at - 1], lane?.have[at], lane?.have[at + 256 * 16 - 1], lane?.have[at + 256 * 16]]).toEqual([0, 2, 2, 0]);
    expect([...(lane?.values.slice(2 * (at + 15), 2 * (at + 17)) ?? [])]).toEqual([0, 1, 2, 3]);
    // Hovers and counts read only what was recorded.
    expect(brokenSteps({ ...(lane as NonNullable<typeof lane>), values: new Float32Array(2 * steps).fill(NaN) }, new Uint8Array(steps).fill(1))).toEqual({ whole: [], some: new Map() });
    const nearer = store.wanted(0, 'value', at + 1).filter(({ level }) => level === 1);
    expect(nearer.map(({ index }) => index)).toEqual([16, 15, 17, 14, 18, 13, 19]);
    store.take({ request: nearer[0] as (typeof nearer)[number], parts: [{ ...part, format: { kind: 'float32' }, offset: 0 }], buffer: new Float32Array(512).fill(0.5).buffer });
    expect([lane?.have[at], lane?.values[2 * at], lane?.have[at + 256]]).toEqual([1, 0.5, 2]);
    // A coarse tile that comes late does not cover what was recorded.
    store.take({ request: far, parts: [{ ...part, format: { kind: 'uint8', low: 0, high: 252 }, offset: 0 }], buffer: new Uint8Array(512).buffer });
    expect(lane?.values[2 * at]).toBe(0.5);
  });
  it('reads bytes with their scale, and what is not finite', () => {
    const store = new LaneStore({ ...trace, steps: 5 });
    const [request] = store.wanted(0, 'gradient', 1);
    if (!request) throw new Error('a tile is missing');
    store.take({ request, parts: [{ lane: 'h', units: 1, columns: 5, format: { kind: 'uint8', low: -1, high: 1 }, offset: 0 }], buffer: Uint8Array.of(0, 126, 252, 253, 255).buffer });
    expect([...(store.lane(0, 'gradient', 'h')?.values ?? [])]).toEqual([-1, 0, 1, NaN, -Infinity]);
  });
});

describe('numbers put in', () => {
  const values: Readonly<Record<string, number>> = { f: 0.68, c: -4.25, i: 0.02, g: -0.66, "c'": -2.93, z: 0.25, n: -0.5, h: 1 };
  const roles = { f: 'value', i: 'value', g: 'value', z: 'value', n: 'value', c: 'state', h: 'state' } as const;
  const put = (text: string): string | undefined => numbersPutIn(expression(text, roles), (name) => values[name]);
  it('read as a person would write them', () => {
    expect(put('f * c + i * g')).toBe('0.68 · −4.25 + 0.02 · −0.66');
    expect(put("f * tanh(c')")).toBe('0.68 · tanh(−2.93)');
    expect(put('(1 - z) * n + z * h')).toBe('(1 − 0.25) · −0.50 + 0.25 · 1.00');
  });
  it('are absent for matrix products, parameters and values not received', () => {
    expect(put('W @ h')).toBeUndefined();
    expect(put('f * b')).toBeUndefined();
    expect(numbersPutIn(expression('f * c', roles), () => undefined)).toBeUndefined();
  });
});

it('replays over masked steps and ends at the ends', () => {
  const valid = Uint8Array.of(1, 0, 0, 1);
  expect([nextStep(1, 1, valid), nextStep(4, -1, valid), nextStep(4, 1, valid), nextStep(1, -1, valid)]).toEqual([4, 1, undefined, undefined]);
});

it('strips show as many cells as fit, the most extreme of each', () => {
  const image = strip(Float32Array.of(0.1, -0.9, 0.2, 0.3), [0, 1, 2, 3], 2, Uint8Array.from({ length: 768 }, (_, i) => Math.floor(i / 3)), (v) => Math.round((v + 1) * 127.5), [9, 9, 9]);
  expect([image.width, image.height]).toEqual([2, 1]);
  expect(image.bytes[0]).toBe(13);
  const wide = stretched(image, 4, 2);
  expect([wide.width, wide.height]).toEqual([4, 2]);
  expect([...wide.bytes].filter((_, i) => i % 4 === 0)).toEqual([0, 0, 1, 1, 0, 0, 1, 1].map((from) => image.bytes[4 * from]));
  expect(strip(Float32Array.of(NaN), [0], 4, new Uint8Array(768), () => 0, [9, 8, 7]).bytes.slice(0, 4)).toEqual(Uint8ClampedArray.of(9, 8, 7, 255));
});
