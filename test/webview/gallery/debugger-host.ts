// Plays the host for the debugger page: a simulated trace, a cursor that moves when asked, values of expressions by name.
// Not shipped. Scenes: weights, weightsStep, weightsEdited; forward, backward, nonfinite, empty; compare, compareBackward, compareRnn, compareNonfinite, comparing; few (six units, three of them broken); groups, threshold, keys; another cell's equations by its name (odd-cells.ts).
import { Channel, type Port } from '../../../protocol/channel';
import { debuggerScope, type Cursor, type DebuggerHost, type DebuggerPage, type DebuggerView } from '../../../protocol/debugger-page';
import type { LaneHeader, StateFlow } from '../../../protocol/trace-view';
import { cell, cifg, gru, gruBefore, layerNormLstm, lstm, peephole, rnn, sru } from './lstm-equations';
import { uniform } from './simulated-run';
import { simulateTrace, steps, text, units, type SimulatedTrace } from './simulated-trace';
import { oddCells } from './odd-cells';
import { groupedTrace } from './grouped-trace';
import { playLargeHost } from './large-host';
import { playSmallHost, smallScenes } from './small-host';
import { choices, comparedPass } from './compared-pass';
import { pressInOrder } from './pressing';
import { noteSaved } from './saved-files';
import { isOfWeights, openWeights, simulatedWeights } from './simulated-weights';

const words: Readonly<Record<string, string>> = { h: 'hidden state', c: 'cell state', i: 'input gate', f: 'forget gate', g: 'candidate', o: 'output gate' };
const derivatives = { i: ["∂i = ∂c' * g"], f: ["∂f = ∂c' * c"], g: ["∂g = ∂c' * i"], o: ["∂o = ∂h' * tanh(c')"] };

/** Other cells' equations over the same lanes, to look at their pictures. */
const cells: Readonly<Record<string, readonly string[]>> = { ...oddCells, gru, gruBefore, rnn, peephole, sru, cifg, layerNormLstm };

