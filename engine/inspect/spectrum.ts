// What a Jacobian does to directions: eigenvalues, spectral radius, largest singular value.
// Not the Jacobian (step-jacobian.ts). Eigenvalues come from ml-matrix's nonsymmetric QR algorithm (as in JAMA).
// Invariant: float64 inside; a matrix that is not finite has no spectrum (undefined).
import { EigenvalueDecomposition, Matrix, SingularValueDecomposition } from 'ml-matrix';
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
