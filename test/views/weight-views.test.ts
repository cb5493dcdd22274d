// What a page is told of the weights of a pass: every number against the trace, what the steps add against their sum, and cells that keep the most extreme.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openNodeBackend } from '../../cli/backends/open-backend';
import { defined } from '../../engine/base/invariant';
import { optimizerStep } from '../../engine/debug/optimizer-step';
import { StepContributions } from '../../engine/debug/step-contributions';
import { placedParameters } from '../../engine/ir/parameter-roles';
import type { Backend } from '../../engine/runtime/backend';
import { beyondOf, boundsOf, cellsOf, summaryOf } from '../../extension/debug/adapter/views/weight-cells';
import { WeightViews } from '../../extension/debug/adapter/views/weight-views';
import { WorkQueue } from '../../extension/debug/adapter/views/work-queue';
import type { WeightQuantity, WeightsPicture } from '../../protocol/weights-view';
import { tolerances } from '../tolerances';
import { relativeError } from '../trace/compare-columns';
import { modelWith, record, type Recorded, type RecordOptions } from './recorded-view';

let backend: Backend;
beforeAll(async () => {
  backend = await openNodeBackend('wasm', { threads: 1 });
});
afterAll(async () => {
  await backend.dispose();
});

const close = (got: ArrayLike<number>, want: ArrayLike<number>): void => {
  expect(relativeError({ dims: [], data: Float64Array.from(got) }, { dims: [], data: Float64Array.from(want) })).toBeLessThan(tolerances.singlePrecisionTrace);
};
const viewsOf = ({ view, recording }: Recorded, training = false): WeightViews =>
  new WeightViews(view, { original: recording.trace.weights, iteration: 4, update: training ? () => optimizerStep(recording.model, recording.trace, { iteration: 3 }) : undefined }, new WorkQueue(() => Promise.resolve()));
const layersOf = ({ recording }: Recorded): readonly string[] => [...new Set(placedParameters(recording.model).map(({ layer }) => layer))];

/** Every number of a layer, in the header's order. */
async function whole(views: WeightViews, layer: string, of: WeightQuantity, step = 1): Promise<ReadonlyMap<string, Float32Array> & { readonly picture: WeightsPicture }> {
  const names = views.weights({ traceId: 't1' }).tensors.filter((tensor) => tensor.layer === layer).map(({ name }) => name);
  const picture = defined(await views.weightsPicture({ traceId: 't1', layer, of, step, cells: names.map((name) => ({ name, perRow: 1, perColumn: 1 })) }), of);
  return Object.assign(new Map(picture.cells.map(({ name, values }) => [name, values])), { picture });
}

const learned = `cell Learned(hidden) { input x state h[hidden] = learned param W[hidden, x], U[hidden, hidden], v[hidden] h' = tanh(W @ x + U @ h + v * h) }\n`;
const dropped = `cell Dropped(hidden) { input x state h[hidden] param W[hidden, x], U[hidden, hidden] let a = dropout(W @ x, 0.5) h' = tanh(a + U @ dropout(h, 0.25)) }\n`;
const problems: readonly (readonly [string, string, RecordOptions])[] = [
  ['an LSTM', modelWith('LSTM(x, hidden: 4)'), {}],
  ['vectors beside matrices', modelWith('PeepholeLSTM(x, hidden: 3)'), {}],
  ['a recurrent vector alone', modelWith('IndRNN(x, hidden: 5)'), {}],
  ['scales and shifts', modelWith('LayerNormLSTM(x, hidden: 4)'), { masked: true }],
  ['both directions over an embedding', 'model M { input x: token(6) embed e = Embedding(x, size: 3) layer r = GRU(e, hidden: 3, direction: both) output y = Linear(r, size: 4) loss crossEntropy(y) }', { masked: true }],
  ['a line after pooling', modelWith('LSTM(x, hidden: 4)', { pool: true }), { masked: true }],
  ['a training’s dropout inside a cell', dropped + modelWith('Dropped(x, hidden: 4, direction: both)'), { dropoutSeed: 11 }],
  ['a learned initial state, walked from the end', learned + modelWith('Learned(x, hidden: 3, direction: backward)'), {}],
];

