// The two factors of a plain recurrence h' = φ(U h + …): what the powers of U do, and what the activation's derivative takes off.
// Not the Jacobian's own product (jacobian-product.ts). Only for a state whose new value is an activation of a sum with one matrix product of its own.
// Invariant: φ' is computed from φ's recorded value, element by element; masked steps hold the state, so φ' counts as 1.
import { defined } from '../base/invariant';
import type { Operation } from '../ir/operation';
import { isValid, columnAt, type RecordedWalk, timeOf } from './recorded-step';
import { recurrentMatrices } from './paths';
import { largestSingular, matrixProduct, spectralRadius } from './spectrum';

export interface RecurrentFactors {
  readonly parameter: string;
  readonly matrix: { readonly size: number; readonly data: Float32Array };
  readonly radius: number;
  readonly norm: number;
  /** Mean of φ' over the units, `[time]`. */
  readonly derivatives: Float32Array;
}

/** Multiplications that the exact norms of powers may cost. */
const mostWork = 2e9;

/** ‖Uⁿ‖₂ for n = 0 … count − 1; beyond what multiplying out costs, the spectral radius goes on alone. */
export function powerNorms(matrix: { readonly size: number; readonly data: Float32Array }, radius: number, count: number): Float64Array {
  const { size } = matrix;
  const norms = new Float64Array(count).fill(1);
  let power = Float64Array.from(matrix.data);
  for (let n = 1; n < count; n++) {
    if (n * size ** 3 > mostWork) {
      norms[n] = (norms[n - 1] ?? 0) * radius;
      continue;
    }
    if (n > 1) power = matrixProduct(power, matrix.data, size);
    norms[n] = largestSingular({ size, data: power });
  }
  return norms;
}

/** φ'(a) by φ(a). */
const derivatives: Partial<Readonly<Record<Operation['kind'], (value: number) => number>>> = {
  tanh: (v) => 1 - v * v,
  sigmoid: (v) => v * (1 - v),
  relu: (v) => (v > 0 ? 1 : 0),
  leakyRelu: (v) => (v > 0 ? 1 : 0.01),
  softsign: (v) => (1 - Math.abs(v)) ** 2,
  hardTanh: (v) => (v > -1 && v < 1 ? 1 : 0),
};

export function recurrentFactors(walk: RecordedWalk, state: string): RecurrentFactors | undefined {
  const { line, half, trace, sequence } = walk;
  const own = defined(line.step.states.find(({ name }) => name === state), `${state} is a state`);
  const activation = line.step.graph.equations.find(({ id }) => id === own.next);
  const derivative = activation && derivatives[activation.op.kind];
  const [parameter, another] = recurrentMatrices(line);
  if (!derivative || parameter === undefined || another !== undefined) return undefined;
  const { data, dims } = defined(trace.weights.get(`${half.prefix}.${parameter}`), `weights hold ${parameter}`);
  const size = dims[0] ?? 0;
  if (dims[1] !== size) return undefined;
  const matrix = { size, data };
  return {
    parameter, matrix,
    radius: spectralRadius(matrix) ?? NaN,
    norm: largestSingular(matrix),
    derivatives: Float32Array.from({ length: timeOf(trace) }, (_, t) => {
      if (!isValid(trace, sequence, t)) return 1;
      const values = columnAt(trace, `value/${half.prefix}.${state}`, sequence, t);
      return values.reduce((sum, value) => sum + derivative(value), 0) / values.length;
    }),
  };
}
