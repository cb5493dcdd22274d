// The parameters of a small layer with two equations, and of the line after it: what tests of the weights' pictures and sentences show.
// Not a model. Not every tensor has numbers: the last line's are not here.
import type { PlacedTensor } from '../../../protocol/run';

export const tensor = (name: string, equation: string, role: PlacedTensor['role'], ...shape: number[]): PlacedTensor => ({ name: `r.${name}`, layer: 'r', equation, role, shape });

export const tensors: readonly PlacedTensor[] = [
  tensor('W_f', 'f', 'input', 2, 3), tensor('U_f', 'f', 'recurrent', 2, 2), tensor('b_f', 'f', 'other', 2), tensor('W_n', 'n', 'input', 2, 3), tensor('b_n', 'n', 'other', 2),
  { ...tensor('W', '', 'input', 4, 2), name: 'y.W', layer: 'y' },
];

export const data: ReadonlyMap<string, Float32Array> = new Map([
  ['r.W_f', Float32Array.of(0.1, -0.2, 0.3, 0.4, -0.5, 0.6)], ['r.U_f', Float32Array.of(1, 0, 0, -1)], ['r.b_f', Float32Array.of(1, 1.5)], ['r.W_n', new Float32Array(6)], ['r.b_n', Float32Array.of(0, -0.25)],
]);

export const numbers = (name: string): Float32Array | undefined => data.get(name);