describe('what the steps add', () => {
  it.each(problems)('is the trace’s gradient in the end: %s', async (_, text, options) => {
    const recorded = await record(backend, text, { time: 6, ...options });
    const { recording } = recorded;
    const views = viewsOf(recorded);
    for (const layer of layersOf(recorded)) {
      const sums = new Map<string, Float64Array>();
      // As back-propagation through the layer goes: from the first step on where the layer walks from the end.
      const isReversed = views.weights({ traceId: 't1' }).reversed.includes(layer);
      expect(isReversed).toBe(layer.endsWith('.backward') || text.includes('direction: backward') && layer === 'r');
      const visited = Array.from({ length: recording.steps }, (_, i) => (isReversed ? i + 1 : recording.steps - i));
      for (const step of visited) {
        const added = await whole(views, layer, 'step', step);
        for (const [name, values] of added) sums.set(name, Float64Array.from(values, (value, i) => value + (sums.get(name)?.[i] ?? 0)));
        const soFar = await whole(views, layer, 'sum', step);
        for (const [name, values] of soFar) close(values, defined(sums.get(name), name));
        if (!recording.isValid(step) && recording.timeline.units.some(({ name, walk, perStep }) => name === layer && perStep && (walk?.line.step.states.length ?? 0) > 0)) for (const [name, values] of added) expect([name, values.some((value) => value !== 0)]).toEqual([name, false]);
      }
      for (const [name, sum] of sums) close(sum, defined(recording.trace.columns.get(`grad/param/${name}`), name).data);
      // Going back to where it begins begins anew.
      const begin = defined(visited[0], 'a step');
      for (const [name, values] of await whole(views, layer, 'sum', begin)) close(values, defined((await whole(views, layer, 'step', begin)).get(name), name));
    }
    await recorded.programs.dispose();
  });

  it('is of the shown sequence: over all of a batch it is the trace’s gradient', async () => {
    const recorded = await record(backend, modelWith('GRU(x, hidden: 3)'), { batch: 3, masked: true });
    const sums = new Map<string, Float64Array>();
    const { model, trace } = recorded.recording;
    for (const row of [0, 1, 2]) {
      const other = { ...recorded.view, recording: Object.assign(Object.create(Object.getPrototypeOf(recorded.recording) as object), recorded.recording, { row }) as Recorded['recording'] };
      const found = await new StepContributions(other.recording).sum('r', 1);
      for (const [name, values] of found) sums.set(name, Float64Array.from(values, (value, i) => value + (sums.get(name)?.[i] ?? 0)));
      const { picture } = await whole(viewsOf({ ...recorded, view: other, recording: other.recording }), 'r', 'step', 2);
      // Colours end where those of this sequence's whole gradient do.
      const placed = placedParameters(model).filter(({ layer }) => layer === 'r');
      expect(picture.bounds).toEqual(boundsOf(placed.map(({ role, name }) => ({ role, data: defined(found.get(name), name) }))));
    }
    for (const [name, sum] of sums) close(sum, defined(trace.columns.get(`grad/param/${name}`), name).data);
    expect(viewsOf(recorded).weights({ traceId: 't1' }).batch).toBe(3);
    await recorded.programs.dispose();
  });
});

