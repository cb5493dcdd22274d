// Parameters of an old iteration in an engine's own process: how far the replay is, and that cancelling ends it there.
// Not what is found in the end (engine-hosts.test.ts).
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineBackend } from '../../protocol/engine-host';
import { RequestError } from '../../protocol/channel';
import type { LookProgress } from '../../protocol/run';
import type { EngineLink } from '../../extension/training/engine-link';
import { startCpuEngine, startWasmEngine } from '../../extension/training/node-engines';
import { ParameterView } from '../../extension/training/parameter-view';
import { TrainingRun } from '../../extension/training/training-run';
import { dist, needBuilt, smallModel } from './small-model';

const text = smallModel(500);
const start = (backend: EngineBackend): EngineLink => {
  if (backend === 'webgpu') throw new RequestError('backend-missing', 'there is no page here');
  return { cpu: startCpuEngine, wasm: startWasmEngine }[backend](dist);
};

let folder: string;
beforeAll(() => {
  needBuilt();
  folder = mkdtempSync(join(tmpdir(), 'unroll-replays-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a replay that is cancelled', () => {
  it('says how far it is, ends in the engine, and leaves what was looked at before', async () => {
    const run = new TrainingRun({ file: join(folder, 'small.rnn'), text, imports: [], runId: 'r', run: join(folder, 'r'), threads: 1, settings: {}, started: '2026-01-01T00:00:00.000Z', validateEvery: 500, wanted: 'cpu' }, start, () => performance.now());
    await run.begin();
    await run.ended();
    const view = new ParameterView(run, start);
    const first = await view.look(1);
    const seen: LookProgress[] = [];
    const looked = view.look(490, (progress) => {
      seen.push(progress);
      if (seen.length === 2) void view.cancel();
    });
    await expect(looked).rejects.toMatchObject({ code: 'cancelled' });
    const [earlier, later] = seen;
    expect([earlier?.total, (later?.done ?? 0) > (earlier?.done ?? 0), (seen.at(-1)?.done ?? 490) < 489]).toEqual([490, true, true]);
    expect(await view.numbers(first.id, 'r.U_f', 'value')).toHaveLength(64);
    expect(await view.look(2)).toMatchObject({ iteration: 2, exact: true });
    view.close();
  });
});
