// Checks of a model before it has learned anything: each fault is found where it stands, and a sound model has none.
import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../engine/base/diagnostic';
import { backwardReference } from '../../engine/reference/reference-backward';
import { runReference, valueColumns } from '../../engine/reference/reference-run';
import { floats, type FloatTensor } from '../../engine/runtime/tensor';
import { startUpChecks } from '../../engine/training/start-up-checks';
import { freshWeights } from '../../engine/weights/initialise';
import { modelOf, problemOf } from '../trace/random-problem';

/** The findings for a text with fresh weights, changed by `change`, with the text each stands on. */
function check(text: string, change: (weights: Map<string, FloatTensor>) => void = () => undefined): readonly (readonly [string, string])[] {
  const model = modelOf(text);
  const { batch } = problemOf(model, { seed: 1, batch: 3, time: 6, masked: true });
  const weights = new Map(freshWeights(model, 1));
  change(weights);
  const run = runReference(model, weights, batch);
  const columns = new Map([...valueColumns(run), ...backwardReference(model, run, batch).columns].map(([name, { dims, data }]) => [name, floats(dims, Float32Array.from(data))]));
  const stepLoss = floats(run.stepLoss.dims, Float32Array.from(run.stepLoss.data));
  const found = startUpChecks(model, { backend: 'cpu', batch, loss: run.loss, stepLoss, weights, columns });
  return found.map(({ code, span }: Diagnostic) => [code, text.slice(span.start, span.end)]);
}

const model = (cell: string): string => `model M { input x[3]\n layer r = ${cell}(x, hidden: 4)\n output y = Linear(r, size: 5)\n loss crossEntropy(y) }`;
const scaled = (name: string, factor: number) => (weights: Map<string, FloatTensor>) => {
  const weight = weights.get(name);
  if (weight) weights.set(name, floats(weight.dims, weight.data.map((v) => factor * v)));
};

describe('start-up checks', () => {
  it.each(['RNN', 'GRU', 'LSTM'])('find nothing wrong with %s', (cell) => expect(check(model(cell))).toEqual([]));

  it('a loss far above guessing', () => expect(check(model('LSTM'), scaled('y.W', 500)).map(([code]) => code)).toContain('start-loss'));

  it('a parameter that the loss does not depend on', () => {
    const cell = "cell C(hidden) { input x  state h[hidden], c[hidden]  param W[hidden, x], V[hidden, x]\n c' = tanh(V @ x)\n h' = tanh(W @ x + h) }";
    expect(check(`${cell}\n${model('C')}`)).toEqual([['start-no-gradient', expect.stringContaining('V')]]);
  });

  it('a gate that is saturated from the start', () => {
    const cell = "cell C(hidden) { input x  state h[hidden]  param W[hidden, x], b[hidden] = constant(9)\n gate f = sigmoid(W @ x + b)\n h' = f * tanh(W @ x + h) }";
    expect(check(`${cell}\n${model('C')}`)).toEqual([['start-saturated', expect.stringContaining('sigmoid(W @ x + b)')]]);
  });

  it('units that never change', () => {
    const cell = "cell C(hidden) { input x  state h[hidden]  param W[hidden, x], b[hidden] = constant(-99)\n h' = relu(W @ x + b) }";
    expect(check(`${cell}\n${model('C')}`).map(([code]) => code)).toContain('start-dead-unit');
  });

  it('a number that is not finite, and nothing that follows from it', () => {
    const cell = "cell C(hidden) { input x  state h[hidden]  param W[hidden, x]\n let a = log(W @ x)\n h' = tanh(a) }";
    expect(check(`${cell}\n${model('C')}`)).toEqual([['start-not-finite', expect.stringContaining('log(W @ x)')]]);
  });
});
