// Heights in columns that are nearly full: each as near as it can be to the middle of what it is linked to, around what is fixed.
// Not a search for the fewest crossings. Least squares under "in this order, this far apart", then past what is fixed.
// Invariant: within a column nothing lies over anything; no column is higher than the fullest one must be, plus the slack.

export interface Standing {
  readonly key: string;
  readonly column: number;
  /** Pixels above and below its middle that are its own. */
  readonly up: number;
  readonly down: number;
  readonly fixed: boolean;
  /** Among equals, the first stands on top. */
  readonly order: number;
  y: number;
  readonly links: { readonly to: Standing; readonly weight: number }[];
  /** Stands directly under this one. */
  below?: Standing;
}

const rounds = 16;
/** So that the fullest column need not be packed from its top. */
const slack = 12;

export function settleClosely(standings: readonly Standing[]): void {
  const columns = new Map<number, Standing[]>();
  for (const standing of standings) columns.set(standing.column, [...(columns.get(standing.column) ?? []), standing]);
  const order = [...columns.keys()].sort((a, b) => a - b);
  const fullest = (): number => Math.max(...[...columns.values()].map((column) => packed(free(column), fixed(column)).at(-1) ?? 0));
  for (let round = 0; round < rounds; round++) {
    const floor = fullest() + slack;
    for (const key of round % 2 === 0 ? order : [...order].reverse()) {
      const column = columns.get(key) ?? [];
      for (const standing of column) if (!standing.fixed) standing.y = wished(standing);
      place(free(column), fixed(column), floor);
    }
  }
}

function wished(standing: Standing): number {
  // A little below is enough: what stands under another comes right after it.
  if (standing.below) return standing.below.y + 0.5;
  let [sum, weights] = [0, 0];
  for (const { to, weight } of standing.links) {
    // What is on top of everything pulls only a little, or all would pile up below it.
    const pull = to.fixed ? weight * 0.5 : weight;
    sum += to.y * pull;
    weights += pull;
  }
  return weights > 0 ? sum / weights : standing.y;
}

const free = (column: readonly Standing[]): readonly Standing[] => column.filter((standing) => !standing.fixed).sort((a, b) => a.y - b.y || a.order - b.order);
const fixed = (column: readonly Standing[]): readonly Standing[] => column.filter((standing) => standing.fixed).sort((a, b) => a.y - b.y);
const apart = (above: Standing, under: Standing): number => above.down + under.up;

/** The next height, from one on, at which it lies over nothing that is fixed. */
function nextFree(standing: Standing, from: number, around: readonly Standing[]): number {
  let y = from;
  for (const other of around) if (y > other.y - apart(standing, other) && y < other.y + apart(other, standing)) y = other.y + apart(other, standing);
  return y;
}

/** As high as they can stand in this order. */
function packed(list: readonly Standing[], around: readonly Standing[]): readonly number[] {
  let y = 0;
  return list.map((standing, i) => {
    const before = list[i - 1];
    y = nextFree(standing, before ? y + apart(before, standing) : 0, around);
    return y;
  });
}

/** As low as they can stand in this order above a floor. */
function packedLow(list: readonly Standing[], around: readonly Standing[], floor: number): readonly number[] {
  const lows: number[] = [];
  let y = floor;
  for (let i = list.length - 1; i >= 0; i--) {
    const [standing, after] = [list[i] as Standing, list[i + 1]];
    if (after) y -= apart(standing, after);
    for (const other of [...around].reverse()) if (y > other.y - apart(standing, other) && y < other.y + apart(other, standing)) y = other.y - apart(standing, other);
    lows[i] = y;
  }
  return lows;
}

function place(list: readonly Standing[], around: readonly Standing[], floor: number): void {
  const highs = packed(list, around);
  const lows = packedLow(list, around, Math.max(floor, highs.at(-1) ?? 0));
  const ideal = nearest(list);
  let y = -Infinity;
  list.forEach((standing, i) => {
    const before = list[i - 1];
    const [high = 0, low = high] = [highs[i], lows[i]];
    const least = Math.max(high, before ? y + apart(before, standing) : high);
    // Whole pixels, so that straight edges are sharp; rounded down they could lie over what is above.
    y = nextFree(standing, Math.max(least, Math.min(Math.round(ideal[i] ?? 0), Math.max(low, high))), around);
    standing.y = y;
  });
}

/** Nearest to what each wishes, in squares, in this order and apart: runs that would overlap share the mean of what they wish. */
function nearest(list: readonly Standing[]): readonly number[] {
  let offset = 0;
  const offsets = list.map((standing, i) => (offset += i === 0 ? 0 : apart(list[i - 1] as Standing, standing)));
  const runs: { sum: number; count: number }[] = [];
  list.forEach(({ y }, i) => {
    runs.push({ sum: y - (offsets[i] ?? 0), count: 1 });
    for (;;) {
      const [before, last] = [runs.at(-2), runs.at(-1)];
      if (!before || !last || before.sum / before.count <= last.sum / last.count) break;
      runs.splice(-2, 2, { sum: before.sum + last.sum, count: before.count + last.count });
    }
  });
  const base = runs.flatMap(({ sum, count }) => Array.from({ length: count }, () => sum / count));
  return base.map((mean, i) => mean + (offsets[i] ?? 0));
}
