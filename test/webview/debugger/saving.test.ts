// What of the timeline can be saved by itself: its strips of the picture and its numbers; what is not here yet is fetched first.
import { describe, expect, it } from 'vitest';
import type { LayerHeader, TraceHeader } from '../../../protocol/trace-view';
import { tileSteps } from '../../../protocol/tiles';
import type { Derived } from '../../../webview/debugger/derive';
import { LaneStore } from '../../../webview/debugger/lane-store';
import { saveTimeline, timelineParts } from '../../../webview/debugger/saving';
import type { DebuggerState } from '../../../webview/debugger/state';
import { timelineLayout } from '../../../webview/debugger/timeline/layout';

const steps = 2 * tileSteps;
const layer: LayerHeader = { name: 'r1', call: '', file: '', path: '', reversed: false, equations: [], inputs: [], lanes: [{ name: 'h', kind: 'state', units: 2, spread: 1 }, { name: 'f', kind: 'gate', units: 2, spread: 1 }] };
const trace: TraceHeader = {
  traceId: 't', model: 'M', steps, backwardRecorded: true, sequence: { index: 0, label: '#0' }, sequences: [], origin: '', item: 'character', reads: { kind: 'tokens', text: Array.from({ length: steps }, () => 'a') },
  valid: new Uint8Array(steps).fill(1), loss: { unit: 'nats', values: new Float32Array(steps), mean: 0 }, layers: [layer], edits: [], stale: false,
};
const store = new LaneStore(trace);
const layout = timelineLayout({ pageWidth: 900, steps, layer, pass: 'forward', first: 0, hasPredictions: false, picked: 1 });
const derived = { view: { trace, cursor: { step: 1, pass: 'forward', layer: 0 } }, layer, layerIndex: 0, pass: 'forward', what: 'value', picked: [1], header: (name: string) => layer.lanes.find((lane) => lane.name === name) } as unknown as Derived;
const state = { lanes: store, linesOf: 'h', meansOf: [] } as unknown as DebuggerState;

/** A host whose values are step + unit / 10. */
const asked: number[] = [];
const fetchWhole = (lanes: LaneStore, index: number, what: 'value' | 'gradient', names: readonly string[]): Promise<void> => {
  for (const request of lanes.missing(index, what, names)) {
    asked.push(request.index);
    const buffer = Float32Array.from({ length: tileSteps * 2 }, (_, i) => request.index * tileSteps + Math.floor(i / 2) + (i % 2) / 10).buffer;
    lanes.take({ request, buffer, parts: [{ lane: names[0] ?? '', units: 2, columns: tileSteps, format: { kind: 'float32' }, offset: 0 }] });
  }
  return Promise.resolve();
};

describe('parts of the timeline', () => {
  it('are named as on the page, from top to bottom, each with the strip of its block under tokens and axis', () => {
    const parts = timelineParts(derived, state, layout);
    expect(parts.map(({ name }) => name)).toEqual(['losses', "h'", "units of h'", 'f']);
    const [, h] = parts;
    const [block] = layout.lanes;
    expect(h?.strips.at(-1)).toEqual({ y: (block?.y ?? NaN) - 4, height: (block?.height ?? NaN) + 4 });
    expect(h?.strips.length).toBe(3);
    expect(timelineParts({ ...derived, picked: [] }, state, layout).map(({ name }) => name)).not.toContain("units of h'");
  });

  it('have the numbers of every step in their table, fetched as recorded where they are not here', async () => {
    const saved = saveTimeline(derived, state, layout, [], "units of h'", fetchWhole);
    expect([saved.name, saved.picture.title, saved.picture.strips?.length]).toEqual(["M r1 units of h'", "M: r1, units of h'", 3]);
    const table = await saved.table();
    expect(table?.columns.slice(-2)).toEqual(['loss (nats)', "h' unit 1"]);
    const numbers = [...(table?.rows ?? [])].map((row) => row.at(-1));
    expect([numbers.length, numbers[0], numbers[tileSteps], numbers.includes(undefined)]).toEqual([steps, Math.fround(0.1), Math.fround(tileSteps + 0.1), false]);
    expect(asked).toEqual([0, 1]);
    // What is here is not asked for again; the whole has every unit once.
    const whole = await saveTimeline(derived, state, layout, [], 'no such part', fetchWhole).table();
    expect([asked, whole?.columns.slice(-4)]).toEqual([[0, 1, 0, 1], ["h' unit 0", "h' unit 1", 'f unit 0', 'f unit 1']]);
  });
});
