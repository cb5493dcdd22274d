// Plays a host with a large trace: 2 layers of 512 units over 1,000 steps, values from a formula, for measuring frames.
// Not shipped and not a network: only the sizes are those of a large one.
import { Channel, type Port } from '../../../protocol/channel';
import { debuggerScope, type Cursor, type DebuggerHost, type DebuggerPage, type DebuggerView } from '../../../protocol/debugger-page';
import { tileSteps } from '../../../protocol/tiles';
import { cell, lstm } from './lstm-equations';
import { noteSaved } from './saved-files';
import { largeWeights } from './simulated-weights';

const steps = 1000;
const units = 512;

export function playLargeHost(port: Port): void {
  const letters = Array.from({ length: steps }, (_, t) => 'a quiet river runs '[t % 19] ?? ' ');
  const lanes = (['h', 'c', 'i', 'f', 'g', 'o'] as const).map((name) => ({ name, kind: name === 'h' || name === 'c' ? 'state' : name === 'g' ? 'let' : 'gate', units, ...(name === 'c' ? {} : { bounds: name === 'h' || name === 'g' ? ([-1, 1] as const) : ([0, 1] as const) }), spread: 3, gradientSpread: 0.01 }) as const);
  let cursor: Cursor = { pass: 'forward', step: 500, level: 'step', layer: 0 };
  const view: DebuggerView = {
    trace: {
      traceId: 'large', model: 'Large', steps, backwardRecorded: true, sequence: { index: 0, label: '#0' }, sequences: [], origin: 'made up', item: 'character',
      reads: { kind: 'tokens', text: letters }, valid: new Uint8Array(steps).fill(1), loss: { unit: 'nats', values: Float32Array.from({ length: steps }, (_, t) => 1 + Math.sin(t)), mean: 1 },
      predictions: { top: 1, text: letters.map((_, t) => (t % 3 === 0 ? letters[t + 1] ?? 'e' : 'x')), probability: new Float32Array(steps).fill(0.5), target: letters.map((_, t) => letters[t + 1] ?? 'e'), targetRank: Int32Array.from({ length: steps }, (_, t) => 1 + (t % 3)) },
      layers: ['r1', 'r2'].map((name) => ({ name, call: 'LSTM(e, hidden: 512)', file: 'lstm.rnn', path: '/lstm.rnn', reversed: false, lanes, equations: cell(lstm, units, 11), inputs: [{ name: 'x', size: 64 }] })),
      edits: [], stale: false,
    },
    cursor, selection: { units: [], layer: 0 }, breakpoints: [], comparison: { choices: [] }, shown: { choices: {}, given: 0 },
  };
  const value = (lane: number, t: number, u: number): number => Math.sin(t * (0.05 + 0.2 * (((u * 37) % 101) / 101)) + u + lane) * (lane > 1 && lane !== 4 ? 0.5 : 1) + (lane > 1 && lane !== 4 ? 0.5 : 0);
  const course = (lane: number, part: number): Float32Array => Float32Array.from({ length: steps }, (_, t) => part * Math.exp((t - steps) / 200) * (1.2 + Math.sin(t * (lane + 1))));
  const move = (next: Cursor): null => {
    cursor = next;
    channel.emit('cursor', cursor);
    return null;
  };
  const channel: Channel<DebuggerHost, DebuggerPage> = new Channel<DebuggerHost, DebuggerPage>(port, debuggerScope, {
    hello: () => view,
    tile: (request) => {
      const first = request.index * tileSteps;
      const columns = Math.min(tileSteps, steps - first);
      const wanted = lanes.map(({ name }, lane) => ({ name, lane })).filter(({ name }) => request.lanes?.includes(name) ?? true);
      const buffer = new ArrayBuffer(wanted.length * columns * units * 4);
      const parts = wanted.map(({ name, lane }, place) => {
        const offset = place * columns * units * 4;
        const out = new Float32Array(buffer, offset, columns * units);
        for (let t = 0; t < columns; t++) for (let u = 0; u < units; u++) out[t * units + u] = value(lane, first + t, u);
        return { lane: name, units, columns, format: { kind: 'float32' }, offset } as const;
      });
      return { request, parts, buffer };
    },
    evaluate: ({ expressions }) => ({ values: new Float32Array(expressions.length * units).fill(0.5), lengths: new Int32Array(expressions.length).fill(units) }),
    flow: () => (['h', 'c'] as const).map((state, lane) => ({ state, addedBy: state === 'h' ? 'own loss' : "from h'", arrives: course(lane, 0.9), added: course(lane, 0.2), sum: course(lane, 1), leaves: course(lane, 0.85) })),
    ...largeWeights(units),
    parts: ({ step }) => ({ arrives: Float32Array.from({ length: units }, (_, u) => value(0, step, u) / 100), added: Float32Array.from({ length: units }, (_, u) => value(1, step, u) / 100) }),
    goto: ({ step, pass }) => move({ ...cursor, step, pass }),
    move: ({ how }) => move({ ...cursor, step: Math.max(1, Math.min(steps, cursor.step + (how === 'next' ? 1 : -1))) }),
    savePicture: (file) => noteSaved(file), copyLink: () => null, runBackward: () => null, chooseSequence: () => null, select: () => null, toggleBreakpoint: () => null, reveal: () => null, compare: () => null, chooseComparison: () => null, openInspector: () => null, runAgain: () => null, begin: () => null,
  });
}
