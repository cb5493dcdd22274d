// `adding(length: 100)`: two numbers are marked in a long sequence; their sum is wanted at its end.
// Source: Hochreiter & Schmidhuber 1997, section 5.4, in the form of Le et al. 2015: values in [0, 1), one mark in each half.
// Invariant: exactly two marks a sequence; saying 1 always has a mean squared error of 1/6.
import type { Diagnostic } from '../base/diagnostic';
import type { DataSpec } from '../ir/model';
import { floats } from '../runtime/tensor';
import type { DataSource } from './data-source';
import { generatedSource } from './generated-source';
import { SourceArguments } from './source-arguments';

export function openAdding(spec: DataSpec): DataSource | readonly Diagnostic[] {
  const args = new SourceArguments(spec);
  const length = args.count('length', 100, 2);
  const problems = args.problems();
  if (problems.length > 0) return problems;
  return generatedSource({
    name: 'adding',
    input: { kind: 'numeric', features: 2 },
    target: { kind: 'numeric', size: 1, perStep: false },
    description: `the adding problem: ${length} steps of a value and a mark, target the sum of the two marked values`,
    length,
    // The first mark stands in the first half, the sum at the end.
    neededLag: length - Math.floor(length / 2),
    make(rows, random) {
      const x = new Float32Array(rows * length * 2);
      const y = new Float32Array(rows);
      const half = Math.floor(length / 2);
      for (let row = 0; row < rows; row++) {
        const marks = [random.below(half), half + random.below(length - half)];
        let sum = 0;
        for (let step = 0; step < length; step++) {
          const value = Math.fround(random.uniform());
          const place = (row * length + step) * 2;
          x[place] = value;
          if (!marks.includes(step)) continue;
          x[place + 1] = 1;
          sum += value;
        }
        y[row] = sum;
      }
      return { x: floats([rows, length, 2], x), y: floats([rows, 1], y) };
    },
  });
}
