// What the debugger page is told of a recorded pass: every number against the trace, every text against the source.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openNodeBackend } from '../../cli/backends/open-backend';
import { defined } from '../../engine/base/invariant';
import type { Backend } from '../../engine/runtime/backend';
import { DebuggerViews } from '../../extension/debug/adapter/views/debugger-views';
import { tileOf } from '../../extension/debug/adapter/views/lane-tiles';
import { norm } from '../../extension/debug/adapter/views/state-flow';
import type { Evaluated } from '../../protocol/debugger-page';
import type { LayerHeader } from '../../protocol/trace-view';
import { cellGraph } from '../../webview/debugger/cell/fold';
import { tolerances } from '../tolerances';
import { relativeError } from '../trace/compare-columns';
import { modelWith, record, type Recorded } from './recorded-view';

let backend: Backend;
beforeAll(async () => {
  backend = await openNodeBackend('wasm', { threads: 1 });
});
afterAll(async () => {
  await backend.dispose();
});

const firstLayer = (views: DebuggerViews): LayerHeader => defined(views.header.layers[0], 'one layer');
const close = (got: ArrayLike<number>, want: ArrayLike<number>): void => {
  expect(relativeError({ dims: [], data: Float64Array.from(got) }, { dims: [], data: Float64Array.from(want) })).toBeLessThan(tolerances.singlePrecisionTrace);
};

function split({ values, lengths }: Evaluated): (Float32Array | undefined)[] {
  let at = 0;
  return [...lengths].map((length) => (length < 0 ? undefined : values.subarray(at, (at += length))));
}

async function shown(layer: string, options: Parameters<typeof record>[2] & { readonly pool?: boolean } = {}): Promise<Recorded & { readonly views: DebuggerViews }> {
  const recorded = await record(backend, modelWith(layer, options), options);
  return { ...recorded, views: new DebuggerViews(recorded.view) };
}

