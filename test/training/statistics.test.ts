// What training measures besides its loss: parameters and their updates, and saturation, against plain recomputation.
// Not the horizon (horizon.test.ts). The numbers of a run must be the same whether it is looked at or not.
import { describe, expect, it } from 'vitest';
import { runReference, valueColumns } from '../../engine/reference/reference-run';
import { floats } from '../../engine/runtime/tensor';
import { bins, histogramOf } from '../../engine/training/histogram';
import { OnnxTrainingProgram } from '../../engine/training/onnx-training-program';
import { parameterStatistics, statisticsInterval } from '../../engine/training/parameter-statistics';
import { boundedValues, Saturation } from '../../engine/training/saturation';
import { readEventLines } from '../../engine/training/training-events';
import { tolerances } from '../tolerances';
import { modelOf, problemOf } from '../trace/random-problem';
import { withNodeBackends } from '../trace/trace-checks';
import { runTrace } from '../../engine/trace/run-trace';
import { MemoryStorage } from './memory-storage';
import { run } from './training-run';

const backendOf = withNodeBackends();

describe('a histogram', () => {
  it('counts every number in the bin that holds it', () => {
    const { exponent, counts } = histogramOf(Float32Array.of(-0.5, -0.25, 0, 0.01, 0.24, 0.5));
    expect(exponent).toBe(-1);
    expect([...counts.entries()].filter(([, count]) => count > 0)).toEqual([[0, 1], [16, 1], [32, 2], [47, 1], [63, 1]]);
  });

  it.each([[0.5000001, 0], [0.5, -1], [0.75, 0], [3, 2], [1024, 10], [1e-38, -126]])('takes the smallest power of two not below %d', (value, exponent) => {
    expect(histogramOf(Float32Array.of(value, -value / 2)).exponent).toBe(exponent);
  });

  it('of zeros has them all in one bin', () => {
    const { counts } = histogramOf(new Float32Array(5));
    expect([counts.length, counts[bins / 2], counts.reduce((a, b) => a + b, 0)]).toEqual([bins, 5, 5]);
  });

  it('on a range twice as large is that of its pairs of bins', () => {
    const data = Float32Array.from({ length: 500 }, (_, i) => Math.sin(i * i) * 0.9);
    const small = histogramOf(data);
    const large = histogramOf(Float32Array.of(...data, 1.5));
    expect([small.exponent, large.exponent]).toEqual([0, 1]);
    const pairs = Array.from({ length: bins / 2 }, (_, i) => (small.counts[2 * i] ?? 0) + (small.counts[2 * i + 1] ?? 0));
    expect(large.counts.slice(16, 48)).toEqual(pairs);
  });
});

describe('the statistics of the parameters', () => {
  it('are those of the values and of their change', () => {
    const [one] = parameterStatistics(new Map([['r.W', floats([2], Float32Array.of(3, 0))]]), new Map([['r.W', floats([2], Float32Array.of(3, 4))]]));
    expect(one).toMatchObject({ name: 'r.W', rms: Math.sqrt(12.5), change: Math.sqrt(8), values: { exponent: 2 }, changes: { exponent: 2 } });
  });

  it('come rarely enough', () => {
    expect([statisticsInterval(6000, 2048, 1e5), statisticsInterval(100, 2048, 1e5), statisticsInterval(100, 10, 1e6), statisticsInterval(100, 10, 100)]).toEqual([25, 6, 736, 5]);
  });

  it('stand in the metrics, and change nothing else there', async () => {
    const [looked, plain] = [new MemoryStorage(), new MemoryStorage()];
    await run(looked);
    await run(plain, { setup: { statistics: false } });
    const events = readEventLines(looked.text('metrics.jsonl'));
    expect(events.filter(({ kind }) => kind === 'parameters').map(({ iteration }) => iteration)).toEqual([3, 6, 9, 12, 15, 18, 21]);
    expect(events.filter(({ kind }) => kind !== 'parameters')).toEqual(readEventLines(plain.text('metrics.jsonl')));
  });
});

describe('saturation', () => {
  const text = 'model M { input x[3] layer r1 = GRU(x, hidden: 6, direction: both) layer r2 = LSTM(r1, hidden: 5) layer r3 = RNN(r2, hidden: 4) output y = Linear(r3, size: 3) loss crossEntropy(y) }';

  it('is looked for where the equations bound the values', () => {
    const bounded = boundedValues(modelOf(text)).map(({ line, name, low, high }) => `${line}.${name} ${low.toFixed(1)} ${high.toFixed(1)}`);
    expect(bounded).toEqual(expect.arrayContaining(['r1.z 0.1 0.9', 'r2.f 0.1 0.9', 'r2.g -0.8 0.8', 'r3.h -0.8 0.8']));
    expect(bounded.some((one) => one.startsWith('r2.c') || one.startsWith('r2.h'))).toBe(false);
  });

  it.each([false, true])('is the share that the float64 interpreter counts, and the trace (masked: %s)', async (masked) => {
    const { model, weights, batch } = problemOf(modelOf(text), { seed: 12, batch: 3, time: 7, masked });
    // Large weights, so that there is something to count.
    const large = new Map([...weights].map(([name, { dims, data }]) => [name, floats(dims, data.map((v) => 6 * v))]));
    const program = new OnnxTrainingProgram(model, backendOf('cpu'), large);
    const seen = await program.observe?.(batch);
    const saturation = new Saturation(model);
    saturation.add(batch, seen?.shares ?? new Map());
    const shares = saturation.shares();
    expect(shares.map(({ name }) => name)).toContain('r1.backward.z');
    const trace = await runTrace(model, large, batch, backendOf('cpu'));
    const reference = valueColumns(runReference(model, large, batch));
    const limits = new Map(boundedValues(model).map(({ line, name, low, high }) => [`${line}.${name}`, [low, high] as const]));
    let saturated = 0;
    for (const { name, low, high } of shares) {
      for (const column of [trace.columns.get(`value/${name}`), reference.get(`value/${name}`)]) {
        const [from = NaN, to = NaN] = limits.get(name.replace('.backward', '')) ?? [];
        let [below, above, count] = [0, 0, 0];
        for (const [i, value] of column?.data.entries() ?? []) {
          if (batch.mask?.data[Math.floor(i / (column?.dims[2] ?? 1))] === 0) continue;
          count++;
          if (value < from) below++;
          if (value > to) above++;
        }
        // Counts, since the shares are means of float32 means.
        expect([name, Math.round(low * count), Math.round(high * count)]).toEqual([name, below, above]);
        expect(Math.abs(low - below / count) + Math.abs(high - above / count)).toBeLessThan(tolerances.meanOfShares);
        saturated += below + above;
      }
    }
    expect(saturated).toBeGreaterThan(0);

    expect(seen?.reach).toEqual(await program.reach?.(batch));
    await program.dispose();
  });
});
