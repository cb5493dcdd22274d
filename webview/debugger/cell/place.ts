// Places the nodes of a cell by rules, without a layout library: columns by depth, highways in the top rows, other rows by barycentre.
// Not drawing. Long edges take a narrow lane of their own in the columns they cross.
// Invariant: nodes of one column are at least `rowGap` apart; the same graph always gets the same places.
import { columnsOf, countOf } from './columns';
import { passedThrough } from './course';
import type { CellGraph, CellNode } from './graph';
import { needsTwoLines } from './labels';
import { placeClosely } from './place-closely';
import { columnWidths, type PlacedCell, type PlacedEdge, type PlacedNode } from './placed';

export const rowGap = 46;
const laneGap = 22;
/** Under a state whose number and origin stand on two lines. */
const tallGap = 60;
interface Slot {
  readonly key: string;
  readonly column: number;
  readonly gap: number;
  readonly pinned: boolean;
  y: number;
}

/** Higher than this, a cell is placed closely: it is to be seen whole beside an editor. */
const mostHeight = 320;

export function placeCell(graph: CellGraph, room: number): PlacedCell {
  const spacious = placeSpaciously(graph, room);
  const clear = throughNodes(spacious).length === 0;
  if (clear && spacious.height <= mostHeight) return spacious;
  const close = placeClosely(graph, room, mostHeight);
  if (clear && close.height >= spacious.height) return spacious;
  // What stands under a value with something between them takes a column of its own.
  const apart = new Set(throughNodes(close).flatMap(({ to, vertical }) => (vertical ? [to] : [])));
  return apart.size === 0 ? close : placeCell({ ...graph, nodes: graph.nodes.map(({ under, ...node }) => (under === undefined || apart.has(node.id) ? node : { ...node, under })) }, room);
}

const throughNodes = (placed: PlacedCell): readonly PlacedEdge[] => placed.edges.filter((edge) => passedThrough(placed, edge).length > 0);

function placeSpaciously(graph: CellGraph, room: number): PlacedCell {
  const columns = columnsOf(graph);
  const count = countOf(columns);
  const { strip, pitch } = columnWidths(count, room);
  const gapOf = ({ id, kind }: CellNode): number => ((kind === 'state' || kind === 'next') && needsTwoLines(id, pitch - 5) ? tallGap : rowGap);
  const top = new Map<string, number>();
  let rowAt = 0;
  for (const path of graph.highways) {
    for (const id of path) if (!top.has(id)) top.set(id, rowAt);
    rowAt += Math.max(rowGap, ...graph.nodes.filter(({ id }) => path.includes(id)).map(gapOf));
  }
  const slots = new Map<string, Slot>();
  const links: [Slot, Slot, number][] = [];
  const add = (key: string, column: number, gap: number, pinnedAt: number | undefined): Slot => {
    const slot: Slot = { key, column, gap, pinned: pinnedAt !== undefined, y: pinnedAt ?? rowAt + [...slots.values()].filter((s) => s.column === column && !s.pinned).length * rowGap };
    slots.set(key, slot);
    return slot;
  };
  for (const node of graph.nodes) add(node.id, columns.get(node.id) ?? 0, gapOf(node), top.get(node.id));
  const ways = new Map<string, Slot[]>();
  for (const edge of graph.edges) {
    const from = slots.get(edge.from);
    const to = slots.get(edge.to);
    if (!from || !to) continue;
    const way = [from];
    const onTop = from.pinned && to.pinned;
    for (let column = from.column + 1; column < to.column && !onTop; column++) way.push(add(`${edge.from}>${edge.to}@${column}`, column, laneGap, undefined));
    way.push(to);
    // A long edge should run straight.
    for (let i = 1; i < way.length; i++) links.push([way[i - 1] as Slot, way[i] as Slot, way.length > 2 ? 5 : 1]);
    ways.set(`${edge.from}\n${edge.to}`, way);
  }
  settle([...slots.values()], links);
  const lowest = Math.min(0, ...[...slots.values()].map(({ y }) => y));
  const nodes = graph.nodes.map((node): PlacedNode => {
    const slot = slots.get(node.id) as Slot;
    return { ...node, column: slot.column, x: slot.column * pitch, y: slot.y - lowest + 24 };
  });
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const edges = graph.edges.flatMap((edge): PlacedEdge[] => {
    const from = byId.get(edge.from);
    const to = byId.get(edge.to);
    if (!from || !to) return [];
    const highway = graph.highways.some((path) => path.some((id, i) => id === edge.from && path[i + 1] === edge.to));
    if (from.column === to.column) {
      const x = from.x + strip / 2;
      return [{ ...edge, highway, vertical: true, points: [[x, from.y + 10], [x, to.y - 24]] }];
    }
    const way = ways.get(`${edge.from}\n${edge.to}`) ?? [];
    const between = straightened(way, from, to, nodes, lowest).map(([column, y]) => [column * pitch + strip / 2, y] as const);
    return [{ ...edge, highway, vertical: false, points: [[from.x + strip, from.y], ...between, [to.x, to.y]] }];
  });
  return { nodes, edges, width: (count - 1) * pitch + strip + 1, height: Math.max(...nodes.map(({ y }) => y)) + 38, strip, pitch, close: false };
}

