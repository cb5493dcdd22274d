// Conditions over tensors while training: decided at full speed from numbers the training program reports, on the very iteration, sequence and step
// at which recorded passes of every iteration would have stopped; and no number of the training differs for it.
// Not the compiling of conditions by themselves; that is seen in what stops.
import { describe, expect, it } from 'vitest';
import { openNodeBackend } from '../../cli/backends/open-backend';
import { nodeDebugHost } from '../../cli/debug-host';
import { OperationalError } from '../../engine/base/operational-error';
import { functionSpecs } from '../../engine/language/functions';
import { readFileSync } from 'node:fs';
import { expectGolden } from '../golden';
import { Client } from './client';
import { fixture, textFile } from './inputs';

const program = fixture('own.rnn');

interface Trained {
  readonly client: Client;
  readonly stopped: Readonly<Record<string, unknown>>;
  /** Programs run, of whatever kind. */
  readonly runs: () => number;
}

/** On `cpu` with one thread, whose numbers are the same to the last bit on every run. */
async function training(before: (client: Client) => Promise<unknown>, text = program, refuses: (model: Uint8Array) => boolean = () => false): Promise<Trained> {
  let runs = 0;
  const host = nodeDebugHost('.');
  const client = new Client('.', { ...host, openBackend: async () => {
    const backend = await openNodeBackend('cpu', { threads: 1 });
    return { ...backend, open: async (model, options) => {
      if (refuses(model)) throw new OperationalError('backend-failed', 'Backend cpu could not open the program.');
      const session = await backend.open(model, options);
      return { ...session, run: (feeds, fetches) => (runs++, session.run(feeds, fetches)) };
    } };
  } });
  const stopped = await client.launch({ program: text, pass: 'train' }, async () => void (await before(client)));
  return { client, stopped, runs: () => runs };
}

const breakpoint = (line: number, condition: string, more: object = {}) => (client: Client) => client.ask('setBreakpoints', { source: { path: program }, breakpoints: [{ line, condition, ...more }] });
const said = (client: Client): readonly string[] => client.events.filter(({ event, body }) => event === 'output' && /^(iteration|Training)/.test(String(body['output']))).map(({ body }) => String(body['output']));
const notices = (client: Client): readonly string[] => client.events.filter(({ event, body }) => event === 'output' && String(body['output']).includes('more slowly')).map(({ body }) => String(body['output']));

async function whereOf({ client, stopped }: Trained): Promise<unknown> {
  return [stopped['reason'] ?? 'terminated', stopped['text'], ...(stopped['reason'] === undefined ? [] : (await client.stack()).map(({ name, line }) => `${name} ${line}`))];
}

const conditions = [
  ['a gradient of a state', 9, 'norm(grad(h\')) > 0.039'],
  ['a gradient of a gate, and the step', 8, 'norm(grad(f)) > 0.004 and t > 20'],
  ['saturation, and a ratio of norms at two steps', 10, 'iteration > 2 and norm(h\') / norm(h@t-1) > 1.3 and sat(f) < 1'],
  ['what a step sends back', 10, 'max(grad(h)) > 0.0234'],
  ['a whole parameter\'s gradient', 18, 'max(norm(grad(U))) > 0.0625 and iteration > 5'],
  ['a product of the cell\'s own', 8, 'mean(U @ h) > 0.03125'],
  ['another layer, and a token', 17, 'max(y) - y[0] > 0.1 and token == "1" and iteration > 2'],
  ['a denial', 9, 'not (std(n) < 0.5 or not finite(n))'],
  ['a gradient at the loss\'s line', 18, 'norm(grad(r.h\'@3)) > 0.0263'],
] as const;

