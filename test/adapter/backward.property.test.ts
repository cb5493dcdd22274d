// At every backward stop of random cells: what leaves is the local derivative applied to what arrives, recomputed from the values shown.
// Not the derivatives' own tests: here the numbers are those that a person reads.
import { describe, expect, it } from 'vitest';
import { defined } from '../../engine/base/invariant';
import { floats, ints } from '../../engine/runtime/tensor';
import { compileRandom } from '../random-cells/compile';
import { randomProgram } from '../random-cells/random-cell';
import { problemOf } from '../trace/random-problem';
import { tolerances } from '../tolerances';
import { Client, type Shown } from './client';
import { tensorFile, textFile } from './inputs';

const number = (text: string): number => ({ '∞': Infinity, '−∞': -Infinity })[text] ?? Number(text);

/** All numbers below a variable, row-major. */
async function numbersOf(client: Client, shown: Shown): Promise<number[]> {
  if (shown.variablesReference === 0) return [number(shown.value.replace(/^\[1\] /, ''))];
  const children = await client.variables(shown.variablesReference);
  return (await Promise.all(children.map((child) => numbersOf(client, child)))).flat();
}

async function checkStop(client: Client): Promise<number> {
  const shown = await client.scope('Gradients');
  const [top, ...rest] = shown;
  if (top === undefined || !top.name.startsWith('arriving ∂')) return 0;
  const arriving = await numbersOf(client, top);
  let checked = 0;
  let local: number[] | undefined;
  let products: { readonly arriving: number[]; readonly v: number[]; readonly transposed: boolean }[] = [];
  for (const each of rest) {
    if (each.name.startsWith('local ')) local = await numbersOf(client, each);
    else if (each.name.startsWith('arriving at ')) {
      const [at, v] = await client.variables(each.variablesReference);
      products.push({ arriving: await numbersOf(client, defined(at, 'what arrives')), v: await numbersOf(client, defined(v, 'the vector')), transposed: each.name.startsWith('arriving at v @') });
    } else if (each.name.startsWith('leaving to ') || each.name.startsWith('adds to ')) {
      const leaving = await numbersOf(client, each);
      const termsOf = (j: number): readonly number[] => {
        if (local === undefined) return products.map(({ arriving: a, v, transposed }) => {
          const columns = transposed ? a.length : v.length;
          const [row, column] = [Math.floor(j / columns), j % columns];
          return transposed ? (v[row] ?? NaN) * (a[column] ?? NaN) : (a[row] ?? NaN) * (v[column] ?? NaN);
        });
        if (local.length === leaving.length && leaving.length === arriving.length) return [(local[j] ?? NaN) * (arriving[j] ?? NaN)];
        return arriving.map((a, i) => a * (local?.[i * leaving.length + j] ?? NaN));
      };
      const terms = leaving.map((_, j) => termsOf(j));
      const scale = Math.max(1e-30, ...terms.map((each) => each.reduce((sum, term) => sum + Math.abs(term), 0)));
      const error = Math.max(...leaving.map((value, j) => Math.abs(value - (terms[j] ?? []).reduce((a, b) => a + b, 0)))) / scale;
      expect(error, `${top.name}, ${each.name}`).toBeLessThanOrEqual(tolerances.shownDigits);
      checked++;
      local = undefined;
      products = [];
    }
  }
  return checked;
}

describe('a backward stop', () => {
  it.each([1, 2, 5, 8, 13, 21])('of random cell %i shows numbers that fit together', async (seed) => {
    const program = randomProgram(seed);
    const path = textFile(`random-${seed}.rnn`, program.text);
    const { model, batch, weights } = problemOf(compileRandom(program), { seed, batch: 1, time: 3, masked: false });
    const inputs = tensorFile(`inputs-${seed}`, { x: batch.x, y: batch.y, ...Object.fromEntries(Object.entries(batch.initial ?? {}).map(([name, tensor]) => [`initial/${name}`, tensor])) });
    const file = tensorFile(`weights-${seed}`, Object.fromEntries([...weights].map(([name, tensor]) => [name, tensor.kind === 'f32' ? floats(tensor.dims, tensor.data) : ints([], new Int32Array())])));
    const client = new Client('.');
    await client.launch({ program: path, inputs, weights: file, backend: 'wasm', model: model.name });
    for (const move of ['next', 'next', 'stepIn', 'stepIn', 'stepIn']) await client.move(move);
    let checked = 0;
    for (;;) {
      checked += await checkStop(client);
      await client.move('next');
      if ((await client.stack())[0]?.name === 'update') break;
    }
    expect(checked).toBeGreaterThan(6);
    expect(client.bugs).toEqual([]);
    await client.ask('disconnect', {});
  });
});
