// Cells as graphs of one time step: the library's as golden texts, and what single constructs become.
import { describe, expect, it } from 'vitest';
import { compileModel } from '../../engine/ir/compile-model';
import type { StepLine } from '../../engine/ir/model';
import { printStepGraph } from '../../engine/ir/print';
import { verifyStepGraph } from '../../engine/ir/verify';
import { libraryCellNames, libraryDocument, loadProgram } from '../../engine/language/program';
import { expectGolden } from '../golden';

function layerOf(text: string, call: string): StepLine {
  const program = loadProgram('a.rnn', `${text}\nmodel M {\n  input x[3]\n  let r = ${call}\n  output y = Linear(r, size: 2)\n  loss squaredError(y)\n}`);
  const { model, diagnostics } = compileModel(program);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const line = model?.lines.find(({ name }) => name === 'r');
  if (line?.kind !== 'step') throw new Error('no layer');
  return line;
}

const cell = (lines: string, params = 'n') => `cell C(${params}) {\n  input x\n  ${lines.split('\n').join('\n  ')}\n}`;
/** A value as nested calls of operations, down to the names of inputs. */
function formula({ step }: StepLine, id: number): string {
  const input = step.graph.inputs.find((candidate) => candidate.id === id);
  if (input !== undefined) return input.name;
  const equation = step.graph.equations.find((candidate) => candidate.id === id);
  if (equation === undefined) return 'nothing';
  const { op, args } = equation;
  const attributes = Object.entries(op).flatMap(([key, value]) => (key === 'kind' || value === false ? [] : [value === true ? key : String(value)]));
  return `${[op.kind, ...attributes].join(' ')}(${args.map((arg) => formula({ step } as StepLine, arg)).join(', ')})`;
}
const kinds = (line: StepLine) => line.step.graph.equations.map(({ op }) => op.kind);

describe('library cells', () => {
  it.each(libraryCellNames)('%s', (name) => {
    const { step } = layerOf('', name === 'Linear' ? 'Linear(x, size: 4)' : `${name}(x, hidden: 4)`);
    verifyStepGraph(step);
    expectGolden(new URL(`golden/${name}.txt`, import.meta.url), printStepGraph(step, { source: (file) => libraryDocument(file)?.source }));
  });
});

