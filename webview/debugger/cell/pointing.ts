// What lies under a place of the cell's picture, the next node in a direction, and where a unit stands in a strip.
// Not listening (view/cell-pointing.ts). Places are those of the picture, in its own pixels.
// Invariant: from every node the four directions reach a node or nothing; going there and on never leaves the picture.
import type { PlacedCell, PlacedNode } from './placed';

/** Half a strip's height and what a pointer may miss it by; names stand above it. */
const aroundStrip = 8;
const nameAbove = 22;

export interface UnderPointer {
  readonly node: string;
  /** Part of the strip's width; left out over the name. */
  readonly part?: number;
}

export function nodeUnder({ nodes, strip }: PlacedCell, x: number, y: number): UnderPointer | undefined {
  const found = nodes.find((node) => x >= node.x - 1 && x <= node.x + strip + 1 && y >= node.y - nameAbove && y <= node.y + aroundStrip);
  if (!found) return undefined;
  return y < found.y - aroundStrip ? { node: found.id } : { node: found.id, part: Math.min(1, Math.max(0, (x - found.x) / strip)) };
}

export type Direction = 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown';

/** The nearest node in a direction: along it counts once, across it twice. */
export function nextNode({ nodes }: PlacedCell, from: string, direction: Direction): PlacedNode | undefined {
  const here = nodes.find(({ id }) => id === from);
  if (!here) return nodes[0];
  const across = direction === 'ArrowUp' || direction === 'ArrowDown';
  const sign = direction === 'ArrowLeft' || direction === 'ArrowUp' ? -1 : 1;
  let nearest: PlacedNode | undefined;
  let least = Infinity;
  for (const node of nodes) {
    const [dx, dy] = [node.x - here.x, node.y - here.y];
    const [along, aside] = across ? [dy * sign, Math.abs(dx)] : [dx * sign, Math.abs(dy)];
    if (along <= 0) continue;
    const distance = along + 2 * aside;
    if (distance < least) [nearest, least] = [node, distance];
  }
  return nearest;
}

/** The unit at a part of a strip whose cells stand in an order. */
export function unitOfPart(part: number, order: readonly number[]): number | undefined {
  return order[Math.min(order.length - 1, Math.floor(part * order.length))];
}

/** Middle of a unit's cell as a part of the strip's width; undefined when it is not among them. */
export function partOfUnit(unit: number, order: readonly number[]): number | undefined {
  const place = order.indexOf(unit);
  return place < 0 ? undefined : (place + 0.5) / order.length;
}
