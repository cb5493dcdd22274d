// What stops a walk, as text: breakpoints of every kind, data breakpoints, exception filters on planted faults, going to a line.
// Not stepping (walk.test.ts).
import { describe, expect, it } from 'vitest';
import { floats } from '../../engine/runtime/tensor';
import { readFileSync } from 'node:fs';
import { modelOf } from '../trace/random-problem';
import { freshWeights } from '../../engine/weights/initialise';
import { expectGolden } from '../golden';
import { Client } from './client';
import { fixture, numbersFile, tensorFile, tokens } from './inputs';

const library = { name: 'lstm.rnn', path: 'library:lstm.rnn' };

async function set(client: Client, source: unknown, ...breakpoints: readonly unknown[]): Promise<void> {
  const { breakpoints: answers } = await client.ask<{ breakpoints: readonly { verified: boolean; line: number; message?: string }[] }>('setBreakpoints', { source, breakpoints });
  client.lines.push(`breakpoints: ${answers.map(({ verified, line, message }) => `${line} ${verified ? 'set' : `refused: ${message ?? ''}`}`).join('; ')}`);
}

const output = (client: Client): string => client.events.filter(({ event, body }) => event === 'output' && !String(body['output']).includes('backend')).map(({ body }) => String(body['output'])).join('');

describe('breakpoints', () => {
  it('stop on equations, layers and the loss, forwards and backwards', async () => {
    const client = new Client('.');
    await client.launch({ program: fixture('own.rnn'), sequence: 1, backend: 'wasm' });
    const path = fixture('own.rnn');
    await set(client, { path }, { line: 8 }, { line: 9, condition: 't == 3' }, { line: 17, condition: 't == 24' }, { line: 18 });
    for (let stop = 0; stop < 4; stop++) await client.note('continue', await client.move('continue'));
    await set(client, { path }, { line: 9, condition: 't == 3' }, { line: 17, condition: 't == 24' }, { line: 18 }, { line: 21 });
    for (let stop = 0; stop < 4; stop++) await client.note('continue', await client.move('continue'));
    for (let stop = 0; stop < 5; stop++) await client.note('reverse', await client.move('reverseContinue'));
    await set(client, { path });
    await client.note('to the end', await client.move('continue'));
    await client.note('to the beginning', await client.move('reverseContinue'));
    expectGolden(new URL('./golden/breakpoints.txt', import.meta.url), `${client.lines.join('\n')}\n`);
    expect(client.bugs).toEqual([]);
  });

  it('stand on library cells, count hits, log, and say what is wrong with them', async () => {
    const client = new Client('.');
    await client.launch({ program: fixture('probe.rnn'), inputs: tokens(), sequence: 1, backend: 'wasm' });
    await set(client, library, { line: 13, hitCondition: '%2' }, { line: 14, logMessage: 'step {t}: norm(h) = {norm(h)}, f = {f}' });
    for (let stop = 0; stop < 4; stop++) await client.note('continue', await client.move('continue'));
    client.lines.push(output(client));
    await set(client, library, { line: 13, condition: 'norm(' }, { line: 13, hitCondition: 'often' }, { line: 13, condition: 'nothing > 1' }, { line: 14, logMessage: '{norm(}' }, { line: 99 });
    await client.note('a condition that cannot be evaluated', await client.move('reverseContinue'));
    client.lines.push(output(client).split('\n').at(-2) ?? '');
    await set(client, { path: 'elsewhere.rnn' }, { line: 3 });
    expectGolden(new URL('./golden/library-breakpoints.txt', import.meta.url), `${client.lines.join('\n')}\n`);
  });

  it('over the step before do not hold at the first step, and say what is wrong with a step that there never is', async () => {
    const client = new Client('.');
    await client.launch({ program: fixture('probe.rnn'), inputs: tokens(), backend: 'wasm' });
    await set(client, library, { line: 13, condition: 'norm(h@t-1) >= 0' });
    await client.note('the step before', await client.move('continue'));
    await set(client, library, { line: 13, condition: 'norm(h@9) >= 0' });
    await client.note('step 9', await client.move('continue'));
    client.lines.push(output(client).split('\n').at(-2) ?? '');
    expectGolden(new URL('./golden/other-steps.txt', import.meta.url), `${client.lines.join('\n')}\n`);
  });

  it('run to a line and jump to a step, or to another sequence', async () => {
    const client = new Client('.');
    await client.launch({ program: fixture('probe.rnn'), inputs: tokens(), backend: 'wasm' });
    const { targets } = await client.ask<{ targets: readonly { id: number; label: string }[] }>('gotoTargets', { source: library, line: 17 });
    client.lines.push(...targets.map(({ label }) => label));
    await client.note('goto', await client.move('goto', { threadId: 1, targetId: targets[0]?.id }));
    await client.note('step 3 backwards', await client.move('rnn/goto', { step: 3, pass: 'backward', layer: 'r2', equation: 'z' }));
    const commanded = async (command: string, event: string): Promise<void> => {
      const heard = client.event(event);
      const answer = await client.evaluate(command, 'repl');
      const body = await heard;
      client.lines.push(`${command} → ${answer}`);
      await client.note(command, { reason: event, ...body });
    };
    await commanded(':step 2 backward', 'stopped');
    await commanded(':sequence 1', 'invalidated');
    client.lines.push(await client.evaluate(':step 9', 'repl'), (await client.evaluate(':sequence 2', 'repl')).replace(/"[^"]*tokens/, '"tokens'), await client.evaluate(':jump', 'repl'), await client.evaluate(':step', 'repl'));
    await client.note('restart', await client.move('restart', {}));
    expectGolden(new URL('./golden/goto.txt', import.meta.url), `${client.lines.join('\n')}\n`);
  });
});

