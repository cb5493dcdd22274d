// What `unroll bench` measures: one recurrent layer, a linear head, cross-entropy, clipping and Adam, at four sizes.
// Not the measuring (measure.ts). Invariant: the PyTorch peer sets up the same problem from the same numbers.
import { defined } from '../../engine/base/invariant';
import { Random } from '../../engine/base/random';
import { compileModel } from '../../engine/ir/compile-model';
import type { Model } from '../../engine/ir/model';
import { loadProgram } from '../../engine/language/program';
import { floats, ints } from '../../engine/runtime/tensor';
import type { Batch } from '../../engine/trace/trace';

export interface Size {
  readonly batch: number;
  readonly steps: number;
  readonly inputs: number;
  readonly hidden: number;
  readonly classes: number;
}

export interface BenchProblem extends Size {
  /** A cell that both the library and PyTorch have. */
  readonly cell: string;
}

export const cells = ['RNN', 'GRU', 'LSTM'] as const;

export const sizes: readonly Size[] = [
  { batch: 1, steps: 32, inputs: 16, hidden: 32, classes: 16 },
  { batch: 32, steps: 32, inputs: 64, hidden: 64, classes: 64 },
  { batch: 32, steps: 64, inputs: 64, hidden: 128, classes: 64 },
  { batch: 32, steps: 64, inputs: 128, hidden: 256, classes: 128 },
];

export function benchModel({ cell, inputs, hidden, classes }: BenchProblem): Model {
  const text = `model Bench {
  input  x[${inputs}]
  layer  r = ${cell}(x, hidden: ${hidden})
  output y = Linear(r, size: ${classes})
  loss   crossEntropy(y)
}
train { optimizer adam(rate: 0.001)  clip norm 1.0 }
`;
  return defined(compileModel(loadProgram('bench.rnn', text)).model, 'the measured model compiles');
}

export function benchBatch({ batch, steps, inputs, classes }: BenchProblem): Batch {
  const random = Random.for(1, 'bench');
  const x = Float32Array.from({ length: batch * steps * inputs }, () => random.normal());
  const y = Int32Array.from({ length: batch * steps }, () => random.below(classes));
  return { x: floats([batch, steps, inputs], x), y: ints([batch, steps], y) };
}
