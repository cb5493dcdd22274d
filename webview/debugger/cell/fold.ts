// Which equations of a cell stand in their users' nodes rather than in their own, so that its picture can be read at a glance.
// Not the picture of one equation (graph.ts): the equations below the picture show every line with its values.
// Invariant: gates and new states are never folded; what is not too much is not folded at all; the same cell is always folded alike.
import type { EquationView } from '../../../protocol/cell-view';
import { columnsOf } from './columns';
import { buildGraph, type CellGraph, names } from './graph';

export const mostNodes = 24;
/** So many columns stand beside each other in the page's side column. */
export const mostColumns = 9;

export function cellGraph(equations: readonly EquationView[]): CellGraph {
  const whole = buildGraph(equations, new Set());
  return folded(equations, whole);
}

function folded(equations: readonly EquationView[], whole: CellGraph): CellGraph {
  if (whole.nodes.length <= mostNodes) return shortened(equations, whole, new Set());
  const gates = new Set(equations.filter(({ kind }) => kind === 'gate').map(({ name }) => name));
  const within = new Set(equations.filter((e) => e.kind === 'let' && !names(e.expression).some(({ name }) => gates.has(name))).map(({ name }) => name));
  const withoutGates = buildGraph(equations, within);
  if (withoutGates.nodes.length <= mostNodes) return shortened(equations, withoutGates, within);
  // What only one equation uses reads as a part of it.
  for (const { name } of equations.filter((e) => e.kind === 'let' && usersOf(equations, e.name).length === 1)) within.add(name);
  const once = buildGraph(equations, within);
  if (once.nodes.length <= mostNodes) return shortened(equations, once, within);
  // Last, products in sums: but those that a highway runs through.
  const products = new Set(once.highways.flat());
  return shortened(equations, buildGraph(equations, within, products), within, products);
}

/** A long chain becomes shorter where an equation has only one user: those first that make the shortest sums of equations. */
function shortened(equations: readonly EquationView[], graph: CellGraph, within: ReadonlySet<string>, products?: ReadonlySet<string>): CellGraph {
  const columns = columnsOf(graph);
  if (Math.max(0, ...columns.values()) < mostColumns) return graph;
  const next = new Map<string, string>();
  for (const { name, kind } of equations) {
    const [user, ...others] = usersOf(equations, name);
    if (kind === 'let' && !within.has(name) && user !== undefined && others.length === 0 && onLongestWay(graph, columns).has(name)) next.set(name, user.name);
  }
  let least: string | undefined;
  let size = Infinity;
  for (const [name, user] of next) {
    const together = sizeOf(equations, name, within) + sizeOf(equations, user, within);
    if (together < size) [least, size] = [name, together];
  }
  if (least === undefined) return graph;
  const more = new Set([...within, least]);
  return shortened(equations, buildGraph(equations, more, products), more, products);
}

const usersOf = (equations: readonly EquationView[], name: string): readonly EquationView[] =>
  equations.filter(({ expression }) => names(expression).some((used) => used.name === name && used.role === 'value'));

/** Equations that stand in a node: its own and those folded into it. */
function sizeOf(equations: readonly EquationView[], name: string, within: ReadonlySet<string>): number {
  const equation = equations.find((each) => each.name === name && each.kind !== 'state') ?? equations.find((each) => each.name === name);
  const inside = equation ? names(equation.expression).filter((used) => used.role === 'value' && within.has(used.name)) : [];
  return 1 + inside.reduce((sum, used) => sum + sizeOf(equations, used.name, within), 0);
}

/** Nodes on a way as long as the cell is deep. */
function onLongestWay({ nodes, edges }: CellGraph, columns: ReadonlyMap<string, number>): ReadonlySet<string> {
  const found = new Set<string>();
  const deepest = Math.max(...columns.values());
  const byDepth = [...nodes].sort((a, b) => (columns.get(b.id) ?? 0) - (columns.get(a.id) ?? 0));
  for (const { id } of byDepth) {
    const depth = columns.get(id) ?? 0;
    if (depth === deepest || edges.some(({ from, to }) => from === id && found.has(to) && (columns.get(to) ?? 0) === depth + 1)) found.add(id);
  }
  return found;
}
