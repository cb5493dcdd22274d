// The pages' request over the debug protocol: what it answers while a session is walked, forked and ended.
import { describe, expect, it } from 'vitest';
import { defined } from '../../engine/base/invariant';
import { fromJson, toJson } from '../../extension/debug/adapter/views/binary-json';
import type { ViewRequests } from '../../protocol/debug-views';
import type { CursorEvent } from '../../protocol/debugger';
import { Client } from '../adapter/client';
import { fixture, tokens } from '../adapter/inputs';

const launch = () => ({ program: fixture('probe.rnn'), inputs: tokens(), backend: 'wasm' });

async function view<N extends keyof ViewRequests>(client: Client, name: N, params: ViewRequests[N]['params']): Promise<ViewRequests[N]['result']> {
  const { result } = await client.ask<{ readonly result: unknown }>('rnn/view', { name, params: toJson(params) });
  return fromJson(result) as ViewRequests[N]['result'];
}

describe('the pages’ request', () => {
  it('shows the pass that the session stands in, with the numbers that hovers show', async () => {
    const client = new Client('.');
    await client.launch(launch());
    const { trace, label } = await view(client, 'header', {});
    expect([trace.steps, trace.layers.map(({ name }) => name), label, trace.sequence.label, trace.reads.kind]).toEqual([4, ['r1', 'r2'], 'LSTM', '#0', 'tokens']);
    const { body } = await client.send('rnn/cursor', {});
    expect((body as CursorEvent).traceId).toBe(trace.traceId);
    const tile = defined(await view(client, 'tile', { traceId: trace.traceId, layer: 1, what: 'value', level: 1, index: 0, lanes: ['z'] }), 'a tile');
    const z = new Float32Array(tile.buffer);
    const width = defined(tile.parts[0], 'z').units;
    await client.ask('rnn/goto', { step: 3, pass: 'forward', layer: 'r2' });
    for (const unit of [0, width - 1]) {
      const shown = await client.evaluate(`z[${unit}]`);
      expect(Math.fround(Number(shown))).toBe(z[2 * width + unit]);
    }
    expect(client.bugs).toEqual([]);
  });

  it('answers measurements while the session goes on, and refuses with a sentence', async () => {
    const client = new Client('.');
    await client.launch(launch());
    const { trace } = await view(client, 'header', {});
    const place = { traceId: trace.traceId, layer: 0 };
    const horizon = view(client, 'horizon', place);
    const moved = client.move('next');
    const curves = defined(await view(client, 'curves', { ...place, loss: 4 }), 'curves');
    expect(curves.states.map(({ norm }) => norm.length)).toEqual([4, 4]);
    expect((await horizon)?.sequences).toBe(1);
    expect((await moved)['reason']).toBe('step');
    const refused = await client.send('rnn/view', { name: 'colours' });
    expect([refused.success, refused.message]).toEqual([false, 'There is no view colours.']);
    expect((await client.send('rnn/view', {})).message).toMatch(/needs `name`/);
    expect((await client.send('rnn/view', { name: 'tile', params: null })).success).toBe(false);
    await client.ask('disconnect');
    expect((await client.send('rnn/view', { name: 'header' })).success).toBe(false);
  });

  it('shows the weights of a fork, with the number that was changed by hand', async () => {
    const client = new Client('.');
    await client.launch(launch());
    const { trace } = await view(client, 'header', {});
    const before = await view(client, 'weights', { traceId: trace.traceId });
    expect([before.edited, before.batch, before.iteration]).toEqual([[], 1, undefined]);
    await client.ask('rnn/goto', { step: 2, pass: 'forward', layer: 'r1' });
    await client.ask('setExpression', { expression: 'U_f[1]', value: '3', frameId: await client.top() });
    const { traceId } = (await view(client, 'header', {})).trace;
    const { edited, tensors } = await view(client, 'weights', { traceId });
    const columns = defined(tensors.find(({ name }) => name === 'r1.U_f')?.shape[1], 'a matrix');
    expect(edited.map(({ name, row, column, to }) => [name, row * columns + column, to])).toEqual([['r1.U_f', 1, 3]]);
    const wanted = { traceId, layer: 'r1', of: 'value', step: 1, cells: [{ name: 'r1.U_f', perRow: 1, perColumn: 1 }] } as const;
    const [cells] = defined(await view(client, 'weightsPicture', wanted), 'a picture').cells;
    expect(cells?.values[1]).toBe(3);
    expect(await view(client, 'weightsPicture', { ...wanted, of: 'update' })).toBeNull();
    expect((await client.send('rnn/view', { name: 'weights', params: { traceId: trace.traceId } })).message).toMatch(/no longer shown/);
    expect(client.bugs).toEqual([]);
  });

  it('shows a fork as another pass, compares it with the one it came from, and tells why the session stopped', async () => {
    const client = new Client('.');
    await client.launch(launch());
    const before = await view(client, 'header', {});
    await client.ask('rnn/goto', { step: 2, pass: 'forward', layer: 'r1', equation: "c'" });
    await client.ask('setExpression', { expression: 'c[0]', value: '3', frameId: await client.top() });
    const after = await view(client, 'header', {});
    expect(after.trace.traceId).not.toBe(before.trace.traceId);
    expect(after.trace.edits).toEqual([{ step: 2, name: 'r1.c' }]);
    // Beside the pass that it was made from, without being asked.
    const { choices, compared, pending } = after.comparison;
    expect([choices, pending]).toEqual([[{ id: 'fork 0', label: 'as recorded', with: { kind: 'fork', id: 0 } }], undefined]);
    expect([compared?.id, compared?.label, compared?.trace.traceId]).toEqual(['fork 0', 'LSTM as recorded', before.trace.traceId]);
    const curves = defined(await view(client, 'curves', { traceId: after.trace.traceId, layer: 0, loss: 4 }), 'curves');
    expect(curves.compared).toHaveLength(4);
    expect((await client.send('rnn/view', { name: 'flow', params: { traceId: before.trace.traceId, layer: 0 } })).message).toMatch(/no longer shown/);
    expect(await view(client, 'stop', {})).toBeNull();
    await client.ask('setBreakpoints', { source: { path: 'library:lstm.rnn' }, breakpoints: [{ line: 13, condition: 't == 3' }] });
    await client.move('continue');
    expect(await view(client, 'stop', {})).toEqual({ kind: 'breakpoint', file: 'lstm.rnn', line: 13, condition: 't == 3' });
    expect(client.bugs).toEqual([]);
  });
});
