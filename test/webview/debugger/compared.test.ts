// The compared pass on the debugger page: places, names, outlines as numbers, and every sentence with a case in which it must be absent.
import { describe, expect, it } from 'vitest';
import type { ComparedRun } from '../../../protocol/comparison';
import type { DebuggerView } from '../../../protocol/debugger-page';
import type { LaneHeader, LayerHeader, TraceHeader } from '../../../protocol/trace-view';
import { comparedLanes, comparedName, comparedUnit, comparedWish, differenceKey } from '../../../webview/debugger/compare/compared-lanes';
import { lossOutline, lossTop } from '../../../webview/debugger/compare/compared-loss';
import { comparedState } from '../../../webview/debugger/compare/compared-state';
import { comparedSentence, firstPart, guesses, largestLoss, losses, otherExpects, recording, same } from '../../../webview/debugger/compare/sentences';
import type { Derived } from '../../../webview/debugger/derive';
import { hoverLine, under, unitAt } from '../../../webview/debugger/hover';
import type { DebuggerState } from '../../../webview/debugger/state';
import { timelineTable } from '../../../webview/debugger/tables';
import { timelineLayout } from '../../../webview/debugger/timeline/layout';
import { plain, type Rich } from '../../../webview/rich-text';

const said = (rich: Rich | undefined): string | undefined => rich && plain(rich).trim();
const lane = (name: string, kind: LaneHeader['kind'], units = 2): LaneHeader => ({ name, kind, units, spread: 1 });
const layer: LayerHeader = { name: 'r1', call: '', file: '', path: '', reversed: false, equations: [], inputs: [], lanes: [lane('h', 'state'), lane('f', 'gate')] };
const predictions = (...texts: readonly string[]): NonNullable<TraceHeader['predictions']> => ({ top: 1, text: texts, probability: Float32Array.from(texts, () => 0.4), target: texts.map(() => 'C'), targetRank: Int32Array.from(texts, (text) => (text === 'C' ? 1 : 3)) });
const trace: TraceHeader = {
  traceId: 't1', model: 'M', steps: 4, backwardRecorded: true, sequence: { index: 0, label: '#0' }, sequences: [], origin: '', item: 'character', reads: { kind: 'tokens', text: ['a', 'b', 'c', 'd'] },
  valid: Uint8Array.of(1, 1, 1, 1), loss: { unit: '', values: Float32Array.of(1, 2, 0.5, NaN), mean: 1.5 }, predictions: predictions('C', 'x', 'C', 'y'), layers: [layer], edits: [], stale: false,
};
const other: TraceHeader = { ...trace, traceId: 't2', loss: { unit: '', values: Float32Array.of(1, 4, NaN, 0.25), mean: 2.25 }, predictions: predictions('C', 'x', 'z', 'C') };
const run: ComparedRun = {
  id: 'run 1', label: 'RNN', origin: 'run 1 after iteration 500', trace: other, differenceId: 't1 − t2', alike: true, layers: [{ other: 0, lanes: [lane('h', 'state'), lane('f', 'gate')] }],
  first: { step: 2, name: 'r1.f', unit: 1, own: 0.8, other: 0.25 },
};
const { first, ...undivided } = run;

describe('what is said of the compared pass', () => {
  it('is where the two part, from where on they guess differently, and what each loses', () => {
    expect(said(comparedSentence(trace, run, false))).toBe(
      'Compared with RNN (run 1 after iteration 500). They first part at t = 2, in r1.f, unit u1: 0.80 here, 0.25 there. The first guesses differ from t = 3 on (“C” here, “z” there), in 2 of 4 steps. Loss 1.50, the RNN 2.25. Farthest apart at t = 2: 2.00 here, 4.00 there.',
    );
    expect(said(comparedSentence(trace, run, true))).toBe('Compared with RNN. They first part at t = 2, in r1.f, unit u1: 0.80 here, 0.25 there.');
  });
  it('says nothing of where they part when they nowhere do, and that all is the same only where all could be held against each other', () => {
    expect(said(comparedSentence(trace, undivided, false))).not.toContain('first part');
    expect(said(same(undivided))).toBe('All values are the same, within a ten-thousandth of the largest.');
    expect(same(run)).toBeUndefined();
    expect(same({ ...undivided, alike: false })).toBeUndefined();
    if (first) expect(said(firstPart(trace, { ...first, step: 5, name: 'y' }))).toBe('They first part after the last step, in y, unit u1: 0.80 here, 0.25 there.');
  });
  it('says nothing of guesses that are the same, masked or not there', () => {
    expect(guesses(trace, { ...run, trace: { ...other, predictions: trace.predictions ?? predictions() } })).toBeUndefined();
    const { predictions: _, ...none } = other;
    expect(guesses(trace, { ...run, trace: none })).toBeUndefined();
    expect(guesses({ ...trace, valid: Uint8Array.of(1, 1, 0, 0) }, run)).toBeUndefined();
  });
  it('says nothing of losses that are the same or not finite', () => {
    expect(losses(trace, { ...run, trace: { ...other, loss: trace.loss } })).toBeUndefined();
    expect(losses(trace, { ...run, trace: { ...other, loss: { ...other.loss, mean: NaN } } })).toBeUndefined();
    expect(largestLoss(trace, { ...run, trace: { ...other, loss: trace.loss } })).toBeUndefined();
    expect(largestLoss({ ...trace, loss: { ...trace.loss, values: Float32Array.of(NaN, NaN, NaN, NaN) } }, run)).toBeUndefined();
  });
  it('is what the other expects at the cursor, with the probability of its target', () => {
    expect(said(otherExpects(run, 2))).toBe('RNN: “x” with 40 %; the target “C” with 1.8 %, rank 3.');
    expect(said(otherExpects(run, 1))).toBe('RNN: “C” with 40 %; that is right.');
    // No loss there: no target to speak of.
    expect(said(otherExpects(run, 3))).toBe('RNN: “z” with 40 %.');
    const { predictions: _, ...none } = other;
    expect(otherExpects({ ...run, trace: none }, 2)).toBeUndefined();
  });
  it('is that it is being recorded', () => {
    expect(said(recording('LSTM@500'))).toBe('Recording the LSTM@500 over this sequence …');
  });
});