describe('a condition over tensors', () => {
  it.each(conditions)('on %s stops where recorded passes would', async (_what, line, condition) => {
    const watched = await training(breakpoint(line, condition));
    const recorded = await training(breakpoint(line, `(${condition}) and argmax(y) >= 0`));
    expect(notices(watched.client)).toEqual([]);
    expect(notices(recorded.client)).toEqual([expect.stringContaining('argmax')]);
    expect(watched.stopped['reason']).toBe('breakpoint');
    expect(await whereOf(watched)).toEqual(await whereOf(recorded));
    expect(watched.client.bugs).toEqual([]);
    for (const { client } of [watched, recorded]) await client.ask('disconnect', {});
  });

  const dataBreakpoint = (dataId: string, condition: string) => async (client: Client): Promise<void> => {
    const { breakpoints } = await client.ask<{ breakpoints: readonly { verified: boolean }[] }>('setDataBreakpoints', { breakpoints: [{ dataId, condition }] });
    expect(breakpoints.map(({ verified }) => verified)).toEqual([true]);
  };
  const filter = (filterId: string, condition: string) => (client: Client) => client.ask('setExceptionBreakpoints', { filters: [], filterOptions: [{ filterId, condition }] });

  it.each([
    ['a state that crosses a value', dataBreakpoint('r|h\'', 'crosses -0.6'), 'data breakpoint'],
    ['one unit\'s gradient that changes', dataBreakpoint('r|grad(h\')[2]', 'changes by 0.0137'), 'data breakpoint'],
    ['a parameter that crosses a value', dataBreakpoint('r|b', 'crosses 0.05'), 'data breakpoint'],
    ['a condition that begins to hold', dataBreakpoint('r|n', 'max(n) > 0.75'), 'data breakpoint'],
    ['the filter of vanishing gradients', filter('vanishing', '0.3125'), 'exception'],
    ['the filter of dead units', filter('dead', '0.09375'), 'exception'],
  ])('is not all: %s stops where recorded passes would', async (_what, set, reason) => {
    const watched = await training(set);
    const recorded = await training(async (client) => {
      await set(client);
      await breakpoint(17, 'argmax(y) < 0')(client);
    });
    expect(notices(watched.client)).toEqual([]);
    expect(notices(recorded.client).length).toBe(1);
    expect(watched.stopped['reason']).toBe(reason);
    expect(Number(await watched.client.evaluate('iteration'))).toBeGreaterThan(1);
    expect(await whereOf(watched)).toEqual(await whereOf(recorded));
    for (const { client } of [watched, recorded]) await client.ask('disconnect', {});
  });

  it('on sequences that are trained in parts looks at all of them, and says what it cannot see there', async () => {
    const long = textFile('long.rnn', readFileSync(program, 'utf8').replace('length: 4', 'length: 110').replace('batch 4  iterations 60', 'batch 1  iterations 2'));
    const at = (line: number, condition: string) => (client: Client) => client.ask('setBreakpoints', { source: { path: long }, breakpoints: [{ line, condition }] });
    const condition = 'iteration == 2 and t > 68 and norm(grad(h\')) > norm(grad(h\'@60)) and norm(h\') > norm(h@t-70)';
    const [watched, recorded] = [await training(at(9, condition), long), await training(at(9, `${condition} and argmax(y) >= 0`), long)];
    expect(notices(watched.client)).toEqual([]);
    expect(Number(await watched.client.evaluate('t'))).toBeGreaterThan(68);
    expect(await whereOf(watched)).toEqual(await whereOf(recorded));
    const whole = await training(at(18, 'max(norm(grad(U))) < 0'), long);
    expect(notices(whole.client)).toEqual([expect.stringContaining('only a part of the gradient of U')]);
    expect(whole.stopped['reason']).toBeUndefined();
  });

  it('costs one iteration\'s comparison, whatever is waited for, and changes no number', async () => {
    const plain = await training(async () => undefined);
    const watched = await training(async (client) => {
      await client.ask('setBreakpoints', { source: { path: program }, breakpoints: conditions.map(([, line, condition]) => ({ line, condition: `(${condition}) and loss < 0` })) });
      await filter('saturated', '1')(client);
      await dataBreakpoint('r|f', 'changes by 1')(client);
    });
    expect(watched.stopped['reason']).toBeUndefined();
    expect(said(watched.client)).toEqual(said(plain.client));
    expect(said(plain.client).at(-1)).toMatch(/finished after iteration 60/);
    // One iteration was computed twice, to see that watching rounds nothing differently.
    expect(watched.runs()).toBe(plain.runs() + 1);
  });

  it('that the backend cannot report is found in recorded passes', async () => {
    const [, line, condition] = conditions[0];
    const refused = await training(breakpoint(line, condition), program, (model) => Buffer.from(model).includes('watch/'));
    expect(notices(refused.client)).toEqual([expect.stringContaining('could not open the program')]);
    expect(await whereOf(refused)).toEqual(await whereOf(await training(breakpoint(line, condition))));
    expect(refused.client.bugs).toEqual([]);
  });

  it('may be made of every function of the language', async () => {
    const vectors = Object.entries(functionSpecs).filter(([name]) => name !== 'dropout').map(([name, { args }]) => {
      const call = name === 'transpose' ? 'transpose(U) @ h' : name === 'outer' ? 'outer(h, n) @ h' : `${name}(${args.map((_, at) => ['h\'', 'n', 'f'][at]).join(', ')})`;
      return `sum(abs(${call} + h)) < 0`;
    });
    const watched = await training((client) => client.ask('setBreakpoints', { source: { path: program }, breakpoints: [
      ...vectors, 'h\'[1] ^ 2 < 0', 'norm(h\'[0:2]) < 0', 'U[0:2] @ h == 0', 'h @ h < 0', 'norm(-h) < 0', 'mean(h\' > 0.1 and not (h < 0)) < 0', 'std(n) / norm(grad(n)) < 0',
    ].map((condition) => ({ line: 9, condition })) }));
    expect(notices(watched.client).map((notice) => /`[^`]*`/.exec(notice)?.[0])).toEqual(['`U[0:2] @ h == 0`']);
    expect(watched.client.bugs).toEqual([]);
    await watched.client.ask('disconnect', {});
  });

  it('goes on after a stop with the numbers of an undisturbed run', async () => {
    const plain = await training(async () => undefined);
    const watched = await training(breakpoint(9, 'norm(grad(h\')) > 0.039'));
    expect(watched.stopped['reason']).toBe('breakpoint');
    expect(Math.fround(Number(await watched.client.evaluate('norm(grad(h\'))')))).toBeGreaterThan(0.039);
    await breakpoint(9, 'norm(grad(h\')) > 1')(watched.client);
    expect((await watched.client.move('continue'))['reason']).toBeUndefined();
    expect(said(watched.client)).toEqual(said(plain.client));
  });

  it('stands in the iteration in which a number is no longer finite, before the training gives up', async () => {
    const text = readFileSync(program, 'utf8').replace('adam(rate: 0.01)', 'sgd(rate: 1e39)').replace('clip norm 1.0', '');
    const client = new Client('.');
    const stopped = await client.launch({ program: textFile('wild.rnn', text), pass: 'train', backend: 'cpu' }, async () => void (await client.ask('setExceptionBreakpoints', { filters: ['non-finite'] })));
    await client.note('a rate beyond float32', stopped);
    const { description } = await client.ask<{ description: string }>('exceptionInfo', { threadId: 1 });
    client.lines.push(description);
    const ended = client.event('terminated');
    await client.ask('setExceptionBreakpoints', { filters: [] });
    await client.ask('continue', { threadId: 1 });
    await ended;
    client.lines.push(String(client.events.filter(({ event }) => event === 'output').at(-1)?.body['output']).trim());
    expectGolden(new URL('./golden/training-not-finite.txt', import.meta.url), `${client.lines.join('\n')}\n`);
  });
});
