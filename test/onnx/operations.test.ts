// Every operation on every backend from the same samples, against its float64 value.
// Not the loop over time (../trace). One ONNX model per operation and backend holds all of its samples.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openNodeBackend } from '../../cli/backends/open-backend';
import { Random } from '../../engine/base/random';
import type { Equation, GraphInput, ValueId } from '../../engine/ir/graph';
import { unaryKinds, type OperationKind, type UnaryKind } from '../../engine/ir/operation';
import { resultType } from '../../engine/ir/shape-rules';
import { emitEquations, typesOf } from '../../engine/onnx/emit-equations';
import { tensorDims } from '../../engine/onnx/emission-rules';
import { OnnxGraph } from '../../engine/onnx/onnx-graph';
import { batchedData, type Value } from '../../engine/reference/value';
import { valueOf } from '../../engine/reference/value-rules';
import type { Backend } from '../../engine/runtime/backend';
import { floats, type Tensor } from '../../engine/runtime/tensor';
import { operationKinds, sampleBatch, sampleOperation, type Sample } from '../reference/sample-operations';
import { tolerances } from '../tolerances';

const names = ['cpu', 'wasm'] as const;
const backends = new Map<string, Backend>();
beforeAll(async () => {
  for (const name of names) backends.set(name, await openNodeBackend(name, { threads: 1 }));
});
afterAll(async () => {
  for (const backend of backends.values()) await backend.dispose();
});

const inSinglePrecision = ({ op, args }: Sample): Sample => ({ op, args: args.map(({ type, data }) => ({ type, data: data.map(Math.fround) })) });

/** Zeros, ties of rounding, both tails; NaN where the function has no value. */
const corners = [-20, -3, -1, -0.5, -1e-4, 0, 1e-4, 0.5, 1, 3, 20];
const isUnary = (kind: OperationKind): kind is UnaryKind => (unaryKinds as readonly string[]).includes(kind);

function samplesOf(kind: OperationKind): readonly Sample[] {
  const drawn = Array.from({ length: 16 }, (_, seed) => sampleOperation(kind, Random.for(seed, kind)));
  const special: Sample[] = isUnary(kind) ? [{ op: { kind }, args: [{ type: { shape: [corners.length], batched: false }, data: Float64Array.from(corners) }] }] : [];
  return [...special, ...drawn].map(inSinglePrecision);
}

/** The samples' results, each `[batch, ...shape]` or `[...shape]`, from one model. */
async function runAll(backend: Backend, samples: readonly Sample[]): Promise<readonly { readonly got: ArrayLike<number>; readonly want: Value }[]> {
  const graph = new OnnxGraph();
  const inputs: GraphInput[] = [];
  const equations: Equation[] = [];
  const feeds: Record<string, Tensor> = {};
  const names = new Map<ValueId, string>();
  const origin = { span: { file: 'operation', start: 0, end: 0 } };
  let next = 1;
  const wants = samples.map(({ op, args }, index) => {
    const ids = args.map(({ type, data }, position) => {
      const id = next++;
      const name = `a${index}.${position}`;
      inputs.push({ id, name, role: 'input', type, origin });
      names.set(id, graph.input(name, 'f32', tensorDims(type, sampleBatch)));
      feeds[name] = floats(tensorDims(type, sampleBatch), Float32Array.from(data));
      return id;
    });
    const type = resultType(op, args.map((arg) => arg.type));
    equations.push({ id: next++, op, args: ids, type, origin });
    return valueOf(op, args, type, sampleBatch);
  });
  const types = typesOf(inputs, equations);
  emitEquations({ graph, names, types, rows: sampleBatch }, equations, new Set(equations.map(({ id }) => id)));
  equations.forEach(({ id, type }, index) => graph.output(`y${index}`, names.get(id) as string, 'f32', tensorDims(type, sampleBatch)));
  const session = await backend.open(graph.encode());
  try {
    const results = await session.run(feeds);
    return wants.map((want, index) => {
      const result = results[`y${index}`];
      if (result === undefined || result.kind === 'device') throw new Error(`y${index} did not come back`);
      return { got: result.data, want };
    });
  } finally {
    await session.dispose();
  }
}

describe.each(names)('on %s', (name) => {
  it.each(operationKinds)('%s', async (kind) => {
    const samples = samplesOf(kind);
    const results = await runAll(backends.get(name) as Backend, samples);
    results.forEach(({ got, want }, index) => {
      // What comes back may have been given a batch axis that its value does not need.
      const wanted = got.length === want.data.length ? want.data : batchedData(want, sampleBatch);
      expect(got).toHaveLength(wanted.length);
      const scale = wanted.reduce((top, v) => (Number.isFinite(v) ? Math.max(top, Math.abs(v)) : top), 1);
      wanted.forEach((v, element) => {
        const have = got[element] as number;
        const off = Number.isNaN(v) ? !Number.isNaN(have) : Number.isFinite(v) ? !(Math.abs(have - v) <= tolerances.singlePrecisionOperation * scale) : have !== v;
        expect(off, `${JSON.stringify(samples[index]?.op)}, sample ${index}, element ${element} of (${samples[index]?.args.map(({ data }) => `[${[...data].join(', ')}]`).join(', ')}): ${have}, not ${v}`).toBe(false);
      });
    });
  });
});
