// Training under the debugger: it stops on the very batch, stands in a trace of it with the weights it began with, and goes on with the same numbers.
// Not the training loop's own tests.
import { describe, expect, it } from 'vitest';
import { expectGolden } from '../golden';
import { Client } from './client';
import { fixture } from './inputs';

const launch = () => ({ program: fixture('own.rnn'), backend: 'wasm', pass: 'train' });
const progress = (client: Client): readonly string[] => client.events.filter(({ event, body }) => event === 'output' && /^(iteration|Training)/.test(String(body['output']))).map(({ body }) => String(body['output']).trim());

describe('training under the debugger', () => {
  it('goes on as if nothing had happened', async () => {
    const plain = new Client('.');
    await plain.launch(launch());
    const client = new Client('.');
    const path = fixture('own.rnn');
    const first = await client.launch(launch(), async () => void (await client.ask('setBreakpoints', { source: { path }, breakpoints: [{ line: 18, condition: 'iteration == 7 or iteration == 30' }, { line: 8, condition: 'iteration == 12 and t == 5' }] })));
    await client.note('first', first);
    await client.noteEvaluation('iteration', 'loss', 'gradNorm', 'norm(grad(r.h@3))');
    await client.note('back', await client.move('stepBack'));
    await client.noteScope('Gradients');
    for (let stop = 0; stop < 5; stop++) await client.note('continue', await client.move('continue'));
    expect(progress(client)).toEqual(progress(plain));
    client.lines.push(...progress(client));
    expectGolden(new URL('./golden/training.txt', import.meta.url), `${client.lines.join('\n')}\n`);
    expect(client.bugs).toEqual([]);
  });

  it('pauses, shows another sequence of the batch, and goes on', async () => {
    const client = new Client('.');
    await client.ask('initialize', {});
    await client.ask('launch', { ...launch(), stopOnEntry: true });
    await client.note('entry', await client.move('configurationDone', {}));
    await client.noteEvaluation('iteration', 'token');
    await client.ask('rnn/chooseSequence', { index: 3 });
    await client.note('another', { reason: 'chosen' });
    const ended = client.event('terminated');
    await client.ask('continue', { threadId: 1 });
    await ended;
    expect(progress(client).at(-1)).toMatch(/^Training finished after iteration 60/);
    expectGolden(new URL('./golden/training-pause.txt', import.meta.url), `${client.lines.join('\n')}\n`);
    const refused = await client.send('stackTrace', { threadId: 1 });
    expect(refused.success).toBe(false);
    await client.ask('disconnect', {});
  });
});
