// Functions of one real number that JavaScript lacks or computes badly, in float64.
// Not rules of operations (value-rules.ts) and not fast.
// Invariant: accurate to a few units in the last place over the whole real line; no overflow, NaN only from NaN.

/**
 * The complementary error function. |x| < 3: the series erf(x) = 2/√π e^(−x²) Σ 2ⁿ x^(2n+1) / (2n+1)!!, whose terms are all of one
 * sign (Abramowitz & Stegun 7.1.6); beyond: the continued fraction 7.1.14, evaluated backwards.
 */
export function erfc(x: number): number {
  if (x < 0) return 2 - erfc(-x);
  if (x < 3) return 1 - erfSeries(x);
  if (x > 27.5) return 0;
  let fraction = x;
  for (let n = 80; n >= 1; n--) fraction = x + n / 2 / fraction;
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / fraction;
}

export function erf(x: number): number {
  return Math.abs(x) < 3 ? erfSeries(x) : 1 - erfc(x);
}

function erfSeries(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; n < 200 && Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** 1 / (1 + e^(−x)) without overflow. */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
}

/** log(1 + e^x) without overflow: max(x, 0) + log1p(e^(−|x|)). */
export function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** x Φ(x) with the exact normal distribution, Φ(x) = erfc(−x / √2) / 2 (Hendrycks & Gimpel 2016; PyTorch's default). */
export function gelu(x: number): number {
  return 0.5 * x * erfc(-x / Math.SQRT2);
}
