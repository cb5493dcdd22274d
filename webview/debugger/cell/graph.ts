// From a cell's equations to the nodes and edges of its picture, for any cell.
// Not places (place.ts), not which equations fold (fold.ts) and not values: a node's id is the text of its expression, by which its value is asked for.
// Nodes: inputs and states before the step that are used; every equation; elementwise products inside a sum; a function of one value inside a product.
// Invariant: no cell and no gate is known by name; edges run from operands to users and form no cycle.
import type { EquationView, ExpressionView } from '../../../protocol/cell-view';
import { children, factors, print, terms } from '../expression';

export interface CellNode {
  /** Text of the expression: `x`, `h`, `f`, `f * c`, `tanh(c')`, `c'`. */
  readonly id: string;
  readonly kind: 'input' | 'state' | 'gate' | 'value' | 'next';
  /** Index of the equation it stands for or in; undefined for inputs and old states. */
  readonly equation?: number;
  /** A function of one other node: drawn under it. */
  readonly under?: string;
}

export interface CellEdge {
  readonly from: string;
  readonly to: string;
  /** Texts of the matrix products on the way; empty for an elementwise edge. */
  readonly products: readonly string[];
}

export interface CellGraph {
  readonly nodes: readonly CellNode[];
  readonly edges: readonly CellEdge[];
  /** Ids from an old state to its new value without a matrix product, one list a state. */
  readonly highways: readonly (readonly string[])[];
}

/**
 * @param folded equations that stand in their users' nodes
 * @param products the only products inside sums with a node of their own; all of them when it is left out
 */
export function buildGraph(equations: readonly EquationView[], folded: ReadonlySet<string>, products?: ReadonlySet<string>): CellGraph {
  const nodes = new Map<string, CellNode>();
  const edges = new Map<string, CellEdge>();
  const defined = new Map(equations.map((equation) => [equation.name, equation]));
  const connect = (from: string, to: string, product: string | undefined): void => {
    const key = `${from}\n${to}`;
    const known = edges.get(key)?.products ?? [];
    edges.set(key, { from, to, products: product === undefined || known.includes(product) ? known : [...known, product] });
  };
  /** The node of a name, made on first use; nothing for parameters and sizes. */
  const nodeOf = (name: Extract<ExpressionView, { kind: 'name' }>): string | undefined => {
    const id = print(name);
    if (name.role === 'param' || name.role === 'size') return undefined;
    if (name.role === 'input' || name.role === 'state') {
      if (!nodes.has(id)) nodes.set(id, { id, kind: name.role });
      return id;
    }
    return nodes.has(id) ? id : undefined;
  };
  /** Connects what an expression uses to a node; makes nodes of the parts that have one of their own. */
  const use = (expression: ExpressionView, user: string, index: number, place: 'root' | 'inside sum' | 'inside product' | 'other', product: string | undefined): void => {
    if (expression.kind === 'name') {
      const equation = defined.get(expression.name);
      if (expression.role === 'value' && equation && folded.has(expression.name)) return use(equation.expression, user, index, 'other', product);
      const from = nodeOf(expression);
      if (from !== undefined) connect(from, user, product);
      return;
    }
    if (expression.kind === 'binary' && expression.op === '@') {
      const text = print(expression);
      for (const child of children(expression)) use(child, user, index, 'other', product ?? text);
      return;
    }
    const ownNode = product === undefined && ((place === 'inside sum' && isProduct(expression) && (products?.has(print(expression)) ?? true)) || (place === 'inside product' && isFunctionOfOne(expression)));
    if (ownNode) {
      const id = print(expression);
      if (!nodes.has(id)) {
        const argument = expression.kind === 'call' ? expression.args[0] : undefined;
        const under = argument?.kind === 'name' ? nodeOf(argument) : undefined;
        // Reserved first, so that its operands come after it in no one's way; filled with its edges below.
        const inner = expression.kind === 'call' ? expression.args : factors(expression);
        for (const part of inner) use(part, id, index, expression.kind === 'call' ? 'other' : 'inside product', undefined);
        nodes.set(id, { id, kind: 'value', equation: index, ...(under === undefined ? {} : { under }) });
      }
      connect(id, user, undefined);
      return;
    }
    if (expression.kind === 'binary' && (expression.op === '+' || expression.op === '-')) {
      for (const { of } of terms(expression)) use(of, user, index, 'inside sum', product);
      return;
    }
    if (isProduct(expression)) {
      for (const part of factors(expression)) use(part, user, index, 'inside product', product);
      return;
    }
    for (const child of children(expression)) use(child, user, index, 'other', product);
  };
  equations.forEach((equation, index) => {
    if (folded.has(equation.name)) return;
    const id = equation.kind === 'state' ? `${equation.name}'` : equation.name;
    use(equation.expression, id, index, 'root', undefined);
    nodes.set(id, { id, kind: equation.kind === 'state' ? 'next' : equation.kind === 'gate' ? 'gate' : 'value', equation: index });
  });
  const list = [...nodes.values()];
  const used = [...edges.values()].filter(({ from, to }) => nodes.has(from) && nodes.has(to));
  return { nodes: list, edges: used, highways: highways(list, used) };
}

