// How numbers are spread: counts in 64 equal bins over ±2^exponent, the smallest such range that holds them all.
// Not a picture. Invariant: ranges are powers of two, so that histograms of different ranges can be put on one range exactly, pairs of bins becoming one.

export const bins = 64;

export interface Histogram {
  /** The range is ±2^exponent. */
  readonly exponent: number;
  /** `[64]`, from −2^exponent on; what is 0 lies in the upper half, the very top in the last bin. */
  readonly counts: readonly number[];
}

/** Exponent of a range that holds only zeros: the smallest of a normal float32. */
const smallest = -126;

/** Of finite numbers. */
export function histogramOf(data: Float32Array): Histogram {
  let most = 0;
  for (let i = 0; i < data.length; i++) {
    const size = Math.abs(data[i] as number);
    if (size > most) most = size;
  }
  const exponent = most > 0 ? Math.max(smallest, exponentOf(most)) : smallest;
  const scale = bins / 2 / 2 ** exponent;
  const counts = new Uint32Array(bins);
  // Plain loops: a look at all parameters must be cheap beside an iteration.
  for (let i = 0; i < data.length; i++) {
    const bin = Math.floor((data[i] as number) * scale) + bins / 2;
    const within = bin < 0 ? 0 : bin >= bins ? bins - 1 : bin;
    counts[within] = (counts[within] as number) + 1;
  }
  return { exponent, counts: Array.from(counts) };
}

/** The smallest whole number whose power of two is not below the value. */
function exponentOf(value: number): number {
  const near = Math.ceil(Math.log2(value));
  // The logarithm may be off by its last bit.
  const exponent = 2 ** (near - 1) >= value ? near - 1 : 2 ** near >= value ? near : near + 1;
  // Without the sign of a rounded-up zero, which a file would lose.
  return exponent + 0;
}
