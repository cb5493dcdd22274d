// Units that act alike, in groups: average linkage over 1 − correlation of the units' traces, and the tree cut at a correlation.
// Not an order by position in a plane (order.ts): a group is a branch, so that its units stand together in the tree's order at every cut.
// Invariant: the same values give the same tree. It is made in slices: a generator that yields wherever a frame may be drawn.

/** Longest trace compared; longer ones are sampled evenly. */
const longest = 128;

/** The branches of two units, named by one unit each, become one at a distance. */
export interface Merge {
  readonly a: number;
  readonly b: number;
  /** Mean of 1 − correlation over all pairs of units of the two branches, 0 … 2. */
  readonly distance: number;
}

export interface Tree {
  readonly units: number;
  /** One fewer than units, nearest first. */
  readonly merges: readonly Merge[];
  /** Units from top to bottom: every branch together, of two branches the one with the larger mean on top. */
  readonly order: readonly number[];
}

/** A run of the tree's order. */
export interface Group {
  readonly units: readonly number[];
  /** Place of its first unit in the order, and of its last one. */
  readonly from: number;
  readonly to: number;
}

/** Fewer units have no groups: any two of three are a pair. */
export const fewest = 4;
/** Correlations from which on units may be called alike, and the one that is usual. */
export const alikeChoices = [0.3, 0.5, 0.7, 0.9] as const;
export const usuallyAlike = 0.5;

/** @param traces values `[step, unit]` of the states */
export function* treeOf(traces: readonly Float32Array[], steps: number, units: number): Generator<undefined, Tree> {
  const means = new Float64Array(units);
  const points: Float32Array[] = [];
  for (let unit = 0; unit < units; unit++) {
    const { point, mean } = standardised(traces, steps, units, unit);
    points.push(point);
    means[unit] = mean;
    if (unit % 16 === 15) yield;
  }
  const distance = new Float32Array(units * units);
  for (let a = 0; a < units; a++) {
    for (let b = a + 1; b < units; b++) distance[a * units + b] = distance[b * units + a] = 1 - dot(points[a] as Float32Array, points[b] as Float32Array);
    yield;
  }
  const merges = yield* averageLinkage(distance, units);
  return { units, merges, order: leaves(merges, means) };
}

/** Units that make a group: few that go alike among many are chance. */
export const leastOf = (units: number): number => (units < 16 ? 2 : Math.max(3, Math.ceil(units / 64)));

/** The branches that were put together at a mean correlation of `alike` or more, as far as they are large enough. */
export function groupsOf({ units, merges, order }: Tree, alike: number): readonly Group[] {
  if (units < fewest) return [];
  const least = leastOf(units);
  const root = Array.from({ length: units }, (_, unit) => unit);
  for (const { a, b, distance } of merges) if (distance <= 1 - alike) root[rootOf(root, b)] = rootOf(root, a);
  const groups: Group[] = [];
  for (let from = 0, to = 0; from < units; from = to + 1) {
    for (to = from; to + 1 < units && rootOf(root, order[to + 1] ?? 0) === rootOf(root, order[from] ?? 0); to++);
    if (to + 1 - from >= least) groups.push({ units: order.slice(from, to + 1), from, to });
  }
  return groups;
}

/** The unit that names the branch of a unit. */
function rootOf(root: readonly number[], unit: number): number {
  let at = unit;
  while (root[at] !== at) at = root[at] ?? at;
  return at;
}

/** Each trace with mean 0, all of them together of length 1: a product of two such is the mean of their correlations. A unit that stands still correlates with none. */
function standardised(traces: readonly Float32Array[], steps: number, units: number, unit: number): { readonly point: Float32Array; readonly mean: number } {
  const every = Math.max(1, Math.ceil(steps / longest));
  const count = Math.ceil(steps / every);
  const point = new Float32Array(count * traces.length);
  let sumOfMeans = 0;
  traces.forEach((trace, part) => {
    const values = point.subarray(part * count, (part + 1) * count);
    for (let i = 0; i < count; i++) {
      const value = trace[i * every * units + unit];
      values[i] = value !== undefined && Number.isFinite(value) ? value : 0;
    }
    const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, count);
    const size = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0));
    // Of a unit that stands still, rounding is all that moves.
    const scale = size > 1e-6 * Math.max(1, Math.abs(mean)) ? 1 / (size * Math.sqrt(traces.length)) : 0;
    for (let i = 0; i < count; i++) values[i] = ((values[i] ?? 0) - mean) * scale;
    sumOfMeans += mean;
  });
  return { point, mean: sumOfMeans };
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/** By chains of nearest neighbours: every pair that are each other's nearest is put together, whatever lies elsewhere. `distance` is used up. */
function* averageLinkage(distance: Float32Array, units: number): Generator<undefined, readonly Merge[]> {
  const size = new Int32Array(units).fill(1);
  const alive = new Uint8Array(units).fill(1);
  const merges: Merge[] = [];
  const chain: number[] = [];
  while (merges.length < units - 1) {
    if (chain.length === 0) chain.push(alive.indexOf(1));
    const here = chain[chain.length - 1] as number;
    const before = chain[chain.length - 2];
    let nearest = before ?? -1;
    let least = before === undefined ? Infinity : (distance[here * units + before] as number);
    for (let other = 0; other < units; other++) {
      if (!alive[other] || other === here) continue;
      const apart = distance[here * units + other] as number;
      if (apart < least) [nearest, least] = [other, apart];
    }
    if (nearest !== before) {
      chain.push(nearest);
      continue;
    }
    chain.length -= 2;
    const [a, b] = here < nearest ? [here, nearest] : [nearest, here];
    merges.push({ a, b, distance: least });
    const [sizeA, sizeB] = [size[a] as number, size[b] as number];
    for (let other = 0; other < units; other++) {
      if (!alive[other] || other === a || other === b) continue;
      const apart = (sizeA * (distance[a * units + other] as number) + sizeB * (distance[b * units + other] as number)) / (sizeA + sizeB);
      distance[a * units + other] = distance[other * units + a] = apart;
    }
    size[a] = sizeA + sizeB;
    alive[b] = 0;
    if (merges.length % 8 === 0) yield;
  }
  // A branch is put together before it is put together with another: where both happen at one distance, in the order found.
  return merges.map((merge, found) => ({ merge, found })).sort((p, q) => p.merge.distance - q.merge.distance || p.found - q.found).map(({ merge }) => merge);
}

function leaves(merges: readonly Merge[], means: Float64Array): readonly number[] {
  const branch = Array.from(means, (mean, unit) => ({ units: [unit], sum: mean }));
  const root = Array.from(means, (_, unit) => unit);
  for (const { a, b } of merges) {
    const [p, q] = [rootOf(root, a), rootOf(root, b)];
    const [one, other] = [branch[p], branch[q]];
    if (!one || !other) continue;
    const oneOnTop = one.sum / one.units.length >= other.sum / other.units.length;
    branch[p] = { units: oneOnTop ? [...one.units, ...other.units] : [...other.units, ...one.units], sum: one.sum + other.sum };
    root[q] = p;
  }
  return means.length === 0 ? [] : (branch[rootOf(root, 0)]?.units ?? []);
}
