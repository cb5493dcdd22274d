// Operators that a backend lacks, composed of others: the same traces and the same training as with the operators themselves.
import { describe, expect, it } from 'vitest';
import { openCpuBackend } from '../../cli/backends/cpu';
import { compileModel } from '../../engine/ir/compile-model';
import { loadProgram } from '../../engine/language/program';
import { compositions } from '../../engine/onnx/compositions';
import { OnnxGraph } from '../../engine/onnx/onnx-graph';
import { floats } from '../../engine/runtime/tensor';
import { runTrace } from '../../engine/trace/run-trace';
import { checkWeights } from '../../engine/weights/weight-check';
import { readFixture } from '../fixtures/read-fixture';
import { tolerances } from '../tolerances';
import { disagreements, relativeError } from '../trace/compare-columns';

const lacks = Object.keys(compositions);

describe.each(lacks)('%s', (operator) => {
  it('has its own value, far from 0 too, and leaves no node of its kind', async () => {
    const values = floats([2, 5], Float32Array.of(-3, 0, 0.5, 2, 40, -90, 88, 1e-3, 7, -7));
    const backend = await openCpuBackend();
    const run = async (without: readonly string[]) => {
      const graph = new OnnxGraph();
      const input = graph.input('v', 'f32', [2, 5]);
      // Used twice, once under a name of its own, so that what shares it must find it.
      const value = graph.node(operator, [input], operator === 'LogSoftmax' ? { axis: { int: -1 } } : {});
      graph.output('result', value, 'f32', [2, 5]);
      graph.output('negative', graph.node('Neg', [value]), 'f32', [2, 5]);
      const model = graph.encode(without);
      const session = await backend.open(model);
      const { result, negative } = await session.run({ v: values });
      await session.dispose();
      if (result?.kind !== 'f32' || negative?.kind !== 'f32') throw new Error('the outputs are F32');
      return { result, negative, operators: graph.histogram };
    };
    const own = await run([]);
    const composed = await run(lacks);
    expect(own.operators.has(operator)).toBe(true);
    expect(composed.operators.has(operator)).toBe(false);
    expect(relativeError(composed.result, own.result)).toBeLessThan(tolerances.singlePrecisionOperation);
    expect(relativeError(composed.negative, own.negative)).toBeLessThan(tolerances.singlePrecisionOperation);
    await backend.dispose();
  });
});

it.each(['lstm-embedding-holes', 'odd-2-holes'])('gives the same trace of %s', async (name) => {
  const fixture = readFixture(name);
  const program = loadProgram('m.rnn', fixture.model);
  const { model } = compileModel(program);
  if (model === undefined) throw new Error('the fixture compiles');
  const backend = { ...(await openCpuBackend()), lacks };
  const trace = await runTrace(model, checkWeights(model, fixture.weights, name), fixture.batch, backend);
  expect(disagreements(trace.columns, fixture.trace, tolerances.singlePrecisionTrace)).toEqual([]);
  await backend.dispose();
});