describe('data breakpoints', () => {
  it.each([
    ['h\'', 'crosses 0', 3, 'state-crosses'], ['f', 'changes by 0.1', 3, 'gate-changes'], ['norm(h\')', 'norm(h\') > 0.1', 2, 'condition'], ['grad(f)', '', 3, 'gate-gradient'],
    ['h\'[0]', 'crosses 0.05', 2, 'one-unit-crosses'], ['U_f', '', 1, 'parameter'], ['h', 'non-finite', 1, 'state-not-finite'],
    ['grad(f)[0]', 'crosses -0.003', 2, 'gradient-crosses'], ['c\'', 'changes by more than 0.15', 2, 'state-changes'], ['b_o', 'crosses -0.00001', 1, 'parameter-crosses'],
  ])('watch %s: %s', async (name, condition, stops, golden) => {
    const client = new Client('.');
    await client.launch({ program: fixture('numeric.rnn'), model: 'Series', inputs: numbersFile('waves', 8, true), backend: 'wasm' });
    const info = await client.ask<{ dataId: string | null; description: string }>('dataBreakpointInfo', { name, frameId: await client.top() });
    client.lines.push(`${name}: ${info.dataId ?? info.description}`);
    const { breakpoints } = await client.ask<{ breakpoints: readonly { verified: boolean; message?: string }[] }>('setDataBreakpoints', { breakpoints: [{ dataId: info.dataId, ...(condition === '' ? {} : { condition }) }] });
    client.lines.push(breakpoints.map(({ verified, message }) => (verified ? 'set' : message ?? '')).join());
    for (let stop = 0; stop < stops; stop++) await client.note('continue', await client.move('continue'));
    await client.note('back', await client.move('reverseContinue'));
    expectGolden(new URL(`./golden/data-${golden}.txt`, import.meta.url), `${client.lines.join('\n')}\n`);
    expect(client.bugs).toEqual([]);
  });

  it('stop where a gate becomes not finite, and not before', async () => {
    const client = new Client('.');
    await client.launch({ program: fixture('numeric.rnn'), model: 'Series', inputs: numbersFile('spoilt', 8, true, (x) => (x[9] = NaN)), backend: 'wasm' });
    const { dataId } = await client.ask<{ dataId: string }>('dataBreakpointInfo', { name: 'f', frameId: await client.top() });
    await client.ask('setDataBreakpoints', { breakpoints: [{ dataId, condition: 'becomes non-finite' }] });
    await client.note('continue', await client.move('continue'));
    await client.noteScope('Inputs');
    await client.noteScope('Gates');
    await client.note('on', await client.move('continue'));
    expectGolden(new URL('./golden/data-gate-not-finite.txt', import.meta.url), `${client.lines.join('\n')}\n`);
  });
});