describe('where it stands', () => {
  const state = comparedState(run, trace, undefined);
  const wish = { pageWidth: 600, steps: 4, layer, pass: 'forward', first: 0, hasPredictions: true, picked: 0 } as const;
  it('is beneath each lane where units are the same units', () => {
    expect(comparedWish(state, 0)).toEqual({ beneath: ['h', 'f'], after: [] });
    const layout = timelineLayout({ ...wish, compared: comparedWish(state, 0) });
    expect(layout.compared.map(({ key }) => key)).toEqual([differenceKey('h'), differenceKey('f')]);
    layout.compared.forEach((block, i) => expect(block.y).toBe((layout.lanes[i]?.y ?? 0) + (layout.lanes[i]?.height ?? 0) + 2));
    expect(layout.loss.y).toBeGreaterThan(timelineLayout(wish).loss.y);
  });
  it('is after all lanes when the layer is made differently, and nowhere without a comparison', () => {
    const apart = comparedState({ ...run, layers: [{ other: 0, lanes: [] }] }, trace, undefined);
    const layout = timelineLayout({ ...wish, compared: comparedWish(apart, 0) });
    expect(layout.compared.map(({ key }) => key)).toEqual(['other h', 'other f']);
    expect(layout.compared[0]?.y).toBeGreaterThan(layout.lanes.at(-1)?.y ?? NaN);
    expect([comparedWish(undefined, 0), comparedWish(apart, 3), timelineLayout(wish).compared]).toEqual([{ beneath: [], after: [] }, { beneath: [], after: [] }, []]);
  });
  it('never overlaps anything, at any width, for either pass', () => {
    for (const pageWidth of [320, 600, 900, 1180, 1920]) {
      for (const pass of ['forward', 'backward'] as const) {
        const { loss, tokens, predictions: block, axis, lanes, compared, lines } = timelineLayout({ ...wish, pageWidth, pass, compared: { beneath: ['h'], after: [{ key: 'other z', units: 3 }] } });
        const blocks = [loss, tokens, block, axis, ...lanes, ...compared, lines].sort((a, b) => a.y - b.y);
        blocks.forEach(({ y }, i) => i > 0 && expect(y).toBeGreaterThanOrEqual((blocks[i - 1]?.y ?? 0) + (blocks[i - 1]?.height ?? 0)));
      }
    }
  });
  it('keeps what was fetched while the same pair is shown, and no longer', () => {
    expect(comparedState(run, trace, state)?.difference).toBe(state?.difference);
    expect(comparedState({ ...run, differenceId: 't1 − t3' }, trace, state)?.difference).not.toBe(state?.difference);
    expect(comparedState(undefined, trace, state)).toBeUndefined();
  });
});

describe('its losses', () => {
  it('are one outline on the scale of both, interrupted where there is none', () => {
    const layout = timelineLayout({ pageWidth: 600, steps: 4, layer, pass: 'forward', first: 0, hasPredictions: true, picked: 0 });
    const view = { trace, comparison: { choices: [], compared: run } } as unknown as DebuggerView;
    expect(lossTop(view)).toBe(4);
    expect(lossTop({ ...view, comparison: { choices: [] } })).toBe(2);
    const { y, height } = layout.loss;
    const [x, w] = [layout.left, layout.column];
    expect(lossOutline(other.loss.values, 4, layout)).toBe(`M${x},${y + height}V${y + height * 0.75}H${x + w}V${y}H${x + 2 * w}V${y + height}M${x + 3 * w},${y + height}V${y + height * (1 - 0.0625)}H${x + 4 * w}V${y + height}`);
  });
});

