// Compares tensors out of a file with what a model needs.
// Not a conversion: names and shapes must be the model's own (importing from other frameworks is another matter).
// Invariant: one error names every tensor that is missing, extra or misshapen; what passes is exactly the model's parameters, F32.
import { OperationalError } from '../base/operational-error';
import type { Model } from '../ir/model';
import type { FloatTensor, Tensor } from '../runtime/tensor';
import { parameterList } from './parameter-list';

/**
 * The model's parameters in its own order.
 * @param name the file's name, for messages.
 * @throws OperationalError `weights-mismatch`.
 */
export function checkWeights(model: Model, tensors: ReadonlyMap<string, Tensor>, name: string): Map<string, FloatTensor> {
  const weights = new Map<string, FloatTensor>();
  const missing: string[] = [];
  const misshapen: string[] = [];
  const parameters = parameterList(model);
  for (const { name: parameter, shape } of parameters) {
    const tensor = tensors.get(parameter);
    if (tensor === undefined) missing.push(`${parameter} [${shape.join(', ')}]`);
    else if (tensor.kind !== 'f32') misshapen.push(`${parameter} holds whole numbers and should hold F32`);
    else if (!sameShape(tensor.dims, shape)) misshapen.push(`${parameter} is [${tensor.dims.join(', ')}] and should be [${shape.join(', ')}]`);
    else weights.set(parameter, tensor);
  }
  const known = new Set(parameters.map((parameter) => parameter.name));
  const extra = [...tensors.keys()].filter((key) => !known.has(key));
  const problems = [
    ...(missing.length > 0 ? [`missing: ${missing.join(', ')}`] : []),
    ...(misshapen.length > 0 ? [`of another shape: ${misshapen.join(', ')}`] : []),
    ...(extra.length > 0 ? [`not in the model: ${extra.join(', ')}`] : []),
  ];
  if (problems.length > 0) {
    throw new OperationalError('weights-mismatch', `The tensors of "${name}" are not the parameters of model ${model.name}; ${problems.join('; ')}.`);
  }
  return weights;
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((dim, axis) => dim === b[axis]);
}
