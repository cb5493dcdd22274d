// Two thousand random requests: each is answered, nothing is left over, and every fifty of them the state is that of a fresh session at the same cursor.
// Not what the answers say. Sound, unsound, unknown and malformed requests take turns, by a seed.
import { describe, expect, it } from 'vitest';
import { Random } from '../../engine/base/random';
import type { CursorEvent } from '../../protocol/debugger';
import { Client } from './client';
import { fixture, tokens } from './inputs';

const count = 2000;
const between = 50;
const moves = ['next', 'stepBack', 'stepIn', 'stepOut', 'continue', 'reverseContinue', 'next', 'stepIn'];
const expressions = ['norm(h)', 'h@t-1', 'grad(h\')', 'part(U_f)', 'r2.z', 'q', 'h[', 'f + U_f', 'token == 3', 'rho()', 'sat(f)', 'h@99', 'norm(h) > 1 and t > 2', '', '((((', 'grad(grad(h))', 'r1.h[0:2]', 'e', 'y', 'x', 'loss', '"a"', 'h == 1'];
const odd: readonly (readonly [string, unknown])[] = [
  ['jump', {}], ['variables', {}], ['variables', { variablesReference: 123456 }], ['variables', { variablesReference: 'a' }], ['scopes', { frameId: -1 }], ['scopes', null], ['stackTrace', []], ['evaluate', { expression: 7 }], ['setBreakpoints', {}],
  ['setBreakpoints', { source: { path: 'nowhere.rnn' }, breakpoints: [{}] }], ['setVariable', { variablesReference: 1, name: '[0]', value: '' }], ['setExpression', { expression: 'f', value: 'f' }], ['goto', { targetId: 77777 }], ['gotoTargets', { line: 3 }], ['launch', {}], ['exceptionInfo', {}],
  ['rnn/goto', { step: 900 }], ['rnn/chooseFork', { id: 44 }], ['rnn/values', { names: ['value/none'] }], ['source', { sourceReference: 400 }], ['setDataBreakpoints', { breakpoints: [{ dataId: 'x' }] }], ['setExceptionBreakpoints', { filterOptions: [{}] }], ['completions', {}], ['__proto__', {}], ['toString', {}],
];

async function stateOf(client: Client): Promise<string> {
  const stack = await client.stack();
  const scopes: unknown[] = [];
  for (const name of ['Inputs', 'State', 'Gates', 'Equations', 'Gradients', 'Parameters', 'Statistics']) scopes.push((await client.scope(name)).map((shown) => [shown.name, shown.value]));
  return JSON.stringify([stack.map(({ name, line }) => [name, line]), scopes]);
}

const launch = () => ({ program: fixture('probe.rnn'), inputs: tokens(), backend: 'wasm' });

async function freshAt(cursor: CursorEvent): Promise<Client> {
  const client = new Client('.');
  await client.launch(launch());
  const { level, step, pass } = cursor.cursor;
  if (cursor.phase === 'loss' || cursor.phase === 'update' || level === 'sequence') {
    for (let moved = 0; moved < { forward: 0, loss: 1, backward: 2, update: 3 }[cursor.phase]; moved++) await client.move('next');
    return client;
  }
  const at = level === 'step' ? {} : { layer: cursor.layer, ...(level === 'equation' ? { equation: cursor.equation } : {}) };
  await client.move('rnn/goto', { step, pass, ...at });
  return client;
}

