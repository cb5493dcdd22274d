// Comparing inside a debug session, through its custom requests: another run, an earlier checkpoint, fresh weights, a file, a what-if; the numbers are those of `unroll trace`.
// Not the sentences and the pictures (test/webview).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defined } from '../../engine/base/invariant';
import type { Tensor } from '../../engine/runtime/tensor';
import { readSafetensors } from '../../engine/weights/safetensors';
import { fromJson, toJson } from '../../extension/debug/adapter/views/binary-json';
import type { ComparedRun, CompareWith } from '../../protocol/comparison';
import type { ViewHeader, ViewRequests } from '../../protocol/debug-views';
import { tolerances } from '../tolerances';
import { TestFolder, characterText, poem } from '../cli/test-terminal';
import { Client } from './client';
import { fixture } from './inputs';

let folder: TestFolder;
const tensors = new Map<string, ReadonlyMap<string, Tensor>>();
const own = 'lstm/checkpoints/';
const sequence = 1;

beforeAll(async () => {
  const rnn = characterText.replace('LSTM(', 'RNN(');
  folder = await TestFolder.create({
    'lm.rnn': characterText, 'rnn.rnn': rnn, 'poem.txt': poem, 'other.rnn': rnn.replace('poem.txt', 'numbers.txt'), 'numbers.txt': '0123456789 '.repeat(60),
    'wide.rnn': characterText.replace('hidden: 6', 'hidden: 9'),
  });
  for (const [file, out] of [['lm', 'lstm'], ['rnn', 'rnn'], ['other', 'other'], ['wide', 'wide']] as const) {
    expect((await folder.call(['train', `${file}.rnn`, '--out', out, '--backend', 'wasm', '--set', 'iterations=12'])).code).toBe(0);
  }
  for (const [name, file, weights] of [['lstm', 'lm', 'lstm'], ['rnn', 'rnn', 'rnn'], ['fresh', 'lm', undefined]] as const) {
    const checkpoint = weights === undefined ? [] : ['--weights', `${weights}/checkpoints/${await newest(weights)}`];
    expect((await folder.call(['trace', `${file}.rnn`, ...checkpoint, '--sequence', String(sequence), '--out', `${name}.safetensors`, '--backend', 'wasm'])).code).toBe(0);
    tensors.set(name, readSafetensors(await readFile(join(folder.path, `${name}.safetensors`)), name).tensors);
  }
}, 120_000);
afterAll(() => folder.remove());

const newest = async (run: string): Promise<string> => defined((await readdir(join(folder.path, run, 'checkpoints'))).sort().at(-1), 'a checkpoint');
const traced = (trace: string, column: string): Float32Array => defined(tensors.get(trace)?.get(column), column).data as Float32Array;

async function launched(): Promise<Client> {
  const client = new Client(folder.path);
  await client.launch({ program: 'lm.rnn', run: 'lstm', sequence, backend: 'wasm' });
  return client;
}

async function view<N extends keyof ViewRequests>(client: Client, name: N, params: ViewRequests[N]['params']): Promise<ViewRequests[N]['result']> {
  const { result } = await client.ask<{ readonly result: unknown }>('rnn/view', { name, params: toJson(params) });
  return fromJson(result) as ViewRequests[N]['result'];
}

async function compared(client: Client, other: CompareWith): Promise<{ readonly header: ViewHeader; readonly run: ComparedRun }> {
  await view(client, 'compare', { with: other });
  const header = await view(client, 'header', {});
  return { header, run: defined(header.comparison.compared, 'a compared pass') };
}

async function lane(client: Client, traceId: string, layer: number, what: 'value' | 'gradient', name: string): Promise<Float32Array> {
  return new Float32Array((await view(client, 'tile', { traceId, layer, what, level: 1, index: 0, lanes: [name] })).buffer);
}

