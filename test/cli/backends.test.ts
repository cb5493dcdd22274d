// Both backends of the command line run a program, refuse a broken one in words, and say when they are not there.
import { describe, expect, it } from 'vitest';
import { openCpuBackend } from '../../cli/backends/cpu';
import { isNodeBackend, nodeBackends, openNodeBackend } from '../../cli/backends/open-backend';
import { openWasmBackend } from '../../cli/backends/wasm';
import { floats, ints } from '../../engine/runtime/tensor';
import { oneNodeModel } from './small-onnx';

const pair = (type: 'f32' | 'i32') => [{ name: 'a', type, dims: [2, 3] }, { name: 'b', type, dims: [2, 3] }] as const;

describe.each(nodeBackends)('backend %s', (name) => {
  it('runs a program on floats and on integers', async () => {
    const backend = await openNodeBackend(name, { threads: 1 });
    expect(backend.name).toBe(name);
    expect(backend.threads).toBe(1);
    expect(backend.description).toMatch(/^ONNX Runtime .*\d+\.\d+.*1 thread$/);

    const session = await backend.open(oneNodeModel('Add', pair('f32'), [{ name: 'c', type: 'f32', dims: [2, 3] }]));
    const { c } = await session.run({ a: floats([2, 3], Float32Array.of(1, 2, 3, 4, 5, 6)), b: floats([2, 3], new Float32Array(6).fill(0.5)) });
    expect(c).toEqual(floats([2, 3], Float32Array.of(1.5, 2.5, 3.5, 4.5, 5.5, 6.5)));
    await session.dispose();

    const whole = await backend.open(oneNodeModel('Mul', pair('i32'), [{ name: 'c', type: 'i32', dims: [2, 3] }]));
    const product = await whole.run({ a: ints([2, 3], Int32Array.of(1, 2, 3, 4, 5, 6)), b: ints([2, 3], new Int32Array(6).fill(-2)) }, ['c']);
    expect(product['c']).toEqual(ints([2, 3], Int32Array.of(-2, -4, -6, -8, -10, -12)));
    await whole.dispose();
    await backend.dispose();
  });

  it('refuses a broken program in words', async () => {
    const backend = await openNodeBackend(name, { threads: 1 });
    await expect(backend.open(Uint8Array.of(1, 2, 3, 4))).rejects.toMatchObject({ code: 'backend-failed', message: expect.stringContaining(`Backend ${name} could not open the program`) });
  });

  it('refuses inputs that do not fit in words', async () => {
    const backend = await openNodeBackend(name, { threads: 1 });
    const session = await backend.open(oneNodeModel('Add', pair('f32'), [{ name: 'c', type: 'f32', dims: [2, 3] }]));
    await expect(session.run({ a: floats([1, 3]), b: floats([2, 3]) })).rejects.toMatchObject({ code: 'backend-failed' });
    await session.dispose();
  });
});

describe('a backend that is not there', () => {
  it('says so and what to use instead', async () => {
    const missing = () => Promise.reject(new Error("Cannot find package 'onnxruntime-node'\nRequire stack"));
    await expect(openCpuBackend({}, missing)).rejects.toMatchObject({
      code: 'backend-missing',
      message: "Backend cpu is not there: the package onnxruntime-node did not load (Cannot find package 'onnxruntime-node'). Use --backend wasm, or install onnxruntime-node.",
    });
  });

  it('is not found among the names', () => {
    expect(isNodeBackend('cpu')).toBe(true);
    expect(isNodeBackend('cuda')).toBe(false);
  });

  it('does not quietly run with another number of threads', async () => {
    await openWasmBackend({ threads: 1 });
    await expect(openWasmBackend({ threads: 2 })).rejects.toMatchObject({ code: 'backend-threads' });
  });
});