describe('random requests', () => {
  it('are all answered, and leave the state of a fresh session', async () => {
    const random = Random.for(11, 'requests');
    const pick = <T>(items: readonly T[]): T => items[random.below(items.length)] as T;
    const client = new Client('.');
    await client.launch(launch());
    let terminated = 0;
    const act = async (): Promise<void> => {
      const kind = random.below(20);
      if (kind < 9) {
        const move = pick(moves);
        const stopped = await client.move(move);
        if (stopped['reason'] === undefined) {
          terminated++;
          await client.move('restart', {});
        }
        expect(client.adapter.liveHandles, 'a move forgets all references').toBe(0);
      } else if (kind < 11) await client.send('evaluate', { expression: pick(expressions), frameId: await client.top(), context: pick(['watch', 'hover', 'repl']) });
      else if (kind < 13) {
        const scope = await client.scope(pick(['Inputs', 'State', 'Gates', 'Equations', 'Gradients', 'Parameters', 'Statistics']));
        const chosen = scope.length > 0 ? pick(scope) : undefined;
        if (chosen && chosen.variablesReference > 0) await client.send('variables', { variablesReference: chosen.variablesReference, start: random.below(4), count: random.below(3) });
      } else if (kind === 13) {
        const lines = [{ line: 12 + random.below(8), ...(random.below(2) === 0 ? { condition: pick(expressions) } : {}), ...(random.below(4) === 0 ? { hitCondition: pick(['2', '>3', '%2', 'x']) } : {}), ...(random.below(4) === 0 ? { logMessage: '{norm(h)}' } : {}) }];
        await client.send('setBreakpoints', { source: { path: pick(['library:lstm.rnn', 'library:gru.rnn']) }, breakpoints: lines });
      } else if (kind === 14) await client.send('setBreakpoints', { source: { path: fixture('probe.rnn') }, breakpoints: random.below(2) === 0 ? [] : [{ line: 1 + random.below(12) }] });
      else if (kind === 15) await client.move('rnn/goto', { step: 1 + random.below(4), pass: pick(['forward', 'backward']) });
      else if (kind === 16 && random.below(4) === 0) {
        const { success } = await client.send('setExpression', { expression: pick(['r1.f[1]', 'r1.h', 'r2.h\'[0]', 'r1.U_f', 'x', 'nothing']), value: pick(['0', '0.5', '1', '-1', 'q']), frameId: await client.top() });
        expect(typeof success).toBe('boolean');
      } else if (kind === 16) {
        const { dataId } = await client.ask<{ dataId: string | null }>('dataBreakpointInfo', { name: pick(expressions), frameId: await client.top() });
        const condition = pick(['crosses 0', 'changes by 0.01', 'non-finite', 'norm(h) > 1', 'sometimes']);
        await client.send('setDataBreakpoints', { breakpoints: dataId === null || random.below(2) === 0 ? [] : [{ dataId, condition }] });
        const { targets } = await client.ask<{ targets: readonly { id: number }[] }>('gotoTargets', { source: { path: pick(['library:lstm.rnn', fixture('probe.rnn'), 'nowhere.rnn']) }, line: 1 + random.below(20) });
        if (targets.length > 0) await client.move('goto', { threadId: 1, targetId: pick(targets).id });
      } else if (kind === 17) client.raw(pick(['Content-Length: 5\r\n\r\nhello', 'Content-Length: x\r\n\r\n', 'Content-Length: 2\r\n\r\n[]', 'Content-Length: 18\r\n\r\n{"type":"request"}']));
      else if (kind === 18) await client.send('setExceptionBreakpoints', { filters: pick([[], ['non-finite'], ['saturated', 'dead', 'vanishing']]) });
      else {
        const [command, args] = pick(odd);
        expect((await client.send(command, args)).success === true && ['jump', '__proto__', 'toString'].includes(command)).toBe(false);
      }
    };
    const check = async (): Promise<void> => {
      const left = client.event('invalidated');
      await client.ask('rnn/chooseFork', { id: 0 });
      await left;
      const fresh = await freshAt(await client.ask<CursorEvent>('rnn/cursor', {}));
      expect(await stateOf(client)).toBe(await stateOf(fresh));
      await fresh.ask('disconnect', {});
    };
    // What the checks ask themselves is not counted.
    let driven = 0;
    for (let checked = between; driven < count; ) {
      const before = client.sent;
      await act();
      driven += client.sent - before;
      if (driven < checked) continue;
      checked = driven + between;
      await check();
    }
    await check();
    await client.ask('disconnect', {});
    // Malformed messages are answered too, beside the requests that were counted.
    expect(client.answers).toBeGreaterThanOrEqual(client.sent);
    expect(client.unanswered).toEqual([]);
    expect(client.bugs).toEqual([]);
    expect(terminated).toBeGreaterThan(0);
    expect(client.adapter.liveHandles).toBe(0);
  });
});
