// A run gone through again to one iteration: parameters, gradient and update against runs that ended there and against the trace.
// Not the debugger's replay (../adapter/replay.test.ts).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openNodeBackend } from '../../cli/backends/open-backend';
import { dataFolder } from '../../cli/files/data-folder';
import { runFolder } from '../../cli/files/run-folder';
import { loadProgram } from '../../engine/language/program';
import type { Backend } from '../../engine/runtime/backend';
import { defined } from '../../engine/base/invariant';
import { runTrace } from '../../engine/trace/run-trace';
import { firstPosition, positionAfter } from '../../engine/data/data-source';
import { parametersOf } from '../../engine/training/checkpoint';
import { loadModel } from '../../engine/training/load-model';
import { replayIteration } from '../../engine/training/replay';
import { RunRecord } from '../../engine/training/run-record';
import { readSafetensors } from '../../engine/weights/safetensors';
import { poem, TestFolder } from '../cli/test-terminal';
import { tolerances } from '../tolerances';
import { relativeError } from '../trace/compare-columns';

const text = `model Poem {
  data   text("poem.txt", length: 8)
  embed  e = OneHot(x)
  layer  r = LSTM(e, hidden: 6)
  output y = Linear(r)
  loss   crossEntropy(y)
  train { optimizer adam(rate: 0.01)  batch 3  iterations 40  clip norm 0.05  seed 3 }
}
`;
let folder: TestFolder;
let backend: Backend;
beforeAll(async () => {
  folder = await TestFolder.create({ 'm.rnn': text, 'poem.txt': poem });
  backend = await openNodeBackend('wasm', { threads: 1 });
  for (const count of [40, 22, 23]) expect((await folder.call(['train', 'm.rnn', '--out', `run-${count}`, '--backend', 'wasm', '--validate-every', '5', '--set', `iterations=${count}`])).code).toBe(0);
});
afterAll(async () => {
  await backend?.dispose();
  await folder?.remove();
});

const weightsOf = async (run: string, iteration: number) => parametersOf(readSafetensors(await readFile(join(folder.path, run, `checkpoints/iteration-${String(iteration).padStart(9, '0')}.safetensors`)), run).tensors);

describe('a replayed iteration', () => {
  it('has the values and the update of the run to the last bit, and the gradient of the trace', async () => {
    const program = loadProgram(join(folder.path, 'm.rnn'), text);
    const { model, source } = await loadModel(program, defined(program.main.models[0], 'there is a model'), dataFolder(folder.path));
    const [known, data] = [defined(model, 'it compiles'), defined(source, 'it has data')];
    const plan = data.plan({ batch: 3, carry: false, seed: 3 });
    const record = await RunRecord.open(runFolder('run-40', folder.path));
    const { checkpoint } = await record.latestCheckpoint(known, 22);
    expect(checkpoint?.iteration).toBe(20);
    const replayed = await replayIteration(known, plan, backend, checkpoint, 23, () => Promise.resolve());
    const [before, after] = [await weightsOf('run-22', 22), await weightsOf('run-23', 23)];
    for (const [name, { data: numbers }] of after) {
      expect([name, replayed.values.get(name)?.data]).toEqual([name, numbers]);
      expect([name, replayed.updates.get(name)?.data]).toEqual([name, (numbers as Float32Array).map((value, i) => value - Number(before.get(name)?.data[i]))]);
    }
    let position = firstPosition;
    for (let i = 1; i < 23; i++) position = positionAfter(position, plan);
    const trace = await runTrace(known, new Map([...before].flatMap(([name, tensor]) => (tensor.kind === 'f32' ? [[name, tensor] as const] : []))), plan.batchAt(position).batch, backend);
    expect(replayed.gradients.size).toBe(after.size);
    for (const [name, gradient] of replayed.gradients) expect([name, relativeError(gradient, defined(trace.columns.get(`grad/param/${name}`), 'the trace has it')) < tolerances.fusedGradient]).toEqual([name, true]);
    expect(Math.abs(replayed.loss - trace.loss)).toBeLessThan(tolerances.singlePrecisionTrace);
    await expect(replayIteration(known, plan, backend, checkpoint, 41, () => Promise.resolve())).rejects.toMatchObject({ code: 'no-iteration' });
  });
});
