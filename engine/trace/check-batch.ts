// Checks that a batch fits a model before anything runs: shapes, ranges of ids, and that every sequence has a valid step.
// Not the reading of files (../weights/safetensors.ts) and not the weights' check.
// Invariant: what passes here cannot make a program read beyond its tables.
import { didYouMean } from '../base/closest-name';
import { OperationalError } from '../base/operational-error';
import { halvesOf } from '../ir/halves';
import type { Model } from '../ir/model';
import type { Tensor } from '../runtime/tensor';
import type { Batch } from './trace';

export interface BatchShape {
  readonly batch: number;
  readonly time: number;
  /** Time-major would hide it: `[batch, time]`, undefined when every step is valid. */
  readonly mask: Float32Array | undefined;
}

function refuse(message: string): never {
  throw new OperationalError('inputs-mismatch', message);
}

/** Throws OperationalError `inputs-mismatch` with the tensor, what it is and what was expected. */
export function checkBatch(model: Model, batch: Batch): BatchShape {
  const { x, y } = batch;
  const [count, time] = x.dims;
  if (count === undefined || time === undefined || count < 1 || time < 1) refuse(`x is [${x.dims.join(', ')}]; expected [batch, time${model.input.kind === 'numeric' ? ', features' : ''}].`);
  if (model.input.kind === 'tokens') {
    if (x.kind !== 'i32' || x.dims.length !== 2) refuse(`x is ${describe(x)}; expected integer ids [batch, time].`);
    checkIds('x', x.data, x.dims, model.input.vocabulary);
  } else {
    const { features } = model.input;
    const fits = x.kind === 'f32' && (x.dims.length === 3 ? x.dims[2] === features : x.dims.length === 2 && features === 1);
    if (!fits) refuse(`x is ${describe(x)}; expected numbers [batch, time, ${features}].`);
  }
  checkTarget(model, y, count, time);
  checkInitialNames(model, batch);
  return { batch: count, time, mask: checkMask(batch.mask, count, time) };
}

function describe(tensor: Tensor): string {
  return `${tensor.kind === 'f32' ? 'F32' : 'I32'} [${tensor.dims.join(', ')}]`;
}

function checkIds(name: string, ids: Int32Array, dims: readonly number[], limit: number): void {
  const at = ids.findIndex((id) => id < 0 || id >= limit);
  if (at === -1) return;
  const position: number[] = [];
  let rest = at;
  for (const dim of [...dims].reverse()) {
    position.unshift(rest % dim);
    rest = Math.floor(rest / dim);
  }
  refuse(`${name}[${position.join(', ')}] is ${ids[at]}; ids must lie in 0…${limit - 1}.`);
}

function checkTarget(model: Model, y: Tensor, count: number, time: number): void {
  const { target } = model;
  const lead = target.perStep ? [count, time] : [count];
  if (target.kind === 'classes') {
    if (y.kind !== 'i32' || y.dims.join() !== lead.join()) refuse(`y is ${describe(y)}; expected integer classes [${lead.join(', ')}].`);
    checkIds('y', y.data, y.dims, target.count);
    return;
  }
  const full = [...lead, target.size].join();
  const fits = y.kind === 'f32' && (y.dims.join() === full || (target.size === 1 && y.dims.join() === lead.join()));
  if (!fits) refuse(`y is ${describe(y)}; expected numbers [${[...lead, target.size].join(', ')}].`);
}

function checkInitialNames(model: Model, { initial = {} }: Batch): void {
  const given = Object.keys(initial);
  if (given.length === 0) return;
  const states = model.lines.flatMap((line) => (line.kind === 'step' ? halvesOf(line).flatMap((half) => line.step.states.map((state) => `${half.prefix}.${state.name}`)) : []));
  const unknown = given.find((name) => !states.includes(name));
  if (unknown !== undefined) refuse(`initial/${unknown} is no state of model ${model.name}; it has ${states.join(', ') || 'none'}.${didYouMean(unknown, states)}`);
}

function checkMask(mask: Batch['mask'], count: number, time: number): Float32Array | undefined {
  if (!mask) return undefined;
  if (mask.dims.join() !== [count, time].join()) refuse(`mask is [${mask.dims.join(', ')}]; expected [${count}, ${time}].`);
  let allValid = true;
  for (let b = 0; b < count; b++) {
    let valid = 0;
    for (let t = 0; t < time; t++) {
      const value = mask.data[b * time + t];
      if (value !== 0 && value !== 1) refuse(`mask[${b}, ${t}] is ${value}; expected 0 or 1.`);
      valid += value;
    }
    if (valid === 0) refuse(`Sequence ${b} has no valid step; its mask is 0 everywhere.`);
    if (valid < time) allValid = false;
  }
  return allValid ? undefined : mask.data;
}
