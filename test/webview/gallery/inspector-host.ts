// Plays the host for the gradient inspector: norms from a simulated trace, a made-up run to compare with.
// Not shipped. Scenes: lstm, compared and difference (its triangle), alone (nothing to compare with), bars, rnn (no highway), gru, exploding, nonfinite,
// masked, onestep, oneloss, bidirectional, long (1,000 steps), computing, stopped, norecord, empty, comparing.
import { Channel, type Port } from '../../../protocol/channel';
import { inspectorScope, type InspectorHost, type InspectorPage, type Triangle } from '../../../protocol/inspector-page';
import { choices } from './compared-pass';
import { debuggerView } from './debugger-host';
import { pressOnce, sceneSteps, sceneTriangle, sceneView } from './inspector-scenes';
import { noteSaved } from './saved-files';
import { uniform } from './simulated-run';
import { simulateTrace, steps as simulated, units } from './simulated-trace';

const size = (row: Float64Array | undefined): number => Math.sqrt((row ?? new Float64Array(0)).reduce((sum, v) => sum + v * v, 0));

export function playInspectorHost(port: Port, scene: string): void {
  const trace = simulateTrace();
  const base = debuggerView(trace, 'forward');
  const random = uniform(23);
  const view = sceneView(scene, base, choices);
  const { steps } = view.trace;
  const over = (f: (t: number) => number): Float64Array => Float64Array.from({ length: steps }, (_, t) => f(t));
  if (scene === 'difference') pressOnce('LSTM / RNN');
  if (scene === 'compared') pressOnce('RNN');
  if (scene === 'bars') pressOnce('Stacked bars');
  const asked: string[] = [];
  Object.assign(window, { asked });
  const note = (what: string): null => {
    asked.push(what);
    return null;
  };
  let stopped = false;
  let stop = (): void => undefined;
  const wobble = over(() => 0.7 + 0.6 * random());
  const from = new Map<number, ReturnType<typeof trace.fromLoss>>();
  const lossAt = (j: number): ReturnType<typeof trace.fromLoss> => {
    const known = from.get(j) ?? trace.fromLoss(Math.min(j, simulated - 1));
    from.set(j, known);
    return known;
  };
  const total = { h: over((t) => size(trace.gradient["h'"]?.[t]) * steps), c: over((t) => size(trace.gradient["c'"]?.[t]) * steps) };
  // A cell without a cell state, with its own parameters.
  const plain = scene === 'rnn' || scene === 'gru';
  const gates = scene === 'rnn' ? ['h'] : scene === 'gru' ? ['r', 'z', 'n'] : ['i', 'f', 'g', 'o'];
  const channel: Channel<InspectorHost, InspectorPage> = new Channel<InspectorHost, InspectorPage>(port, inspectorScope, {
    hello: () => {
      if (scene === 'opening') return new Promise(() => undefined);
      if (scene === 'ended' || scene === 'lost') setTimeout(() => channel.emit('ended', { how: scene }), 50);
      return scene === 'empty' ? null : view;
    },
    curves: ({ loss, layer }) => {
      if (layer === 1) return { loss, reversed: true, states: ['h', 'c'].map((name, i) => ({ name, norm: over((t) => (loss !== null && t < loss - 1 ? 0 : (0.8 + 0.04 * i) ** (t - (loss ?? 1) + 1))) })), all: over(() => 3) };
      if (sceneSteps[scene] !== undefined) return { loss, states: ['h', 'c'].map((name, i) => ({ name, norm: over((t) => (loss !== null && t >= loss ? 0 : (0.98 + 0.004 * i) ** ((loss ?? steps) - 1 - t))) })), all: over(() => 3) };
      if (loss === null) return { loss, states: [{ name: 'h', norm: total.h }, ...(plain ? [] : [{ name: 'c', norm: total.c }])], all: total.h };
      const one = lossAt(loss - 1);
      const grow = (t: number): number => (scene === 'exploding' ? 1.6 ** (loss - 1 - t) : 1);
      const start = size(one.h[loss - 1]);
      return {
        loss, all: total.h,
        states: [{ name: 'h', norm: over((t) => size(one.h[t]) * grow(t)) }, ...(plain ? [] : [{ name: 'c', norm: over((t) => size(one.c[t]) * grow(t)) }])],
        ...(view.compared ? { compared: over((t) => (t < loss ? start * 0.58 ** (loss - 1 - t) * (t === loss - 1 ? 1 : (wobble[t] ?? 1)) : 0)) } : {}),
        ...(scene === 'nonfinite' ? { nonFinite: { step: 17, layer: 'r1', name: 'c', unit: 3 } } : {}),
      };
    },
    paths: ({ loss, layer }) => {
      if (layer === 1) return { state: 'c', reversed: true, paths: [{ name: 'highway f * c', kind: 'highway', norm: over((t) => (t >= (loss ?? 1) ? 2 + Math.sin(t / 5) : 0)) }, ...['U_i', 'U_f', 'U_g', 'U_o'].map((name, i) => ({ name, kind: 'parameter' as const, norm: over((t) => (t >= (loss ?? 1) ? 0.2 + 0.1 * i : 0)) }))], highwayLeft: over((t) => 0.8 ** t) };
      if (scene === 'rnn') return null;
      if (sceneSteps[scene] !== undefined) return { state: 'c', paths: [{ name: 'highway f * c', kind: 'highway', norm: over((t) => (t < steps - 1 ? 2 + Math.sin(t / 20) : 0)) }, { name: 'U_f', kind: 'parameter', norm: over((t) => (t < steps - 1 ? 1 : 0)) }], highwayLeft: over(() => 0.3) };
      const one = lossAt((loss ?? steps) - 1);
      return {
        state: plain ? 'h' : 'c',
        paths: [{ name: plain ? 'highway z * h' : 'highway f * c', kind: 'highway', norm: one.paths['f'] ?? over(() => 0) }, ...gates.map((gate, i) => ({ name: `U_${gate}`, kind: 'parameter' as const, norm: one.paths[['U_i', 'U_f', 'U_g', 'U_o'][i] ?? ''] ?? over(() => 0) }))],
        highwayLeft: over((t) => size(one.highway[t]) / size(one.c[t])),
      };
    },
    factors: () => (scene === 'rnn' ? { weights: over((t) => 1.08 ** (steps - 1 - t)), slopes: over((t) => 0.55 ** (steps - 1 - t)) } : null),
    triangle: ({ of, goOn, layer }) => {
      const taken = scene === 'onestep' ? [0] : scene === 'oneloss' ? [steps - 1] : scene === 'long' ? Array.from({ length: 128 }, (_, i) => Math.round((i * 999) / 127)) : Array.from({ length: steps }, (_, j) => j).filter((j) => view.trace.valid[j] === 1);
      const norm = new Float32Array(taken.length * steps);
      taken.forEach((j, row) => {
        for (let t = 0; t <= j; t++) {
          const own = sceneSteps[scene] === undefined ? size(lossAt(j).h[t]) : 3 * 0.985 ** (j - t) * (1 + 0.8 * Math.sin(t / 30 + j / 90));
          norm[row * steps + t] = of === 'run' ? own : size(lossAt(j).h[j]) * 0.7 ** (j - t) * (wobble[t] ?? 1);
        }
      });
      if (layer === 1) taken.forEach((j, row) => { for (let t = 0; t < steps; t++) norm[row * steps + t] = t < j ? 0 : 2 * 0.8 ** (t - j) * (wobble[t] ?? 1); });
      const whole: Triangle = { ...(layer === 1 ? { reaches: 'later' as const } : {}), losses: Int32Array.from(taken, (j) => j + 1), chosen: taken.length, of: scene === 'long' ? 1000 : taken.length, norm };
      const now = sceneTriangle(stopped ? 'stopped' : scene, whole, steps, goOn);
      note(`triangle of the ${of}${goOn ? ', going on' : ''}`);
      // Nothing more comes of what is being computed, until it is stopped.
      return now.state === 'running' && asked.filter((each) => each.startsWith('triangle')).length > 1 ? new Promise((resolve) => (stop = () => resolve({ state: 'stopped', share: 0.42 }))) : now;
    },
    triangleRow: ({ of, loss }) => {
      note(`row of the loss at ${loss} of the ${of}`);
      const row = { loss, norm: Float32Array.from({ length: steps }, (_, t) => (t < loss ? 3 * 0.985 ** (loss - 1 - t) * (1 + 0.8 * Math.sin(t / 30 + loss / 90)) : 0)) };
      // One of them comes only when it is asked for again.
      return loss === 641 && asked.filter((each) => each.startsWith(`row of the loss at ${loss}`)).length === 1 ? new Promise((_, reject) => (stop = () => reject(new Error('cancelled')))) : row;
    },
    stopTriangle: ({ of }) => {
      stopped = true;
      stop();
      return note(`stop the triangle of the ${of}`);
    },
    spectrum: ({ step }) => {
      const gate = trace.value['f']?.[step - 1] ?? new Float64Array(units);
      const points = (n: number, scale: number): { real: Float64Array; imaginary: Float64Array } => {
        const real = Float64Array.from({ length: n }, (_, i) => (i < units && scale > 0.8 ? (gate[i] ?? 0) : (random() - 0.5) * scale));
        return { real, imaginary: real.map((_, i) => (i < units && scale > 0.8 ? 0 : (random() - 0.5) * scale)) };
      };
      const run = points(plain ? units : 2 * units, 1.1);
      const other = points(units, 0.79);
      return { run: { ...run, rho: 1.12, of: plain ? units : 2 * units, space: plain ? 'h' : '[h; c]' }, ...(view.compared ? { compared: { ...other, rho: 0.76, of: units, space: 'h' } } : {}) };
    },
    radii: () => over((t) => 0.95 + 0.5 * (wobble[t] ?? 1) ** 4),
    parameters: () => {
      const rows = gates.flatMap((gate) => ['W', 'U', 'b'].map((p) => ({ name: scene === 'rnn' ? p : `${p}_${gate}`, group: gate, sum: (gate === 'g' || gate === 'n' ? 0.4 : 0.1) * (p === 'b' ? 0.3 : 1) * (0.7 + 0.5 * random()) })));
      return { rows, norm: Float32Array.from({ length: rows.length * steps }, (_, i) => (rows[Math.floor(i / steps)]?.sum ?? 0) * (wobble[i % steps] ?? 1) ** 3 * (0.3 + random())) };
    },
    saturation: () => ({
      gates: scene === 'rnn' ? [] : (scene === 'gru' ? ['f', 'i'] : ['i', 'f', 'o']).map((name) => {
        const rows = trace.value[name] ?? [];
        const share = (test: (v: number) => boolean): Float32Array => Float32Array.from({ length: units }, (_, u) => rows.filter((row) => test(row[u] ?? 0)).length / simulated);
        return { name: scene === 'gru' ? { f: 'z', i: 'r' }[name] ?? name : name, words: scene === 'gru' ? { f: 'update gate', i: 'reset gate' }[name] ?? name : { i: 'input gate', f: 'forget gate', o: 'output gate' }[name] ?? name, open: share((v) => v > 0.9), closed: share((v) => v < 0.1) };
      }),
    }),
    horizon: () => {
      const band = (rate: number, tail: number): { median: Float64Array; low: Float64Array; high: Float64Array } => {
        const median = over((k) => rate ** k + tail * 0.9 ** k * (k > 0 ? 1 : 0));
        return { median, low: median.map((v, k) => v * 0.12 ** (k / 30)), high: median.map((v, k) => v * 9 ** Math.min(1.2, k / 14)) };
      };
      return { sequences: 96, run: band(0.55, 0.008), ...(view.compared ? { compared: band(0.57, 0) } : {}), ...(scene === 'rnn' ? {} : { longest: { unit: 46, halfLife: 2.94, product: over((k) => 0.5 ** (k / 2.94)), gate: scene === 'gru' ? 'z' : 'f' } }) };
    },
    goto: ({ step }) => {
      channel.emit('cursor', { ...view.cursor, step });
      return note(`goto ${step}`);
    },
    savePicture: (file) => noteSaved(file), copyLink: () => note('copyLink'), compare: ({ with: other }) => note(`compare ${other?.kind ?? 'nothing'}`), chooseComparison: () => note('chooseComparison'), chooseSequence: ({ index }) => note(`sequence ${index}`), runBackward: () => note('runBackward'), openDebugger: () => note('openDebugger'), runAgain: () => note('runAgain'), begin: ({ what }) => note(`begin ${what}`),
  });
}