describe('the header', () => {
  it('names lanes, domains and words of an LSTM', async () => {
    const { views, programs } = await shown('LSTM(x, hidden: 5)');
    const layer = firstLayer(views);
    expect(layer).toMatchObject({ name: 'r', call: 'LSTM(x, hidden: 5)', file: 'lstm.rnn', path: 'library:lstm.rnn', reversed: false, inputs: [{ name: 'x', size: 3 }] });
    expect(layer.lanes.map(({ name, kind, words, units, bounds }) => [name, kind, words, units, bounds])).toEqual([
      ['h', 'state', 'hidden state', 5, [-1, 1]], ['c', 'state', 'cell state', 5, undefined],
      ['i', 'gate', 'input gate', 5, [0, 1]], ['f', 'gate', 'forget gate', 5, [0, 1]], ['g', 'let', 'candidate', 5, [-1, 1]], ['o', 'gate', 'output gate', 5, [0, 1]],
    ]);
    expect(layer.equations.map(({ text, line }) => `${line} ${text}`)).toEqual([
      '12 gate i = sigmoid(W_i @ x + U_i @ h + b_i)', '13 gate f = sigmoid(W_f @ x + U_f @ h + b_f)', '14 let  g = tanh(W_g @ x + U_g @ h + b_g)',
      "15 gate o = sigmoid(W_o @ x + U_o @ h + b_o)", "17 c' = f * c + i * g", "18 h' = o * tanh(c')",
    ]);
    const [i] = layer.equations;
    expect(i?.tokens.map(({ start, end, kind }) => `${kind} ${i.text.slice(start, end)}`)).toEqual(['keyword gate', 'function sigmoid', 'parameter W_i', 'parameter U_i', 'parameter b_i']);
    await programs.dispose();
  });

  it.each([
    ['LSTM', ["∂i = ∂c' * g", "∂f = ∂c' * c", "∂g = ∂c' * i", "∂o = ∂h' * tanh(c')", "∂c' = ∂h' * o * (1 - tanh(c')^2) + ∂c from t + 1", "∂c to t - 1 = ∂c' * f", "∂h' = own loss + ∂h from t + 1"]],
    ['GRU', ['∂r = ∂n * (1 - n^2) * (U_n @ h + c_n)', "∂z = −∂h' * n + ∂h' * h", "∂n = ∂h' * (1 - z)", "∂h' = own loss + ∂h from t + 1"]],
    ['GRUBefore', ['∂r = U_nᵀ @ (∂n * (1 - n^2)) * h', "∂z = −∂h' * n + ∂h' * h", "∂n = ∂h' * (1 - z)", "∂h' = own loss + ∂h from t + 1"]],
    ['CIFG', ["∂f = −∂i + ∂c' * c", "∂i = ∂c' * g", "∂g = ∂c' * i", "∂o = ∂h' * tanh(c')", "∂c' = ∂h' * o * (1 - tanh(c')^2) + ∂c from t + 1", "∂c to t - 1 = ∂c' * f", "∂h' = own loss + ∂h from t + 1"]],
    ['RNN', ["∂h' = own loss + ∂h from t + 1", "∂h to t - 1 = Uᵀ @ (∂h' * (1 - h'^2))"]],
    ['RNN', ["∂h' = own loss + ∂h from t - 1", "∂h to t + 1 = Uᵀ @ (∂h' * (1 - h'^2))"], ', direction: backward'],
    ['SRU', ["∂u = ∂c' * (1 - f)", "∂f = ∂c' * c − ∂c' * u", "∂c' = own loss + ∂c from t + 1", "∂c to t - 1 = ∂f * f * (1 - f) * v_f + ∂c' * f"]],
  ])('writes the derivatives of %s as a person would', async (cell, want, more: unknown = '') => {
    const { views, programs } = await shown(`${String(cell)}(x, hidden: 3${String(more)})`);
    expect(firstLayer(views).equations.flatMap(({ derivatives }) => derivatives)).toEqual(want);
    await programs.dispose();
  });

  it.each([
    ['RNN', { h: [-1, 1] }], ['GRU', { h: [-1, 1], r: [0, 1], z: [0, 1], n: [-1, 1] }], ['ReluRNN', { h: undefined }],
    ['CIFG', { h: [-1, 1], c: [-1, 1], f: [0, 1], i: [0, 1], g: [-1, 1], o: [0, 1] }], ['MGU', { h: [-1, 1], f: [0, 1], n: [-1, 1] }], ['SRU', { c: undefined, u: undefined, f: [0, 1] }],
  ])('gives %s the domains that follow from its equations', async (cell, want) => {
    const { views, programs } = await shown(`${cell}(x, hidden: 3)`);
    expect(Object.fromEntries(firstLayer(views).lanes.map(({ name, bounds }) => [name, bounds]))).toEqual(want);
    await programs.dispose();
  });

  it('tells losses, targets and ranks as the trace has them, also with a mask that is no prefix', async () => {
    const { views, recording, problem, programs } = await shown('GRU(x, hidden: 4)', { masked: true, batch: 2, row: 1 });
    const { header } = views;
    const predictions = defined(header.predictions, 'classes');
    let sum = 0;
    for (let t = 1; t <= 9; t++) {
      const valid = recording.isValid(t);
      expect(header.valid[t - 1]).toBe(valid ? 1 : 0);
      const loss = header.loss.values[t - 1] as number;
      expect(Number.isNaN(loss)).toBe(!valid);
      expect(predictions.target[t - 1]).toBe(valid ? String(problem.batch.y.data[9 + t - 1]) : '');
      if (!valid) continue;
      sum += loss;
      // −log p of the target is the loss of the step, and p stands where its rank says.
      const rank = defined(predictions.targetRank[t - 1], 'a rank');
      expect(predictions.text[(t - 1) * predictions.top + rank - 1]).toBe(predictions.target[t - 1]);
      close([-Math.log(predictions.probability[(t - 1) * predictions.top + rank - 1] as number)], [loss]);
    }
    close([header.loss.mean], [sum / header.valid.reduce((a, b) => a + b, 0)]);
    await programs.dispose();
  });

  it('puts the one prediction of a sequence at its last valid step', async () => {
    const { views, programs } = await shown('LSTM(x, hidden: 4)', { pool: true });
    const { header } = views;
    expect([...header.loss.values].filter((loss) => !Number.isNaN(loss))).toHaveLength(1);
    expect(header.predictions?.targetRank.filter((rank) => rank > 0)).toHaveLength(1);
    expect(header.predictions?.targetRank[8]).toBeGreaterThan(0);
    await programs.dispose();
  });

  it('tells what a network without classes says, at every step or at the last valid one, beside its target', async () => {
    for (const [pooled, kind] of [[false, 'squaredError'], [true, 'squaredError'], [false, 'binaryCrossEntropy']] as const) {
      const recorded = await record(backend, modelWith('GRU(x, hidden: 4)', { pool: pooled }).replace('crossEntropy', kind), { masked: true, batch: 2, row: 1 });
      const { header } = new DebuggerViews(recorded.view);
      const { size, values, target } = defined(header.outputs, 'outputs');
      expect([header.predictions, size, values.length]).toEqual([undefined, 4, 36]);
      for (let t = 1; t <= 9; t++) {
        const [said, wanted] = [values.subarray((t - 1) * 4, t * 4), target.subarray((t - 1) * 4, t * 4)];
        const loss = header.loss.values[t - 1] as number;
        // Where there is a loss there is an output, and it is the loss of the two.
        expect(Number.isNaN(said[0] ?? 0)).toBe(Number.isNaN(loss));
        if (Number.isNaN(loss)) continue;
        const each = [...said].map((p, i) => (kind === 'squaredError' ? (p - (wanted[i] ?? NaN)) ** 2 : -((wanted[i] ?? NaN) * Math.log(p) + (1 - (wanted[i] ?? NaN)) * Math.log(1 - p))));
        close([each.reduce((sum, one) => sum + one, 0) / 4], [loss]);
      }
      await recorded.programs.dispose();
    }
    const { views, programs } = await shown('GRU(x, hidden: 4)');
    expect(views.header.outputs).toBeUndefined();
    await programs.dispose();
  });

  it('names the first value that is not finite', async () => {
    const { views, programs } = await shown('LSTM(x, hidden: 4)', { prepare: ({ batch }) => void (batch.x.data[3 * 6] = NaN) });
    const lanes = firstLayer(views).lanes;
    expect(lanes.map(({ nonFinite }) => nonFinite?.step)).toEqual(lanes.map(() => 7));
    expect(lanes.find(({ name }) => name === 'f')?.nonFinite).toEqual({ step: 7, unit: 0, count: 12 });
    await programs.dispose();
  });
});

