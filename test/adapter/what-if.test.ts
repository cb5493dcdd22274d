// What-if: a value set at the cursor forks the run; both are kept; the fork's loss is that of a trace of the edited values.
// Not stepping.
import { describe, expect, it } from 'vitest';
import { defined } from '../../engine/base/invariant';
import { floats, ints } from '../../engine/runtime/tensor';
import { runTrace } from '../../engine/trace/run-trace';
import { freshWeights } from '../../engine/weights/initialise';
import { openNodeBackend } from '../../cli/backends/open-backend';
import { readFileSync } from 'node:fs';
import { modelOf } from '../trace/random-problem';
import { expectGolden } from '../golden';
import { Client } from './client';
import { fixture, tensorFile } from './inputs';

const x = ints([1, 4], Int32Array.from([1, 2, 3, 4]));
const y = ints([1, 4], Int32Array.from([2, 3, 4, 0]));
const model = modelOf(readFileSync(fixture('probe.rnn'), 'utf8'));

async function begun(): Promise<Client> {
  const client = new Client('.');
  await client.launch({ program: fixture('probe.rnn'), inputs: tensorFile('edited', { x, y }), backend: 'wasm' });
  return client;
}

async function forks(client: Client): Promise<readonly { readonly loss: number; readonly label: string }[]> {
  return (await client.ask<{ forks: readonly { loss: number; label: string }[] }>('rnn/forks', {})).forks;
}