export function playDebuggerHost(port: Port, scene: string): void {
  if (scene === 'large') return playLargeHost(port);
  if (smallScenes.includes(scene.replace(/Backward$/, ''))) return playSmallHost(port, scene);
  const trace = scene === 'few' ? fewUnits() : scene === 'groups' ? groupedTrace() : simulateTrace(/nonfinite$/i.test(scene) ? { step: 36, unit: 3 } : undefined);
  const plain = debuggerView(trace, scene.endsWith('Backward') || isOfWeights(scene) ? 'backward' : scene.endsWith('Nonfinite') ? 'nonfinite' : scene);
  const beside = scene === 'comparing' ? undefined : comparedPass(plain.trace, scene, (lane, t, unit) => trace.value[lane === 'h' || lane === 'c' ? `${lane}'` : lane]?.[t]?.[unit]);
  if (scene === 'groups') chooseOrder('groups');
  if (scene === 'threshold') pressInOrder([{ key: 't' }]);
  if (scene === 'keys') pressInOrder([{ key: '?' }]);
  const view: DebuggerView = { ...plain, comparison: { choices, ...(beside ? { compared: scene === 'compareFork' ? { ...beside.run, id: 'fork 0', label: 'LSTM as recorded', first: { step: 12, name: 'r1.c', unit: 7, own: 3, other: 0.64 } } : beside.run } : {}), ...(scene === 'comparing' ? { pending: 'LSTM@500' } : {}) } };
  let cursor = view.cursor;
  const asked: string[] = [];
  Object.assign(window, { asked });
  const note = (what: string): null => {
    asked.push(what);
    return null;
  };
  const move = (next: Cursor): null => {
    cursor = next;
    channel.emit('cursor', cursor);
    return note(`cursor ${cursor.pass} ${cursor.step}`);
  };
  const rowsOf = (what: 'value' | 'gradient', name: string): readonly Float64Array[] | undefined => trace[what][name];
  /** What the equations of an odd cell would give is not computed. */
  const madeUp = (name: string, step: number): Float32Array | undefined => (oddCells[scene] ? Float32Array.from({ length: units }, (_, u) => 0.5 + 0.45 * Math.sin(u * (1 + name.length) + step + name.charCodeAt(name.length - 1))) : undefined);
  const channel: Channel<DebuggerHost, DebuggerPage> = new Channel<DebuggerHost, DebuggerPage>(port, debuggerScope, {
    ...simulatedWeights(trace, view.trace.traceId, scene),
    hello: () => {
      if (scene === 'opening') return new Promise(() => undefined);
      if (scene === 'ended' || scene === 'lost') setTimeout(() => channel.emit('ended', { how: scene }), 50);
      if (isOfWeights(scene)) openWeights(scene);
      return scene === 'empty' ? null : view;
    },
    tile: (request, transfer) => {
      if (scene === 'loading') return new Promise(() => undefined);
      const compared = beside?.tile(request);
      if (compared) return compared;
      const lanes = (request.lanes ?? view.trace.layers[0]?.lanes.map(({ name }) => name) ?? []).map((name) => ({ name, rows: rowsOf(request.what, name === 'h' || name === 'c' ? `${name}'` : name) ?? [] }));
      const size = lanes[0]?.rows[0]?.length ?? units;
      const buffer = new ArrayBuffer(lanes.length * steps * size * 4);
      transfer(buffer);
      const parts = lanes.map(({ name, rows }, index) => {
        const offset = index * steps * size * 4;
        const out = new Float32Array(buffer, offset, steps * size);
        rows.forEach((row, t) => out.set(row, t * size));
        return { lane: name, units: size, columns: steps, format: { kind: 'float32' }, offset } as const;
      });
      return { request, parts, buffer };
    },
    evaluate: ({ step, what, expressions }) => {
      const found = what === 'edge' ? expressions.map((e) => rowsOf('gradient', e.split(' -> ')[0] ?? '')?.[step - 1]) : expressions.map((e) => (what === 'value' ? trace.product(e, step - 1) : undefined) ?? rowsOf(what, e)?.[step - 1] ?? madeUp(e, step));
      const lengths = Int32Array.from(found, (values) => values?.length ?? -1);
      return { values: Float32Array.from(found.flatMap((values) => [...(values ?? [])])), lengths };
    },
    flow: () => flow(trace),
    parts: ({ step, state }) => {
      const arrives = trace.gradient[state]?.[step];
      const total = trace.gradient[`${state}'`]?.[step - 1];
      if (!total) return null;
      const from = arrives ?? new Float64Array(units);
      return { arrives: Float32Array.from(from), added: Float32Array.from(total, (v, j) => v - (from[j] ?? 0)) };
    },
    goto: ({ step, pass }) => move({ pass, step, level: 'step', layer: 0 }),
    move: ({ how }) => {
      const back = how === 'stepBack' || how === 'reverseContinue';
      const by = (back ? -1 : 1) * (cursor.pass === 'forward' ? 1 : -1);
      const far = how === 'continue' || how === 'reverseContinue';
      return move({ pass: cursor.pass, step: far ? (by > 0 ? steps : 1) : Math.min(steps, Math.max(1, cursor.step + by)), level: 'step', layer: 0 });
    },
    runBackward: () => note('runBackward'),
    chooseSequence: ({ index }) => note(`sequence ${index}`),
    select: (selection) => {
      channel.emit('selection', selection);
      return note(`select ${selection.units.join(' ')}`);
    },
    savePicture: (file) => noteSaved(file),
    copyLink: () => note('copyLink'),
    toggleBreakpoint: ({ line }) => {
      channel.emit('breakpoints', [{ path: '/lstm.rnn', line: 16, enabled: true }, { path: '/lstm.rnn', line, enabled: true }]);
      return note(`breakpoint ${line}`);
    },
    reveal: ({ line }) => note(`reveal ${line}`),
    compare: ({ with: other }) => {
      if (!other) channel.emit('view', { ...view, cursor, comparison: { choices } });
      return note(`compare ${other?.kind ?? 'nothing'}`);
    },
    chooseComparison: () => note('chooseComparison'),
    openInspector: () => note('openInspector'), runAgain: () => note('runAgain'), begin: ({ what }) => note(`begin ${what}`),
  });
}

