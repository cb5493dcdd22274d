// Arnoldi's iteration: the outermost eigenvalues of a matrix that is only known by its products with vectors.
// Not a solver of its own: whoever has the matrix gives the products. (Arnoldi 1951; Saad, Numerical Methods for Large Eigenvalue Problems, ch. 6.)
// Invariant: the basis is orthonormal in float64 (Gram–Schmidt twice); ends early when the basis spans an invariant space.
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import type { Random } from '../base/random';
import type { Eigenvalue } from './spectrum';

/** Products come in float32: below this, what is left of a vector is their rounding. */
const nothingLeft = 1e-6;

export class Arnoldi {
  private readonly basis: Float64Array[] = [];
  private readonly columns: Float64Array[] = [];
  private ended = false;
  private broken = false;

  constructor(
    size: number,
    private readonly dimension: number,
    random: Random,
  ) {
    const start = Float64Array.from({ length: size }, () => random.normal());
    this.basis.push(scaled(start, 1 / length(start)));
  }

  get done(): boolean {
    return this.ended || this.columns.length >= this.dimension;
  }

  /** The vector whose product is wanted next. */
  get next(): Float64Array {
    return this.basis[this.basis.length - 1] as Float64Array;
  }

  take(product: ArrayLike<number>): void {
    if (this.done) return;
    const rest = Float64Array.from(product);
    const before = length(rest);
    if (!Number.isFinite(before)) {
      this.ended = this.broken = true;
      return;
    }
    const column = new Float64Array(this.basis.length + 1);
    for (let round = 0; round < 2; round++) {
      this.basis.forEach((vector, row) => {
        let along = 0;
        for (let i = 0; i < rest.length; i++) along += (vector[i] as number) * (rest[i] as number);
        for (let i = 0; i < rest.length; i++) rest[i] = (rest[i] as number) - along * (vector[i] as number);
        column[row] = (column[row] as number) + along;
      });
    }
    const left = length(rest);
    column[this.basis.length] = left;
    this.columns.push(column);
    if (left <= nothingLeft * before || before === 0) this.ended = true;
    else if (!this.done) this.basis.push(scaled(rest, 1 / left));
  }

  /** By falling absolute value; undefined when a product was not finite. */
  eigenvalues(): readonly Eigenvalue[] | undefined {
    if (this.broken) return undefined;
    const size = this.columns.length;
    const matrix = Matrix.zeros(size, size);
    this.columns.forEach((column, j) => {
      for (let i = 0; i < Math.min(column.length, size); i++) matrix.set(i, j, column[i] as number);
    });
    const { realEigenvalues, imaginaryEigenvalues } = new EigenvalueDecomposition(matrix, { assumeSymmetric: false });
    const found = realEigenvalues.map((re, i) => ({ re, im: imaginaryEigenvalues[i] ?? 0 }));
    return found.sort((a, b) => Math.hypot(b.re, b.im) - Math.hypot(a.re, a.im));
  }
}

function length(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum);
}

function scaled(values: Float64Array, by: number): Float64Array {
  return values.map((value) => value * by);
}
