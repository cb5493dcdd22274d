// The fused training program against the trace: same loss, same gradients, whole and in chunks, on both backends.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openNodeBackend } from '../../cli/backends/open-backend';
import type { Model } from '../../engine/ir/model';
import type { Backend } from '../../engine/runtime/backend';
import { floats, type FloatTensor } from '../../engine/runtime/tensor';
import { runTrace } from '../../engine/trace/run-trace';
import { OnnxTrainingProgram, type ProgramOptions } from '../../engine/training/onnx-training-program';
import { stateGradientWatch } from '../../engine/schedule/watches';
import { randomProgram } from '../random-cells/random-cell';
import { tolerances } from '../tolerances';
import { disagreements } from '../trace/compare-columns';
import { modelOf, type Problem, problemOf } from '../trace/random-problem';

const backends = new Map<string, Backend>();
beforeAll(async () => {
  for (const name of ['cpu', 'wasm'] as const) backends.set(name, await openNodeBackend(name, { threads: 1 }));
});
afterAll(async () => {
  for (const backend of backends.values()) await backend.dispose();
});

/** Plain SGD with rate 1 and no clipping: the parameters change by exactly the gradient. */
function withPlainDescent(model: Model): Model {
  return { ...model, train: { ...model.train, optimizer: { kind: 'sgd', rate: 1, momentum: 0 }, clip: { kind: 'none' } } };
}

async function check(problem: Problem, backendName: string, options: ProgramOptions = {}): Promise<void> {
  const backend = backends.get(backendName) as Backend;
  const model = withPlainDescent(problem.model);
  const trace = await runTrace(model, problem.weights, problem.batch, backend);
  // Parameters of 0 for the difference would change the gradient; so they are large numbers' differences: rounding is allowed for.
  const program = new OnnxTrainingProgram(model, backend, problem.weights, options);
  try {
    const result = await program.iterate(problem.batch, { rate: 1, iteration: 1, dropoutSeed: 0 });
    expect(Math.abs(result.loss - trace.loss)).toBeLessThan(tolerances.fusedGradient * Math.max(1, Math.abs(trace.loss)));
    const after = await program.parameters();
    const got = new Map<string, FloatTensor>();
    const want = new Map<string, FloatTensor>();
    for (const [name, before] of problem.weights) {
      const next = after.get(name) as FloatTensor;
      got.set(name, floats(before.dims, before.data.map((value, i) => value - (next.data[i] as number))));
      want.set(name, trace.columns.get(`grad/param/${name}`) as FloatTensor);
    }
    expect(want.size).toBeGreaterThan(1);
    // Differences of parameters of size about 1 carry float32's rounding of 6e-8 each.
    const small = [...want].filter(([, column]) => column.data.some((value) => Math.abs(value) > 1e-3));
    expect(disagreements(got, new Map(small), tolerances.fusedGradient)).toEqual([]);
  } finally {
    await program.dispose();
  }
}

const library = ['RNN', 'ReluRNN', 'GRU', 'GRUBefore', 'LSTM', 'PeepholeLSTM', 'CIFG', 'MGU', 'IndRNN', 'SRU', 'LayerNormLSTM'];
const plain = (cell: string): string =>
  `model M { input x[5] layer r1 = ${cell}(x, hidden: 8) layer r2 = ${cell}(r1, hidden: 8) output y = Linear(r2, size: 4) loss crossEntropy(y) }`;

describe.each(['cpu', 'wasm'])('an iteration on %s', (backend) => {
  for (const cell of library) {
    it(`of ${cell}`, () => check(problemOf(modelOf(plain(cell)), { seed: 5, batch: 3, time: 6, masked: false }), backend));
    it(`of ${cell}, masked`, () => check(problemOf(modelOf(plain(cell)), { seed: 6, batch: 3, time: 6, masked: true }), backend));
  }
  it('in chunks gives the gradient of the whole', () => check(problemOf(modelOf(plain('LSTM')), { seed: 7, batch: 2, time: 11, masked: true }), backend, { chunk: 4 }));
  it.each(Array.from({ length: 60 }, (_, seed) => seed))('of random cells, seed %i', (seed) =>
    check(problemOf(withoutDropout(modelOf(randomProgram(seed).text)), { seed, batch: 3, time: 5, masked: seed % 2 === 1 }), backend),
  );
});

describe('watches', () => {
  const model = withPlainDescent(modelOf(plain('LSTM')));
  it.each([undefined, 4])('report the state gradient of every step as the trace has it (chunk %s)', async (chunk) => {
    const backend = backends.get('cpu') as Backend;
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
  it('are not there unless asked for', async () => {
    const { weights, batch } = problemOf(model, { seed: 8, batch: 3, time: 6, masked: false });
    const program = new OnnxTrainingProgram(model, backends.get('cpu') as Backend, weights);
    expect((await program.iterate(batch, { rate: 0, iteration: 1, dropoutSeed: 0 })).watches).toBeUndefined();
    await program.dispose();
  });
});

/** Training draws dropout masks; the trace compared with is in evaluation mode. */
function withoutDropout(model: Model): Model {
  return {
    ...model,
    lines: model.lines.map((line) => (line.kind === 'step' ? { ...line, step: { ...line.step, dropouts: line.step.dropouts.map((dropout) => ({ ...dropout, rate: 0 })) } } : line)),
  };
}
