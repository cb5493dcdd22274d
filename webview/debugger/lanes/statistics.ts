// Numbers of a lane's column and of a unit over time: norm, mean, share above, half-life, and the units to pick first.
// Not drawing. A number over values that are not finite is undefined: its place says how many there are.
import type { LaneValues } from './raster';

export function column(lane: LaneValues, step: number): Float32Array {
  return lane.values.subarray(step * lane.units, (step + 1) * lane.units);
}

export function norm(values: ArrayLike<number>): number | undefined {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] ?? 0) ** 2;
  return Number.isFinite(sum) ? Math.sqrt(sum) : undefined;
}

export function mean(values: ArrayLike<number>): number | undefined {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] ?? 0;
  return values.length > 0 && Number.isFinite(sum) ? sum / values.length : undefined;
}

export function countAbove(values: ArrayLike<number>, bound: number): number {
  let count = 0;
  for (let i = 0; i < values.length; i++) if ((values[i] ?? NaN) > bound) count++;
  return count;
}

export function countBroken(values: ArrayLike<number>): { readonly nan: number; readonly infinite: number } {
  let nan = 0;
  let infinite = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    if (Number.isNaN(value)) nan++;
    else if (!Number.isFinite(value)) infinite++;
  }
  return { nan, infinite };
}

/** `1 NaN of 64`, `2 infinite of 64`; undefined when all are finite. */
export function brokenWords(values: ArrayLike<number>): string | undefined {
  const { nan, infinite } = countBroken(values);
  if (nan === 0 && infinite === 0) return undefined;
  const parts = [...(nan > 0 ? [`${nan} NaN`] : []), ...(infinite > 0 ? [`${infinite} infinite`] : [])];
  return `${parts.join(', ')} of ${values.length}`;
}

export interface Summary {
  /** In words; norm and mean are undefined then. */
  readonly broken?: string;
  readonly norm?: number;
  readonly mean?: number;
}

const summaries = new WeakMap<Float32Array, Summary>();

/** The three numbers that several views show of the same values, counted once. The values must not change. */
export function summary(values: Float32Array): Summary {
  const known = summaries.get(values);
  if (known) return known;
  let [sum, squares] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    sum += value;
    squares += value * value;
  }
  // One look at every value: any that is not finite leaves a sum that is not, and so may values that are too large.
  const finite = Number.isFinite(sum) && Number.isFinite(squares);
  const broken = finite ? undefined : brokenWords(values);
  const made = broken !== undefined ? { broken } : { ...(Number.isFinite(squares) ? { norm: Math.sqrt(squares) } : {}), ...(values.length > 0 && Number.isFinite(sum) ? { mean: sum / values.length } : {}) };
  summaries.set(values, made);
  return made;
}

/**
 * The units to pick before a person picks: the one with the longest half-life by the keeping gate, and the two whose state
 * correlates most with a class of tokens (capitals, spaces). Fewer when these cannot be told.
 */
export function firstPicks(state: LaneValues, gate: LaneValues | undefined, valid: Uint8Array, tokens: readonly string[] | undefined): number[] {
  const picks: number[] = [];
  if (gate && gate.units === state.units) {
    let longest = 0;
    let unit = -1;
    halfLives(gate, valid).forEach((life, u) => {
      if (life !== undefined && life > longest) [longest, unit] = [life, u];
    });
    if (unit >= 0) picks.push(unit);
  }
  const classes: readonly ((token: string) => boolean)[] = [(token) => /^\p{Lu}/u.test(token), (token) => /^\s/u.test(token)];
  for (const isIn of classes) {
    const unit = tokens ? mostCorrelated(state, valid, tokens.map((token) => (isIn(token) ? 1 : 0)), picks) : undefined;
    if (unit !== undefined) picks.push(unit);
  }
  return picks;
}

/** Steps until half of every unit is left by a gate alone: ln ½ / mean ln gate over the valid steps; undefined for a gate that closes fully. */
export function halfLives(gate: LaneValues, valid: Uint8Array): readonly (number | undefined)[] {
  const { units } = gate;
  const sums = new Float64Array(units);
  const counts = new Float64Array(units);
  // Step by step, as the values lie in memory: unit by unit takes many times as long.
  for (let step = 0; step < gate.steps; step++) {
    if (!valid[step] || !gate.have[step]) continue;
    for (let unit = 0, at = step * units; unit < units; unit++, at++) {
      const value = gate.values[at] as number;
      if (!Number.isFinite(value)) continue;
      sums[unit] = (sums[unit] as number) + Math.log(value);
      counts[unit] = (counts[unit] as number) + 1;
    }
  }
  return Array.from(sums, (sum, unit) => {
    const meanLog = sum / (counts[unit] as number);
    return Number.isFinite(meanLog) && meanLog < 0 ? -Math.LN2 / meanLog : undefined;
  });
}

function mostCorrelated(state: LaneValues, valid: Uint8Array, indicator: readonly number[], taken: readonly number[]): number | undefined {
  const { units } = state;
  const [n, sx, sy, sxx, syy, sxy] = [new Float64Array(units), new Float64Array(units), new Float64Array(units), new Float64Array(units), new Float64Array(units), new Float64Array(units)];
  const add = (sums: Float64Array, unit: number, value: number): void => void (sums[unit] = (sums[unit] as number) + value);
  for (let step = 0; step < state.steps; step++) {
    if (!valid[step] || !state.have[step]) continue;
    const y = indicator[step] ?? 0;
    for (let unit = 0, at = step * units; unit < units; unit++, at++) {
      const x = state.values[at] as number;
      if (!Number.isFinite(x)) continue;
      add(n, unit, 1);
      add(sx, unit, x);
      add(sy, unit, y);
      add(sxx, unit, x * x);
      add(syy, unit, y * y);
      add(sxy, unit, x * y);
    }
  }
  let best = 0;
  let found: number | undefined;
  for (let unit = 0; unit < units; unit++) {
    if (taken.includes(unit)) continue;
    const of = (sums: Float64Array): number => sums[unit] as number;
    const spread = (of(n) * of(sxx) - of(sx) * of(sx)) * (of(n) * of(syy) - of(sy) * of(sy));
    const correlation = spread > 1e-12 ? Math.abs((of(n) * of(sxy) - of(sx) * of(sy)) / Math.sqrt(spread)) : 0;
    if (correlation > best) [best, found] = [correlation, unit];
  }
  return found;
}
