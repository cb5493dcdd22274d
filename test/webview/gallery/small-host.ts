// Plays a host with small made-up passes of the kinds that a character model is not: one step and one unit, numeric features with one loss at the end,
// words with one class at the end, both directions, an attention over another layer's steps, and a sequence of 1,200 steps.
// Not shipped and not a network: values from a formula, only the shapes are those of such models.
import { Channel, type Port } from '../../../protocol/channel';
import { debuggerScope, type Cursor, type DebuggerHost, type DebuggerPage, type DebuggerView } from '../../../protocol/debugger-page';
import { tileSteps } from '../../../protocol/tiles';
import type { LaneHeader, LayerHeader, OutputView, PredictionView, TraceHeader } from '../../../protocol/trace-view';
import { cell, gru, lstm, rnn } from './lstm-equations';
import { noteSaved } from './saved-files';
import { largeWeights } from './simulated-weights';

interface Kind {
  readonly steps: number;
  readonly units: number;
  readonly reads: TraceHeader['reads'];
  readonly item: string;
  readonly layers: readonly LayerHeader[];
  readonly losses: 'every' | 'last';
  readonly unit: string;
  readonly predictions?: PredictionView;
  readonly outputs?: OutputView;
  readonly cursor?: number;
}

const state = (name: string, units: number, words = 'hidden state'): LaneHeader => ({ name, kind: 'state', words, units, bounds: [-1, 1], spread: 1, gradientSpread: 0.02 });
const gate = (name: string, units: number, words: string): LaneHeader => ({ name, kind: 'gate', words, units, bounds: [0, 1], spread: 1, gradientSpread: 0.02 });
const layer = (name: string, call: string, source: readonly string[], lanes: readonly LaneHeader[], units: number, reversed = false): LayerHeader => ({ name, call, file: 'cells.rnn', path: '/cells.rnn', reversed, lanes, equations: cell(source, units, 8), inputs: [{ name: 'x', size: 2 }] });

const lstmLanes = (units: number): readonly LaneHeader[] => [state('h', units), { name: 'c', kind: 'state', words: 'cell state', units, spread: 2.3, gradientSpread: 0.02 }, gate('i', units, 'input gate'), gate('f', units, 'forget gate'), { name: 'g', kind: 'let', words: 'candidate', units, bounds: [-1, 1], spread: 1, gradientSpread: 0.02 }, gate('o', units, 'output gate')];
const gruLanes = (units: number): readonly LaneHeader[] => [state('h', units), gate('r', units, 'reset gate'), gate('z', units, 'update gate'), { name: 'n', kind: 'let', words: 'candidate', units, bounds: [-1, 1], spread: 1, gradientSpread: 0.02 }];

const features = (steps: number, names: readonly string[]): TraceHeader['reads'] => ({
  kind: 'numeric', names,
  values: Float32Array.from({ length: steps * names.length }, (_, i) => (i % names.length === 1 ? (Math.floor(i / names.length) === 11 || Math.floor(i / names.length) === 36 ? 1 : 0) : 0.5 + 0.5 * Math.sin(3.1 * i) * Math.cos(0.17 * i))),
});
const review = 'the film begins slowly but by the end nobody in the house could look away'.split(' ');
const lastClass = (steps: number): PredictionView => ({
  top: 2, text: Array.from({ length: steps * 2 }, (_, i) => (i < 2 * steps - 2 ? '' : i % 2 === 0 ? 'positive' : 'negative')),
  probability: Float32Array.from({ length: steps * 2 }, (_, i) => (i < 2 * steps - 2 ? 0 : i % 2 === 0 ? 0.83 : 0.17)),
  target: Array.from({ length: steps }, (_, t) => (t === steps - 1 ? 'positive' : '')), targetRank: Int32Array.from({ length: steps }, (_, t) => (t === steps - 1 ? 1 : 0)),
});
const letters = (steps: number): readonly string[] => Array.from({ length: steps }, (_, t) => 'a quiet river runs '[t % 19] ?? ' ');
const nextLetters = (text: readonly string[]): PredictionView => ({
  top: 2, text: text.flatMap((_, t) => (t % 4 === 0 ? ['x', text[t + 1] ?? 'e'] : [text[t + 1] ?? 'e', 'x'])), probability: Float32Array.from({ length: text.length * 2 }, (_, i) => (i % 2 === 0 ? 0.6 : 0.2)),
  target: text.map((_, t) => text[t + 1] ?? 'e'), targetRank: Int32Array.from(text, (_, t) => (t % 4 === 0 ? 2 : 1)),
});

