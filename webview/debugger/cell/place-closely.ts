// Places a cell of many nodes closely: what shares a depth stands in several columns, rows are as high as their words, lines of highways have nodes between them.
// Not for the cells of the books (place.ts). Edges that cross columns run together, by their source or by their target, in lanes of their own.
// Invariant: no node, word or lane of a column lies over another, so that no edge passes through a node; the same graph always gets the same places.
import { columnsOf } from './columns';
import type { CellEdge, CellGraph, CellNode } from './graph';
import { needsTwoLines } from './labels';
import { columnWidths, type PlacedCell, type PlacedEdge, type PlacedNode } from './placed';
import { settleClosely, type Standing } from './settle-closely';

/** Above a strip's middle: its name; below: the ticks of picked units, a number, where a state comes from. In a lane: one line. */
const above = 20;
const below = { ticks: 14, number: 21, origin: 23, both: 34 } as const;
const lane = 5;
const line = 4;
/** Columns closer than this have no room for a name and a number beside each other. */
const closest = 60;
const fewestRows = 4;

export function placeClosely(graph: CellGraph, room: number, mostHeight: number): PlacedCell {
  const depths = columnsOf(graph);
  const largest = Math.max(...[...depths.values()].map((depth) => [...depths.values()].filter((other) => other === depth).length));
  let best: PlacedCell | undefined;
  let tried = 0;
  for (let rows = Math.max(fewestRows, largest); rows >= fewestRows; rows--) {
    const columns = splitColumns(graph, depths, rows);
    if (columns.count === tried) continue;
    if (best !== undefined && columnWidths(columns.count, room).pitch < closest) break;
    tried = columns.count;
    const placed = placeIn(graph, columns, room);
    if (best === undefined || placed.height < best.height) best = placed;
    // The fewest columns that are low enough.
    if (placed.height <= mostHeight) break;
  }
  return best ?? placeIn(graph, splitColumns(graph, depths, largest), room);
}

interface Columns {
  readonly of: ReadonlyMap<string, number>;
  readonly count: number;
}

/** Nodes of one depth in as many columns as they need with so many rows, in the order of the equations; those of a highway in the last of them. */
function splitColumns(graph: CellGraph, depths: ReadonlyMap<string, number>, rows: number): Columns {
  const onHighway = new Set(graph.highways.flat());
  const of = new Map<string, number>();
  let first = 0;
  for (let depth = 0; depth <= Math.max(0, ...depths.values()); depth++) {
    const here = graph.nodes.filter(({ id }) => depths.get(id) === depth);
    const free = here.filter(({ id, under }) => !onHighway.has(id) && !here.some((node) => node.id === under));
    const parts = Math.max(1, Math.ceil(free.length / rows));
    const size = Math.ceil(free.length / parts);
    // Old states and inputs stand at the left, new values where all their operands are left of them.
    for (const { id } of here) of.set(id, depth === 0 ? first : first + parts - 1);
    free.forEach(({ id }, index) => of.set(id, first + Math.floor(index / size)));
    for (const { id, under } of here) if (under !== undefined && here.some((node) => node.id === under)) of.set(id, of.get(under) ?? first);
    first += parts;
  }
  return { of, count: first };
}

