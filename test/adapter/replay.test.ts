// *Debug* beside an iteration of a run: the run is replayed to it, and the session stands in it with the weights it began with.
// Not the training loop's own tests. The run has dropout and carried states, so that a replay that forgot either would differ.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { defined } from '../../engine/base/invariant';
import { readSafetensors } from '../../engine/weights/safetensors';
import { fromJson } from '../../extension/debug/adapter/views/binary-json';
import type { ViewHeader } from '../../protocol/debug-views';
import type { TraceHeader } from '../../protocol/trace-view';
import { poem, TestFolder } from '../cli/test-terminal';
import { Client } from './client';

const text = `model Poem {
  data   text("poem.txt", length: 8)
  embed  e = OneHot(x)
  let    d = dropout(e, 0.2)
  layer  r = GRU(d, hidden: 6)
  output y = Linear(r)
  loss   crossEntropy(y)
}
train { optimizer adam(rate: 0.01)  batch 3  iterations 60  carry state  seed 3 }
`;
let folder: TestFolder;
let losses: ReadonlyMap<number, number>;

beforeAll(async () => {
  folder = await TestFolder.create({ 'm.rnn': text, 'poem.txt': poem });
  const { code, out } = await folder.call(['train', 'm.rnn', '--out', 'run', '--backend', 'wasm', '--validate-every', '5', '--json']);
  expect(code).toBe(0);
  const events = out.map((line) => JSON.parse(line) as { readonly kind: string; readonly iteration: number; readonly loss: number });
  losses = new Map(events.filter(({ kind }) => kind === 'iteration').map(({ iteration, loss }) => [iteration, loss]));
});
afterAll(() => folder?.remove());

const launch = (iteration: unknown) => ({ program: 'm.rnn', run: 'run', iteration });
const printed = (client: Client): string => client.events.filter(({ event }) => event === 'output').map(({ body }) => String(body['output'])).join('');

describe('debugging an iteration of a run', () => {
  it.each([1, 33, 60])('stands in iteration %i, replayed from the checkpoint before it, with the recorded loss', async (iteration) => {
    const client = new Client(folder.path);
    const stopped = await client.launch(launch(iteration));
    expect(stopped['reason']).toBe('pause');
    expect(await client.evaluate('iteration')).toBe(String(iteration));
    expect(Math.fround(Number(await client.evaluate('loss')))).toBe(defined(losses.get(iteration), 'it was recorded'));
    expect(printed(client)).toContain(`to ${iteration}: loss`);
    expect(printed(client)).toContain('to the last bit as in the run');
    await client.ask('disconnect', {});
  });

  it('stands in the sequence of the batch with the largest gradient, says so, and goes to another', async () => {
    const client = new Client(folder.path);
    await client.launch(launch(33));
    const [, row, of, share] = defined(/Sequence (\d+) of the batch's (\d+) has the largest gradient: (\d+) %/.exec(printed(client)), 'it is said').map(Number);
    expect((await client.stack())[0]?.name).toBe(`iteration 33, sequence ${row}, forward pass`);
    const header = async (): Promise<TraceHeader> => (fromJson((await client.ask<{ readonly result: unknown }>('rnn/view', { name: 'header', params: {} })).result) as ViewHeader).trace;
    const { sequence, sequences, largestGradient } = await header();
    expect([sequence.label, largestGradient?.index, largestGradient?.of, sequences.map(({ index }) => index)]).toEqual([`#${row} · largest gradient`, row, of, [0, 1, 2]]);
    const squares: number[] = [];
    for (const { index } of sequences) {
      await client.ask('rnn/chooseSequence', { index });
      const [column] = (await client.ask<{ readonly columns: readonly { readonly data: string }[] }>('rnn/values', { names: ['grad/r.h'] })).columns;
      const bytes = Uint8Array.from(Buffer.from(defined(column, 'a column').data, 'base64'));
      squares.push(new Float32Array(bytes.buffer).reduce((sum, value) => sum + value * value, 0));
    }
    expect([squares.indexOf(Math.max(...squares)), Math.round((100 * Math.max(...squares)) / squares.reduce((a, b) => a + b, 0))]).toEqual([row, share]);
    expect((await header()).largestGradient).toEqual(largestGradient);
    await client.ask('disconnect', {});
  });

  it('holds the weights that the iteration began with, and goes on training', async () => {
    await folder.call(['train', 'm.rnn', '--out', 'shorter', '--backend', 'wasm', '--set', 'iterations=32']);
    const names = await readdir(join(folder.path, 'shorter/checkpoints'));
    const { tensors } = readSafetensors(await readFile(join(folder.path, 'shorter/checkpoints', defined(names.sort().at(-1), 'there is a checkpoint'))), 'shorter');
    const client = new Client(folder.path);
    await client.launch(launch(33));
    const want = [...defined(tensors.get('r.b_z'), 'a GRU has b_z').data];
    const shown: number[] = [];
    for (const unit of want.keys()) shown.push(Math.fround(Number(await client.evaluate(`r.b_z[${unit}]`))));
    expect(shown).toEqual(want);
    const ended = client.event('terminated');
    await client.ask('continue', { threadId: 1 });
    await ended;
    expect(printed(client)).toMatch(/iteration 50: loss/);
    expect(printed(client)).toMatch(/Training finished after iteration 60/);
  });

  it('says that the numbers are others, when they are', async () => {
    const client = new Client(folder.path);
    await client.launch({ ...launch(33), backend: 'cpu' });
    expect(printed(client)).toMatch(/to 33: loss [\d.e-]+(; in the run it was [\d.e-]+|, to the last bit as in the run)\./);
    await client.ask('disconnect', {});
  });

  it.each([
    [launch(0), '`iteration`, from 1 on'],
    [{ program: 'm.rnn', iteration: 3 }, 'name the run\'s folder with `run`'],
    [launch(61), 'The run has 60 iterations; iteration 61 was asked for.'],
  ])('refuses %j in words', async (args, words) => {
    const client = new Client(folder.path);
    await client.ask('initialize', {});
    const answer = await client.send('launch', args);
    expect([answer.success, answer.message]).toEqual([false, expect.stringContaining(words)]);
  });

  it('refuses a model that is no longer the run\'s', async () => {
    await folder.write('m.rnn', text.replace('0.01', '0.02'));
    const client = new Client(folder.path);
    await client.ask('initialize', {});
    const answer = await client.send('launch', launch(3));
    expect([answer.success, answer.message]).toEqual([false, expect.stringContaining('has changed since this run')]);
    await rm(join(folder.path, 'm.rnn'));
  });
});