describe('the other numbers', () => {
  it('are the trace’s weights and gradients to the last bit, and what the optimizer changes in a training', async () => {
    const recorded = await record(backend, modelWith('LSTM(x, hidden: 4)'));
    const { trace, model } = recorded.recording;
    const views = viewsOf(recorded, true);
    const updates = new Map(optimizerStep(model, trace, { iteration: 3 }).map(({ parameter, change }) => [parameter, change]));
    for (const layer of layersOf(recorded)) {
      for (const [name, values] of await whole(views, layer, 'value')) expect([...values]).toEqual([...defined(trace.weights.get(name), name).data]);
      for (const [name, values] of await whole(views, layer, 'gradient')) expect([...values]).toEqual([...defined(trace.columns.get(`grad/param/${name}`), name).data]);
      for (const [name, values] of await whole(views, layer, 'update')) expect([...values]).toEqual([...defined(updates.get(name), name)]);
    }
    expect([views.weights({ traceId: 't1' }).iteration, viewsOf(recorded).weights({ traceId: 't1' }).iteration]).toEqual([4, undefined]);
    expect(await viewsOf(recorded).weightsPicture({ traceId: 't1', layer: 'r', of: 'update', step: 1, cells: [] })).toBeNull();
    await recorded.programs.dispose();
  });

  it('that cannot be had are refused with a sentence', async () => {
    const recorded = await record(backend, modelWith('RNN(x, hidden: 2)'));
    const views = viewsOf(recorded);
    const ask = { traceId: 't1', layer: 'r', of: 'value', step: 1, cells: [] } as const;
    expect(() => views.weights({ traceId: 't0' })).toThrow(/no longer shown/);
    await expect(views.weightsPicture({ ...ask, traceId: 't0' })).rejects.toThrow(/no longer shown/);
    await expect(views.weightsPicture({ ...ask, layer: 'q' })).rejects.toThrow(/no layer q/);
    await expect(views.weightsPicture({ ...ask, step: 10 })).rejects.toThrow(/outside 1…9/);
    await expect(views.weightsPicture({ ...ask, of: 'colour' as 'value' })).rejects.toThrow(/no quantity colour/);
    await expect(views.weightsPicture({ ...ask, cells: [{ name: 'r.Q', perRow: 1, perColumn: 1 }] })).rejects.toThrow(/no parameter r\.Q/);
    await expect(views.weightsPicture({ ...ask, cells: [{ name: 'r.U', perRow: 0, perColumn: 1 }] })).rejects.toThrow(/cannot share/);
    await expect(views.weightsPicture({ ...ask, cells: [{ name: 'r.U', perRow: 1, perColumn: 1, rows: Int32Array.of(0, 2) }] })).rejects.toThrow(/order of 2/);
    await recorded.programs.dispose();
  });
});

describe('cells', () => {
  const data = Float32Array.of(1, -3, 2, 0, 0.5, 0, 0, 0, 9, -9, 0, NaN);
  it('keep the most extreme number with its place, one that is not finite before all', () => {
    expect(cellsOf([3, 4], data, { name: 'W', perRow: 2, perColumn: 2 })).toEqual({ name: 'W', down: 2, across: 2, values: Float32Array.of(-3, 2, 9, NaN), places: Int32Array.of(1, 2, 8, 11) });
    expect(cellsOf([3, 4], data, { name: 'W', perRow: 1, perColumn: 1 })).toEqual({ name: 'W', down: 3, across: 4, values: data });
  });
  it('follow the order of rows and columns that was asked for', () => {
    const { values, places } = cellsOf([2, 2], Float32Array.of(1, 2, 3, 4), { name: 'U', perRow: 1, perColumn: 1, rows: Int32Array.of(1, 0), columns: Int32Array.of(1, 0) });
    expect([[...values], [...(places ?? [])]]).toEqual([[4, 3, 2, 1], [3, 2, 1, 0]]);
  });
  it('are summed up by their norm, their largest, and what is not finite', () => {
    expect(summaryOf('W', [3, 4], data)).toEqual({ name: 'W', norm: NaN, largest: { row: 2, column: 0, value: 9 }, notFinite: { row: 2, column: 3, count: 1 } });
    expect(summaryOf('b', [2], Float32Array.of(0, 0), Float32Array.of(3, 4))).toEqual({ name: 'b', norm: 0, whole: 5 });
    const thousand = Float32Array.from({ length: 1000 }, (_, i) => (i < 2 ? 50 : i / 1000));
    const tensors = [{ role: 'input' as const, data: thousand }];
    const bounds = boundsOf(tensors);
    expect(bounds.input).toBeLessThan(1);
    expect(beyondOf(tensors, bounds)).toEqual({ input: thousand.filter((value) => value > bounds.input).length, recurrent: 0, other: 0 });
  });
});
