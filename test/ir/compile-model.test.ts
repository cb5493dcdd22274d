// Models from text to sizes: lines, nested calls, directions, pooling, targets, and what they refuse.
import { describe, expect, it } from 'vitest';
import { compileModel, describeModels } from '../../engine/ir/compile-model';
import type { CompileOptions } from '../../engine/ir/compile-model';
import type { Line, Model } from '../../engine/ir/model';
import { printStepGraph } from '../../engine/ir/print';
import { loadProgram } from '../../engine/language/program';

function compile(lines: string, options: CompileOptions = {}, around = ''): Model {
  const { model, diagnostics } = compileModel(loadProgram('a.rnn', `model M {\n  ${lines.split('\n').join('\n  ')}\n}\n${around}`), options);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  if (model === undefined) throw new Error('no model');
  return model;
}

const faults = (lines: string, options: CompileOptions = {}) =>
  compileModel(loadProgram('a.rnn', `model M {\n  ${lines.split('\n').join('\n  ')}\n}`), options).diagnostics.map(({ code, message }) => `${code} ${message}`);

function line(one: Line): string {
  const shape = `${one.perStep ? 'step' : 'sequence'} ${one.size}`;
  if (one.kind === 'embed') return `${one.name}: ${one.how} ${one.vocabulary} of ${one.of}, ${shape}`;
  if (one.kind === 'pool') return `${one.name}: ${one.how} of ${one.of}, ${shape}`;
  return `${one.name}: ${one.role} ${one.cell?.name ?? 'expression'} of ${one.inputs.join(' and ')}${one.direction === 'forward' ? '' : ` ${one.direction}`}, ${shape}`;
}

const lines = (model: Model) => model.lines.map(line);

describe('a model on tensors', () => {
  it('takes its input from its declaration and its target from its loss', () => {
    const model = compile('input x[5]\nlayer r1 = LSTM(x, hidden: 8)\nlayer r2 = LSTM(r1, hidden: 8)\noutput y = Linear(r2, size: 4)\nloss crossEntropy(y)');
    expect(lines(model)).toEqual(['r1: layer LSTM of x, step 8', 'r2: layer LSTM of r1, step 8', 'y: output Linear of r2, step 4']);
    expect([model.input, model.target, model.data]).toEqual([{ kind: 'numeric', features: 5 }, { kind: 'classes', count: 4, perStep: true }, undefined]);
  });

  it('reads tokens', () => {
    const model = compile('input x: token(65)\nembed e = Embedding(x, size: 3)\nembed o = OneHot(x)\nlet z = concat(e, o)\noutput y = Linear(last(z), size: 2)\nloss binaryCrossEntropy(y)');
    expect(lines(model)).toEqual([
      'e: embedding 65 of x, step 3',
      'o: oneHot 65 of x, step 65',
      'z: let expression of e and o, step 68',
      'y.1: last of z, sequence 68',
      'y: output Linear of y.1, sequence 2',
    ]);
    expect([model.input, model.target]).toEqual([{ kind: 'tokens', vocabulary: 65 }, { kind: 'numeric', size: 2, perStep: false }]);
  });

  it('gives nested calls lines of their own, in the order they run', () => {
    const model = compile('input x[2]\nlayer r = GRU(RNN(x, hidden: 3), hidden: 4, direction: both)\nlet z = dropout(r * 2, 0.5) + Linear(r + 1, size: 8)\nlet m = mean(z) + max(r)\noutput y = Linear(concat(m, last(r)), size: 2)\nloss squaredError(tanh(y))');
    expect(lines(model)).toEqual([
      'r.1: layer RNN of x, step 3',
      'r: layer GRU of r.1 both, step 8',
      'z.1: let expression of r, step 8',
      'z.2: let Linear of z.1, step 8',
      'z: let expression of r and z.2, step 8',
      'm.1: mean of z, sequence 8',
      'm.2: max of r, sequence 8',
      'm: let expression of m.1 and m.2, sequence 8',
      'y.1: last of r, sequence 8',
      'y.2: let expression of m and y.1, sequence 16',
      'y: output Linear of y.2, sequence 2',
      'loss.1: let expression of y, sequence 2',
    ]);
    expect(model.loss.of).toBe('loss.1');
  });

  it('lowers an expression over lines to a step without states', () => {
    const model = compile('input x[2]\nlayer r = RNN(x, hidden: 2)\nlet z = dropout(r, 0.25) + x * norm(r)\noutput y = max(z, r)\nloss squaredError(y)');
    const z = model.lines[1];
    expect(z?.kind === 'step' ? printStepGraph(z.step, { source: () => undefined }).replace(/ +\/\/.*/g, '') : '').toBe(
      '%1 [2]b = input r\n%2 [2]b = input x\n%3 [2]b = dropout dropout1\n%4 [2]b = mul %1 %3\n%5 []b = reduceNorm %1\n%6 [2]b = mul %2 %5\n%7 [2]b = add %4 %6\noutput output = %7\n',
    );
    expect(lines(model)[2]).toBe('y: output expression of z and r, step 2');
  });

  it('makes a scalar a vector of one', () => {
    expect(lines(compile('input x[2]\noutput y = norm(x)\nloss squaredError(y)'))).toEqual(['y: output expression of x, step 1']);
  });
});

