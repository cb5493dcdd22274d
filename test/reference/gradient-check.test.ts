// The gradient check: sound models pass it, a planted wrong rule fails it and is named with its place.
import { describe, expect, it } from 'vitest';
import { SourceText } from '../../engine/base/source-text';
import { gradientRules, type GradientRules } from '../../engine/autodiff/gradient-rules';
import { gradientCheck } from '../../engine/reference/gradient-check';
import { gradientReportLines } from '../../engine/reference/gradient-report';
import { tolerances } from '../tolerances';
import { file, handBuiltModel, type ModelOptions } from './hand-built';

function check(options: ModelOptions): ReturnType<typeof gradientCheck> {
  const report = gradientCheck(handBuiltModel(options), { time: 4, elementsPerTensor: 6 });
  expect(report.relativeError, gradientReportLines(report, () => undefined).join('\n')).toBeLessThanOrEqual(tolerances.finiteDifference);
  expect(report.passed).toBe(true);
  return report;
}

describe('a sound model agrees with finite differences', () => {
  it('one layer, every gradient by name', () => {
    const names = check({}).comparisons.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['grad/param/r1.U_f', 'grad/param/y.b', 'grad/initial/r1.c', 'grad/x', 'grad/r1.f', 'grad/r1.c', 'grad/r1.h']));
  });
  it.each(['last', 'first', 'mean', 'max'] as const)('pooled by %s, in both directions', (pooling) => void check({ pooling, direction: 'both' }));
  it.each(['forward', 'backward', 'both'] as const)('two layers, direction %s', (direction) => void check({ direction, layers: 2 }));
  it.each(['crossEntropy', 'binaryCrossEntropy', 'squaredError'] as const)('loss %s', (loss) => void check({ loss }));
  it('tokens and learned initial states', () => {
    const names = check({ tokens: true, direction: 'both', cell: { initial: { kind: 'learned' } } }).comparisons.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['grad/e', 'grad/param/e.W', 'grad/param/r1.backward.initial.h', 'grad/r1.backward.o']));
  });
  it.each(['state', 'equation', 'old'] as const)('a layer that hands on: %s', (output) => void check({ cell: { output } }));
  it('a stopped gradient is no difference', () => void check({ cell: { stopped: true } }));
  it('kinks are left out, counted, and hide nothing', () => {
    const report = check({ cell: { activation: 'relu' } });
    expect(report.comparisons.reduce((total, { checked }) => total + checked, 0)).toBeGreaterThan(50);
  });
});

describe('a wrong gradient rule', () => {
  const planted: GradientRules = { ...gradientRules, tanh: ({ cotangent }) => [cotangent] };
  const text = 'a cell of a few lines\n'.repeat(40);

  it('is named with its operation and its place in the source', () => {
    const report = gradientCheck(handBuiltModel(), { rules: planted });
    expect(report.passed).toBe(false);
    expect(report.wrongOperation).toMatchObject({ scope: 'r1', operation: 'tanh', argument: 1 });
    const source = new SourceText(file, text);
    const { line, column } = source.positionAt(report.wrongOperation?.span.start ?? -1);
    const [first] = gradientReportLines(report, () => source);
    expect(first).toContain(`${file}:${line}:${column} gradient-wrong The derivative of tanh`);
  });

  it('of a product is named, not what stands after it', () => {
    const wrong: GradientRules = { ...gradientRules, mul: ({ args: [a, b], cotangent, build }) => [build.add({ kind: 'mul' }, cotangent, b as number), build.add({ kind: 'mul' }, cotangent, build.add({ kind: 'neg' }, a as number))] };
    expect(gradientCheck(handBuiltModel(), { rules: wrong }).wrongOperation).toMatchObject({ operation: 'mul', argument: 2 });
  });

  it('passes nothing when the gradient is not a number', () => {
    const wrong: GradientRules = { ...gradientRules, sigmoid: ({ cotangent, build }) => [build.add({ kind: 'log' }, build.add({ kind: 'neg' }, build.add({ kind: 'square' }, cotangent)))] };
    expect(gradientCheck(handBuiltModel(), { rules: wrong }).passed).toBe(false);
  });
});

it('values that are not finite are named instead of compared', () => {
  const report = gradientCheck(handBuiltModel({ cell: { activation: 'log' } }));
  expect(report).toMatchObject({ passed: false, nonFinite: { operation: 'log', scope: 'r1' } });
  expect(gradientReportLines(report, () => undefined)).toHaveLength(1);
});