describe('a session compared with another run', () => {
  it('of another cell shows that run’s own lanes, losses and predictions', async () => {
    const client = await launched();
    const { run, header } = await compared(client, { kind: 'run', path: 'rnn' });
    expect([run.label, run.alike, run.first, run.layers]).toEqual(['RNN', false, undefined, [{ other: 0, lanes: [] }]]);
    expect(run.origin).toMatch(/rnn after iteration 12$/);
    for (const [what, prefix] of [['value', 'value'], ['gradient', 'grad']] as const) expect([...(await lane(client, run.trace.traceId, 0, what, 'h'))]).toEqual([...traced('rnn', `${prefix}/r.h`)]);
    expect([Math.fround(run.trace.loss.mean), Math.fround(header.trace.loss.mean)]).toEqual([traced('rnn', 'loss'), traced('lstm', 'loss')].map(([loss]) => loss));
    const [state] = [...traced('lstm', 'value/r.h')];
    expect((await lane(client, header.trace.traceId, 0, 'value', 'h'))[0]).toBe(state);
    expect(client.bugs).toEqual([]);
    await client.ask('disconnect');
  });

  it('shows in the inspector the curve, the eigenvalues and the horizon of both', async () => {
    const client = await launched();
    const { header, run } = await compared(client, { kind: 'run', path: 'rnn' });
    const place = { traceId: header.trace.traceId, layer: 0 };
    const curves = defined(await view(client, 'curves', { ...place, loss: 8 }), 'curves');
    // At the last step only its own loss reaches the state: the gradient of the sum times the number of losses.
    const h = traced('rnn', 'grad/r.h');
    const last = Math.hypot(...h.subarray(7 * 6, 8 * 6)) * 8;
    expect(Math.abs((curves.compared?.[7] ?? NaN) - last) / last).toBeLessThan(tolerances.singlePrecisionTrace);
    const spectrum = defined(await view(client, 'spectrum', { ...place, step: 3 }), 'spectrum');
    expect([spectrum.run.of, spectrum.run.space, spectrum.compared?.of, spectrum.compared?.space]).toEqual([12, '[h; c]', 6, 'h']);
    const horizon = defined(await view(client, 'horizon', place), 'horizon');
    expect([horizon.compared?.median[0], horizon.compared?.median.length]).toEqual([1, horizon.run.median.length]);
    await view(client, 'compare', {});
    expect((await view(client, 'curves', { ...place, loss: 8 }))?.compared).toBeUndefined();
    expect([(await view(client, 'header', {})).comparison.compared, run.label]).toEqual([undefined, 'RNN']);
    await client.ask('disconnect');
  });

  it('of the same cell shows the differences, and where the two first part', async () => {
    const client = await launched();
    const { run } = await compared(client, { kind: 'fresh' });
    expect([run.label, run.alike, run.layers[0]?.lanes.map(({ name }) => name)]).toEqual(['untrained LSTM', true, ['h', 'c', 'i', 'f', 'g', 'o']]);
    for (const name of ['h', 'f']) {
      for (const [what, prefix] of [['value', 'value'], ['gradient', 'grad']] as const) {
        const [a, b] = [traced('lstm', `${prefix}/r.${name}`), traced('fresh', `${prefix}/r.${name}`)];
        expect([...(await lane(client, run.differenceId, 0, what, name))]).toEqual([...a.map((value, i) => value - (b[i] ?? NaN))]);
      }
    }
    // The same as the command line says of the two files.
    const { out } = await folder.call(['compare', 'lstm.safetensors', 'fresh.safetensors', '--json']);
    const said = JSON.parse(defined(out[0], 'a line')) as { readonly name: string; readonly step: number; readonly unit: number; readonly a: number; readonly b: number };
    expect(run.first).toEqual({ step: said.step, name: said.name.replace('value/', ''), unit: said.unit, own: said.a, other: said.b });
    await client.ask('disconnect');
  });

  it('of another size is named by it and has lanes of its own; a kept checkpoint and a file are read by their names', async () => {
    const client = await launched();
    const wide = await compared(client, { kind: 'run', path: 'wide' });
    expect([wide.run.label, wide.run.layers[0]?.lanes.length, wide.run.trace.layers[0]?.lanes[0]?.units]).toEqual(['LSTM(9)', 0, 9]);
    const same = await compared(client, { kind: 'run', path: 'lstm', iteration: 12 });
    expect([same.run.label, same.run.alike, same.run.first]).toEqual(['other LSTM', true, undefined]);
    const file = await compared(client, { kind: 'weights', path: `${own}${await newest('lstm')}` });
    expect(file.run.label).toMatch(/^LSTM of iteration-000000012\.safetensors$/);
    expect(file.header.comparison.choices.map(({ label }) => label)).toEqual(['fresh weights', 'LSTM(9)', 'other LSTM', 'LSTM of iteration-000000012.safetensors']);
    await client.ask('disconnect');
  });
});

