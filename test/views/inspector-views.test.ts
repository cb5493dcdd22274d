// What the gradient inspector is told of a recorded pass, against the trace and against theory; and what it is told when there is nothing to tell.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openNodeBackend } from '../../cli/backends/open-backend';
import { defined } from '../../engine/base/invariant';
import { lossSteps } from '../../engine/inspect/loss-steps';
import type { Backend } from '../../engine/runtime/backend';
import { fromJson, toJson } from '../../extension/debug/adapter/views/binary-json';
import { InspectorViews } from '../../extension/debug/adapter/views/inspector-views';
import type { Triangle, TriangleNow, TriangleOf } from '../../protocol/inspector-page';
import { stackRows } from '../../extension/debug/adapter/views/validation-passes';
import { WorkQueue } from '../../extension/debug/adapter/views/work-queue';
import { floats, ints } from '../../engine/runtime/tensor';
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

const breathe = async (): Promise<void> => Promise.resolve();
const close = (got: ArrayLike<number>, want: ArrayLike<number>): void => {
  expect(relativeError({ dims: [], data: Float64Array.from(got) }, { dims: [], data: Float64Array.from(want) })).toBeLessThan(tolerances.singlePrecisionTrace);
};

async function shown(layer: string, options: Parameters<typeof record>[2] & { readonly pool?: boolean } = {}): Promise<Recorded & { readonly views: InspectorViews }> {
  const recorded = await record(backend, modelWith(layer, options), options);
  return { ...recorded, views: new InspectorViews(recorded.view, breathe) };
}

const here = { traceId: 't1', layer: 0 } as const;

const asking = { ...here, of: 'run', rows: 0, share: -1, goOn: false } as const;

/** As a page follows it. */
async function wholeTriangle(views: InspectorViews, of: TriangleOf = 'run'): Promise<Triangle> {
  let [found, share]: [Triangle | undefined, number] = [undefined, -1];
  for (;;) {
    const now: TriangleNow = defined(await views.triangle({ ...asking, of, rows: found?.losses.length ?? 0, share }), 'triangle');
    found = now.triangle ?? found;
    if (now.state === 'complete') return defined(found, 'rows');
    expect([now.state, now.share > share]).toEqual(['running', true]);
    ({ share } = now);
  }
}

