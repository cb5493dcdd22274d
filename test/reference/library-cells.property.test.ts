// `unroll gradcheck` on the library's cells and on three odd cells: gradients agree to 1e-6; a planted wrong rule is named with its place.
import { describe, expect, it } from 'vitest';
import { SourceText } from '../../engine/base/source-text';
import { gradientRules, type GradientRules } from '../../engine/autodiff/gradient-rules';
import { libraryTexts } from '../../engine/library/library-texts';
import { gradientCheck, type GradientCheckOptions, type GradientCheckReport } from '../../engine/reference/gradient-check';
import { gradientReportLines } from '../../engine/reference/gradient-report';
import { compileRandom } from '../random-cells/compile';
import { tolerances } from '../tolerances';
import { clockwork, fastWeights, multiplicative } from './odd-cells';

function check(text: string, options: GradientCheckOptions = {}): GradientCheckReport {
  return gradientCheck(compileRandom({ text, features: [] }, 'cell.rnn'), { elementsPerTensor: 8, ...options });
}

const agrees = (text: string): void => {
  const report = check(text);
  expect(report.relativeError, gradientReportLines(report, () => new SourceText('cell.rnn', text)).join('\n')).toBeLessThanOrEqual(tolerances.finiteDifference);
  expect(report.passed).toBe(true);
};

const layers = libraryTexts.filter(({ text }) => /^ {2}state /m.test(text)).flatMap(({ cells }) => cells);

describe('the library', () => {
  it('has cells to check', () => expect(layers).toEqual(expect.arrayContaining(['RNN', 'ReluRNN', 'GRU', 'LSTM'])));

  it.each(layers)('%s', (cell) => agrees(`model Check { input x[3]  layer r = ${cell}(x, hidden: 4)\n output y = Linear(r, size: 3)\n loss crossEntropy(y) }`));

  it.each(['GRU', 'LSTM'])('%s in two layers, both ways, pooled', (cell) =>
    agrees(`model Check { input x: token(5)\n embed e = Embedding(x, size: 2)\n layer r1 = ${cell}(e, hidden: 2, direction: both)\n layer r2 = ${cell}(r1, hidden: 2)\n output y = Linear(last(r2), size: 2)\n loss crossEntropy(y) }`),
  );
});

describe('odd cells', () => {
  it.each([['fast weights', fastWeights], ['two speeds', clockwork], ['sums of products', multiplicative]])('%s', (_name, text) => agrees(text));
});

describe('a planted wrong rule', () => {
  // The derivative of softmax without its second term, a mistake that is made.
  const softmax: GradientRules = { ...gradientRules, softmax: ({ result, cotangent, build }) => [build.add({ kind: 'mul' }, cotangent, result)] };
  // Mᵀ forgotten on the way back through a square matrix.
  const matvec: GradientRules = {
    ...gradientRules,
    matvec: (context) => {
      const [toMatrix, toVector] = gradientRules.matvec(context);
      const [matrix] = context.args;
      const square = context.build.typeOf(matrix as number).shape.every((size, _axis, shape) => size === shape[0]);
      return [toMatrix, square ? context.build.add({ kind: 'matvec', transposed: false }, matrix as number, context.cotangent) : toVector];
    },
  };

  it.each([['softmax', softmax, 'softmax(v)'], ['matvec', matvec, 'U @ h']] as const)('for %s is named with the line it stands in', (operation, rules, text) => {
    const report = check(fastWeights, { rules });
    expect(report.passed).toBe(false);
    expect(report.wrongOperation).toMatchObject({ operation, scope: 'r' });
    const source = new SourceText('cell.rnn', fastWeights);
    const [line, ...rest] = gradientReportLines(report, () => source);
    const at = source.positionAt(fastWeights.indexOf(text));
    expect(line).toContain(`cell.rnn:${at.line}:${at.column} gradient-wrong The derivative of ${operation} in \`${text}\``);
    expect(rest.some((other) => other.includes('WRONG'))).toBe(true);
  });
});
