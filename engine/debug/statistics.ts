// Statistics of some numbers as a person reads them: what is not finite is counted first, the rest is summed without it.
// Not the engine's numbers: nothing computes with these.
// Invariant: an empty list has no mean (NaN); min, max, mean, std and norm are over the finite numbers only.

export interface Statistics {
  readonly count: number;
  readonly nan: number;
  readonly infinite: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly std: number;
  readonly norm: number;
}

export type Numbers = ArrayLike<number>;

const known = new WeakMap<Float32Array, Statistics>();
/** From here on it is worth remembering; what is this large is a parameter or a whole column, and neither ever changes. */
const large = 4096;

export function statisticsOf(values: Numbers): Statistics {
  if (!(values instanceof Float32Array) || values.length < large) return computed(values);
  const before = known.get(values);
  if (before !== undefined) return before;
  const statistics = computed(values);
  known.set(values, statistics);
  return statistics;
}

function computed(values: Numbers): Statistics {
  let nan = 0;
  let infinite = 0;
  let min = Infinity;
  let max = -Infinity;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? NaN;
    if (Number.isNaN(value)) nan++;
    else if (!Number.isFinite(value)) infinite++;
    else {
      if (value < min) min = value;
      if (value > max) max = value;
      sum += value;
      squares += value * value;
    }
  }
  const finite = values.length - nan - infinite;
  const mean = sum / finite;
  let spread = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? NaN;
    if (Number.isFinite(value)) spread += (value - mean) ** 2;
  }
  return { count: values.length, nan, infinite, min: finite === 0 ? NaN : min, max: finite === 0 ? NaN : max, mean, std: Math.sqrt(spread / finite), norm: Math.sqrt(squares) };
}

export type Range = readonly [number, number];

/** Share of the numbers in the outer tenth of the range, at either end. */
export function saturatedShare(values: Numbers, [low, high]: Range): number {
  const margin = (high - low) / 10;
  let saturated = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? NaN;
    if (value < low + margin || value > high - margin) saturated++;
  }
  return values.length === 0 ? 0 : saturated / values.length;
}

export function nonFiniteCount(values: Numbers): number {
  let count = 0;
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) count++;
  return count;
}

/** A number for reading: four digits. */
export function short(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  if (value === 0) return '0';
  const size = Math.abs(value);
  return size >= 1e5 || size < 1e-3 ? value.toExponential(2) : String(Number(value.toPrecision(4)));
}

/** A float32 in as few digits as give it back. */
export function exact(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const single = Math.fround(value);
  if (single !== value) return String(value);
  for (let digits = 6; digits < 10; digits++) {
    const text = Number(value.toPrecision(digits));
    if (Math.fround(text) === single) return String(text);
  }
  return String(value);
}

/** `[128] 3 NaN mean 0.71 sat 34 %`: shape first, then what is wrong, then what it is. */
export function summaryOf(values: Numbers, shape: readonly number[], range?: Range): string {
  if (shape.length === 0 || values.length === 1) return `${shape.length === 0 ? '' : `[${shape.join(', ')}] `}${exact(values[0] ?? NaN)}`;
  const { nan, infinite, mean, norm } = statisticsOf(values);
  const parts = [`[${shape.join(', ')}]`];
  if (nan > 0) parts.push(`${nan} NaN`);
  if (infinite > 0) parts.push(`${infinite} Inf`);
  parts.push(`mean ${short(mean)}`, range === undefined ? `norm ${short(norm)}` : `sat ${Math.round(100 * saturatedShare(values, range))} %`);
  return parts.join(' ');
}