describe('a tile', () => {
  it('holds the values and gradients of the trace to the last bit', async () => {
    const { views, recording, programs } = await shown('LSTM(x, hidden: 4)', { time: 300 });
    for (const what of ['value', 'gradient'] as const) {
      const tile = views.tile({ traceId: 't1', layer: 0, what, level: 1, index: 1 });
      expect(tile.parts.map(({ lane, columns, units, offset }) => [lane, columns, units, offset])).toEqual(['h', 'c', 'i', 'f', 'g', 'o'].map((lane, at) => [lane, 44, 4, at * 44 * 4 * 4]));
      for (const { lane, offset } of tile.parts) {
        const column = defined(recording.trace.columns.get(`${what === 'value' ? 'value' : 'grad'}/r.${lane}`), lane).data;
        expect([...new Float32Array(tile.buffer, offset, 44 * 4)]).toEqual([...column.subarray(256 * 4)]);
      }
    }
    await programs.dispose();
  });

  it('keeps a spike and a NaN at every level', async () => {
    const { recording, programs } = await shown('RNN(x, hidden: 2)', { time: 40 });
    const data = Float32Array.from({ length: 80 }, (_, at) => 0.01 * (at % 7));
    data[2 * 21 + 1] = -5;
    data[2 * 33] = NaN;
    data[2 * 3] = Infinity;
    const columns = new Map([...recording.trace.columns, ['value/r.h', { kind: 'f32' as const, dims: [1, 40, 2], data }]]);
    const changed = Object.assign(Object.create(Object.getPrototypeOf(recording) as object), recording, { trace: { ...recording.trace, columns } }) as typeof recording;
    const tile = tileOf(changed, { traceId: 't1', layer: 0, what: 'value', level: 16, index: 0, lanes: ['h'] });
    const [part] = tile.parts;
    expect(part).toMatchObject({ columns: 3, format: { kind: 'uint8', low: -5 } });
    const bytes = new Uint8Array(tile.buffer);
    expect([bytes[0], bytes[3], bytes[4]]).toEqual([254, 0, 253]);
    await programs.dispose();
  });

  it('that there is not is refused with a sentence', async () => {
    const { views, programs } = await shown('RNN(x, hidden: 2)');
    const ask = { traceId: 't1', layer: 0, what: 'value', level: 1, index: 0 } as const;
    expect(() => views.tile({ ...ask, traceId: 't0' })).toThrow(/no longer shown/);
    expect(() => views.tile({ ...ask, layer: 3 })).toThrow(/no layer 3/);
    expect(() => views.tile({ ...ask, index: 1 })).toThrow(/no tile 1/);
    expect(() => views.tile({ ...ask, lanes: ['q'] })).toThrow(/no lane q; it has h/);
    await programs.dispose();
  });
});

