// What several steps do together: the largest singular value of the product of their Jacobians, measured, one step more at a time.
// Not a bound (recurrent-factors.ts has the factors that bound it).
// Invariant: entry k − 1 is about the k steps that end at the given one, in the walk's own direction; in float64, so that small values survive.
import { OperationalError } from '../base/operational-error';
import { sizeOf } from '../runtime/tensor';
import type { TracePrograms } from '../trace/trace-programs';
import { type Pace, unpaced } from './pace';
import { type RecordedWalk, timeOf } from './recorded-step';
import { largestSingular, matrixProduct } from './spectrum';
import { stepJacobian } from './step-jacobian';

const mostSteps = 64;
export const mostProductValues = 256;

/** @param last from 0. Throws OperationalError `too-large` above 256 state values. */
export async function jacobianProduct(programs: TracePrograms, walk: RecordedWalk, last: number, pace: Pace = unpaced): Promise<Float32Array> {
  const size = walk.line.step.states.reduce((sum, state) => sum + sizeOf(state.shape), 0);
  if (size > mostProductValues) throw new OperationalError('too-large', `The layer has ${size} state values; products of Jacobians are measured up to ${mostProductValues}.`);
  const { reversed } = walk.half;
  const count = Math.min(mostSteps, reversed ? timeOf(walk.trace) - last : last + 1);
  const values = new Float32Array(count);
  let product: Float64Array | undefined;
  for (let k = 0; k < count; k++) {
    await pace(k / count);
    const { data } = await stepJacobian(programs, walk, reversed ? last + k : last - k);
    product = product ? matrixProduct(product, data, size) : Float64Array.from(data);
    values[k] = largestSingular({ size, data: product });
  }
  return values;
}