/** Six units, whose rows have room for symbols: an infinite value, its opposite and a NaN in three of them. */
function fewUnits(): SimulatedTrace {
  const whole = simulateTrace();
  const few = (names: SimulatedTrace['value']): SimulatedTrace['value'] => Object.fromEntries(Object.entries(names).map(([name, rows]) => [name, rows.map((row) => row.slice(0, 6))]));
  const value = few(whole.value);
  for (const [step, unit, broken] of [[24, 1, Infinity], [26, 2, -Infinity], [28, 0, NaN]] as const) for (const name of ["c'", 'f']) (value[name]?.[step - 1] ?? [])[unit] = broken;
  return { ...whole, value, gradient: few(whole.gradient) };
}

/** As a person chooses it, once the page is there. */
function chooseOrder(order: string): void {
  const choose = (): void => {
    const list = document.querySelector<HTMLElement & { value: string }>('vscode-dropdown[aria-label="Order of rows"]');
    if (!list || list.querySelectorAll('vscode-option').length === 0) return void setTimeout(choose, 20);
    list.value = order;
    list.dispatchEvent(new Event('change'));
  };
  setTimeout(choose, 20);
}

export function debuggerView(trace: SimulatedTrace, scene: string): DebuggerView {
  const random = uniform(3);
  const valid = Uint8Array.from({ length: steps }, (_, t) => (scene === 'nonfinite' && t >= 42 ? 0 : 1));
  const alphabet = 'etaoinshrdlucmfwygpbvkTACWIMOPSN,.\n '.split('');
  const probability: number[] = [];
  const shown: string[] = [];
  const rank: number[] = [];
  const loss: number[] = [];
  for (let t = 0; t < steps; t++) {
    const target = text[t + 1] ?? 'e';
    const place = random() < 0.45 ? 1 : random() < 0.6 ? 2 + Math.floor(random() * 4) : 6 + Math.floor(random() * 24);
    const top = 0.25 + 0.7 * random() ** 1.5;
    let left = 1 - top;
    let last = top;
    for (let k = 0; k < 5; k++) {
      const p = k === 0 ? top : Math.min(last, left * (0.25 + 0.4 * random()));
      if (k > 0) left -= p;
      last = p;
      probability.push(p);
      const other = alphabet.filter((letter) => letter !== target)[Math.floor(random() * 30)] ?? 'x';
      shown.push(place === k + 1 ? target : other);
      if (place === k + 1) loss[t] = -Math.log(p);
    }
    loss[t] ??= -Math.log(left / place);
    rank.push(place);
    if (scene === 'nonfinite' && t >= 35) loss[t] = NaN;
    if (scene === 'few' && t === 25) loss[t] = Infinity;
    if (scene === 'few' && t === 27) probability.fill(NaN, t * 5);
    if (scene === 'nonfinite' && t >= 35) probability.fill(NaN, t * 5);
  }
  const lane = (name: string, kind: LaneHeader['kind']): LaneHeader => {
    const read = kind === 'state' ? `${name}'` : name;
    const values = (trace.value[read] ?? []).flatMap((row) => [...row]);
    const gradients = (trace.gradient[read] ?? []).flatMap((row) => [...row]);
    const quantile = (list: readonly number[], q: number): number => {
    const sorted = list.map(Math.abs).filter(Number.isFinite).sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length * q) - 1] ?? 1;
  };
    const bounds = kind === 'gate' ? ([0, 1] as const) : name === 'c' ? undefined : ([-1, 1] as const);
    const broken = values.findIndex((value) => !Number.isFinite(value));
    const width = trace.value[read]?.[0]?.length ?? units;
    const nonFinite = broken < 0 ? {} : { nonFinite: { step: Math.floor(broken / width) + 1, unit: broken % width, count: values.filter((value) => !Number.isFinite(value)).length } };
    return { ...nonFinite, name, kind, words: words[name] ?? name, units: width, ...(bounds ? { bounds } : {}), spread: quantile(values, 0.997), gradientSpread: quantile(gradients, 0.995) };
  };
  const cursor: Cursor = { pass: scene === 'backward' ? 'backward' : 'forward', step: scene === 'backward' ? 31 : scene === 'nonfinite' ? 36 : 24, level: 'step', layer: 0, ...(scene === 'nonfinite' ? { stop: nonFiniteStop } : {}) };
  const finiteLoss = loss.filter(Number.isFinite);
  const waves = Float32Array.from({ length: 2 * steps }, (_, at) => (at === 2 * 30 ? Infinity : at === 2 * 31 + 1 ? -Infinity : Math.sin((at * (1 + (at % 2))) / 9)));
  return {
    trace: {
      traceId: 't1', model: 'Shakespeare', steps, backwardRecorded: scene !== 'nonfinite' && scene !== 'unfinished',
      sequence: { index: 17, label: '#17 “such a young one.⏎…”' }, sequences: [{ index: 17, label: '#17 “such a young one.⏎…”' }, { index: 18, label: '#18 “ge, I am too young”' }],
      origin: 'iteration 6,000 · cpu', item: 'character', valid,
      reads: scene === 'few' ? { kind: 'numeric', names: ['sine', 'cosine'], values: waves } : { kind: 'tokens', text: [...text].slice(0, steps) },
      loss: { unit: '−log p, nats', values: Float32Array.from(loss), mean: scene === 'nonfinite' ? NaN : scene === 'few' ? Infinity : finiteLoss.reduce((s, v) => s + v, 0) / finiteLoss.length },
      predictions: { top: 5, text: shown, probability: Float32Array.from(probability), target: [...text].slice(1, steps + 1), targetRank: Int32Array.from(rank) },
      layers: [{
        name: 'r1', call: 'LSTM(e, hidden: 64)', file: 'lstm.rnn', path: '/lstm.rnn', reversed: false,
        lanes: [lane('h', 'state'), lane('c', 'state'), lane('i', 'gate'), lane('f', 'gate'), lane('g', 'let'), lane('o', 'gate')],
        equations: cell(cells[scene] ?? lstm, units, 11, derivatives), inputs: [{ name: 'x', size: 32 }],
      }],
      edits: scene === 'compareFork' ? [{ step: 12, name: 'r1.c' }] : [], stale: scene === 'stale',
    },
    cursor, selection: { units: [], layer: 0 }, breakpoints: [{ path: '/lstm.rnn', line: 16, enabled: true }], comparison: { choices: [] }, shown: { choices: {}, given: 0 },
  };
}

