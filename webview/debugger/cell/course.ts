// The course of an edge through the picture, and which nodes it runs through.
// Not placing and not drawing: an edge is a row of points, bent between any two so that it leaves and arrives level.
import type { PlacedCell, PlacedEdge } from './placed';

type Point = readonly [number, number];

/** As SVG writes it. */
export function pathOf({ points, vertical }: PlacedEdge): string {
  const [start, ...rest] = points;
  if (!start) return '';
  let path = `M${start[0]},${start[1]}`;
  let before = start;
  for (const point of rest) {
    const bend = (point[0] - before[0]) / 2;
    path += vertical ? `L${point[0]},${point[1]}` : `C${before[0] + bend},${before[1]} ${point[0] - bend},${point[1]} ${point[0]},${point[1]}`;
    before = point;
  }
  return path;
}

/** Half of a strip's height. */
const half = 6;

/** Nodes other than its ends that an edge runs through. */
export function passedThrough({ nodes, strip }: PlacedCell, edge: PlacedEdge): readonly string[] {
  const found: string[] = [];
  for (const { id, x, y } of nodes) {
    if (id === edge.from || id === edge.to) continue;
    const passed = edge.points.some((to, i) => {
      const from = edge.points[i - 1];
      if (!from) return false;
      if (edge.vertical) return from[0] > x && from[0] < x + strip && Math.min(from[1], to[1]) < y + half && Math.max(from[1], to[1]) > y - half;
      const [left, right] = [Math.max(x, from[0]), Math.min(x + strip, to[0])];
      if (left >= right) return false;
      // It only rises or only falls between two points.
      const [a, b] = [heightAt(from, to, left), heightAt(from, to, right)];
      return Math.min(a, b) < y + half && Math.max(a, b) > y - half;
    });
    if (passed) found.push(id);
  }
  return found;
}

function heightAt([x0, y0]: Point, [x1, y1]: Point, x: number): number {
  // With both handles in the middle, x over the curve is 1.5 t − 1.5 t² + t³.
  const goal = (x - x0) / (x1 - x0);
  let [low, high] = [0, 1];
  for (let i = 0; i < 20; i++) {
    const t = (low + high) / 2;
    if (1.5 * t - 1.5 * t * t + t ** 3 < goal) low = t;
    else high = t;
  }
  return y0 + (y1 - y0) * (3 * low * low - 2 * low ** 3);
}