describe('the inspector', () => {
  it.each([false, true])('is told the curves of one loss and of all, as the trace has them (masked: %s)', async (masked) => {
    const { views, recording, problem, programs } = await shown('LSTM(x, hidden: 4)', { masked, time: 12 });
    const losses = lossSteps(problem.model, recording.trace, 0);
    const last = defined(losses.at(-1), 'a loss') + 1;
    const one = defined(await views.curves({ ...here, loss: last }), 'curves');
    const all = defined(await views.curves({ ...here, loss: null }), 'curves');
    expect([one.loss, one.states.map(({ name }) => name), all.loss, one.nonFinite]).toEqual([last, ['h', 'c'], null, undefined]);
    const column = defined(recording.trace.columns.get('grad/r.h'), 'h').data;
    const own = (t: number): number => Math.hypot(...column.subarray(t * 4, t * 4 + 4)) * losses.length;
    close(all.all, Array.from({ length: 12 }, (_, t) => own(t)));
    // At the last step with a loss there is no later one.
    close([defined(one.states[0], 'h').norm[last - 1] as number], [own(last - 1)]);
    await expect(views.curves({ ...here, loss: 99 })).rejects.toMatchObject({ code: 'no-loss' });
    await expect(views.curves({ traceId: 't0', layer: 0, loss: null })).rejects.toMatchObject({ code: 'stale-trace' });
    await programs.dispose();
  });

  it('gets paths where there is a highway and factors where there is none', async () => {
    const lstm = await shown('LSTM(x, hidden: 4)');
    const paths = defined(await lstm.views.paths({ ...here, loss: 9 }), 'paths');
    expect([paths.state, paths.paths.map(({ name }) => name), await lstm.views.factors({ ...here, loss: 9 })]).toEqual(['c', ['highway f * c', 'U_i', 'U_f', 'U_g', 'U_o'], null]);
    expect(defined(await lstm.views.paths({ ...here, loss: null }), 'paths').paths).toHaveLength(5);
    await lstm.programs.dispose();
    const rnn = await shown('RNN(x, hidden: 4)');
    expect(await rnn.views.paths({ ...here, loss: 9 })).toBeNull();
    const factors = defined(await rnn.views.factors({ ...here, loss: 6 }), 'factors');
    expect([factors.weights[5], factors.slopes[5], factors.weights[6]]).toEqual([1, 1, NaN]);
    const h = defined(rnn.recording.trace.columns.get('value/r.h'), 'h').data.subarray(5 * 4, 6 * 4);
    close([factors.slopes[4] as number], [h.reduce((sum, v) => sum + 1 - v * v, 0) / 4]);
    // What the two factors bound: ‖J‖ ≤ ‖U‖ max φ'.
    const curves = defined(await rnn.views.curves({ ...here, loss: 6 }), 'curves');
    const norm = defined(curves.states[0], 'h').norm;
    for (let k = 1; k < 6; k++) expect((norm[5 - k] as number) / (norm[5] as number)).toBeLessThanOrEqual((factors.weights[4] as number) ** k * (1 + tolerances.singlePrecisionTrace));
    await rnn.programs.dispose();
    const mgu = await shown('MGU(x, hidden: 3)');
    expect(defined(await mgu.views.paths({ ...here, loss: 9 }), 'paths').paths[0]?.name).toBe('highway (1 - f) * h');
    await mgu.programs.dispose();
  });

  it('gets triangle, spectrum, radii and parameters that agree with each other', async () => {
    const { views, programs, recording } = await shown('GRU(x, hidden: 4)', { time: 10 });
    const triangle = await wholeTriangle(views);
    expect([[...triangle.losses], triangle.of]).toEqual([[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 10]);
    for (const loss of [4, 10]) {
      const curves = defined(await views.curves({ ...here, loss }), 'curves');
      close(triangle.norm.subarray((loss - 1) * 10, loss * 10), defined(curves.states[0], 'h').norm);
    }
    const radii = defined(await views.radii(here), 'radii');
    for (const step of [1, 7]) {
      const { run } = defined(await views.spectrum({ ...here, step }), 'spectrum');
      expect([run.of, run.space, run.real.length]).toEqual([4, 'h', 4]);
      expect(Math.abs(run.rho - (radii[step - 1] as number)) / run.rho).toBeLessThan(tolerances.singlePrecisionRandomTrace);
    }
    const parameters = defined(await views.parameters({ ...here, loss: null }), 'parameters');
    expect(parameters.rows.map(({ name, group }) => `${group}: ${name}`)).toEqual(['r: W_r', 'r: U_r', 'r: b_r', 'z: W_z', 'z: U_z', 'z: b_z', 'n: W_n', 'n: U_n', 'n: b_n', 'n: c_n']);
    close(parameters.rows.map(({ sum }) => sum), parameters.rows.map(({ name }) => Math.hypot(...defined(recording.trace.columns.get(`grad/param/r.${name}`), name).data)));
    // One loss gives nothing to later steps.
    const one = defined(await views.parameters({ ...here, loss: 3 }), 'parameters');
    expect([...one.norm.subarray(3, 10)]).toEqual(new Array(7).fill(0));
    await programs.dispose();
  });

  it('gets horizon and saturation of the recording alone where there are no data', async () => {
    const { views, programs } = await shown('LSTM(x, hidden: 4)', { batch: 3, masked: true, pool: true });
    const horizon = defined(await views.horizon(here), 'horizon');
    expect([horizon.sequences, horizon.run.median[0], horizon.longest?.gate]).toEqual([3, 1, 'f']);
    const saturation = defined(await views.saturation(here), 'saturation');
    expect(saturation.gates.map(({ name, open }) => [name, open.length])).toEqual([['i', 4], ['f', 4], ['o', 4]]);
    await programs.dispose();
  });

  it('names the first value that is not finite, and gives no spectrum there', async () => {
    const { views, programs } = await shown('RNN(x, hidden: 4)', { prepare: ({ batch }) => void (batch.x.data[3 * 5] = NaN) });
    expect(defined(await views.curves({ ...here, loss: null }), 'curves').nonFinite).toEqual({ step: 6, layer: 'r', name: 'h', unit: 0 });
    const { run } = defined(await views.spectrum({ ...here, step: 7 }), 'spectrum');
    expect([run.rho, run.real.length]).toEqual([NaN, 0]);
    await programs.dispose();
  });

  it('compares with another recording of the same sequence', async () => {
    const { view, recording, programs } = await record(backend, modelWith('RNN(x, hidden: 3)'));
    const views = new InspectorViews(view, breathe, () => 1, () => ({ recording, programs }));
    const curves = defined(await views.curves({ ...here, loss: 9 }), 'curves');
    expect([...(curves.compared ?? [])]).toEqual([...defined(curves.states[0], 'h').norm]);
    const { run, compared } = defined(await views.spectrum({ ...here, step: 4 }), 'spectrum');
    expect(compared?.rho).toBe(run.rho);
    expect(await wholeTriangle(views, 'compared')).toEqual(await wholeTriangle(views));
    await programs.dispose();
    const alone = await shown('RNN(x, hidden: 3)');
    expect(await alone.views.triangle({ ...asking, of: 'compared' })).toBeNull();
    await alone.programs.dispose();
  });

  it('tells of a triangle as far as it is, stops it and goes on with the rest', async () => {
    const { view, programs } = await record(backend, modelWith('LSTM(x, hidden: 3)'), { time: 150 });
    const views = new InspectorViews(view, async () => new Promise((resolve) => setTimeout(resolve)));
    const whole = await wholeTriangle(views);
    expect([whole.losses.length, whole.chosen, whole.of]).toEqual([150, 150, 150]);
    const second = new InspectorViews(view, async () => new Promise((resolve) => setTimeout(resolve)));
    const first = defined(await second.triangle({ ...asking, share: 0.4 }), 'further');
    expect([first.state, first.share > 0.3 && first.share < 0.6, first.triangle?.losses.length]).toEqual(['running', true, 50]);
    const waiting = second.triangle({ ...asking, rows: 150, share: 1 });
    await second.stopTriangle({ ...here, of: 'run' });
    const stopped = defined(await waiting, 'stopped');
    expect([stopped.state, stopped.share, stopped.triangle]).toEqual(['stopped', 1 / 3, undefined]);
    // Asking again tells what is there, and starts nothing.
    const again = defined(await second.triangle(asking), 'again');
    expect([again.state, again.triangle?.losses.length, again.triangle?.chosen]).toEqual(['stopped', 50, 150]);
    const row = defined(again.triangle, 'rows').losses.indexOf(150);
    expect(again.triangle?.norm.subarray(row * 150, (row + 1) * 150)).toEqual(whole.norm.subarray(149 * 150));
    let now = defined(await second.triangle({ ...asking, rows: 50, share: 1 / 3, goOn: true }), 'on');
    expect(now.state).toBe('running');
    while (now.state === 'running') now = defined(await second.triangle({ ...asking, share: now.share, rows: 149 }), 'on');
    expect([now.state, now.triangle]).toEqual(['complete', whole]);
    await expect(second.triangle({ ...asking, layer: 4 })).rejects.toMatchObject({ code: 'bad-argument' });
    await programs.dispose();
  });

  it('gives a loss that the triangle does not take a row of its own; a newer one ends it', async () => {
    const { view, programs } = await record(backend, modelWith('LSTM(x, hidden: 3)'), { time: 300 });
    const views = new InspectorViews(view, async () => new Promise((resolve) => setTimeout(resolve)), () => 1);
    const { losses, chosen, of } = await wholeTriangle(views);
    expect([losses.length, chosen, of]).toEqual([128, 128, 300]);
    const loss = 150;
    expect(losses.includes(loss)).toBe(false);
    const row = defined(await views.triangleRow({ ...here, of: 'run', loss }), 'row');
    const curves = defined(await views.curves({ ...here, loss }), 'curves');
    expect(row.loss).toBe(loss);
    close(row.norm, defined(curves.states[0], 'h').norm);
    const older = views.triangleRow({ ...here, of: 'run', loss: 152 });
    const newer = views.triangleRow({ ...here, of: 'run', loss: 155 });
    await expect(older).rejects.toMatchObject({ code: 'cancelled' });
    expect(defined(await newer, 'row').norm[154]).toBeGreaterThan(0);
    // What was computed once is there at once.
    expect((await views.triangleRow({ ...here, of: 'run', loss }))?.norm).toEqual(row.norm);
    const stopped = views.triangleRow({ ...here, of: 'run', loss: 152 });
    await views.stopTriangle({ ...here, of: 'run' });
    await expect(stopped).rejects.toMatchObject({ code: 'cancelled' });
    await expect(views.triangleRow({ ...here, of: 'run', loss: 301 })).rejects.toMatchObject({ code: 'no-loss' });
    await programs.dispose();
  });
});

describe('a layer of both directions', () => {
  it('hands a loss to earlier steps in one half and to later ones in the other', async () => {
    const { views, programs } = await shown('LSTM(x, hidden: 3, direction: both)', { time: 8 });
    const back = { ...here, layer: 1 };
    const curves = defined(await views.curves({ ...back, loss: 3 }), 'curves');
    const h = defined(curves.states[0], 'h').norm;
    expect([curves.reversed, curves.start, [...h].map((value) => value > 0)]).toEqual([true, undefined, [false, false, true, true, true, true, true, true]]);
    expect(defined(await views.curves({ ...here, loss: 3 }), 'curves').reversed).toBeUndefined();
    expect([(await views.triangle({ ...asking, share: 0.99, rows: 7 }))?.triangle?.reaches, (await views.triangle({ ...asking, layer: 1 }))?.triangle?.reaches]).toEqual([undefined, 'later']);
    expect((await views.paths({ ...back, loss: 3 }))?.reversed).toBe(true);
    // The first loss has the longest way ahead.
    const horizon = defined(await views.horizon(back), 'horizon');
    expect([horizon.run.median.length, horizon.run.median[0], (horizon.run.median[7] ?? 0) > 0]).toEqual([8, 1, true]);
    await programs.dispose();
  });

  it('is entered at its end when it is pooled', async () => {
    const { views, programs } = await shown('LSTM(x, hidden: 3, direction: both)', { time: 8, pool: true });
    const curves = defined(await views.curves({ ...here, layer: 1, loss: 8 }), 'curves');
    expect([curves.reversed, curves.start, (defined(curves.states[0], 'h').norm[0] ?? 0) > 0]).toEqual([true, 1, true]);
    expect(defined(await views.horizon({ ...here, layer: 1 }), 'horizon').run.median).toHaveLength(8);
    await programs.dispose();
  });
});

describe('the queue of measurements', () => {
  it('lets what is urgent in between, and ends the older of a kind', async () => {
    const queue = new WorkQueue(breathe);
    const order: string[] = [];
    const long = queue.run('horizon', 2, async (pace) => {
      order.push('horizon begins');
      const urgent = queue.run('spectrum', 0, () => Promise.resolve(order.push('spectrum')));
      await pace(0.5);
      await urgent;
      order.push('horizon ends');
    });
    await long;
    expect(order).toEqual(['horizon begins', 'spectrum', 'horizon ends']);
    const older = queue.run('paths', 1, async (pace) => { for (let i = 0; i < 50; i++) await pace(i / 50); });
    const newer = queue.run('paths', 1, () => Promise.resolve('newer'));
    await expect(older).rejects.toMatchObject({ code: 'cancelled' });
    await expect(newer).resolves.toBe('newer');
    const failing = queue.run('radii', 1, () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    queue.stop();
    await expect(queue.run('curves', 0, () => Promise.resolve(1))).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('rows of a batch', () => {
  it('are padded and masked where they differ in length', () => {
    const row = (length: number, first: number) => ({ x: ints([1, length], Int32Array.from({ length }, (_, t) => first + t)), y: floats([1, length, 2], Float32Array.from({ length: length * 2 }, (_, i) => i)) });
    const stacked = stackRows([row(3, 1), row(2, 10)]);
    expect([stacked.x.dims, [...stacked.x.data], stacked.y.dims, [...stacked.y.data], [...(stacked.mask?.data ?? [])]]).toEqual([[2, 3], [1, 2, 3, 10, 11, 0], [2, 3, 2], [0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 0, 0], [1, 1, 1, 1, 1, 0]]);
    expect(stackRows([row(2, 0), row(2, 5)]).mask).toBeUndefined();
  });
});

describe('numbers in JSON', () => {
  it('come back as they were, NaN and all', () => {
    const value = { a: Float32Array.of(1.5, NaN, -Infinity), b: [Float64Array.of(Math.PI), Int32Array.of(-7)], c: { d: Uint8Array.of(255), e: null, f: 'text', g: NaN }, h: new Float32Array([2]).buffer };
    expect(fromJson(JSON.parse(JSON.stringify(toJson(value))))).toEqual(value);
  });
});
