// The edges of a session: what is wrong with a launch, what is refused, how it ends, and that its numbers are those of a trace.
// Not stepping and not stops.
import { describe, expect, it } from 'vitest';
import { defined } from '../../engine/base/invariant';
import { floats, ints } from '../../engine/runtime/tensor';
import { runTrace } from '../../engine/trace/run-trace';
import { freshWeights } from '../../engine/weights/initialise';
import { openNodeBackend } from '../../cli/backends/open-backend';
import { capabilities } from '../../extension/debug/adapter/capabilities';
import { nodeDebugHost } from '../../cli/debug-host';
import { OperationalError } from '../../engine/base/operational-error';
import { readFileSync } from 'node:fs';
import { modelOf } from '../trace/random-problem';
import { Client } from './client';
import { fixture, tensorFile, textFile, tokens } from './inputs';

async function refused(args: unknown): Promise<string> {
  const client = new Client('.');
  await client.ask('initialize', {});
  const { success, message } = await client.send('launch', args);
  expect(success).toBe(false);
  expect(client.bugs).toEqual([]);
  // What was refused can be launched rightly in the same session, and ended.
  expect((await client.send('stackTrace', { threadId: 1 })).success).toBe(false);
  expect((await client.send('disconnect', {})).success).toBe(true);
  return message ?? '';
}

describe('a launch', () => {
  const program = fixture('probe.rnn');
  it.each([
    ['no program', () => ({}), /program/],
    ['a file that is not there', () => ({ program: 'nowhere.rnn' }), /There is no file/],
    ['a broken model', () => ({ program: textFile('broken.rnn', 'model A {\n  input x[2]\n  layer r = LSTN(x, hidden: 3)\n}\n') }), /broken\.rnn:3:\d+ .*LSTN/],
    ['several models and none named', () => ({ program: fixture('numeric.rnn') }), /Series.*Plain.*"model"/],
    ['a model that is not in the file', () => ({ program, model: 'Prove' }), /Probe/],
    ['no inputs', () => ({ program }), /inputs/],
    ['a sequence out of range', () => ({ program, inputs: tokens(), sequence: 2 }), /2 sequences.*sequence 2/],
    ['a sequence of the data out of range', () => ({ program: fixture('own.rnn'), sequence: 1e6 }), /validation split has \d+ sequences/],
    ['weights that are not there', () => ({ program, inputs: tokens(), weights: 'none.safetensors' }), /There is no file/],
    ['weights of another shape', () => ({ program, inputs: tokens(), weights: tensorFile('small', { 'e.W': floats([5, 2]) }) }), /of another shape: e\.W|missing/],
    ['weights and a run', () => ({ program, weights: 'a', run: 'b' }), /not from both/],
    ['a run that is none', () => ({ program, run: 'nowhere' }), /holds no run/],
    ['ids out of range', () => ({ program, inputs: tensorFile('wild', { x: ints([1, 2], Int32Array.from([1, 9])), y: ints([1, 2], Int32Array.from([1, 1])) }) }), /x\[0, 1\] is 9/],
    ['an odd backend', () => ({ program, backend: 'abacus' }), /`backend` is one of/],
    ['training without data', () => ({ program, pass: 'train' }), /data line/],
  ])('with %s is refused in one sentence', async (_name, args, expected) => {
    expect(await refused({ backend: 'wasm', ...args() })).toMatch(expected);
  });

  it('whose backend dies says so and ends cleanly', async () => {
    const host = nodeDebugHost('.');
    const client = new Client('.', { ...host, openBackend: async (name, notice) => {
      const backend = await host.openBackend(name, notice);
      return { ...backend, open: () => Promise.reject(new OperationalError('backend-failed', 'Backend wasm could not open the program: it was killed.')) };
    } });
    await client.ask('initialize', {});
    expect((await client.send('launch', { program, inputs: tokens(), backend: 'wasm' })).message).toMatch(/killed/);
    expect((await client.send('disconnect', {})).success).toBe(true);
  });
});

