// `copyMemory(length: 100, symbols: 8)`: ten symbols, a long silence, a sign, and then the ten symbols are wanted again.
// Source: Hochreiter & Schmidhuber 1997 in the form of Arjovsky et al. 2016, section 5.1; `length` is the silence.
// Invariant: sequences have length + 20 steps; ids below `symbols` are symbols, then blank, then the sign; the target is blank but for the last ten steps.
import type { Diagnostic } from '../base/diagnostic';
import type { DataSpec } from '../ir/model';
import { ints } from '../runtime/tensor';
import type { DataSource } from './data-source';
import { generatedSource } from './generated-source';
import { SourceArguments } from './source-arguments';

const remembered = 10;

export function openCopyMemory(spec: DataSpec): DataSource | readonly Diagnostic[] {
  const args = new SourceArguments(spec);
  const silence = args.count('length', 100);
  const symbols = args.count('symbols', 8, 2);
  const problems = args.problems();
  if (problems.length > 0) return problems;
  const blank = symbols;
  const sign = symbols + 1;
  const steps = silence + 2 * remembered;
  const source = generatedSource({
    name: 'copyMemory',
    input: { kind: 'tokens', vocabulary: symbols + 2 },
    target: { kind: 'classes', count: symbols + 1, perStep: true },
    description: `copy memory: ${remembered} of ${symbols} symbols to be said again after ${silence} steps`,
    length: steps,
    // The n-th symbol is wanted again at the n-th of the last steps.
    neededLag: silence + remembered,
    make(rows, random) {
      const x = new Int32Array(rows * steps).fill(blank);
      const y = new Int32Array(rows * steps).fill(blank);
      for (let row = 0; row < rows; row++) {
        const start = row * steps;
        for (let i = 0; i < remembered; i++) {
          const symbol = random.below(symbols);
          x[start + i] = symbol;
          y[start + steps - remembered + i] = symbol;
        }
        x[start + steps - remembered - 1] = sign;
      }
      return { x: ints([rows, steps], x), y: ints([rows, steps], y) };
    },
  });
  return { ...source, vocabulary: [...Array.from({ length: symbols }, (_, id) => String(id)), 'blank', 'sign'] };
}
