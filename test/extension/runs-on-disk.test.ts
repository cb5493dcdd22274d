// The runs that a folder holds, as the list of comparisons reads them: newest first, with their checkpoints and last loss; what is no run is left out.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runsIn } from '../../extension/debug/runs-on-disk';

let folder: string;
const description = (model: string, started: string): string => JSON.stringify({ format: 1, model, file: 'm.rnn', data: 'text', backend: { name: 'cpu', description: '', threads: 1 }, seed: 1, settings: { rate: '0.1' }, iterations: 20, batchesPerEpoch: 1, started, status: 'finished', iteration: 20 });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unroll-runs-'));
  for (const [name, started] of [['old', '2026-01-01T00:00:00Z'], ['new', '2026-01-02T00:00:00Z']] as const) {
    await mkdir(join(folder, name, 'checkpoints'), { recursive: true });
    await writeFile(join(folder, name, 'run.json'), description(name, started));
  }
  await mkdir(join(folder, 'damaged'));
  await writeFile(join(folder, 'damaged/run.json'), '{ "format": 1');
  await writeFile(join(folder, 'a file'), '');
  await writeFile(join(folder, 'new/model.rnn'), 'model M {\n  embed e = Embedding(x, size: 3)\n  layer r1 = LSTM(e, hidden: 4)\n  // layer r2 = GRU(r1, hidden: 5)\n  output y = Linear(r1)\n}\n');
  for (const name of ['iteration-000000010.safetensors', 'iteration-000000020.safetensors', 'iteration-000000030.safetensors.writing']) await writeFile(join(folder, 'new/checkpoints', name), '');
  const line = (iteration: number): string => JSON.stringify({ kind: 'iteration', iteration, loss: 3 / iteration, gradNorm: 1, clipped: false });
  // Longer than what is read of its end, and cut off in the middle of a line.
  await writeFile(join(folder, 'new/metrics.jsonl'), `${Array.from({ length: 2000 }, (_, i) => line(i + 1)).join('\n')}\n{"kind":"iteration","iter`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the runs of a folder', () => {
  it('come newest first, with layers, kept checkpoints and the last loss', async () => {
    const runs = await runsIn([folder, folder, join(folder, 'nowhere')]);
    expect(runs.map(({ description: { model }, layers, iterations, loss }) => ({ model, layers, iterations, loss }))).toEqual([
      { model: 'new', layers: ['LSTM(e, hidden: 4)'], iterations: [20, 10], loss: 3 / 2000 },
      { model: 'old', layers: [], iterations: [], loss: undefined },
    ]);
    expect(runs[0]?.path).toBe(join(folder, 'new'));
  });
});
