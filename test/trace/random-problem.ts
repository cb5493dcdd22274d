// A model from text with weights and a batch, all by seed: what the tests of traces and training run on.
// Not a test.
// Invariant: same seed, same problem; a mask is not a prefix and leaves every sequence a valid step.
import { defined } from '../../engine/base/invariant';
import { Random } from '../../engine/base/random';
import { compileModel } from '../../engine/ir/compile-model';
import { halvesOf } from '../../engine/ir/halves';
import type { Model } from '../../engine/ir/model';
import { loadProgram } from '../../engine/language/program';
import { floats, type FloatTensor, ints } from '../../engine/runtime/tensor';
import { initialState } from '../../engine/trace/initial-states';
import type { Batch } from '../../engine/trace/trace';
import { parameterList } from '../../engine/weights/parameter-list';

export interface Problem {
  readonly model: Model;
  readonly weights: Map<string, FloatTensor>;
  readonly batch: Batch;
}

export function modelOf(text: string, name?: string): Model {
  const compiled = compileModel(loadProgram('test.rnn', text), name === undefined ? {} : { model: name });
  return defined(compiled.model, `the text compiles: ${compiled.diagnostics.map((each) => each.message).join('; ')}`);
}

export function problemOf(model: Model, options: { readonly seed: number; readonly batch: number; readonly time: number; readonly masked: boolean }): Problem {
  const { batch, time } = options;
  const random = Random.for(options.seed, 'problem');
  const normals = (dims: readonly number[], scale: number): FloatTensor => {
    const tensor = floats(dims);
    for (let i = 0; i < tensor.data.length; i++) tensor.data[i] = scale * random.normal();
    return tensor;
  };
  const weights = new Map(parameterList(model).map((parameter) => [parameter.name, normals(parameter.shape, 0.5)]));
  const idsBelow = (dims: readonly number[], limit: number): ReturnType<typeof ints> => {
    const length = dims.reduce((a, b) => a * b, 1);
    return ints(dims, Int32Array.from({ length }, () => random.below(limit)));
  };
  const x = model.input.kind === 'tokens' ? idsBelow([batch, time], model.input.vocabulary) : normals([batch, time, model.input.features], 1);
  const lead = model.target.perStep ? [batch, time] : [batch];
  const y = model.target.kind === 'classes' ? idsBelow(lead, model.target.count) : normals([...lead, model.target.size], 1);
  const initial = drawnStates(model, weights, { x, y }, batch);
  if (!options.masked) return { model, weights, batch: { x, y, initial } };
  const mask = floats([batch, time], Float32Array.from({ length: batch * time }, () => (random.below(3) === 0 ? 0 : 1)));
  for (let b = 0; b < batch; b++) mask.data[b * time + random.below(time)] = 1;
  return { model, weights, batch: { x, y, mask, initial } };
}

/** Random initial states, drawn as the engine draws them, so that every side of a comparison is given the same. */
function drawnStates(model: Model, weights: Map<string, FloatTensor>, batch: Batch, count: number): Readonly<Record<string, FloatTensor>> {
  const drawn: Record<string, FloatTensor> = {};
  for (const line of model.lines) {
    if (line.kind !== 'step') continue;
    for (const half of halvesOf(line)) {
      for (const state of line.step.states) {
        if (state.initial.kind !== 'random') continue;
        drawn[`${half.prefix}.${state.name}`] = floats([count, ...state.shape], initialState(half.prefix, state, count, batch, weights, 1));
      }
    }
  }
  return drawn;
}
