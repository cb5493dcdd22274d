// A sequence walked in the debugger, as text: every level, both passes, library cells, back across the border between the passes.
// Not what stops a walk (stops.test.ts).
import { describe, expect, it } from 'vitest';
import { expectGolden } from '../golden';
import { Client } from './client';
import { fixture, tokens } from './inputs';

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
    await client.noteEvaluation('q', 'forget', 'h + U_f', 'sat(h)', 'h@9', 'h[7]', 'norm(', 'f\'', 'sigmod(h)', 'h == "a"', 'part(f)', 'r3.h');
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