const kinds: Readonly<Record<string, () => Kind>> = {
  one: () => ({ steps: 1, units: 1, item: 'character', reads: { kind: 'tokens', text: ['a'] }, layers: [layer('r', 'RNN(x, hidden: 1)', rnn, [state('h', 1)], 1)], losses: 'every', unit: '−log p, nats', predictions: nextLetters(['a']) }),
  regression: () => ({ steps: 50, units: 32, item: 'value', reads: features(50, ['value', 'marked']), layers: [layer('r', 'LSTM(x, hidden: 32)', lstm, lstmLanes(32), 32)], losses: 'last', unit: '(y − target)²', outputs: { size: 1, values: new Float32Array(50).fill(NaN).fill(0.83, 49), target: new Float32Array(50).fill(NaN).fill(1.02, 49) }, cursor: 50 }),
  forecast: () => ({ steps: 50, units: 32, item: 'value', reads: features(50, ['x[0]']), layers: [layer('r', 'GRU(x, hidden: 32)', gru, gruLanes(32), 32)], losses: 'every', unit: '(y − target)²', outputs: { size: 1, values: Float32Array.from({ length: 50 }, (_, t) => Math.sin(t / 4) + 0.2 * Math.sin(t)), target: Float32Array.from({ length: 50 }, (_, t) => Math.sin(t / 4)) } }),
  classifier: () => ({ steps: review.length, units: 24, item: 'word', reads: { kind: 'tokens', text: review }, layers: [layer('r', 'GRU(e, hidden: 24)', gru, gruLanes(24), 24)], losses: 'last', unit: '−log p, nats', predictions: lastClass(review.length) }),
  both: () => ({ steps: review.length, units: 16, item: 'word', reads: { kind: 'tokens', text: review }, layers: [layer('r', 'GRU(e, hidden: 16, direction: both)', gru, gruLanes(16), 16), layer('r.backward', 'GRU(e, hidden: 16, direction: both)', gru, gruLanes(16), 16, true)], losses: 'every', unit: '−log p, nats', predictions: { ...lastClass(review.length), probability: new Float32Array(review.length * 2).fill(0.5), text: review.flatMap(() => ['noun', 'verb']), target: review.map(() => 'noun'), targetRank: Int32Array.from(review, (_, t) => 1 + (t % 2)) } }),
  attention: () => ({
    steps: 12, units: 16, item: 'character', reads: { kind: 'tokens', text: [...'⏎25 January 2'].slice(0, 12) },
    layers: [layer('dec', 'LuongRNN(p, memory: enc, hidden: 16)', [...rnn, 'attention a = softmax(m @ (A @ h\'))'], [state('h', 16), { name: 'a', kind: 'let', words: 'one weight per encoder step', units: 14, bounds: [0, 1], spread: 1, gradientSpread: 0.02 }], 16), layer('enc', 'GRU(e, hidden: 16)', gru, gruLanes(16), 16)],
    losses: 'every', unit: '−log p, nats', predictions: nextLetters([...'25 January 20'].slice(0, 12)),
  }),
  long: () => ({ steps: 1200, units: 64, item: 'character', reads: { kind: 'tokens', text: letters(1200) }, layers: [layer('r', 'LSTM(e, hidden: 64)', lstm, lstmLanes(64), 64)], losses: 'every', unit: '−log p, nats', predictions: nextLetters(letters(1200)), cursor: 700 }),
};

export const smallScenes: readonly string[] = Object.keys(kinds);