describe('a value under the pointer', () => {
  const compared = comparedState(run, trace, undefined);
  if (!compared) throw new Error('there is a comparison');
  const own = new Float32Array([0, 0, 0, 1, 0, 0, 0, 0]);
  const buffer = new Float32Array([0, 0, 0, 0.75, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]).buffer;
  compared.difference.take({
    request: { traceId: run.differenceId, layer: 0, what: 'value', level: 1, index: 0 }, buffer,
    parts: ['h', 'f'].map((name, i) => ({ lane: name, units: 2, columns: 4, format: { kind: 'float32' }, offset: i * 32 })),
  });
  const state = { compared } as unknown as DebuggerState;
  const derived = { view: { trace }, layer, layerIndex: 0, pass: 'forward', what: 'value', order: [1, 0], header: (name: string) => layer.lanes.find((l) => l.name === name), lane: () => ({ values: own, steps: 4, units: 2, have: new Uint8Array(4).fill(1) }) } as unknown as Derived;
  const layout = timelineLayout({ pageWidth: 600, steps: 4, layer, pass: 'forward', first: 0, hasPredictions: true, picked: 0, compared: comparedWish(compared, 0) });
  it('is read from the lane itself, in the order of this pass’s units', () => {
    const [block] = layout.compared;
    const at = under(layout, layout.left + layout.column * 1.5, (block?.y ?? 0) + 2);
    expect(at).toMatchObject({ step: 2, lane: differenceKey('h') });
    const line = hoverLine(derived, { step: 2, ...at, pageX: 0, pageY: 0, byKeys: false }, layout, state);
    expect(line).toBe("h' − RNN · u1 · t = 2 · 0.75 (1.00 against 0.25)");
    expect(comparedUnit(comparedLanes(derived, state), differenceKey('h'), 27, 28)?.unit).toBe(0);
    // A click there picks the unit that is the same in both; in the other's own lanes no unit is ours.
    const over = { step: 2, row: 2, pageX: 0, pageY: 0, byKeys: false };
    expect([unitAt(derived, { ...over, lane: differenceKey('h') }, layout), unitAt(derived, { ...over, lane: 'other h' }, layout)]).toEqual([1, undefined]);
  });
  it('says both values where the difference is not finite, once the other’s own have arrived', () => {
    const broken = comparedState(run, trace, undefined);
    if (!broken) throw new Error('there is a comparison');
    const tile = (traceId: string, value: number): Parameters<typeof broken.other.take>[0] => ({
      request: { traceId, layer: 0, what: 'value', level: 1, index: 0, lanes: ['h'] }, buffer: new Float32Array(8).fill(value).buffer, parts: [{ lane: 'h', units: 2, columns: 4, format: { kind: 'float32' }, offset: 0 }],
    });
    broken.difference.take(tile(run.differenceId, Infinity));
    const at = { step: 2, lane: differenceKey('h'), row: 2, pageX: 0, pageY: 0, byKeys: false };
    expect(hoverLine(derived, at, layout, { compared: broken } as unknown as DebuggerState)).toBe("h' − RNN · u1 · t = 2 · ∞");
    broken.other.take(tile('t2', -Infinity));
    expect(hoverLine(derived, at, layout, { compared: broken } as unknown as DebuggerState)).toBe("h' − RNN · u1 · t = 2 · ∞ (1.00 against −∞)");
  });
  it('names its lanes in both passes, and adds the other’s loss over the tokens only when compared', () => {
    const [h] = comparedLanes(derived, state);
    if (!h) throw new Error('there is a lane');
    expect([comparedName(h, 'forward', 'RNN'), comparedName(h, 'backward', 'RNN'), comparedName({ ...h, kind: 'other' }, 'forward', 'RNN')]).toEqual(["h' − RNN", '∂L/∂h − RNN', "RNN h'"]);
    const tokens = { step: 2, pageX: 0, pageY: 0, byKeys: false };
    expect(hoverLine(derived, tokens, layout, state)).toMatch(/loss 2\.00 · RNN 4\.00$/);
    expect(hoverLine(derived, tokens, layout, {} as DebuggerState)).toMatch(/loss 2\.00$/);
  });
  it('is saved with everything else as a table', () => {
    const [h] = comparedLanes(derived, state);
    const table = timelineTable(trace, [], 'value', { label: 'RNN', loss: other.loss.values, lanes: h?.lane ? [{ name: "h' − RNN", values: h.lane }] : [] });
    expect(table.columns.slice(-3)).toEqual(['loss of RNN ()', "h' − RNN unit 0", "h' − RNN unit 1"]);
    expect([...table.rows][1]?.slice(-3)).toEqual([4, 0, 0.75]);
    expect(timelineTable(trace, [], 'value').columns.some((name) => name.includes('RNN'))).toBe(false);
  });
});
