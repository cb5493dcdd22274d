// `unroll bench --quick`: the shape of its table and of its JSON, and how many nodes a step costs; never a time.
import { describe, expect, it } from 'vitest';
import { tableLines, ratiosOf } from '../../cli/bench/bench-report';
import { median } from '../../cli/bench/measure';
import { nodesPerStep } from '../../cli/bench/nodes-per-step';
import { sizes } from '../../cli/bench/problems';
import { openPyTorch } from '../../cli/bench/pytorch-peer';
import { runCli } from '../../cli/run-cli';
import type { Terminal } from '../../cli/terminal';

async function bench(...args: string[]): Promise<{ readonly code: number; readonly out: readonly string[]; readonly err: readonly string[] }> {
  const out: string[] = [];
  const err: string[] = [];
  const terminal: Terminal = {
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
    progress: () => undefined,
    folder: '.',
    onInterrupt: () => () => undefined,
    now: () => 0,
    breathe: () => Promise.resolve(),
  };
  const code = await runCli(['bench', '--quick', ...args], terminal);
  return { code, out, err };
}

describe('unroll bench --quick', () => {
  it('prints a row for each cell under one heading', async () => {
    const { code, out } = await bench('--python', 'none');
    expect(code).toBe(0);
    expect(out).toHaveLength(4);
    expect(out[0]).toMatch(/^cell +batch +steps +inputs +hidden +classes +nodes\/step +cpu ms +wasm ms +PyTorch ms +PyTorch\/cpu +wasm\/cpu +open cpu ms +open wasm ms$/);
    for (const [index, cell] of ['RNN', 'GRU', 'LSTM'].entries()) expect(out[index + 1]).toMatch(new RegExp(`^${cell} +1 +32 +16 +32 +16 +[\\d.]+ +[\\d.]+ +[\\d.]+ +– +– +[\\d.]+ +[\\d.]+ +[\\d.]+$`));
  });

  it('gives every figure as JSON, PyTorch\'s where a Python has torch', async () => {
    const { code, out, err } = await bench('--cell', 'LSTM', '--json');
    expect(code).toBe(0);
    const [row, done] = out.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(out).toHaveLength(2);
    expect(row).toMatchObject({ kind: 'bench', cell: 'LSTM', batch: 1, steps: 32, inputs: 16, hidden: 32, classes: 16, cpu: { ms: expect.any(Number), sessionMs: expect.any(Number) }, wasm: { ms: expect.any(Number) }, ratios: { wasmOverCpu: expect.any(Number) } });
    expect(done).toMatchObject({ kind: 'done', threads: 1, quick: true, versions: { cpu: expect.stringContaining('ONNX Runtime'), wasm: expect.stringContaining('WebAssembly') } });
    const without = err.find((line) => line.startsWith('Without PyTorch: '));
    if (without === undefined) expect(row).toMatchObject({ pytorch: { ms: expect.any(Number) }, ratios: { pytorchOverCpu: expect.any(Number) } });
    else expect(row).not.toHaveProperty('pytorch');
    // Loading torch takes seconds.
  }, 60_000);

  it('refuses a cell that PyTorch has not', async () => {
    const { code, err } = await bench('--cell', 'MGU');
    expect(code).toBe(2);
    expect(err.join()).toContain('--cell is RNN, GRU, LSTM');
  });
});

it.each(sizes)('a step of an LSTM with $hidden units costs at most 24 nodes', (size) => {
  const nodes = nodesPerStep({ cell: 'LSTM', ...size });
  expect(nodes).toBeGreaterThan(8);
  expect(nodes).toBeLessThanOrEqual(24);
});

it('says why there is no PyTorch', async () => {
  expect(await openPyTorch(['no-such-python'], 1)).toEqual({ reason: expect.stringContaining('no-such-python') });
});

it('leaves out ratios of what was not measured, and takes the middle of an even number', () => {
  expect(ratiosOf({ cpu: { ms: 2, sessionMs: 1 } })).toEqual({});
  expect(ratiosOf({ cpu: { ms: 2, sessionMs: 1 }, wasm: { ms: 6, sessionMs: 1 }, pytorch: { ms: 4 } })).toEqual({ pytorchOverCpu: 2, pytorchOverWasm: 4 / 6, wasmOverCpu: 3 });
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(tableLines([])).toHaveLength(1);
});
