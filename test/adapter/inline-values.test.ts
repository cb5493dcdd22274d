// What stands behind the equations while the session stands still: the trace's numbers, other ones at another step, gradients backwards, and nothing at the entry.
import { describe, expect, it } from 'vitest';
import { nodeDebugHost } from '../../cli/debug-host';
import { short, statisticsOf } from '../../engine/debug/statistics';
import { Client } from './client';
import { fixture, numbersFile, tokens } from './inputs';

interface Text { readonly line: number; readonly column: number; readonly text: string }

const library = { path: 'library:lstm.rnn' };

async function begun(client = new Client('.')): Promise<Client> {
  await client.launch({ program: fixture('probe.rnn'), inputs: tokens(), backend: 'wasm' });
  return client;
}
const texts = async (client: Client, path: string): Promise<Readonly<Record<number, string>>> => {
  const { values } = await client.ask<{ readonly values: readonly Text[] }>('rnn/inlineValues', { path });
  return Object.fromEntries(values.map(({ line, text }) => [line, text]));
};
const column = async (client: Client, name: string, step: number, width: number): Promise<Float32Array> => {
  const { columns } = await client.ask<{ readonly columns: readonly { readonly data: string }[] }>('rnn/values', { names: [name] });
  return new Float32Array(new Uint8Array(Buffer.from(columns[0]?.data ?? '', 'base64')).buffer).slice((step - 1) * width, step * width);
};

describe('inline values', () => {
  it('are absent before the first step', async () => {
    const client = await begun();
    expect(await texts(client, library.path)).toEqual({});
    expect(await texts(client, fixture('probe.rnn'))).toEqual({});
  });

  it('in a cell are those of the step, and of the next one after a step', async () => {
    const client = await begun();
    for (const move of ['stepIn', 'next', 'stepIn', 'next', 'stepIn']) await client.move(move);
    const state = async (step: number): Promise<string> => {
      const { norm, mean } = statisticsOf(await column(client, 'value/r1.h', step, 4));
      return `norm ${short(norm)} mean ${short(mean)}`;
    };
    const before = await texts(client, library.path);
    expect(Object.keys(before).map(Number)).toEqual([12, 13, 14, 15, 17, 18]);
    expect(before[13]).toBe(`mean ${short(statisticsOf(await column(client, 'value/r1.f', 2, 4)).mean)} sat 0 %`);
    expect(before[18]).toBe(await state(2));
    await client.ask('rnn/goto', { step: 3, pass: 'forward', layer: 'r1', equation: 'f' });
    expect((await texts(client, library.path))[18]).toBe(await state(3));
    expect(await state(3)).not.toBe(await state(2));
  });

  it('end where the equation ends, before a comment', async () => {
    const client = await begun();
    await client.ask('rnn/goto', { step: 2, pass: 'forward', layer: 'r1', equation: 'f' });
    const { values } = await client.ask<{ readonly values: readonly Text[] }>('rnn/inlineValues', library);
    expect(values.find(({ line }) => line === 13)?.column).toBe('  gate f = sigmoid(W_f @ x + U_f @ h + b_f)'.length + 1);
  });

  it('in a model are those of its lines, above the layers too', async () => {
    const client = await begun();
    for (const move of ['stepIn', 'next']) await client.move(move);
    const { norm, mean } = statisticsOf(await column(client, 'value/r2', 2, 3));
    const shown = await texts(client, fixture('probe.rnn'));
    expect(shown[2]).toBe('2');
    expect(shown[5]).toBe(`norm ${short(norm)} mean ${short(mean)}`);
    await client.move('next');
    expect((await texts(client, fixture('probe.rnn')))[5]).not.toBe(shown[5]);
  });

  it('backwards are gradients, and say so', async () => {
    const client = await begun();
    await client.ask('rnn/goto', { step: 2, pass: 'backward', layer: 'r1', equation: "h'" });
    const { norm, mean } = statisticsOf(await column(client, 'grad/r1.h', 2, 4));
    expect((await texts(client, library.path))[18]).toBe(`∂h' norm ${short(norm)} mean ${short(mean)}`);
  });

  it('tell what is not finite first', async () => {
    const client = new Client('.');
    await client.launch({ program: fixture('numeric.rnn'), model: 'Series', inputs: numbersFile('spoilt', 4, true, (x) => { x[2] = NaN; }), backend: 'wasm' });
    for (const move of ['stepIn', 'next']) await client.move(move);
    const shown = await client.ask<{ readonly values: readonly Text[] }>('rnn/inlineValues', { path: fixture('numeric.rnn') });
    expect(shown.values.filter(({ text }) => /^\d+ NaN norm/.test(text)).length).toBeGreaterThan(0);
  });
});

describe('what is said over a name', () => {
  it('has its shape, its statistics and a chart of its numbers', async () => {
    const client = await begun();
    await client.ask('rnn/goto', { step: 3, pass: 'forward', layer: 'r1', equation: 'f' });
    const { mean, min, max, std } = statisticsOf(await column(client, 'value/r1.f', 3, 4));
    const said = await client.evaluate('f', 'hover');
    expect(said).toMatch(new RegExp(`^\\[4\\] mean ${short(mean)} sat 0 % [▁▂▃▄▅▆▇█]{4} ${short(min)}…${short(max)} std ${short(std)}$`));
    expect(await client.evaluate('f')).toBe(`[4] mean ${short(mean)} sat 0 %`);
    expect(await client.evaluate('norm(h)', 'hover')).not.toMatch(/[▁▂▃▄▅▆▇█]/);
  });
});

describe('a client that has the library as documents of its own', () => {
  it('is told their addresses, and sets breakpoints by them', async () => {
    const client = await begun(new Client('.', { ...nodeDebugHost('.'), libraryDocument: (name) => `rnn-library:/${name}` }));
    await client.ask('rnn/goto', { step: 2, pass: 'forward', layer: 'r1', equation: 'f' });
    const { stackFrames } = await client.ask<{ readonly stackFrames: readonly { readonly source: unknown }[] }>('stackTrace', { threadId: 1 });
    expect(stackFrames[0]?.source).toEqual({ name: 'lstm.rnn', path: 'rnn-library:/lstm.rnn', origin: 'library' });
    const set = await client.ask<{ readonly breakpoints: readonly { readonly verified: boolean; readonly line: number }[] }>('setBreakpoints', { source: { path: 'rnn-library:/lstm.rnn' }, breakpoints: [{ line: 13 }] });
    expect(set.breakpoints).toMatchObject([{ verified: true, line: 13 }]);
    expect((await client.move('continue'))['reason']).toBe('breakpoint');
  });
});