describe('a model on data', () => {
  const text = 'data text("a.txt", unit: char, length: 64)\nembed e = Embedding(x, size: 4)\nlayer r = RNN(e, hidden: 3)\noutput y = Linear(r)\nloss crossEntropy(y)';
  const tokens: CompileOptions = { input: { kind: 'tokens', vocabulary: 11 }, target: { kind: 'classes', count: 11, perStep: true } };

  it('is known by its data and settings before they are read', () => {
    const program = loadProgram('a.rnn', `model A {\n${text}\nmetric accuracy }\nmodel B { input x[2]\n output y = Linear(x)\n loss squaredError(y)\n train { seed 3 } }\ntrain { batch 7 seed 2 }`);
    expect(describeModels(program).map(({ name, data, loss, metrics, train }) => [name, data?.source, data?.positional, data?.named, loss, metrics, train.batch, train.seed])).toEqual([
      ['A', 'text', ['a.txt'], { unit: 'char', length: 64 }, 'crossEntropy', ['accuracy'], 7, 2],
      ['B', undefined, undefined, undefined, 'squaredError', [], 7, 3],
    ]);
  });

  it('takes its sizes from the data', () => {
    expect(lines(compile(text, tokens))).toEqual(['e: embedding 11 of x, step 4', 'r: layer RNN of e, step 3', 'y: output Linear of r, step 11']);
  });

  it.each<[string, string, CompileOptions, string]>([
    ['cannot be built without them', text, {}, 'data-unknown Model `M` cannot be built before its data are read, for they give its sizes.'],
    ['wants tokens to be embedded', text.replace('RNN(e', 'RNN(x'), tokens, 'tokens-not-numbers `x` holds tokens, not numbers; embed them first: `embed e = Embedding(x, size: 32)`.'],
    ['wants the size of the target', text.replace('Linear(r)', 'Linear(r, size: 3)'), tokens, "target-mismatch `y` has size 3, and the data's target is one of 11 classes. Leave its size out, or make it 11."],
    ['wants one value a step where the target has one', text.replace('Linear(r)', 'Linear(last(r))'), tokens, 'target-mismatch `y` has one value a sequence, and the data have one target a step. Leave the pooling out.'],
    ['wants a loss for the target', text.replace('crossEntropy', 'squaredError'), tokens, "target-mismatch squaredError needs numbers, and the data's target is one of 11 classes. Use crossEntropy."],
    [
      'wants pooling where the target is one a sequence',
      'data adding(length: 9)\noutput y = Linear(x)\nloss squaredError(y)',
      { input: { kind: 'numeric', features: 2 }, target: { kind: 'numeric', size: 1, perStep: false } },
      'target-mismatch `y` has one value a step, and the data have one target a sequence. Pool the layer, for example `Linear(last(r))`.',
    ],
  ])('%s', (_, body, options, fault) => {
    expect(faults(body, options)).toEqual([fault]);
  });
});

describe('several models', () => {
  const program = loadProgram('a.rnn', 'model Alpha { input x[2]\n output y = Linear(x, size: 2)\n loss squaredError(y) }\nmodel Beta { input x[2]\n output y = Linear(x, size: 3)\n loss squaredError(y) }');

  it('need a name', () => {
    expect(compileModel(program).diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual(['model-ambiguous The file has several models; name one of Alpha, Beta.']);
    expect(compileModel(program, { model: 'Beta' }).model?.lines[0]?.size).toBe(3);
    expect(compileModel(program, { model: 'Bet' }).diagnostics.map(({ message }) => message)).toEqual(['There is no model `Bet`; there are Alpha, Beta. Did you mean Beta?']);
    expect(compileModel(loadProgram('b.rnn', '')).diagnostics.map(({ code }) => code)).toEqual(['model-missing']);
  });
});

describe('a model that is too large', () => {
  it('is refused before anything is allocated', () => {
    expect(faults('input x[100000]\nlayer r = RNN(x, hidden: 100000)\noutput y = Linear(r, size: 2)\nloss squaredError(y)')).toEqual([
      'model-too-large `r.W` has 10000000000 elements; at most 268435456 are allowed.',
      'model-too-large `r.U` has 10000000000 elements; at most 268435456 are allowed.',
    ]);
  });
});
