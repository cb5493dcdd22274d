// Which sequence of a batch has most of its gradient: counted over states, steps and both directions; what is not finite comes first.
import { describe, expect, it } from 'vitest';
import { defined } from '../../engine/base/invariant';
import { largestRow, rowGradients } from '../../engine/inspect/row-gradients';
import { compileModel } from '../../engine/ir/compile-model';
import type { Model } from '../../engine/ir/model';
import { loadProgram } from '../../engine/language/program';
import { floats } from '../../engine/runtime/tensor';
import type { Trace } from '../../engine/trace/trace';

const model = (layer: string): Model => defined(compileModel(loadProgram('m.rnn', `model M { input x[3] layer r = ${layer} output y = Linear(r, size: 2) loss crossEntropy(y) }`)).model, 'it compiles');
const trace = (columns: Readonly<Record<string, readonly number[]>>): Trace => ({
  backend: 'cpu', loss: 0, weights: new Map(), stepLoss: floats([3, 2]), batch: { x: floats([3, 2, 3]), y: floats([3, 2]) },
  columns: new Map(Object.entries(columns).map(([name, data]) => [name, floats([3, 2, data.length / 6], Float32Array.from(data))])),
});

describe('the largest gradient of a batch', () => {
  it('is that of the sequence whose states get most, over layers, halves and steps', () => {
    const both = model('RNN(x, hidden: 1, direction: both)');
    const made = trace({ 'grad/r.h': [1, 0, 0, 2, 1, 1], 'grad/r.backward.h': [3, 0, 0, 0, 0, 1], 'grad/y': [9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 99, 9] });
    expect([...rowGradients(both, made)]).toEqual([10, 4, 3]);
    expect(largestRow(both, made)).toEqual({ row: 0, of: 3, share: 10 / 17 });
  });
  it('that is not finite comes before every other, and zeros have no share', () => {
    const one = model('RNN(x, hidden: 1)');
    expect(largestRow(one, trace({ 'grad/r.h': [1, 0, 0, NaN, 9, 9] }))).toEqual({ row: 1, of: 3, share: NaN });
    expect(largestRow(one, trace({ 'grad/r.h': [0, 0, 0, 0, 0, 0] }))).toEqual({ row: 0, of: 3, share: 0 });
  });
});
