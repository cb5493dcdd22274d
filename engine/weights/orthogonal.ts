// A random matrix with orthonormal rows or columns, whichever are fewer.
// Not a general QR decomposition: Gram–Schmidt applied twice, in double precision, of a matrix of standard normals.
// Invariant: Q Qᵀ = 1 (rows ≤ columns) or Qᵀ Q = 1 to about 1e-14; uniformly distributed, since the factor's diagonal is positive.
// Source: Saxe et al. 2014; "twice is enough" for the orthogonality: Giraud et al. 2005.
import { defined } from '../base/invariant';
import type { Random } from '../base/random';

/** Row-major `[rows, columns]`. */
export function orthogonalMatrix(rows: number, columns: number, random: Random): Float64Array {
  const count = Math.min(rows, columns);
  const length = Math.max(rows, columns);
  const vectors: Float64Array[] = [];
  while (vectors.length < count) {
    const vector = Float64Array.from({ length }, () => random.normal());
    const before = norm(vector);
    for (let pass = 0; pass < 2; pass++) removeParts(vector, vectors);
    const after = norm(vector);
    // A draw that lies in the span of the others (probability zero, but draws are finite) is drawn again.
    if (after < 1e-8 * before) continue;
    for (let i = 0; i < length; i++) vector[i] = (vector[i] ?? 0) / after;
    vectors.push(vector);
  }
  const matrix = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const [which, element] = rows <= columns ? [row, column] : [column, row];
      matrix[row * columns + column] = defined(vectors[which]?.[element], 'there is a vector per row or column');
    }
  }
  return matrix;
}

/** Removes from the vector its part along one unit vector after the other. */
function removeParts(vector: Float64Array, units: readonly Float64Array[]): void {
  // The innermost loops of a large model's initialisation: all arrays are of one length, so every element is there. Removing one part
  // and measuring the next share a loop; each sum still runs from the first element to the last.
  let [unit] = units;
  if (unit === undefined) return;
  let product = 0;
  for (let i = 0; i < vector.length; i++) product += (vector[i] as number) * (unit[i] as number);
  for (let k = 1; k < units.length; k++) {
    const next = units[k] as Float64Array;
    let measured = 0;
    for (let i = 0; i < vector.length; i++) {
      const rest = (vector[i] as number) - product * (unit[i] as number);
      vector[i] = rest;
      measured += rest * (next[i] as number);
    }
    product = measured;
    unit = next;
  }
  for (let i = 0; i < vector.length; i++) vector[i] = (vector[i] as number) - product * (unit[i] as number);
}

function norm(vector: Float64Array): number {
  let sum = 0;
  for (const value of vector) sum += value * value;
  return Math.sqrt(sum);
}
