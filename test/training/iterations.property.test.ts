// The fused training program against the trace: same loss, same gradients, whole and in chunks, on both backends; what it watches.
// Random cells are in onnx-training-program.property.test.ts.
import { describe, expect, it } from 'vitest';
import type { Backend } from '../../engine/runtime/backend';
import { floats, type FloatTensor } from '../../engine/runtime/tensor';
import { defined } from '../../engine/base/invariant';
import { stateGradientWatch, type StepWatch } from '../../engine/schedule/watches';
import { runTrace } from '../../engine/trace/run-trace';
import { OnnxTrainingProgram } from '../../engine/training/onnx-training-program';
import { tolerances } from '../tolerances';
import { disagreements } from '../trace/compare-columns';
import { modelOf, problemOf } from '../trace/random-problem';
import { libraryCells, withNodeBackends } from '../trace/trace-checks';
import { expectIterationOf, withPlainDescent } from './iteration-checks';

const backendOf = withNodeBackends();
const plain = (cell: string): string =>
  `model M { input x[5] layer r1 = ${cell}(x, hidden: 8) layer r2 = ${cell}(r1, hidden: 8) output y = Linear(r2, size: 4) loss crossEntropy(y) }`;

describe.each(['cpu', 'wasm'])('an iteration on %s', (backend) => {
  for (const cell of libraryCells) {
    it(`of ${cell}`, () => expectIterationOf(problemOf(modelOf(plain(cell)), { seed: 5, batch: 3, time: 6, masked: false }), backendOf(backend)));
    it(`of ${cell}, masked`, () => expectIterationOf(problemOf(modelOf(plain(cell)), { seed: 6, batch: 3, time: 6, masked: true }), backendOf(backend)));
  }
  for (const cell of libraryCells) {
    it(`of ${cell}, taken apart and in blocks of steps`, () => expectIterationOf(problemOf(modelOf(plain(cell)), { seed: 9, batch: 3, time: 10, masked: false }), backendOf(backend), { block: 4 }));
    it(`of ${cell}, taken apart, in blocks and masked`, () => expectIterationOf(problemOf(modelOf(plain(cell)), { seed: 10, batch: 3, time: 10, masked: true }), backendOf(backend), { block: 4 }));
  }
  it('in both directions, taken apart and in blocks', () =>
    expectIterationOf(problemOf(modelOf(plain('LSTM').replaceAll('hidden: 8', 'hidden: 8, direction: both')), { seed: 11, batch: 3, time: 10, masked: true }), backendOf(backend), { block: 4 }));
  it('taken apart and in chunks', () => expectIterationOf(problemOf(modelOf(plain('GRU')), { seed: 12, batch: 2, time: 37, masked: true }), backendOf(backend), { chunk: 18, block: 8 }));
  it('in chunks gives the gradient of the whole', () => expectIterationOf(problemOf(modelOf(plain('LSTM')), { seed: 7, batch: 2, time: 11, masked: true }), backendOf(backend), { chunk: 4 }));
});

describe('watches', () => {
  const model = withPlainDescent(modelOf(plain('LSTM')));
  it.each([undefined, 4])('report the state gradient of every step as the trace has it (chunk %s)', async (chunk) => {
    const backend = backendOf('cpu');
    const { weights, batch } = problemOf(model, { seed: 8, batch: 3, time: 6, masked: true });
    const options = { watches: [stateGradientWatch('r1', 'h'), stateGradientWatch('r2', 'c')], ...(chunk === undefined ? {} : { chunk }) };
    const program = new OnnxTrainingProgram(model, backend, weights, options);
    const { watches } = await program.iterate(batch, { rate: 0, iteration: 1, dropoutSeed: 0 });
    const trace = await runTrace(model, weights, batch, backend);
    for (const name of ['r1.h', 'r2.c']) {
      const column = trace.columns.get(`grad/${name}`) as FloatTensor;
      const mask = batch.mask?.data ?? new Float32Array();
      const want = Float32Array.from({ length: 6 }, (_, t) => Math.hypot(...[0, 1, 2].flatMap((b) => Array.from(column.data.subarray((b * 6 + t) * 8, (b * 6 + t + 1) * 8), (value) => value * (mask[b * 6 + t] ?? 0)))));
      expect(disagreements(new Map([[name, watches?.get(`gradNorm/${name}`) as FloatTensor]]), new Map([[name, floats([6], want)]]), tolerances.fusedGradient)).toEqual([]);
    }
    await program.dispose();
  });
  it.each([['as they are', 0], ['even where watching would round differently', 1e-6]])('change no bit of training, %s', async (_how, error) => {
    const own = modelOf('cell Bare(hidden) { input x state h[hidden] param W[hidden, x], U[hidden, hidden], b[hidden] let a = W @ x + U @ h + b h\' = tanh(a) output h\' }\nmodel M { input x[5] layer r = Bare(x, hidden: 24) output y = Linear(r, size: 4) loss crossEntropy(y) }\ntrain { optimizer adam(rate: 0.01) }');
    const backend = backendOf('cpu');
    const { weights, batch } = problemOf(own, { seed: 8, batch: 3, time: 9, masked: false });
    const watch: StepWatch = { label: 'a', line: 'r', reduce: 'none', build: (scope) => scope.add({ kind: 'reduceSum' }, defined(scope.value('a', false), 'a is an equation')) };
    // A backend that rounds otherwise as soon as something is watched.
    const rounding: Backend = { ...backend, open: async (bytes, options) => {
      const session = await backend.open(bytes, options);
      return { ...session, run: async (feeds, fetches) => {
        const results = await session.run(feeds, fetches);
        const next = results['parameters.next'];
        return results['watch/a'] === undefined || next?.kind !== 'f32' ? results : { ...results, 'parameters.next': { ...next, data: next.data.map((value) => value + error) } };
      } };
    } };
    const trained = async (watches: readonly StepWatch[]) => {
      const program = new OnnxTrainingProgram(own, rounding, weights, { watches });
      const results = [];
      for (let iteration = 1; iteration <= 3; iteration++) results.push(await program.iterate(batch, { rate: 0.01, iteration, dropoutSeed: 0 }));
      const parameters = await program.parameters();
      await program.dispose();
      return { results, parameters };
    };
    const [plainly, watched] = [await trained([]), await trained([watch])];
    expect(watched.parameters).toEqual(plainly.parameters);
    expect(watched.results.map(({ loss, gradNorm }) => [loss, gradNorm])).toEqual(plainly.results.map(({ loss, gradNorm }) => [loss, gradNorm]));
    const column = defined((await runTrace(own, weights, batch, backend)).columns.get('value/r.a'), 'the trace has it').data;
    const want = Float32Array.from({ length: 27 }, (_, at) => column.subarray(((at % 3) * 9 + Math.floor(at / 3)) * 24, ((at % 3) * 9 + Math.floor(at / 3) + 1) * 24).reduce((a, b) => a + b, 0));
    expect(disagreements(new Map([['a', watched.results[0]?.watches?.get('a') as FloatTensor]]), new Map([['a', floats([9, 3], want)]]), tolerances.fusedGradient)).toEqual([]);
  });
  it('are not there unless asked for', async () => {
    const { weights, batch } = problemOf(model, { seed: 8, batch: 3, time: 6, masked: false });
    const program = new OnnxTrainingProgram(model, backendOf('cpu'), weights);
    expect((await program.iterate(batch, { rate: 0, iteration: 1, dropoutSeed: 0 })).watches).toBeUndefined();
    await program.dispose();
  });
});
