// What a Jacobian does to directions: eigenvalues, spectral radius, largest singular value.
// Not the Jacobian (step-jacobian.ts). Eigenvalues come from ml-matrix's nonsymmetric QR algorithm (as in JAMA).
// Invariant: float64 inside; a matrix that is not finite has no spectrum (undefined).
import { EigenvalueDecomposition, Matrix, SingularValueDecomposition } from 'ml-matrix';
import { Random } from '../base/random';
import { Arnoldi } from './arnoldi';
import type { Jacobian } from './step-jacobian';

export interface Eigenvalue {
  readonly re: number;
  readonly im: number;
}

function matrixOf({ size, data }: Jacobian): Matrix | undefined {
  return data.every(Number.isFinite) ? Matrix.from1DArray(size, size, Array.from(data)) : undefined;
}

/** By falling absolute value; undefined when the Jacobian holds NaN or Inf. */
export function eigenvalues(jacobian: Jacobian): readonly Eigenvalue[] | undefined {
  const matrix = matrixOf(jacobian);
  if (!matrix) return undefined;
  const { realEigenvalues, imaginaryEigenvalues } = new EigenvalueDecomposition(matrix, { assumeSymmetric: false });
  const found = realEigenvalues.map((re, i) => ({ re, im: imaginaryEigenvalues[i] ?? 0 }));
  return found.sort((a, b) => Math.hypot(b.re, b.im) - Math.hypot(a.re, a.im));
}

export function spectralRadius(jacobian: Jacobian): number | undefined {
  const [largest] = eigenvalues(jacobian) ?? [];
  return largest && Math.hypot(largest.re, largest.im);
}

export function largestSingularValue(jacobian: Jacobian): number | undefined {
  const matrix = matrixOf(jacobian);
  return matrix && Math.max(...new SingularValueDecomposition(matrix, { computeLeftSingularVectors: false, computeRightSingularVectors: false }).diagonal);
}

interface SquareMatrix {
  readonly size: number;
  readonly data: Float32Array | Float64Array;
}

const arnoldiDimension = 256;

/** The largest by Arnoldi's iteration in a space of 256 dimensions: for matrices whose whole spectrum takes too long. */
export function largestEigenvalues({ size, data }: SquareMatrix, count: number): readonly Eigenvalue[] | undefined {
  const iteration = new Arnoldi(size, Math.min(size, arnoldiDimension), Random.for(size, 'largest eigenvalues'));
  while (!iteration.done) iteration.take(multiply({ size, data }, iteration.next));
  return iteration.eigenvalues()?.slice(0, count);
}

/** The largest singular value by power iteration on the product with the transposed matrix; NaN when the matrix is not finite. */
export function largestSingular({ size, data }: SquareMatrix): number {
  const random = Random.for(size, 'largest singular value');
  let vector: Float64Array = Float64Array.from({ length: size }, () => random.normal());
  let value = 0;
  for (let round = 0; round < 300; round++) {
    const length = Math.hypot(...vector);
    if (length === 0) return 0;
    const image = multiply({ size, data }, vector.map((each) => each / length));
    const found = Math.hypot(...image);
    if (!Number.isFinite(found)) return NaN;
    // The estimate only grows; a billionth more a round is the end of it.
    if (round > 8 && found - value <= 1e-9 * found) return found;
    value = found;
    vector = multiplyTransposed({ size, data }, image);
  }
  return value;
}

function multiply({ size, data }: SquareMatrix, vector: Float64Array): Float64Array {
  const result = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    let sum = 0;
    for (let j = 0; j < size; j++) sum += (data[i * size + j] as number) * (vector[j] as number);
    result[i] = sum;
  }
  return result;
}

function multiplyTransposed({ size, data }: SquareMatrix, vector: Float64Array): Float64Array {
  const result = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    const factor = vector[i] as number;
    for (let j = 0; j < size; j++) result[j] = (result[j] as number) + factor * (data[i * size + j] as number);
  }
  return result;
}

/** later · earlier, both `[size, size]`, in float64. */
export function matrixProduct(later: Float64Array, earlier: Float32Array, size: number): Float64Array<ArrayBuffer> {
  const result = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < size; k++) {
      const factor = later[i * size + k] as number;
      if (factor === 0) continue;
      for (let j = 0; j < size; j++) result[i * size + j] = (result[i * size + j] as number) + factor * (earlier[k * size + j] as number);
    }
  }
  return result;
}

/** a · b: what step after step does; a is the later step. */
export function productOf(a: Jacobian, b: Jacobian): Jacobian {
  const { size } = a;
  const data = new Float32Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < size; k++) {
      const factor = a.data[i * size + k] as number;
      if (factor === 0) continue;
      for (let j = 0; j < size; j++) data[i * size + j] = (data[i * size + j] as number) + factor * (b.data[k * size + j] as number);
    }
  }
  return { size, data };
}
