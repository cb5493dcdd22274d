// What parameters are for, read off the graphs of library cells and of one of a person's own.
import { expect, it } from 'vitest';
import { placedParameters } from '../../engine/ir/parameter-roles';
import { modelOf } from '../trace/random-problem';

const roles = (text: string): string[] => placedParameters(modelOf(text)).map(({ name, equation, role, shape }) => `${name} ${equation || '-'} ${role} [${shape.join(', ')}]`);

it('tells the matrices of input and state and the biases of every gate apart', () => {
  const found = roles('model M { input x[3] layer r = LSTM(x, hidden: 5) output y = Linear(r, size: 2) loss crossEntropy(y) }');
  for (const gate of ['i', 'f', 'g', 'o']) {
    expect(found).toEqual(expect.arrayContaining([`r.W_${gate} ${gate} input [5, 3]`, `r.U_${gate} ${gate} recurrent [5, 5]`, `r.b_${gate} ${gate} other [5]`]));
  }
  expect(found.at(-2)).toMatch(/^y\.W .* input \[2, 5\]$/);
});

it('holds for both directions, for a reset before the product, and for what is no matrix', () => {
  const found = roles(`cell Own(hidden) { input x state h[hidden] param W[hidden, x], U[hidden, hidden], v[hidden] gate f = sigmoid(v * h + 1) h' = f * h + (1 - f) * tanh(W @ x + U @ (f * h)) }
model M { input x[3] layer r = Own(x, hidden: 4) layer s = GRU(r, hidden: 2, direction: both) output y = Linear(s, size: 2) loss crossEntropy(y) }`);
  expect(found.slice(0, 3)).toEqual(['r.W h input [4, 3]', 'r.U h recurrent [4, 4]', 'r.v f other [4]']);
  expect(found.filter((line) => line.startsWith('s.backward.')).length).toBe(found.filter((line) => /^s\.[^b]|^s\.b_/.test(line)).length);
});