const nonFiniteStop = {
  kind: 'filter', filter: 'non-finite', what: 'c is not finite', first: { step: 36, layer: 'r1', name: 'c', unit: 3 }, equation: "c' = f * c + i * g",
  explanation: ['Its operands are finite: the value was set by hand.', 'Through U it reaches every value from t = 37.'],
} as const;

export function flow(trace: SimulatedTrace): StateFlow[] {
  const norm = (row: Float64Array | undefined): number => Math.sqrt((row ?? new Float64Array(0)).reduce((s, v) => s + v * v, 0));
  const over = (f: (t: number) => number): Float32Array => Float32Array.from({ length: steps }, (_, t) => f(t));
  const difference = (a: Float64Array | undefined, b: Float64Array | undefined): Float64Array => Float64Array.from(a ?? [], (v, j) => v - (b?.[j] ?? 0));
  return ['h', 'c'].map((state) => ({
    state, addedBy: state === 'h' ? 'own loss' : "from h'",
    arrives: over((t) => norm(trace.gradient[state]?.[t + 1])),
    added: over((t) => norm(difference(trace.gradient[`${state}'`]?.[t], trace.gradient[state]?.[t + 1]))),
    sum: over((t) => norm(trace.gradient[`${state}'`]?.[t])), leaves: over((t) => norm(trace.gradient[state]?.[t])),
  }));
}
