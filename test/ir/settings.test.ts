// Settings of training: defaults, blocks over blocks, and values put over them from outside.
import { describe, expect, it } from 'vitest';
import { OperationalError } from '../../engine/base/operational-error';
import { chooseModel, compileModel } from '../../engine/ir/compile-model';
import type { TrainSettings } from '../../engine/ir/model';
import { applySettings } from '../../engine/ir/overrides';
import { loadProgram } from '../../engine/language/program';

function compiled(own: string, top: string, pairs: readonly [string, string][] = []) {
  const program = loadProgram('a.rnn', `${top}\nmodel M {\n  input x: token(9)\n  embed e = Embedding(x, size: 3)\n  layer r1 = LSTM(e, hidden: 4)\n  output y = Linear(r1, size: 2)\n  loss crossEntropy(y)\n  ${own}\n}`);
  const chosen = chooseModel(program);
  if (!('model' in chosen)) throw new Error('no model');
  const { model, diagnostics } = compileModel(program, { overrides: applySettings(program, chosen.model, pairs) });
  if (model === undefined) throw new Error(diagnostics[0]?.message ?? 'no model');
  return model;
}

const settings = (own: string, top = '', pairs: readonly [string, string][] = []): TrainSettings => {
  const { span: _span, ...train } = compiled(own, top, pairs).train;
  return train;
};

const defaults: TrainSettings = {
  optimizer: { kind: 'adam', rate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  schedule: { kind: 'constant' },
  batch: 32,
  epochs: 1,
  clip: { kind: 'none' },
  carry: 'none',
  seed: 1,
};

describe('settings', () => {
  it('have defaults', () => {
    expect(settings('')).toEqual(defaults);
  });

  it('come from the block', () => {
    expect(settings('train { optimizer sgd(rate: 0.5, momentum: 0.9) schedule step(every: 10, factor: 0.5) batch 8 epochs 3 iterations 50 clip value 2 carry state truncate 35 seed 7 }')).toEqual({
      optimizer: { kind: 'sgd', rate: 0.5, momentum: 0.9 },
      schedule: { kind: 'step', every: 10, factor: 0.5 },
      batch: 8,
      epochs: 3,
      iterations: 50,
      clip: { kind: 'value', threshold: 2 },
      carry: 'state',
      truncate: 35,
      seed: 7,
    });
  });

  it("take the model's own block over the file's, setting by setting", () => {
    expect(settings('train { optimizer adam(rate: 0.01) batch 8 }', 'train { optimizer adam(rate: 0.5, beta1: 0.8) clip norm 1.0 batch 4 schedule cosine(warmup: 10) }')).toEqual({
      ...defaults,
      optimizer: { kind: 'adam', rate: 0.01, beta1: 0.8, beta2: 0.999, epsilon: 1e-8 },
      schedule: { kind: 'cosine', warmup: 10 },
      batch: 8,
      clip: { kind: 'norm', threshold: 1 },
    });
    expect(settings('train { optimizer sgd clip none }', 'train { optimizer adam(rate: 0.5) clip norm 1.0 }')).toEqual({ ...defaults, optimizer: { kind: 'sgd', rate: 0.001, momentum: 0 } });
  });

  it('can be put over from outside', () => {
    const pairs: [string, string][] = [['rate', '1e-2'], ['batch', '4'], ['clip', '5'], ['seed', '9'], ['iterations', '3'], ['carry', 'state'], ['r1.hidden', '6'], ['e.size', '5']];
    const model = compiled('train { optimizer sgd(rate: 1) clip value 2 }', '', pairs);
    expect(model.lines.map(({ name, size }) => `${name} ${size}`)).toEqual(['e 5', 'r1 6', 'y 2']);
    const { train } = model;
    expect([train.optimizer, train.batch, train.clip, train.seed, train.iterations, train.carry]).toEqual([{ kind: 'sgd', rate: 0.01, momentum: 0 }, 4, { kind: 'value', threshold: 5 }, 9, 3, 'state']);
    expect(settings('train { clip value 2 }', '', [['clip', 'none']]).clip).toEqual({ kind: 'none' });
    expect(settings('train { clip none }', '', [['clip', '2']]).clip).toEqual({ kind: 'norm', threshold: 2 });
  });

  it.each([
    ['rates', '1', 'unknown-setting', /`rates` is not a setting of this model; there are rate, .*r1\.hidden.* Did you mean rate\?/],
    ['r1.size', '1', 'unknown-setting', /`r1\.size` is not a setting/],
    ['constructor', '1', 'unknown-setting', /is not a setting/],
    ['batch', '1.5', 'setting-value', /^`batch` must be a whole number from 1; "1\.5" was given\.$/],
    ['batch', '', 'setting-value', /must be a number/],
    ['rate', '-1', 'setting-value', /greater than 0/],
    ['optimizer', 'adm', 'setting-value', /one of adam, sgd/],
  ])('refuses %s=%s', (key, value, code, message) => {
    let thrown: unknown;
    try {
      compiled('', '', [[key, value]]);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(OperationalError);
    expect((thrown as OperationalError).code).toBe(code);
    expect((thrown as OperationalError).message).toMatch(message);
  });

  it('refuses a layer size that is none', () => {
    expect(() => compiled('', '', [['r1.hidden', '2.5']])).toThrow('The size `hidden` of `LSTM` is 2.5; a size is a whole number from 1.');
  });
});