export function playSmallHost(port: Port, scene: string): void {
  const backward = scene.endsWith('Backward');
  const kind = kinds[scene.replace(/Backward$/, '')]?.();
  if (!kind) throw new Error(`no such scene: ${scene}`);
  const { steps, units, layers } = kind;
  let cursor: Cursor = { pass: backward ? 'backward' : 'forward', step: kind.cursor ?? Math.min(steps, 9), level: 'step', layer: 0 };
  const losses = Float32Array.from({ length: steps }, (_, t) => (kind.losses === 'last' && t < steps - 1 ? NaN : 0.4 + 0.3 * Math.sin(t)));
  const finite = losses.filter(Number.isFinite);
  const view: DebuggerView = {
    trace: {
      traceId: scene, model: 'Made up', steps, backwardRecorded: true, sequence: { index: 0, label: '#0' }, sequences: [], origin: 'iteration 400 · cpu', item: kind.item, reads: kind.reads, valid: new Uint8Array(steps).fill(1),
      loss: { unit: kind.unit, values: losses, mean: finite.reduce((sum, loss) => sum + loss, 0) / finite.length }, ...(kind.predictions ? { predictions: kind.predictions } : {}), ...(kind.outputs ? { outputs: kind.outputs } : {}), layers, edits: [], stale: false,
    },
    cursor, selection: { units: [], layer: 0 }, breakpoints: [], comparison: { choices: [] }, shown: { choices: {}, given: 0 },
  };
  const asked: string[] = [];
  Object.assign(window, { asked });
  const note = (what: string): null => {
    asked.push(what);
    return null;
  };
  const value = (lane: LaneHeader, t: number, u: number): number => {
    const wave = Math.sin(t * (0.1 + 0.9 * (((u * 37) % 101) / 101)) + u + lane.name.charCodeAt(0));
    if (lane.units === 14) return Math.exp(-((u - t) ** 2) / 3) * 0.7;
    return lane.bounds?.[0] === 0 ? 0.5 + 0.45 * wave : (lane.bounds ? 0.9 : 2) * wave;
  };
  const move = (next: Cursor): null => {
    cursor = next;
    channel.emit('cursor', cursor);
    return note(`cursor ${cursor.pass} ${cursor.step}`);
  };
  const over = (part: number): Float32Array => Float32Array.from({ length: steps }, (_, t) => part * Math.exp((t + 1 - steps) / 9));
  const channel: Channel<DebuggerHost, DebuggerPage> = new Channel<DebuggerHost, DebuggerPage>(port, debuggerScope, {
    hello: () => view,
    tile: (request) => {
      const first = request.index * tileSteps * request.level;
      const columns = Math.min(tileSteps, Math.ceil((steps - first) / request.level));
      const wanted = (layers[request.layer]?.lanes ?? []).filter(({ name }) => request.lanes?.includes(name) ?? true);
      const buffer = new ArrayBuffer(wanted.reduce((sum, lane) => sum + columns * lane.units * 4, 0));
      let offset = 0;
      const parts = wanted.map((lane) => {
        const out = new Float32Array(buffer, offset, columns * lane.units);
        const size = request.what === 'gradient' ? 0.02 : 1;
        for (let t = 0; t < columns; t++) for (let u = 0; u < lane.units; u++) out[t * lane.units + u] = size * value(lane, first + t * request.level, u);
        const part = { lane: lane.name, units: lane.units, columns, format: { kind: 'float32' }, offset } as const;
        offset += out.byteLength;
        return part;
      });
      return { request, parts, buffer };
    },
    evaluate: ({ step, expressions }) => ({ values: Float32Array.from({ length: expressions.length * units }, (_, i) => Math.sin(i + step)), lengths: new Int32Array(expressions.length).fill(units) }),
    flow: ({ layer: index }) => (layers[index]?.lanes ?? []).filter((lane) => lane.kind === 'state').map(({ name }) => ({ state: name, addedBy: name === 'h' ? 'own loss' : "from h'", arrives: over(0.9).map((v, t) => (t === steps - 1 ? 0 : v)), added: over(0.2), sum: over(1), leaves: over(0.85) })),
    ...largeWeights(units),
    parts: () => ({ arrives: Float32Array.from({ length: units }, (_, u) => Math.sin(u) / 100), added: Float32Array.from({ length: units }, (_, u) => Math.cos(u) / 100) }),
    goto: ({ step, pass }) => move({ ...cursor, step, pass }),
    move: ({ how }) => move({ ...cursor, step: Math.max(1, Math.min(steps, cursor.step + (how === 'next' ? 1 : -1))) }),
    select: (selection) => {
      channel.emit('selection', selection);
      return note(`select ${selection.units.join(' ')}`);
    },
    savePicture: (file) => noteSaved(file), copyLink: () => note('copyLink'), runBackward: () => note('runBackward'), chooseSequence: () => note('sequence'), toggleBreakpoint: () => note('breakpoint'), reveal: () => note('reveal'), compare: () => note('compare'), chooseComparison: () => note('chooseComparison'), openInspector: () => note('openInspector'), runAgain: () => note('runAgain'), begin: () => note('begin'),
  });
}
