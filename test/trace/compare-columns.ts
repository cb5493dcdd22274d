// Compares the columns of a trace with those of another source, one relative error per tensor.
// Not a tolerance (see ../tolerances.ts).
// Invariant: the measure is the contract's, max|got − want| / max|want|; a tensor that should be all zero must be exactly so.
import { tolerances } from '../tolerances';

interface Column {
  readonly dims: readonly number[];
  readonly data: ArrayLike<number>;
}

export function relativeError(got: Column, want: Column): number {
  if (got.data.length !== want.data.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  let difference = 0;
  for (let i = 0; i < want.data.length; i++) {
    largest = Math.max(largest, Math.abs(want.data[i] as number));
    const each = Math.abs((got.data[i] as number) - (want.data[i] as number));
    difference = Number.isNaN(each) ? Number.POSITIVE_INFINITY : Math.max(difference, each);
  }
  if (largest === 0) return difference === 0 ? 0 : Number.POSITIVE_INFINITY;
  return difference / largest;
}

/** A column that is 0 but for what cancels in float64 (the mean of a normalised vector, say). */
function isRounding(column: Column): boolean {
  return Array.from(column.data).every((value) => Math.abs(value) < tolerances.roundingOfZero);
}

/** Every wanted column that is missing or further off than `bound`, worst first. */
export function disagreements(got: ReadonlyMap<string, Column>, want: ReadonlyMap<string, Column>, bound: number): readonly string[] {
  const found: [number, string][] = [];
  for (const [name, column] of want) {
    const own = got.get(name);
    if (own && isRounding(column) && Array.from(own.data).every((value) => Math.abs(value) < bound)) continue;
    const error = own ? relativeError(own, column) : Number.POSITIVE_INFINITY;
    if (!(error <= bound)) found.push([error, `${name} ${own ? error.toExponential(2) : 'is missing'}`]);
  }
  return found.sort((a, b) => b[0] - a[0]).map(([, text]) => text);
}
