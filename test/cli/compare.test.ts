// `unroll compare` as a person and a script meet it: two traces of one sequence, their order, exit codes, and wrong calls.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { floats, ints, type Tensor } from '../../engine/runtime/tensor';
import { readSafetensors, writeSafetensors } from '../../engine/weights/safetensors';
import { TestFolder, probeText } from './test-terminal';

let folder: TestFolder;
const x = floats([2, 5, 3], Float32Array.from({ length: 30 }, (_, i) => Math.sin(i)));
const y = ints([2, 5], Int32Array.of(0, 1, 0, 1, 1, 0, 0, 1, 1, 0));
const inputs = (change: (data: Float32Array) => void = () => undefined): Uint8Array => {
  const data = x.data.slice();
  change(data);
  return writeSafetensors(new Map<string, Tensor>([['x', floats(x.dims, data)], ['y', y]]));
};

beforeEach(async () => {
  // Row 1 reads another number at its third step.
  folder = await TestFolder.create({ 'probe.rnn': probeText, 'x.safetensors': inputs(), 'other.safetensors': inputs((data) => (data[15 + 2 * 3] = 0.9)) });
  for (const [input, out] of [['x', 'a'], ['x', 'same'], ['other', 'b']]) expect((await folder.call(['trace', 'probe.rnn', '--inputs', `${input}.safetensors`, '--out', `${out}.safetensors`, '--backend', 'wasm'])).code).toBe(0);
});
afterEach(() => folder.remove());

const read = async (name: string): Promise<ReturnType<typeof readSafetensors>> => readSafetensors(await readFile(join(folder.path, `${name}.safetensors`)), name);

describe('compare', () => {
  it('says that two passes over the same are the same', async () => {
    const { code, out } = await folder.call(['compare', 'a.safetensors', 'same.safetensors']);
    expect([code, out]).toEqual([0, [expect.stringMatching(/^\d+ tensors, the same within 0\.0001\.$/)]]);
  });

  it('names where two passes part, with the files’ own numbers', async () => {
    const { code, out, err } = await folder.call(['compare', 'a.safetensors', 'b.safetensors', '--json']);
    expect([code, err]).toEqual([1, []]);
    const lines = out.map((line) => JSON.parse(line) as { readonly kind: string; readonly name?: string } & Readonly<Record<string, unknown>>);
    const [a, b] = [await read('a'), await read('b')];
    // The first equation of the cell that reads x.
    const [first] = lines;
    expect(first).toMatchObject({ kind: 'divergence', name: 'value/r.r', step: 3, row: 1 });
    const at = (1 * 5 + 2) * 4 + Number(first?.['unit']);
    expect([first?.['a'], first?.['b']]).toEqual([a.tensors.get('value/r.r')?.data[at], b.tensors.get('value/r.r')?.data[at]]);
    expect(lines.filter(({ kind }) => kind === 'difference')).toHaveLength(a.tensors.size);
    const h = lines.find(({ name }) => name === 'value/r.h');
    const [one, other] = [a, b].map(({ tensors }) => [...(tensors.get('value/r.h') as Tensor).data]);
    const largest = Math.max(...(one ?? []).map((value, i) => Math.abs(value - (other?.[i] ?? NaN))));
    expect(h?.['relative']).toBe(largest / Math.max(...(other ?? []).map(Math.abs)));
    expect(lines.at(-1)).toMatchObject({ kind: 'done', tensors: a.tensors.size });
    const said = await folder.call(['compare', 'a.safetensors', 'b.safetensors']);
    expect([said.code, said.out[0]]).toEqual([1, expect.stringMatching(/^first divergence: step 3, value\/r\.r, unit \d, sequence 1: \S+ against \S+$/)]);
    expect(said.out.at(-1)).toMatch(/^\d+ of \d+ tensors differ by more than 0\.0001\.$/);
  });

  it('is silent about the first divergence where there is none, and within a wide tolerance', async () => {
    const { code, out } = await folder.call(['compare', 'a.safetensors', 'b.safetensors', '--tolerance', '100']);
    expect([code, out.some((line) => line.startsWith('first divergence'))]).toEqual([0, false]);
  });

  it.each([
    [['compare', 'a.safetensors'], 'compare needs B.safetensors'],
    [['compare', 'a.safetensors', 'none.safetensors'], 'There is no file "none.safetensors".'],
    [['compare', 'a.safetensors', 'probe.rnn'], 'is not a sound safetensors file'],
    [['compare', 'a.safetensors', 'b.safetensors', '--tolerance', 'little'], '--tolerance is a number from 0 on'],
  ])('refuses %j with a sentence', async (args, sentence) => {
    const { code, out, err } = await folder.call(args);
    expect([code, out]).toEqual([2, []]);
    expect(err.join('\n')).toContain(sentence);
  });
});