/** A long edge runs level where it can: at its source's height, its target's, or where its own lane lies, clear of nodes. */
function straightened(way: readonly Slot[], from: PlacedNode, to: PlacedNode, nodes: readonly PlacedNode[], lowest: number): (readonly [number, number])[] {
  const between = way.slice(1, -1);
  if (between.length === 0) return [];
  const crossed = nodes.filter(({ column }) => column > from.column && column < to.column);
  const own = between.reduce((sum, { y }) => sum + y - lowest + 24, 0) / between.length;
  const level = [from.y, to.y, own].find((y) => crossed.every((node) => Math.abs(node.y - y) >= laneGap + 2));
  return between.map((slot) => [slot.column, level ?? slot.y - lowest + 24] as const);
}

/** Barycentres, then apart within each column; a few rounds settle it. */
function settle(slots: readonly Slot[], links: readonly (readonly [Slot, Slot, number])[]): void {
  const columns = new Map<number, Slot[]>();
  for (const slot of slots) columns.set(slot.column, [...(columns.get(slot.column) ?? []), slot]);
  const order = [...columns.keys()].sort((a, b) => a - b);
  const floor = Math.max(0, ...slots.filter(({ pinned }) => pinned).map(({ y, gap }) => y + gap));
  for (let round = 0; round < 24; round++) {
    for (const key of round % 2 === 0 ? order : [...order].reverse()) {
      const column = columns.get(key) ?? [];
      for (const slot of column) {
        if (slot.pinned) continue;
        let sum = 0;
        let weights = 0;
        for (const [a, b, weight] of links) {
          const other = a === slot ? b : b === slot ? a : undefined;
          // A slot on top of everything pulls only a little, or all would pile up below the highway.
          if (!other) continue;
          const pull = other.pinned ? weight * 0.5 : weight;
          sum += other.y * pull;
          weights += pull;
        }
        if (weights > 0) slot.y = sum / weights;
      }
      // The line of a highway passes through every column, nodes on it or not.
      separate(column.filter(({ pinned }) => !pinned), floor);
    }
  }
  // Whole pixels, so that straight edges are sharp.
  for (const slot of slots) slot.y = Math.round(slot.y);
}

function separate(column: Slot[], floor: number): void {
  column.sort((a, b) => a.y - b.y);
  const middle = column.reduce((sum, { y }) => sum + y, 0) / Math.max(1, column.length);
  for (let i = 1; i < column.length; i++) {
    const [before, here] = [column[i - 1] as Slot, column[i] as Slot];
    here.y = Math.max(here.y, before.y + Math.max(before.gap, here.gap) * ((before.gap === laneGap) === (here.gap === laneGap) ? 1 : 0.75));
  }
  const moved = column.reduce((sum, { y }) => sum + y, 0) / Math.max(1, column.length);
  const shift = Math.max(middle - moved, floor - (column[0]?.y ?? floor));
  for (const slot of column) slot.y += shift;
}