function placeIn(graph: CellGraph, columns: Columns, room: number): PlacedCell {
  const { strip, pitch } = columnWidths(columns.count, room);
  const standings = new Map<string, Standing>();
  const add = (key: string, column: number, up: number, down: number, fixed?: number): Standing => {
    const known = standings.get(key);
    if (known) return known;
    const made: Standing = { key, column, up, down, fixed: fixed !== undefined, order: standings.size, y: fixed ?? standings.size, links: [] };
    standings.set(key, made);
    return made;
  };
  const downOf = ({ id, kind }: CellNode): number => {
    // Names of gradients are the longer ones; nothing moves when the pass changes.
    const twoLines = needsTwoLines(id.includes(' ') ? `∂(${id})` : `∂${id}`, columns.of.get(id) === columns.count - 1 ? strip : pitch - 5);
    const origin = kind === 'state' || kind === 'next' || kind === 'input';
    return origin ? (twoLines ? below.both : below.origin) : twoLines ? below.number : below.ticks;
  };
  const rowOf = new Map<string, number>();
  let rowAt = 0;
  for (const path of graph.highways) {
    const own = graph.nodes.filter(({ id }) => path.includes(id) && !rowOf.has(id));
    for (const { id } of own) rowOf.set(id, rowAt);
    if (own.length === 0) continue;
    rowAt += above + Math.max(...own.map(downOf));
  }
  for (const node of graph.nodes) add(node.id, columns.of.get(node.id) ?? 0, above, downOf(node), rowOf.get(node.id));
  const of = (id: string): Standing | undefined => standings.get(id);
  // The line of a highway crosses every column from its state on, and goes on to the next step.
  const level = new Set<CellEdge>();
  for (const path of graph.highways) {
    const [start, ...rest] = path.flatMap((id) => of(id) ?? []);
    if (start?.fixed !== true) continue;
    for (let column = start.column; column < columns.count; column++) {
      const taken = [...standings.values()].some((standing) => standing.column === column && standing.fixed && standing.y === start.y);
      if (!taken) add(`line ${start.y}@${column}`, column, line, line, start.y);
    }
    let before = start;
    for (const here of rest) {
      const edge = here.y === start.y && before.y === start.y ? graph.edges.find(({ from, to }) => from === before.key && to === here.key) : undefined;
      if (edge) level.add(edge);
      before = here;
    }
  }
  const ways = laneWays(graph.edges.filter((edge) => !level.has(edge)), of, (key, column) => add(key, column, lane, lane));
  for (const node of graph.nodes) {
    const [base, own] = [node.under === undefined ? undefined : of(node.under), of(node.id)];
    if (base && own && base.column === own.column) own.below = base;
  }
  settleClosely([...standings.values()]);
  const nodes = graph.nodes.map((node): PlacedNode => {
    const { column, y } = of(node.id) as Standing;
    return { ...node, column, x: column * pitch, y: y + 24 };
  });
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const edges = graph.edges.flatMap((edge): PlacedEdge[] => {
    const [from, to] = [byId.get(edge.from), byId.get(edge.to)];
    if (!from || !to) return [];
    const highway = graph.highways.some((path) => path.some((id, i) => id === edge.from && path[i + 1] === edge.to));
    if (from.column === to.column) {
      const x = from.x + strip / 2;
      return [{ ...edge, highway, vertical: true, points: [[x, from.y + 10], [x, to.y - 24]] }];
    }
    const between = (ways.get(edge) ?? []).flatMap(({ column, y }) => [[column * pitch, y + 24], [column * pitch + strip, y + 24]] as const);
    return [{ ...edge, highway, vertical: false, points: [[from.x + strip, from.y], ...between, [to.x, to.y]] }];
  });
  const lowest = Math.max(...[...standings.values()].map(({ y, down }) => y + Math.max(down, below.ticks)));
  return { nodes, edges, width: (columns.count - 1) * pitch + strip + 1, height: Math.round(lowest + 24 + 4), strip, pitch, close: true };
}

/** The lanes that each edge takes through the columns it crosses: shared by all with the same source, or by all with the same target, whichever are more. */
function laneWays(edges: readonly CellEdge[], of: (id: string) => Standing | undefined, laneIn: (key: string, column: number) => Standing): ReadonlyMap<CellEdge, readonly Standing[]> {
  const far = edges.filter(({ from, to }) => (of(to)?.column ?? 0) - (of(from)?.column ?? 0) > 1);
  const count = (end: 'from' | 'to', id: string): number => far.filter((edge) => edge[end] === id).length;
  const ways = new Map<CellEdge, readonly Standing[]>();
  const linked = new Set<string>();
  const link = (a: Standing, b: Standing, weight: number): void => {
    const key = `${a.key}\n${b.key}`;
    if (linked.has(key)) return;
    linked.add(key);
    a.links.push({ to: b, weight });
    b.links.push({ to: a, weight });
  };
  for (const edge of edges) {
    const [from, to] = [of(edge.from), of(edge.to)];
    if (!from || !to || from.column >= to.column) continue;
    const way: Standing[] = [];
    const shared = count('from', edge.from) >= count('to', edge.to) ? `from ${edge.from}` : `to ${edge.to}`;
    for (let column = from.column + 1; column < to.column; column++) way.push(laneIn(`${shared}@${column}`, column));
    const all = [from, ...way, to];
    for (let i = 1; i < all.length; i++) link(all[i - 1] as Standing, all[i] as Standing, i > 1 && i < all.length - 1 ? 5 : 1);
    ways.set(edge, way);
  }
  return ways;
}
