// The channel answers every request, whatever happens on the other side.
import { describe, expect, it } from 'vitest';
import { Channel, RequestError, type Port } from '../../protocol/channel';
import { packNumbers, unpackNumbers } from '../../protocol/not-finite';

type Calculator = {
  readonly requests: {
    readonly add: { readonly params: { readonly a: number; readonly b: number }; readonly result: number };
    readonly fail: { readonly params: null; readonly result: never };
    readonly never: { readonly params: null; readonly result: number };
    readonly bytes: { readonly params: null; readonly result: ArrayBuffer };
  };
  readonly events: { readonly tick: number };
};
type Nobody = { readonly requests: Readonly<Record<never, never>>; readonly events: { readonly hello: string } };

class Coded extends Error {
  readonly code = 'no-backend';
}

function pair(): { left: Port; right: Port; transfers: object[][]; send: (message: unknown) => void } {
  const listeners = { left: new Set<(m: unknown) => void>(), right: new Set<(m: unknown) => void>() };
  const transfers: object[][] = [];
  const port = (mine: 'left' | 'right', other: 'left' | 'right'): Port => ({
    post: (message, transfer) => {
      transfers.push([...transfer]);
      for (const listener of listeners[other]) queueMicrotask(() => listener(message));
    },
    receive: (listener) => {
      listeners[mine].add(listener);
      return () => listeners[mine].delete(listener);
    },
  });
  return { left: port('left', 'right'), right: port('right', 'left'), transfers, send: (m) => listeners.right.forEach((l) => l(m)) };
}

function connect() {
  const wire = pair();
  const server = new Channel<Calculator, Nobody>(wire.right, 'calc', {
    add: ({ a, b }) => a + b,
    fail: () => {
      throw new Coded('No backend was found; install one.');
    },
    never: () => new Promise(() => undefined),
    bytes: (_, transfer) => {
      const buffer = new ArrayBuffer(8);
      transfer(buffer);
      return buffer;
    },
  });
  const client = new Channel<Nobody, Calculator>(wire.left, 'calc', {});
  return { wire, server, client };
}

describe('channel', () => {
  it('answers requests by id, in any order', async () => {
    const { client } = connect();
    const answers = await Promise.all([client.request('add', { a: 1, b: 2 }), client.request('add', { a: 3, b: 4 })]);
    expect(answers).toEqual([3, 7]);
  });

  it('turns a throw into an error that keeps its code', async () => {
    const { client } = connect();
    await expect(client.request('fail', null)).rejects.toMatchObject({ code: 'no-backend', message: 'No backend was found; install one.' });
  });

  it('answers unknown names, inherited ones too', async () => {
    const { client } = connect();
    const request = client.request.bind(client) as unknown as (name: string, params: null) => Promise<unknown>;
    await expect(request('subtract', null)).rejects.toMatchObject({ code: 'unknown-request' });
    await expect(request('toString', null)).rejects.toMatchObject({ code: 'unknown-request' });
  });

  it('answers open requests when it is closed, and later ones at once', async () => {
    const { client } = connect();
    const waiting = client.request('never', null);
    client.dispose();
    await expect(waiting).rejects.toBeInstanceOf(RequestError);
    await expect(client.request('add', { a: 1, b: 1 })).rejects.toMatchObject({ code: 'closed' });
  });

  it('rejects when the port cannot post', async () => {
    const port: Port = {
      post: () => {
        throw new Error('could not be cloned');
      },
      receive: () => () => undefined,
    };
    const client = new Channel<Nobody, Calculator>(port, 'calc', {});
    await expect(client.request('never', null)).rejects.toMatchObject({ code: 'internal' });
  });

  it('transfers the buffers a handler names', async () => {
    const { client, wire } = connect();
    const buffer = await client.request('bytes', null);
    expect(wire.transfers.at(-1)).toEqual([buffer]);
  });

  it('carries numbers that are not finite over a port that speaks JSON', async () => {
    type Echo = { readonly requests: { readonly echo: { readonly params: unknown; readonly result: unknown } }; readonly events: { readonly sent: unknown } };
    const wire = pair();
    const json = (port: Port): Port => ({ post: (message, transfer) => port.post(JSON.parse(JSON.stringify(message)), transfer), receive: (listener) => port.receive(listener) });
    const server = new Channel<Echo, Nobody>(json(wire.right), 'echo', { echo: (value) => value });
    const client = new Channel<Nobody, Echo>(json(wire.left), 'echo', {});
    const value = { loss: NaN, list: [1, Infinity, { low: -Infinity }], text: 'NaN', none: null };
    expect(await client.request('echo', value)).toEqual(value);
    const heard: unknown[] = [];
    client.on('sent', (payload) => heard.push(payload));
    server.emit('sent', NaN);
    await Promise.resolve();
    expect(heard).toEqual([NaN]);
  });

  it('copies nothing that needs no packing', () => {
    const value = { list: [1, 2], bytes: Float64Array.of(NaN), port: new Map() };
    expect(packNumbers(value)).toBe(value);
    expect(unpackNumbers(packNumbers({ ...value, x: NaN }))).toEqual({ ...value, x: NaN });
  });

  it('delivers events of its scope only, and ignores what is no message of ours', async () => {
    const { server, client, wire } = connect();
    const other = new Channel<Nobody, Calculator>(wire.left, 'other', {});
    const seen: number[] = [];
    const stray: number[] = [];
    const off = client.on('tick', (n) => seen.push(n));
    other.on('tick', (n) => stray.push(n));
    for (const message of [null, 7, 'text', { unroll: 2 }, { unroll: 1 }]) wire.send(message);
    server.emit('tick', 1);
    await Promise.resolve();
    off();
    server.emit('tick', 2);
    await Promise.resolve();
    expect(seen).toEqual([1]);
    expect(stray).toEqual([]);
  });
});