describe('lowering', () => {
  it('keeps names in source order and hands on the very value of the state', () => {
    const { step } = layerOf('', 'LSTM(x, hidden: 4)');
    expect(step.named.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['gate i', 'gate f', 'let g', 'gate o', 'state c', 'state h']);
    expect(step.output).toBe(step.states[0]?.next);
    expect(step.named.every(({ span }) => span.file === 'library:lstm.rnn')).toBe(true);
  });

  it('gives a second name a value of its own, for its gradient is another', () => {
    const { step } = layerOf(cell("state h[n]\nparam W[n, x]\nlet a = W @ x\nlet b = a\nh' = b"), 'C(x, n: 2)');
    expect(new Set(step.named.map(({ id }) => id)).size).toBe(3);
  });

  it('folds what is known before the first step into constants', () => {
    const line = layerOf(cell("state h[n]\nparam W[n, x]\nh' = (1 / sqrt(n) + leak * 2) * (W @ x)", 'n, leak = 0.25'), 'C(x, n: 4)');
    expect(line.step.graph.equations.map(({ op }) => (op.kind === 'constant' ? op.value : op.kind))).toEqual([1, 'matvec', 'mul']);
  });

  it.each([
    ['W @ h', 'matvec(W, h)'],
    ['h @ W', 'matvec transposed(W, h)'],
    ['W @ M @ h', 'matvec(matmat(W, M), h)'],
    ['(h @ v) * h', 'mul(dot(h, v), h)'],
    ['outer(h, v) @ h', 'matvec(outer(h, v), h)'],
    ['(2 * W + M) @ h', 'matvec(add(mul(constant 2 (), W), M), h)'],
    ['h ^ 2', 'square(h)'],
    ['h ^ v', 'pow(h, v)'],
    ['max(h, v)', 'maximum(h, v)'],
    ['max(h) * v', 'mul(reduceMax(h), v)'],
    ['mean(M)', 'reduceMean(M)'],
    ['transpose(W) @ h', 'matvec(transpose(W), h)'],
    ['concat(h[0:1], v[n - 1:], norm(h))[0:n]', 'concat 0(slice 0 0 1(h), slice 0 2 3(v), broadcast 1 scalar(reduceNorm(h)))'],
    ['v[0:n] + h', 'add(v, h)'],
    ['h[2] * v', 'mul(reduceSum(slice 0 2 3(h)), v)'],
    ['W[1] + M[:, 1]', 'add(reduceSum(transpose(slice 0 1 2(W))), reduceSum(slice 1 1 2(M)))'],
    ['stop(h) + h', 'add(stop(h), h)'],
    ['where(h > v, h, 1)', 'where(greater(h, v), h, constant 1 ())'],
    ['-h + (not v)', 'add(neg(h), not(v))'],
    ['layerNorm(h)', 'layerNorm(h)'],
    ['clip(h, -1, 1)', 'minimum(maximum(h, constant -1 ()), constant 1 ())'],
    ['h / (norm(h) + 1e-13)', 'div(h, add(reduceNorm(h), constant 1e-13 ()))'],
    ['sum(h)', 'broadcast 3 scalar(reduceSum(h))'],
  ])('%s', (text, expected) => {
    const line = layerOf(cell(`state h[n], M[n, n]\nparam W[n, n], v[n]\nh' = ${text}\nM' = outer(h, h)`), 'C(x, n: 3)');
    expect(formula(line, line.step.states[0]?.next ?? 0)).toBe(expected);
  });

  it('makes states and outputs differ from sequence to sequence even when they are parameters', () => {
    const { step } = layerOf(cell("state h[n]\nparam b[n]\nh' = 0.5\noutput b"), 'C(x, n: 3)');
    verifyStepGraph(step);
    const types = new Map(step.graph.equations.map(({ id, type }) => [id, type]));
    expect([types.get(step.states[0]?.next ?? 0), types.get(step.output)]).toEqual([{ shape: [3], batched: true }, { shape: [3], batched: true }]);
  });

  it('lists the masks of dropout as inputs', () => {
    const { step } = layerOf(cell("state h[n]\nh' = dropout(h, 0.5) + dropout(h, rate: 0.25)"), 'C(x, n: 3)');
    expect(step.dropouts.map(({ rate, shape }) => [rate, shape])).toEqual([[0.5, [3]], [0.25, [3]]]);
    expect(step.graph.inputs.filter(({ role }) => role === 'dropout').map(({ id }) => id)).toEqual(step.dropouts.map(({ id }) => id));
  });

  it('chooses initialisers by what a parameter does', () => {
    const { step } = layerOf(
      cell("state h[n], k[n] = random(std: 0.2)\nparam W[n, x], U[n, n], V[2 * n, n], A[n, n], u[n], b[n], s, w[n] = 0.5, z[n] = normal(std: 1 / sqrt(n))\nlet q = (V @ h)[0:n]\nh' = tanh(W @ x + U @ (h * q) + A @ (W @ x) + u * h + b + s + w + z)\nk' = k * b"),
      'C(x, n: 4)',
    );
    expect(step.params.map(({ name, init }) => `${name} ${JSON.stringify(init)}`)).toEqual([
      'W {"kind":"xavierUniform"}',
      'U {"kind":"orthogonal"}',
      'V {"kind":"xavierUniform"}',
      'A {"kind":"xavierUniform"}',
      'u {"kind":"uniform","bound":0.5}',
      'b {"kind":"uniform","bound":0.5}',
      's {"kind":"zeros"}',
      'w {"kind":"constant","value":0.5}',
      'z {"kind":"normal","std":0.5}',
    ]);
    expect(step.states.map(({ initial }) => initial)).toEqual([{ kind: 'zeros' }, { kind: 'random', std: 0.2 }]);
  });

  it('solves sizes from the input and from each other', () => {
    const text = "cell C(n, m = 2 * n) {\n  input x[n + 1]\n  state h[m]\n  param W[m, n + 1]\n  h' = W @ x\n}";
    expect(layerOf(text, 'C(x)').size).toBe(4);
    expect(kinds(layerOf(text, 'C(x, m: 5)'))).toEqual(['matvec']);
    expect(layerOf(text, 'C(x, m: 5, direction: both)').size).toBe(10);
  });
});
