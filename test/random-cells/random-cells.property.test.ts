// Cells that nobody wrote: every random cell compiles, and its gradients in float64 agree with finite differences.
import { describe, expect, it } from 'vitest';
import { SourceText } from '../../engine/base/source-text';
import { gradientCheck } from '../../engine/reference/gradient-check';
import { gradientReportLines } from '../../engine/reference/gradient-report';
import { Random } from '../../engine/base/random';
import { tolerances } from '../tolerances';
import { compileRandom } from './compile';
import { featureNames } from './features';
import { randomProgram } from './random-cell';

const seeds = Array.from({ length: 60 }, (_, seed) => seed);

/** Masks of training: elements are dropped, and the rest is scaled. */
const dropout = (scope: string, index: number, step: number, shape: readonly number[]): Float64Array => {
  const random = Random.for(index, `${scope} ${step}`);
  return Float64Array.from({ length: 2 * shape.reduce((a, b) => a * b, 1) }, () => (random.uniform() < 0.25 ? 0 : 1 / 0.75));
};

describe('random cells', () => {
  it('are the same for the same seed', () => {
    for (const seed of seeds.slice(0, 5)) expect(randomProgram(seed)).toEqual(randomProgram(seed));
  });

  it('show every feature of the language', () => {
    const shown = new Set(seeds.flatMap((seed) => randomProgram(seed).features));
    expect(featureNames.filter((name) => !shown.has(name))).toEqual([]);
  });

  it.each(seeds)('cell %i agrees with finite differences', (seed) => {
    const program = randomProgram(seed);
    const report = gradientCheck(compileRandom(program), { seed, time: 3, batch: 2, elementsPerTensor: 2, dropout });
    const source = new SourceText('random.rnn', program.text);
    expect(report.relativeError, [...gradientReportLines(report, () => source), program.text].join('\n')).toBeLessThanOrEqual(tolerances.finiteDifference);
    expect(report.passed).toBe(true);
    const [checked, kinks] = [report.comparisons.reduce((total, c) => total + c.checked, 0), report.comparisons.reduce((total, c) => total + c.kinks, 0)];
    expect(kinks, `${kinks} of ${checked + kinks} elements stand at a kink`).toBeLessThan(checked);
  });
});
