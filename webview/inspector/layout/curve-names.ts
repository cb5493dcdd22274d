// Where the names of the curves stand: beside their own curve, clear of the cursor's column, of all curves and of each other.
// Not the curves (curves.ts) and not drawing. Widths of words are estimated: nothing is measured in a layout.
// Invariant: the same curves and cursor give the same places; a name without a clear place takes the one that covers least.

export type Point = readonly [number, number];

export interface NameWish {
  readonly text: string;
  readonly pieces: readonly (readonly Point[])[];
  /** Part of the curve from its left end at which the name is looked for first. */
  readonly part: number;
  /** Sides that may be taken, the better one first: −1 above, 1 below. */
  readonly sides: readonly (-1 | 1)[];
}

/** Left end and base line of a name. */
export interface NamePlace {
  readonly x: number;
  readonly y: number;
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

const letter = 6.4;
const ascent = 9;
const descent = 3;

/** @param taken boxes that no name may cover: the cursor's column, other words. */
export function namePlaces(wishes: readonly NameWish[], taken: readonly Box[], bounds: Box): (NamePlace | undefined)[] {
  const curves = wishes.flatMap(({ pieces }) => pieces);
  const covered: Box[] = [...taken];
  return wishes.map(({ text, pieces, part, sides }) => {
    const points = pieces.flat();
    const width = text.length * letter;
    const wanted = part * (points.length - 1);
    const order = points.map((_, i) => i).sort((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted));
    let best: { readonly box: Box; readonly cost: number } | undefined;
    for (const i of order) {
      const [x = 0, y = 0] = points[i] ?? [];
      if (x + width > bounds.right) continue;
      for (const side of sides) {
        // As near as the curve allows over the whole width of the name.
        const [top, bottom] = extent(pieces, x, x + width) ?? [y, y];
        const base = side < 0 ? top - descent - 3 : bottom + ascent + 4;
        const box = { left: x, right: x + width, top: base - ascent, bottom: base + descent };
        if (box.top < bounds.top || box.bottom > bounds.bottom) continue;
        const cost = 8 * covered.filter((other) => overlap(box, other)).length + curves.filter((curve) => crosses(curve, box)).length;
        if (cost < (best?.cost ?? Infinity)) best = { box, cost };
      }
      if (best?.cost === 0) break;
    }
    if (!best) return undefined;
    covered.push(best.box);
    return { x: best.box.left, y: best.box.bottom - descent };
  });
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/** Heights between which a curve runs from one x to another. */
function extent(pieces: readonly (readonly Point[])[], from: number, to: number): readonly [number, number] | undefined {
  const inside = pieces.flatMap((piece) => between(piece, from, to));
  return inside.length === 0 ? undefined : [Math.min(...inside), Math.max(...inside)];
}

function crosses(curve: readonly Point[], box: Box): boolean {
  const inside = between(curve, box.left, box.right);
  return inside.length > 0 && Math.min(...inside) < box.bottom && Math.max(...inside) > box.top;
}

/** Heights of a piece's corners within a stretch, and where it enters and leaves. */
function between(piece: readonly Point[], from: number, to: number): number[] {
  const heights = piece.filter(([x]) => x >= from && x <= to).map(([, y]) => y);
  for (const edge of [from, to]) {
    const after = piece.findIndex(([x]) => x >= edge);
    const [a, b] = [piece[after - 1], piece[after]];
    if (a && b) heights.push(a[1] + ((edge - a[0]) / (b[0] - a[0] || 1)) * (b[1] - a[1]));
  }
  return heights;
}