/** For each state, the shortest way from before the step to after it that has no matrix product. */
function highways(nodes: readonly CellNode[], edges: readonly CellEdge[]): string[][] {
  const found: string[][] = [];
  for (const { id, kind } of nodes) {
    if (kind !== 'state') continue;
    const goal = `${id}'`;
    const before = new Map<string, string | undefined>([[id, undefined]]);
    const queue = [id];
    for (const here of queue) {
      for (const { from, to, products } of edges) {
        if (from !== here || products.length > 0 || before.has(to)) continue;
        before.set(to, here);
        queue.push(to);
      }
    }
    if (!before.has(goal)) continue;
    const path: string[] = [];
    for (let at: string | undefined = goal; at !== undefined; at = before.get(at)) path.unshift(at);
    found.push(path);
  }
  return found;
}

function isProduct(expression: ExpressionView): boolean {
  return expression.kind === 'binary' && expression.op === '*' && names(expression).filter(({ role }) => role !== 'param' && role !== 'size').length > 1;
}

function isFunctionOfOne(expression: ExpressionView): boolean {
  const [argument] = expression.kind === 'call' ? expression.args : [];
  return expression.kind === 'call' && expression.args.length === 1 && argument?.kind === 'name' && argument.role !== 'param';
}

export function names(expression: ExpressionView): readonly Extract<ExpressionView, { kind: 'name' }>[] {
  return expression.kind === 'name' ? [expression] : children(expression).flatMap(names);
}

/** The gate that decides how much of a state is kept: a factor beside the old state in the first product of its highway. */
export function keepingGate(equations: readonly EquationView[], graph: CellGraph): { readonly gate: string; readonly state: string } | undefined {
  for (const path of graph.highways) {
    const state = path[0];
    const product = path[1];
    if (state === undefined || product === undefined) continue;
    const gate = graph.edges.map(({ from, to }) => (to === product ? from : '')).find((from) => equations.some(({ name, kind }) => kind === 'gate' && name === from));
    const node = graph.nodes.find(({ id }) => id === product);
    const equation = node?.equation === undefined ? undefined : equations[node.equation];
    // Only `gate * state` keeps the gate's share; `(1 - gate) * state` keeps the rest.
    const plain = equation && productsOf(equation.expression).some((parts) => parts.length === 2 && parts.includes(gate ?? '') && parts.includes(state));
    if (gate !== undefined && plain) return { gate, state };
  }
  return undefined;
}

function productsOf(expression: ExpressionView): string[][] {
  return terms(expression).map(({ of }) => factors(of).map(print));
}