describe('a session compared with a recorded trace', () => {
  it('shows its values, losses and differences as the file has them, and measures nothing of it', async () => {
    const client = await launched();
    const { run, header } = await compared(client, { kind: 'weights', path: 'fresh.safetensors' });
    expect([run.label, run.origin, run.alike, run.layers[0]?.lanes.map(({ name }) => name)]).toEqual(['LSTM of fresh.safetensors', 'trace fresh.safetensors', true, ['h', 'c', 'i', 'f', 'g', 'o']]);
    for (const [what, prefix] of [['value', 'value'], ['gradient', 'grad']] as const) {
      const [a, b] = [traced('lstm', `${prefix}/r.c`), traced('fresh', `${prefix}/r.c`)];
      expect([...(await lane(client, run.trace.traceId, 0, what, 'c'))]).toEqual([...b]);
      expect([...(await lane(client, run.differenceId, 0, what, 'c'))]).toEqual([...a.map((value, i) => value - (b[i] ?? NaN))]);
    }
    // The same as of the weights that it was recorded with.
    const { run: same } = await compared(client, { kind: 'fresh' });
    expect([run.first, [...run.trace.loss.values], run.trace.predictions?.text]).toEqual([same.first, [...same.trace.loss.values], same.trace.predictions?.text]);
    await compared(client, { kind: 'weights', path: 'fresh.safetensors' });
    const curves = defined(await view(client, 'curves', { traceId: header.trace.traceId, layer: 0, loss: 8 }), 'curves');
    expect([curves.compared, client.bugs]).toEqual([undefined, []]);
    await client.ask('disconnect');
  });

  it('is told when it is of another model or of another sequence', async () => {
    const client = await launched();
    const refused = await client.send('rnn/view', { name: 'compare', params: { with: { kind: 'weights', path: 'rnn.safetensors' } } });
    expect(refused.message).toMatch(/^The trace "rnn\.safetensors" cannot be compared: it has no value\/r\.i, so another model was recorded\. Compare with the run/);
    await compared(client, { kind: 'weights', path: 'fresh.safetensors' });
    await client.ask('rnn/chooseSequence', { index: 2 });
    const settled = await client.send('rnn/view', { name: 'settleComparison', params: {} });
    expect([settled.success, settled.message]).toEqual([false, 'The trace "fresh.safetensors" cannot be compared: it was recorded over another sequence than the one that is shown. Show that sequence, or record this one with `unroll trace`.']);
    expect((await view(client, 'header', {})).comparison.compared).toBeUndefined();
    await client.ask('disconnect');
  });
});