describe('values at a step', () => {
  it('of names are the trace’s, of parts what the equations give', async () => {
    const { views, recording, programs } = await shown('LSTM(x, hidden: 4)');
    const at = (name: string, t: number): Float32Array => defined(recording.trace.columns.get(`value/r.${name}`), name).data.subarray(4 * (t - 1), 4 * t);
    const [h, c, next, f, keep, write, shown_, product, none, nothing] = split(views.evaluate({ traceId: 't1', layer: 0, step: 5, what: 'value', expressions: ['h', 'c', "c'", 'f', 'f * c', 'i*g', "tanh(c')", 'W_f @ x', 'f * h', '?'] }));
    expect([[...(h ?? [])], [...(c ?? [])], [...(next ?? [])], [...(f ?? [])]]).toEqual([at('h', 4), at('c', 4), at('c', 5), at('f', 5)].map((values) => [...values]));
    close(defined(keep, 'f * c'), at('f', 5).map((value, unit) => value * (at('c', 4)[unit] ?? 0)));
    close(Float64Array.from(keep ?? [], (value, unit) => value + (write?.[unit] ?? 0)), at('c', 5));
    close(defined(shown_, "tanh(c')"), at('c', 5).map(Math.tanh));
    expect(product).toHaveLength(4);
    expect([none, nothing]).toEqual([undefined, undefined]);
    await programs.dispose();
  });

  it.each([false, true])('gradients of parts are those of the whole they are added to (masked: %s)', async (masked) => {
    const { views, recording, programs } = await shown('LSTM(x, hidden: 4)', { masked });
    for (let step = 1; step <= 9; step++) {
      const grad = (name: string): Float32Array => defined(recording.trace.columns.get(`grad/r.${name}`), name).data.subarray(4 * (step - 1), 4 * step);
      const [keep, inner, sent] = split(views.evaluate({ traceId: 't1', layer: 0, step, what: 'gradient', expressions: ['f * c', "tanh(c')", 'c'] }));
      const valid = recording.isValid(step);
      expect([...(sent ?? [])]).toEqual([...recording.oldGradient(defined(recording.timeline.units[0], 'r'), 'c', step).data]);
      if (valid) {
        close(defined(keep, 'f * c'), grad('c'));
        const o = defined(recording.trace.columns.get('value/r.o'), 'o').data.subarray(4 * (step - 1), 4 * step);
        close(defined(inner, "tanh(c')"), grad('h').map((value, unit) => value * (o[unit] ?? 0)));
      } else expect([...(keep ?? [])]).toEqual([0, 0, 0, 0]);
    }
    await programs.dispose();
  });
});