describe('exception filters', () => {
  const text = readFileSync(fixture('numeric.rnn'), 'utf8');
  const weightsOf = (model: string, change: (name: string, data: Float32Array) => void): string =>
    tensorFile(`weights ${model}`, Object.fromEntries([...freshWeights(modelOf(text, model))].map(([name, tensor]) => {
      const data = tensor.data.slice();
      change(name, data);
      return [name, floats(tensor.dims, data)];
    })));

  const cases = {
    'a NaN from a bad input at step 7': { golden: 'not-finite', model: 'Series', filter: 'non-finite', inputs: () => numbersFile('spoiled', 9, true, (x) => (x[13] = NaN)), weights: () => undefined },
    'an exploding recurrent matrix': { golden: 'exploding', model: 'Plain', filter: 'exploding', inputs: () => numbersFile('quiet', 12, false, (x) => x.fill(0.001)), weights: () => weightsOf('Plain', (name, data) => { if (name === 'r.U') data.forEach((value, i) => (data[i] = value * 2.5)); }) },
    'a vanishing gradient': { golden: 'vanishing', model: 'Plain', filter: 'vanishing', inputs: () => numbersFile('quieter', 12, false, (x) => x.fill(0.001)), weights: () => weightsOf('Plain', (name, data) => { if (name === 'r.U') data.forEach((value, i) => (data[i] = value * 0.3)); }) },
    'a saturated forget gate': { golden: 'saturated-gate', model: 'Series', filter: 'saturated', inputs: () => numbersFile('usual', 6, true), weights: () => weightsOf('Series', (name, data) => { if (name === 'r.b_f') data.fill(6); }) },
    'a dead unit': { golden: 'dead-unit', model: 'Series', filter: 'dead', inputs: () => numbersFile('usual', 6, true), weights: () => weightsOf('Series', (name, data) => { if (name.endsWith('_o')) data.fill(0, 0, data.length / 3); if (name === 'r.b_o') data[0] = -100; }) },
  } as const;

  it.each(Object.entries(cases))('find %s', async (name, { golden, model, filter, inputs, weights }) => {
    const client = new Client('.');
    const file = weights();
    const { breakpoints } = await client.launch({ program: fixture('numeric.rnn'), model, inputs: inputs(), backend: 'wasm', stopOnEntry: true, ...(file === undefined ? {} : { weights: file }) },
      async () => void (await client.ask('setExceptionBreakpoints', { filters: [], filterOptions: [{ filterId: filter }] }))) as { breakpoints?: unknown };
    expect(breakpoints).toBeUndefined();
    await client.note(name, await client.move('continue'));
    const info = await client.ask<{ exceptionId: string; description: string; details: { stackTrace: string } }>('exceptionInfo', { threadId: 1 });
    client.lines.push(info.exceptionId, info.description, info.details.stackTrace);
    await client.note('and on', await client.move('continue'));
    expectGolden(new URL(`./golden/exception-${golden}.txt`, import.meta.url), `${client.lines.join('\n')}\n`);
    expect(client.bugs).toEqual([]);
  });

  it('takes another threshold, and refuses what is none', async () => {
    const client = new Client('.');
    await client.launch({ program: fixture('numeric.rnn'), model: 'Plain', inputs: numbersFile('few', 6, false), backend: 'wasm' });
    const { breakpoints } = await client.ask<{ breakpoints: readonly { verified: boolean; message?: string }[] }>('setExceptionBreakpoints', { filters: [], filterOptions: [{ filterId: 'vanishing', condition: '< 0.9' }, { filterId: 'saturated', condition: 'much' }, { filterId: 'odd' }] });
    expect(breakpoints.map(({ verified }) => verified)).toEqual([true, false, false]);
    expect((await client.move('continue'))['reason']).toBe('exception');
  });
});
