// The order of units in all lanes: similar units together, so that groups of units that act together are seen.
// Not groups (clusters.ts): a short path through the units' traces by nearest neighbour, then 2-opt.
// Invariant: the same values give the same order; the end whose units are positive on average is on top.

export type OrderName = 'similar' | 'groups' | 'index' | 'halfLife' | 'activity' | 'mean' | 'cursor';

/** Longest trace compared; longer ones are sampled evenly. */
const longest = 128;

/**
 * In slices: it yields wherever a frame may be drawn.
 * @param traces values `[step, unit]` of the states, bounded (unbounded ones through tanh)
 * @returns units from top to bottom
 */
export function* similarOrder(traces: readonly Float32Array[], steps: number, units: number): Generator<undefined, number[]> {
  if (units < 3) return meanOrder(traces, steps, units);
  const every = Math.max(1, Math.ceil(steps / longest));
  const points: Float32Array[] = [];
  for (let unit = 0; unit < units; unit++) {
    const point: number[] = [];
    for (const trace of traces) for (let step = 0; step < steps; step += every) point.push(finite(trace[step * units + unit]));
    points.push(Float32Array.from(point));
  }
  const distance = new Float32Array(units * units);
  for (let a = 0; a < units; a++) {
    for (let b = a + 1; b < units; b++) distance[a * units + b] = distance[b * units + a] = apart(points[a] as Float32Array, points[b] as Float32Array);
    yield;
  }
  const path = yield* twoOpt(nearestNeighbour(distance, units), distance, units);
  const means = meansOf(traces, steps, units);
  const half = units >> 1;
  const mean = (part: readonly number[]): number => part.reduce((sum, unit) => sum + (means[unit] ?? 0), 0);
  return mean(path.slice(0, half)) >= mean(path.slice(units - half)) ? path : path.reverse();
}

const indices = new Map<number, readonly number[]>();

/** Units by index; the same array for the same number. */
export function indexOrder(units: number): readonly number[] {
  const known = indices.get(units) ?? Array.from({ length: units }, (_, unit) => unit);
  indices.set(units, known);
  return known;
}

/** Largest movement on top: the mean distance from one step to the next, so that a unit that rests at a large value is a quiet one. */
export function activityOrder(traces: readonly Float32Array[], steps: number, units: number): number[] {
  const moved = traces.map((trace) => trace.map((value, at) => (at < units ? 0 : Math.abs(value - (trace[at - units] ?? NaN)))));
  return meanOrder(moved, steps, units);
}

/** Largest mean on top. */
export function meanOrder(traces: readonly Float32Array[], steps: number, units: number): number[] {
  const means = meansOf(traces, steps, units);
  return sortedBy(units, (unit) => means[unit] ?? 0);
}

/** Largest key on top, equal ones by index. */
export function sortedBy(units: number, key: (unit: number) => number): number[] {
  return Array.from({ length: units }, (_, unit) => unit).sort((a, b) => finite(key(b)) - finite(key(a)) || a - b);
}

export function pathLength(path: readonly number[], distance: Float32Array, units: number): number {
  let sum = 0;
  for (let i = 1; i < path.length; i++) sum += distance[(path[i - 1] ?? 0) * units + (path[i] ?? 0)] ?? 0;
  return sum;
}

function nearestNeighbour(distance: Float32Array, units: number): number[] {
  // From the unit farthest from all others: an end of the path, not its middle.
  let start = 0;
  let farthest = -1;
  for (let a = 0; a < units; a++) {
    let sum = 0;
    for (let b = 0; b < units; b++) sum += distance[a * units + b] ?? 0;
    if (sum > farthest) [start, farthest] = [a, sum];
  }
  const left = new Set(Array.from({ length: units }, (_, unit) => unit));
  const path = [start];
  left.delete(start);
  for (let here = start; left.size > 0; ) {
    let next = -1;
    let best = Infinity;
    for (const unit of left) {
      const d = distance[here * units + unit] ?? 0;
      if (d < best) [next, best] = [unit, d];
    }
    path.push(next);
    left.delete(next);
    here = next;
  }
  return path;
}

/** Reverses stretches while that shortens the path. */
export function* twoOpt(path: number[], distance: Float32Array, units: number): Generator<undefined, number[]> {
  const d = (a: number | undefined, b: number | undefined): number => (a === undefined || b === undefined ? 0 : (distance[a * units + b] ?? 0));
  for (let round = 0; round < 12; round++) {
    let better = false;
    for (let i = 0; i < units - 1; i++) {
      for (let j = i + 1; j < units; j++) {
        const now = d(path[i - 1], path[i]) + d(path[j], path[j + 1]);
        const then = d(path[i - 1], path[j]) + d(path[i], path[j + 1]);
        if (then >= now - 1e-6) continue;
        for (let a = i, b = j; a < b; a++, b--) [path[a], path[b]] = [path[b] as number, path[a] as number];
        better = true;
      }
      if (i % 16 === 15) yield;
    }
    if (!better) break;
  }
  return path;
}

function meansOf(traces: readonly Float32Array[], steps: number, units: number): Float64Array {
  const means = new Float64Array(units);
  for (const trace of traces) for (let step = 0; step < steps; step++) for (let unit = 0; unit < units; unit++) means[unit] = (means[unit] ?? 0) + finite(trace[step * units + unit]) / Math.max(1, steps);
  return means;
}

function apart(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += ((a[i] ?? 0) - (b[i] ?? 0)) ** 2;
  return Math.sqrt(sum);
}

function finite(value: number | undefined): number {
  return value !== undefined && Number.isFinite(value) ? value : 0;
}

const names: Readonly<Record<OrderName, true>> = { similar: true, index: true, halfLife: true, activity: true, mean: true, cursor: true, groups: true };

export function isOrder(text: string): text is OrderName {
  return Object.hasOwn(names, text);
}