describe('a comparison', () => {
  it('follows the session to another sequence', async () => {
    const client = await launched();
    const before = await compared(client, { kind: 'run', path: 'rnn' });
    await client.ask('rnn/chooseSequence', { index: 2 });
    const soon = (await view(client, 'header', {})).comparison;
    expect([soon.pending, soon.compared]).toEqual(['RNN', undefined]);
    await view(client, 'settleComparison', {});
    const { compared: run, pending } = (await view(client, 'header', {})).comparison;
    expect([run?.label, pending, run?.trace.traceId === before.run.trace.traceId]).toEqual(['RNN', undefined, false]);
    expect(run?.trace.sequence.index).toBe(2);
    await client.ask('disconnect');
  });

  it('stands beside an iteration of a training that was stopped, and follows it to the next one', async () => {
    const client = new Client('.');
    const path = fixture('own.rnn');
    await client.launch({ program: path, backend: 'wasm', pass: 'train' }, async () => void (await client.ask('setBreakpoints', { source: { path }, breakpoints: [{ line: 18, condition: 'iteration == 7 or iteration == 30' }] })));
    const { run, header } = await compared(client, { kind: 'fresh' });
    expect([run.label.startsWith('untrained '), run.trace.steps, run.trace.loss.mean === header.trace.loss.mean]).toEqual([true, header.trace.steps, false]);
    await client.move('continue');
    expect((await view(client, 'header', {})).comparison.pending).toBe(run.label);
    await view(client, 'settleComparison', {});
    const later = (await view(client, 'header', {})).comparison.compared;
    // Fresh weights are the same ones; the batch is another.
    expect([later?.label, later?.trace.loss.mean === run.trace.loss.mean]).toEqual([run.label, false]);
    expect(client.bugs).toEqual([]);
    await client.ask('disconnect');
  });

  it('puts a what-if beside the pass that it was made from, which is the same up to there', async () => {
    const client = await launched();
    await client.ask('rnn/goto', { step: 3, pass: 'forward', layer: 'r', equation: "c'" });
    await client.ask('setExpression', { expression: "c'[2]", value: '1.5', frameId: await client.top() });
    const { comparison } = await view(client, 'header', {});
    expect(comparison.compared?.label).toBe('LSTM as recorded');
    expect(comparison.compared?.first).toMatchObject({ step: 3, name: 'r.c', unit: 2, own: 1.5 });
    expect(comparison.compared?.first?.other).toBe(traced('lstm', 'value/r.c')[2 * 6 + 2]);
    const difference = await lane(client, defined(comparison.compared, 'beside').differenceId, 0, 'value', 'h');
    expect(difference.subarray(0, 2 * 6).every((value) => value === 0)).toBe(true);
    expect(difference[2 * 6 + 2]).not.toBe(0);
    // Left on purpose, it stays away.
    await view(client, 'compare', {});
    expect((await view(client, 'header', {})).comparison.compared).toBeUndefined();
    await client.ask('disconnect');
  });

  it('is told with every cursor, stays when the session is restarted, and ends there when it was with a what-if', async () => {
    const client = await launched();
    const beside = async (): Promise<string | undefined> => (await client.ask<{ readonly compared?: string }>('rnn/cursor', {})).compared;
    expect(await beside()).toBeUndefined();
    const { run } = await compared(client, { kind: 'fresh' });
    expect(await beside()).toBe(run.id);
    await client.move('restart');
    expect([await beside(), (await view(client, 'header', {})).comparison.compared?.differenceId]).toEqual([run.id, run.differenceId]);
    await client.ask('setExpression', { expression: "c'[2]", value: '1.5', frameId: await client.top() });
    await compared(client, { kind: 'fork', id: 0 });
    expect(await beside()).toBe('fork 0');
    await client.move('restart');
    expect([await beside(), (await view(client, 'header', {})).comparison.compared]).toEqual([undefined, undefined]);
    expect(client.bugs).toEqual([]);
    await client.ask('disconnect');
  });

  it.each([
    ['a run that reads other tokens', { kind: 'run', path: 'other' }, /^Run ".*other" cannot be compared on this sequence: its text has 11 different tokens, this session’s \d+\. Choose a run of the same data\.$/],
    ['a folder that holds no run', { kind: 'run', path: 'nowhere' }, /holds no run/],
    ['a checkpoint that is not kept', { kind: 'run', path: 'lstm', iteration: 5 }, /keeps no checkpoint of iteration 5/],
    ['weights of another model', { kind: 'weights', path: 'rnn.safetensors' }, /rnn\.safetensors/],
    ['a fork that there is not', { kind: 'fork', id: 7 }, /There is no fork 7\./],
  ] as const)('with %s is refused with a sentence, and the one before stays', async (_, other, sentence) => {
    const client = await launched();
    await compared(client, { kind: 'fresh' });
    const refused = await client.send('rnn/view', { name: 'compare', params: { with: other } });
    expect([refused.success, refused.message]).toEqual([false, expect.stringMatching(sentence)]);
    expect((await view(client, 'header', {})).comparison.compared?.label).toBe('untrained LSTM');
    expect((await client.send('rnn/view', { name: 'compare', params: { with: {} } })).message).toMatch(/`kind`/);
    expect(client.bugs).toEqual([]);
    await client.ask('disconnect');
  });
});
