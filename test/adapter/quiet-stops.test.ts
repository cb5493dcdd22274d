// Moves that keep the focus: what a client hears, and that the frame it goes on showing has the numbers of where the session stands.
// Not what VS Code makes of it (test/vscode).
import { describe, expect, it } from 'vitest';
import { Client } from './client';
import { fixture, tokens } from './inputs';

async function launched(): Promise<Client> {
  const client = new Client('.');
  await client.launch({ program: fixture('probe.rnn'), inputs: tokens(), backend: 'wasm' });
  return client;
}
const namesSince = (client: Client, from: number): readonly string[] => client.events.slice(from).map(({ event }) => event);
const quietly = (client: Client, step: number, pass = 'forward') => client.move('rnn/goto', { step, pass, keepFocus: true });

describe('a move that keeps the focus', () => {
  it('stops with the hint, without going on before, and tells when the stack was read', async () => {
    const client = await launched();
    const from = client.events.length;
    expect(await quietly(client, 3)).toEqual({ reason: 'goto', threadId: 1, allThreadsStopped: true, preserveFocusHint: true });
    expect(namesSince(client, from)).toEqual(['stopped', 'rnn/cursor']);
    const read = client.event('rnn/stackRead');
    const [top] = await client.stack();
    expect(await read).toEqual({ path: fixture('probe.rnn'), line: top?.line });
    expect(top?.name).toMatch(/^step 3 of/);
    // A part of the stack below the top tells nothing.
    const before = client.events.length;
    await client.ask('stackTrace', { threadId: 1, startFrame: 1 });
    expect(namesSince(client, before)).toEqual([]);
  });

  it.each(['next', 'stepIn', 'stepBack'])('may be %s, and the next one without it is as ever', async (how) => {
    const client = await launched();
    await client.move('stepIn');
    await client.move('next');
    expect(await client.move(how, { threadId: 1, keepFocus: true })).toMatchObject({ reason: 'step', preserveFocusHint: true });
    const from = client.events.length;
    expect(await client.move('next')).toEqual({ reason: 'step', threadId: 1, allThreadsStopped: true });
    await client.stack();
    expect(namesSince(client, from)).toEqual(['stopped', 'rnn/cursor']);
  });

  it('leaves the frame of the stop before with the numbers of this one', async () => {
    const client = await launched();
    await client.move('rnn/goto', { step: 1, pass: 'forward' });
    const frame = await client.top();
    const [token] = await client.scope('Inputs', frame);
    await quietly(client, 3);
    const now = await client.scope('Inputs', frame);
    expect(now).toEqual(await client.scope('Inputs'));
    expect(now[0]?.value).not.toBe(token?.value);
    const from = client.events.length;
    await client.ask('rnn/renew', {});
    expect(client.events.slice(from)).toEqual([{ event: 'invalidated', body: { areas: ['variables'] } }]);
    // Without it an earlier frame is refused, as ever.
    await client.move('next');
    expect(await client.send('scopes', { frameId: frame })).toMatchObject({ success: false, message: expect.stringMatching(/earlier stop/) as string });
  });

  it('shows other numbers by stopping once more, and a client may ask for a stop without the hint', async () => {
    const client = await launched();
    await quietly(client, 2);
    const stopped = client.event('stopped');
    const from = client.events.length;
    await client.ask('rnn/chooseSequence', { index: 1, keepFocus: true });
    expect(await stopped).toMatchObject({ reason: 'goto', preserveFocusHint: true });
    expect(namesSince(client, from)).toEqual(['stopped', 'rnn/cursor']);
    expect(await client.move('rnn/stopAgain', {})).toEqual({ reason: 'goto', threadId: 1, allThreadsStopped: true });
    expect((await client.stack())[0]?.name).toMatch(/^step 2 of/);
    const invalidated = client.event('invalidated');
    await client.ask('rnn/chooseSequence', { index: 0 });
    expect(await invalidated).toEqual({ areas: ['all'] });
    expect(client.bugs).toEqual([]);
  });
});
