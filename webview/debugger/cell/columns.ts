// In which column each node of a cell stands: by depth, and how wide a cell is at least for it.
// Not places. Invariant: every operand of a node stands left of it, but for a function drawn under the value it is of.
import type { CellGraph, CellNode } from './graph';
import { leastGap, leastStrip } from './placed';

/** Inputs and old states 0; everything else one right of its deepest operand; the first function of one node stands under it. */
export function columnsOf({ nodes, edges, highways }: CellGraph): ReadonlyMap<string, number> {
  const columns = new Map<string, number>();
  const operands = new Map<string, string[]>();
  for (const { from, to } of edges) operands.set(to, [...(operands.get(to) ?? []), from]);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  // A second function of the same value would stand in the way of the first.
  const firstUnder = new Map([...nodes].reverse().map(({ id, under }) => [under, id]));
  // What a highway runs through stands beside, not under.
  const stacked = ({ id, under }: CellNode): boolean => under !== undefined && firstUnder.get(under) === id && !highways.some((path) => path.includes(id) && path.includes(under));
  const depth = (id: string, open: ReadonlySet<string>): number => {
    const known = columns.get(id);
    if (known !== undefined) return known;
    const node = byId.get(id);
    if (!node || node.kind === 'input' || node.kind === 'state' || open.has(id)) return 0;
    const inside = new Set([...open, id]);
    const deepest = Math.max(-1, ...(operands.get(id) ?? []).map((operand) => depth(operand, inside)));
    // Under an old state or an input there is a row of inputs: such a function takes a column of its own.
    const column = stacked(node) && deepest > 0 ? deepest : Math.max(1, deepest + 1);
    columns.set(id, column);
    return column;
  };
  for (const { id, kind } of nodes) columns.set(id, kind === 'input' || kind === 'state' ? 0 : depth(id, new Set()));
  return columns;
}

export const countOf = (columns: ReadonlyMap<string, number>): number => Math.max(1, ...[...columns.values()].map((column) => column + 1));

const leastWidths = new WeakMap<CellGraph, number>();

/** What a cell needs so that nothing of it must be scrolled to. */
export function leastWidth(graph: CellGraph): number {
  const known = leastWidths.get(graph);
  if (known !== undefined) return known;
  const least = countOf(columnsOf(graph)) * (leastStrip + leastGap) - leastGap + 1;
  leastWidths.set(graph, least);
  return least;
}