describe('a what-if', () => {
  it('forks, shows the difference, and can be left', async () => {
    const client = await begun();
    for (const move of ['stepIn', 'next', 'stepIn', 'stepIn', 'next']) await client.move(move);
    await client.note('before', { reason: 'step' });
    await client.noteScope('Gates');
    const { scopes } = await client.ask<{ scopes: readonly { name: string; variablesReference: number }[] }>('scopes', { frameId: await client.top() });
    const gates = await client.variables(defined(scopes.find(({ name }) => name === 'Gates'), 'gates').variablesReference);
    const f = defined(gates.find(({ name }) => name === 'f'), 'f');
    const invalidated = client.event('invalidated');
    await client.ask('setVariable', { variablesReference: f.variablesReference, name: '[2]', value: '0' });
    await invalidated;
    const output = client.events.find(({ event, body }) => event === 'output' && String(body['output']).startsWith('Fork'));
    client.lines.push(String(output?.body['output']).trim());
    await client.note('f[2] = 0', { reason: 'fork' });
    await client.noteScope('Gates');
    await client.noteEvaluation('f[2]', 'c\'@1', 'c\'', 'loss');
    const again = client.event('invalidated');
    await client.ask('setExpression', { expression: 'h', value: '0.5', frameId: await client.top() });
    await again;
    await client.noteEvaluation('h', 'f[2]', 'loss');
    client.lines.push(await client.evaluate(':forks', 'repl'), await client.evaluate(':leave', 'repl'));
    await client.noteEvaluation('f[2]', 'loss');
    for (const [expression, value] of [['f + 1', '2'], ['f[9]', '0'], ['f', '"a"'], ['y', '1'], ['f', 'nothing']]) {
      const { success, message } = await client.send('setExpression', { expression, value, frameId: await client.top() });
      client.lines.push(`${expression ?? ''} = ${value ?? ''} ${success ? 'accepted' : `! ${message ?? ''}`}`);
    }
    expectGolden(new URL('./golden/what-if.txt', import.meta.url), `${client.lines.join('\n')}\n`);
    expect(client.bugs).toEqual([]);
  });

  it('shows the fork behind the numbers that were given for the stop, until the next move', async () => {
    const client = await begun();
    for (const move of ['stepIn', 'next', 'stepIn', 'stepIn', 'next']) await client.move(move);
    const frameId = await client.top();
    const { scopes } = await client.ask<{ scopes: readonly { name: string; variablesReference: number }[] }>('scopes', { frameId });
    const gates = defined(scopes.find(({ name }) => name === 'Gates'), 'gates').variablesReference;
    const f = async () => defined((await client.variables(gates)).find(({ name }) => name === 'f'), 'f');
    const { variablesReference } = await f();
    const before = (await client.variables(variablesReference))[2]?.value;
    const invalidated = client.event('invalidated');
    await client.ask('setVariable', { variablesReference, name: '[2]', value: '0' });
    await invalidated;
    expect(await client.top()).toBe(frameId);
    expect((await f()).variablesReference).toBe(variablesReference);
    expect((await client.variables(variablesReference))[2]?.value).toBe('0');
    expect(before).not.toBe('0');
    await client.move('next');
    expect((await client.send('variables', { variablesReference })).success).toBe(false);
  });

  it('gives the loss of a trace of the edited values: a parameter, a token, an initial state', async () => {
    const client = await begun();
    for (const move of ['stepIn', 'stepIn', 'stepIn']) await client.move(move);
    const set = async (expression: string, value: string) => {
      const done = client.event('invalidated');
      await client.ask('rnn/chooseFork', { id: 0 });
      await done;
      const forked = client.event('invalidated');
      await client.ask('setExpression', { expression, value, frameId: await client.top() });
      await forked;
      return defined((await forks(client)).at(-1), 'a fork').loss;
    };
    const backend = await openNodeBackend('wasm');
    const weights = freshWeights(model);
    const edited = new Map(weights);
    const b = defined(weights.get('r1.b_f'), 'a bias');
    edited.set('r1.b_f', floats(b.dims, b.data.map((value, i) => (i === 1 ? -3 : value))));
    expect(await set('b_f[1]', '-3')).toBe((await runTrace(model, edited, { x, y }, backend)).loss);
    await client.move('stepOut');
    await client.move('stepOut');
    expect(await set('r1.h', '0.25')).toBe((await runTrace(model, weights, { x, y, initial: { 'r1.h': floats([1, 4], new Float32Array(4).fill(0.25)) } }, backend)).loss);
    const other = ints([1, 4], Int32Array.from([0, 2, 3, 4]));
    const { scopes } = await client.ask<{ scopes: readonly { name: string; variablesReference: number }[] }>('scopes', { frameId: await client.top() });
    const left = client.event('invalidated');
    await client.ask('rnn/chooseFork', { id: 0 });
    await left;
    expect(scopes.length).toBe(7);
    const token = await client.ask<{ scopes: readonly { name: string; variablesReference: number }[] }>('scopes', { frameId: await client.top() });
    const forked = client.event('invalidated');
    await client.ask('setVariable', { variablesReference: token.scopes[0]?.variablesReference, name: 'x', value: '0' });
    await forked;
    expect((await forks(client)).at(-1)?.loss).toBe((await runTrace(model, weights, { x: other, y }, backend)).loss);
  });

  it('gives the loss of a trace that begins after an edited state', async () => {
    const client = await begun();
    for (const move of ['stepIn', 'next', 'next', 'stepIn', 'next', 'stepIn']) await client.move(move);
    const edit = async (expression: string, value: string) => {
      const forked = client.event('invalidated');
      await client.ask('setExpression', { expression, value, frameId: await client.top() });
      await forked;
    };
    await edit('r1.h', '0.3');
    await edit('r1.c', '-0.2');
    await edit('r2.h', '0.1');
    const backend = await openNodeBackend('wasm');
    const whole = await runTrace(model, freshWeights(model), { x, y }, backend);
    const initial = { 'r1.h': floats([1, 4], new Float32Array(4).fill(0.3)), 'r1.c': floats([1, 4], new Float32Array(4).fill(-0.2)), 'r2.h': floats([1, 3], new Float32Array(3).fill(0.1)) };
    const rest = await runTrace(model, freshWeights(model), { x: ints([1, 2], Int32Array.from([3, 4])), y: ints([1, 2], Int32Array.from([4, 0])), initial }, backend);
    const sum = [...whole.stepLoss.data.slice(0, 2), ...rest.stepLoss.data].reduce((a, b) => a + b, 0);
    expect((await forks(client)).at(-1)?.loss).toBe(sum / 4);
  });
});