describe('a backend that dies later', () => {
  const dying = () => {
    const host = nodeDebugHost('.');
    const state = { dead: false };
    const client = new Client('.', { ...host, openBackend: async (name, notice) => {
      const backend = await host.openBackend(name, notice);
      const failure = (): Promise<never> => Promise.reject(new OperationalError('backend-failed', 'Backend wasm could not run the program: it was killed.'));
      return { ...backend, open: async (model, options) => {
        if (state.dead) return failure();
        const session = await backend.open(model, options);
        return { ...session, run: (feeds, fetches) => (state.dead ? failure() : session.run(feeds, fetches)) };
      } };
    } });
    return { client, state };
  };

  it('leaves what is recorded to be walked, and refuses what needs it', async () => {
    const { client, state } = dying();
    await client.launch({ program: fixture('probe.rnn'), inputs: tokens(), backend: 'wasm' });
    for (const move of ['stepIn', 'next', 'stepIn', 'stepIn']) await client.move(move);
    state.dead = true;
    expect((await client.send('setExpression', { expression: 'f[0]', value: '1', frameId: await client.top() })).message).toMatch(/was killed/);
    expect(await client.evaluate('rho()')).toMatch(/was killed/);
    expect(await client.evaluate('f[0]')).toMatch(/^0\.\d+$/);
    expect((await client.move('continue'))['text']).toMatch(/The pass is over/);
    expect((await client.ask<{ forks: readonly unknown[] }>('rnn/forks', {})).forks.length).toBe(1);
    expect((await client.send('disconnect', {})).success).toBe(true);
    expect(client.bugs).toEqual([]);
  });

  it('ends a training with a sentence', async () => {
    const { client, state } = dying();
    await client.launch({ program: fixture('own.rnn'), pass: 'train', backend: 'wasm', stopOnEntry: true });
    state.dead = true;
    const ended = client.event('terminated');
    await client.ask('continue', { threadId: 1 });
    await ended;
    expect(String(client.events.filter(({ event }) => event === 'output').at(-1)?.body['output'])).toMatch(/was killed/);
    expect((await client.send('stackTrace', { threadId: 1 })).success).toBe(false);
    expect((await client.send('disconnect', {})).success).toBe(true);
    expect(client.bugs).toEqual([]);
  });
});

describe('the numbers of a session', () => {
  it('are those of a trace', async () => {
    const model = modelOf(readFileSync(fixture('probe.rnn'), 'utf8'));
    const backend = await openNodeBackend('wasm');
    const trace = await runTrace(model, freshWeights(model), { x: ints([1, 4], Int32Array.from([1, 2, 3, 4])), y: ints([1, 4], Int32Array.from([2, 3, 4, 0])) }, backend);
    const client = new Client('.');
    await client.launch({ program: fixture('probe.rnn'), inputs: tokens(), backend: 'wasm' });
    const { columns } = await client.ask<{ columns: readonly { name: string; data: string }[] }>('rnn/values', { names: [...trace.columns.keys()] });
    for (const { name, data } of columns) expect(new Float32Array(new Uint8Array(Buffer.from(data, 'base64')).buffer), name).toEqual(defined(trace.columns.get(name), name).data);
    expect(Number(await client.evaluate('loss'))).toBe(trace.loss);
    expect(Math.fround(Number(await client.evaluate('r1.c\'@3[2]')))).toBe(trace.columns.get('value/r1.c')?.data[2 * 4 + 2]);
    expect(Math.fround(Number(await client.evaluate('grad(r2.h\'@2)[1]')))).toBe(trace.columns.get('grad/r2.h')?.data[3 + 1]);
  });

  it('complete what is typed', async () => {
    const client = new Client('.');
    await client.launch({ program: fixture('probe.rnn'), inputs: tokens(), backend: 'wasm' });
    const complete = async (text: string) => (await client.ask<{ targets: readonly { label: string }[] }>('completions', { text, column: text.length + 1, frameId: await client.top() })).targets.map(({ label }) => label);
    expect(await complete('norm(r2.')).toEqual(['r2.x', 'r2.h', 'r2.h\'', 'r2.r', 'r2.z', 'r2.n', 'r2.W_r', 'r2.U_r', 'r2.b_r', 'r2.W_z', 'r2.U_z', 'r2.b_z', 'r2.W_n', 'r2.U_n', 'r2.b_n', 'r2.c_n']);
    // In r1 its own names may be written with its name, too.
    await client.ask('rnn/goto', { step: 1, pass: 'forward', layer: 'r1', equation: 'f' });
    expect(await complete('r1.c')).toEqual(['r1.c', 'r1.c\'']);
    expect(await complete('gr')).toEqual(['gradNorm', 'grad']);
  });
});

describe('what is promised', () => {
  it('is answered: every capability has its request', async () => {
    const client = new Client('.');
    expect(await client.ask('initialize', {})).toEqual(JSON.parse(JSON.stringify(capabilities)));
    for (const command of ['configurationDone', 'restart', 'terminate', 'stepBack', 'reverseContinue', 'gotoTargets', 'goto', 'setVariable', 'setExpression', 'completions', 'exceptionInfo', 'dataBreakpointInfo', 'setDataBreakpoints', 'breakpointLocations', 'loadedSources']) {
      expect((await client.send(command, {})).message ?? '', command).not.toMatch(/There is no request/);
    }
  });
});