describe('what flows over the edges of a cell', () => {
  it.each(['LSTM', 'GRU', 'GRUBefore', 'PeepholeLSTM', 'MGU', 'SRU', 'LayerNormLSTM', 'CIFG'])('adds up to the gradient of each node: %s', async (cell) => {
    const { views, recording, programs } = await shown(`${cell}(x, hidden: 4)`, { masked: true });
    const { nodes, edges } = cellGraph(firstLayer(views).equations);
    for (const step of [2, 5, 9]) {
      const ask = { traceId: 't1', layer: 0, step } as const;
      const flows = split(views.evaluate({ ...ask, what: 'edge', expressions: edges.map(({ from, to }) => `${from} -> ${to}`) }));
      const gradients = split(views.evaluate({ ...ask, what: 'gradient', expressions: nodes.map(({ id }) => id) }));
      nodes.forEach(({ id, kind }, index) => {
        const gradient = defined(gradients[index], id);
        const sum = new Float64Array(gradient.length);
        edges.forEach(({ from }, edge) => from === id && flows[edge]?.forEach((value, unit) => (sum[unit] = (sum[unit] ?? 0) + value)));
        // A state before a masked step is carried over it besides.
        if (kind !== 'next' && (kind !== 'state' || recording.isValid(step))) close(sum, gradient);
      });
    }
    await programs.dispose();
  });

  it('is nothing for what is no end of an edge', async () => {
    const { views, programs } = await shown('GRU(x, hidden: 4)');
    expect(split(views.evaluate({ traceId: 't1', layer: 0, step: 3, what: 'edge', expressions: ['q -> n', 'z -> q', "r -> h'", 'z'] }))).toEqual([undefined, undefined, undefined, undefined]);
    await programs.dispose();
  });
});

describe('the flow of a gradient', () => {
  it('adds up: arrives + added = sum, and what leaves a step arrives at the one before', async () => {
    const { views, recording, programs } = await shown('LSTM(x, hidden: 4)', { masked: true });
    const flows = defined(views.flow({ traceId: 't1', layer: 0 }), 'recorded');
    expect(flows.map(({ state, addedBy }) => [state, addedBy])).toEqual([['h', 'own loss'], ['c', "from h'"]]);
    for (const { state, arrives, added, sum, leaves } of flows) {
      for (let step = 1; step <= 9; step++) {
        const parts = defined(views.parts({ traceId: 't1', layer: 0, step, state }), 'recorded');
        const total = defined(recording.trace.columns.get(`grad/r.${state}`), state).data.subarray(4 * (step - 1), 4 * step);
        close(parts.arrives.map((value, unit) => value + (parts.added[unit] ?? 0)), total);
        expect([arrives[step - 1], added[step - 1], sum[step - 1]]).toEqual([norm(parts.arrives), norm(parts.added), norm(total)].map(Math.fround));
        if (step > 1) expect(leaves[step - 1]).toBe(arrives[step - 2]);
        if (!recording.isValid(step)) expect(added[step - 1]).toBe(0);
      }
    }
    await programs.dispose();
  });

  it('of a lower layer comes from the layers above, also against the direction of time', async () => {
    const recorded = await record(backend, 'model M { input x[3] layer a = GRU(x, hidden: 3, direction: both) layer b = SRU(a, hidden: 2) output y = Linear(b, size: 4) loss crossEntropy(y) }');
    const views = new DebuggerViews(recorded.view);
    expect(views.header.layers.map(({ name, reversed }) => [name, reversed])).toEqual([['a', false], ['a.backward', true], ['b', false]]);
    const [flow] = defined(views.flow({ traceId: 't1', layer: 1 }), 'recorded');
    expect(flow?.addedBy).toBe('the layers above');
    // The reverse half ends at step 1: nothing arrives there from later in its own walk.
    expect(flow?.arrives[0]).toBe(0);
    expect(flow?.arrives[8]).toBeGreaterThan(0);
    await recorded.programs.dispose();
  });
});
