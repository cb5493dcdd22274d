// A sequence walked in the debugger, as text: every level, both passes, library cells, back across the border between the passes.
// Not what stops a walk (stops.test.ts).
import { describe, expect, it } from 'vitest';
import { expectGolden } from '../golden';
import { floats, ints } from '../../engine/runtime/tensor';
import { Client, type Shown } from './client';
import { fixture, tensorFile, textFile, tokens } from './inputs';

const launch = () => ({ program: fixture('probe.rnn'), inputs: tokens(), backend: 'wasm' });

async function walked(moves: readonly string[]): Promise<Client> {
  const client = new Client('.');
  await client.note('entry', await client.launch(launch()));
  for (const move of moves) await client.note(move, await client.move(move));
  expect(client.bugs).toEqual([]);
  return client;
}

describe('a walk', () => {
  it('goes down three levels to the first equation, along it, and up again', async () => {
    const client = await walked(['stepIn', 'stepIn', 'stepIn', 'next', 'next', 'stepBack', 'stepOut', 'next', 'stepBack', 'stepOut', 'next', 'next']);
    expectGolden(new URL('./golden/levels.txt', import.meta.url), `${client.lines.join('\n')}\n`);
  });

  it('shows values, shape first', async () => {
    const client = await walked(['stepIn', 'next', 'next', 'stepIn', 'stepIn', 'next', 'next', 'next']);
    for (const scope of ['Inputs', 'State', 'Gates', 'Equations', 'Parameters', 'Statistics']) await client.noteScope(scope);
    await client.noteEvaluation('norm(h)', 'f', 'f[0:2]', 'h@t-1', 'h@1', 'c\'@2', 'U_f @ h', 'norm(h) > 1 and t > 5', 'token == 3', 'token', 'r2.h\'', 'grad(h\')', 'grad(h)', 'grad(U_f)', 'part(U_f)', 'sat(f)', 'finite(h)', 'std(h)', 'argmax(y)', 'rho()', 'sigma()', 'rho(h)', 't', 'loss', 'iteration', 'gradNorm');
    for (const expression of ['f', 'h', 'W_i', 'h[0]']) client.lines.push(`hover ${expression} → ${await client.evaluate(expression, 'hover')}`);
    await client.noteEvaluation('q', 'forget', 'h + U_f', 'sat(h)', 'h@9', 'h[7]', 'norm(', 'f\'', 'sigmod(h)', 'h == "a"', 't == "a"', 'token == "a"', 'part(f)', 'r3.h');
    expectGolden(new URL('./golden/values.txt', import.meta.url), `${client.lines.join('\n')}\n`);
  });

  it('crosses the loss into the backward pass, and back', async () => {
    const client = await walked(['next', 'next', 'stepIn', 'stepIn', 'next', 'stepIn', 'next']);
    await client.noteScope('Gradients');
    for (const move of ['stepOut', 'stepOut', 'stepBack', 'stepBack', 'next', 'next', 'next', 'next', 'next']) await client.note(move, await client.move(move));
    await client.noteScope('Gradients');
    await client.note('next', await client.move('next'));
    await client.noteScope('Parameters');
    await client.note('beyond the update', await client.move('next'));
    expectGolden(new URL('./golden/backward.txt', import.meta.url), `${client.lines.join('\n')}\n`);
  });

  it('goes through both directions of a layer, padding, and what is computed once after the last step', async () => {
    const client = new Client('.');
    const inputs = tensorFile('both', { x: floats([2, 4, 2], Float32Array.from({ length: 16 }, (_, i) => Math.sin(i))), y: ints([2], Int32Array.from([1, 0])), mask: floats([2, 4], Float32Array.from([1, 1, 1, 1, 1, 1, 1, 0])) });
    await client.note('entry', await client.launch({ program: fixture('both.rnn'), inputs, sequence: 1, backend: 'wasm' }));
    for (const move of ['stepIn', 'next', 'next', 'next', 'next', 'next', 'next', 'next', 'stepIn', 'next', 'stepIn', 'next']) await client.note(move, await client.move(move));
    await client.noteScope('State');
    await client.noteScope('Gradients');
    await client.note('the reverse half', await client.move('rnn/goto', { step: 3, pass: 'backward', layer: 'r.backward', equation: 'h' }));
    for (const scope of ['Inputs', 'State', 'Gates', 'Equations', 'Gradients', 'Parameters', 'Statistics']) await client.noteScope(scope);
    await client.noteEvaluation('h', 'r.h', 'h@t-1', 'rho()', 'grad(r.backward.h)', 'p', 'grad(p)', 'grad(x)', 'r.backward.U_n[0, 1:3]', 'part(U_n)');
    await client.noteEvaluation('token', 'h[-1]', 'h.x', 'grad(h + 1)', 'rho(z)', 'mean()', 'dropout(h, 0.5)', 'h@t-9');
    expectGolden(new URL('./golden/both-directions.txt', import.meta.url), `${client.lines.join('\n')}\n`);
  });

  it('pages large values, and names what is not finite first', async () => {
    const client = new Client('.');
    const x = Float32Array.from({ length: 600 }, (_, i) => Math.cos(i));
    x[7] = NaN;
    x[8] = Infinity;
    const program = textFile('wide.rnn', 'model Wide {\n  input x[300]\n  layer r = RNN(x, hidden: 3)\n  output y = Linear(r, size: 1)\n  loss squaredError(y)\n}\n');
    await client.launch({ program, inputs: tensorFile('wide', { x: floats([1, 2, 300], x), y: floats([1, 2, 1]) }), backend: 'wasm' });
    for (const move of ['stepIn', 'stepIn', 'stepIn']) await client.move(move);
    const [input] = await client.scope('Inputs');
    client.lines.push(`x = ${input?.value ?? ''}, ${input?.indexedVariables ?? 0} numbers`);
    const page = async (variablesReference: number, start: number, count: number): Promise<readonly Shown[]> => (await client.ask<{ variables: readonly Shown[] }>('variables', { variablesReference, filter: 'indexed', start, count })).variables;
    for (const { name, value } of await page(input?.variablesReference ?? 0, 6, 4)) client.lines.push(`  ${name} = ${value}`);
    for (const { name, value } of await page(input?.variablesReference ?? 0, 298, 50)) client.lines.push(`  ${name} = ${value}`);
    const matrix = (await client.scope('Parameters')).find(({ name }) => name === 'W');
    client.lines.push(`W = ${matrix?.value ?? ''}, ${matrix?.indexedVariables ?? 0} rows`);
    const [row] = await page(matrix?.variablesReference ?? 0, 1, 1);
    client.lines.push(`  ${row?.name ?? ''} = ${row?.value ?? ''}, ${row?.indexedVariables ?? 0} numbers`);
    for (const { name, value } of await page(row?.variablesReference ?? 0, 299, 1)) client.lines.push(`    ${name} = ${value}`);
    expectGolden(new URL('./golden/pages.txt', import.meta.url), `${client.lines.join('\n')}\n`);
  });

  it('undoes every next by a step back, at every level', async () => {
    const client = new Client('.');
    await client.launch(launch());
    for (const depth of [0, 1, 2, 3]) {
      await client.ask('restart', {});
      for (let level = 0; level < depth; level++) await client.move('stepIn');
      const there: string[] = [];
      const here = async () => JSON.stringify((await client.stack()).map(({ name, line }) => [name, line]));
      for (;;) {
        there.push(await here());
        if ((await client.stack())[0]?.name === 'update') break;
        await client.move('next');
      }
      const back: string[] = [await here()];
      while (back.length < there.length) {
        await client.move('stepBack');
        back.push(await here());
      }
      expect(back.reverse()).toEqual(there);
    }
  });
});
