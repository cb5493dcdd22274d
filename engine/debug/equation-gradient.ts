// The backward pass through one equation at one step: what arrives, its local derivatives, and what leaves to each operand.
// Not the total gradients of a step (those are recorded): an operand's total is the sum over the equations that use it.
// Invariant: leaving = local derivative applied to arriving, in float64 from the recorded numbers; a masked step holds its state and sends the gradient on.
import { differentiate } from '../autodiff/differentiate';
import { defined } from '../base/invariant';
import type { Equation, Graph, GraphInput, ValueId } from '../ir/graph';
import type { StepGraph } from '../ir/step-graph';
import { evaluateGraph } from '../reference/interpreter';
import type { Value } from '../reference/value';

/** An operand of an equation by the names of its source. */
export interface Operand {
  readonly name: string;
  /** `h`, `h'`, `U_f`. */
  readonly label: string;
  readonly kind: 'input' | 'old' | 'named' | 'new' | 'param';
  readonly id: ValueId;
  readonly shape: readonly number[];
}

export interface Leaving {
  readonly operand: Operand;
  /** Of the operand's shape. */
  readonly leaving: Float64Array;
  /**
   * 'elementwise': ∂value/∂operand element by element, leaving = local · arriving. 'matrix': the Jacobian `[value, operand]`, leaving = its transpose
   * times arriving; computed when asked for. 'product': the operand is a parameter matrix in `M @ v`, and leaving = outer(arriving at the product, v).
   */
  readonly local:
    | { readonly kind: 'elementwise'; readonly data: Float64Array }
    | { readonly kind: 'matrix'; readonly shape: readonly [number, number]; readonly data: () => Float64Array }
    | { readonly kind: 'product'; readonly parts: readonly ProductPart[] };
}

export interface ProductPart {
  /** ∂loss/∂ the product through this equation. */
  readonly arriving: Float64Array;
  readonly vector: Float64Array;
  /** Mᵀ v instead of M v. */
  readonly transposed: boolean;
}

/** Everything an equation reads directly. */
export function operandsOf(step: StepGraph, id: ValueId): readonly Operand[] {
  const { leaves } = subgraph(step, id);
  return leaves.flatMap((leaf) => operand(step, leaf) ?? []);
}

function operand(step: StepGraph, { id, type }: GraphInput): Operand | undefined {
  const { shape } = type;
  const input = step.inputs.find((candidate) => candidate.id === id);
  if (input) return { name: input.name, label: input.name, kind: 'input', id, shape };
  const old = step.states.find((candidate) => candidate.old === id);
  if (old) return { name: old.name, label: old.name, kind: 'old', id, shape };
  const param = step.params.find((candidate) => candidate.id === id);
  if (param) return { name: param.name, label: param.name, kind: 'param', id, shape };
  const named = step.named.find((candidate) => candidate.id === id);
  if (named) return { name: named.name, label: named.kind === 'state' ? `${named.name}'` : named.name, kind: named.kind === 'state' ? 'new' : 'named', id, shape };
  return undefined;
}

/** The equations that compute `id`, down to what has a name. */
function subgraph(step: StepGraph, id: ValueId): { readonly graph: Graph; readonly leaves: readonly GraphInput[] } {
  const inputs = new Map(step.graph.inputs.map((input) => [input.id, input]));
  const equations = new Map(step.graph.equations.map((equation) => [equation.id, equation]));
  const names = new Set(step.named.map((named) => named.id));
  const leaves = new Map<ValueId, GraphInput>();
  const used = new Map<ValueId, Equation>();
  const visit = (value: ValueId): void => {
    if (leaves.has(value) || used.has(value)) return;
    const equation = equations.get(value);
    if (equation === undefined || (names.has(value) && value !== id)) {
      const input = inputs.get(value);
      leaves.set(value, input ?? { id: value, name: `%${value}`, role: 'input', type: defined(equation, 'the value is there').type, origin: defined(equation, 'the value is there').origin });
      return;
    }
    equation.args.forEach(visit);
    used.set(value, equation);
  };
  visit(id);
  const ordered = step.graph.equations.filter((equation) => used.has(equation.id));
  return { graph: { inputs: [...leaves.values()], equations: ordered, outputs: [{ name: 'output', id }] }, leaves: [...leaves.values()] };
}

const elementwiseKinds = new Set(['neg', 'sigmoid', 'tanh', 'relu', 'leakyRelu', 'elu', 'gelu', 'silu', 'softplus', 'softsign', 'hardSigmoid', 'hardTanh', 'exp', 'log', 'sqrt', 'abs', 'square', 'reciprocal', 'add', 'sub', 'mul', 'div', 'pow', 'minimum', 'maximum', 'where']);

/** Whether each element of the value depends on that element of the leaf alone. */
function isElementwise(graph: Graph, leaf: GraphInput, id: ValueId): boolean {
  const depends = new Set<ValueId>([leaf.id]);
  for (const equation of graph.equations) {
    if (!equation.args.some((arg) => depends.has(arg))) continue;
    if (!elementwiseKinds.has(equation.op.kind) || equation.type.shape.join() !== leaf.type.shape.join()) return false;
    depends.add(equation.id);
  }
  return depends.has(id);
}

/** @param valueOf recorded numbers of an operand. @param arriving total ∂loss/∂ the equation's value. */
export function leavingOf(step: StepGraph, id: ValueId, valueOf: (operand: Operand) => ArrayLike<number>, arriving: ArrayLike<number>): readonly Leaving[] {
  const { graph, leaves } = subgraph(step, id);
  const values = new Map<ValueId, Value>();
  const operands: { readonly leaf: GraphInput; readonly operand: Operand }[] = [];
  for (const leaf of leaves) {
    const named = operand(step, leaf);
    const size = leaf.type.shape.reduce((a, b) => a * b, 1);
    // What has no name is a dropout's mask, which is 1 in evaluation.
    const data = named === undefined ? new Float64Array(size).fill(1) : Float64Array.from(valueOf(named));
    values.set(leaf.id, { type: leaf.type, data });
    if (named !== undefined) operands.push({ leaf, operand: named });
  }
  const forward = evaluateGraph(graph, values, 1);
  const local: StepGraph = {
    graph, states: [], dropouts: [], named: [], output: id, outputSpan: step.outputSpan,
    inputs: leaves.map((leaf) => ({ name: leaf.name, id: leaf.id })),
    params: [],
  };
  // Every leaf is an input here, so that a gradient reaches each of them.
  const asInputs: StepGraph = { ...local, graph: { ...graph, inputs: graph.inputs.map((leaf) => ({ ...leaf, role: 'input' as const })) } };
  const backward = differentiate(asInputs);
  const run = (seed: Float64Array, rows: number): ReadonlyMap<ValueId, Value> => {
    const feeds = new Map<ValueId, Value>();
    for (const input of backward.graph.inputs) {
      if (input.role === 'cotangent') feeds.set(input.id, { type: input.type, data: seed });
      else {
        const value = defined(forward.get(input.id), 'a residual was computed');
        const data = new Float64Array(input.type.batched ? value.data.length * rows : value.data.length);
        for (let at = 0; at < data.length; at += value.data.length) data.set(value.data, at);
        feeds.set(input.id, { type: input.type, data });
      }
    }
    return evaluateGraph(backward.graph, feeds, rows);
  };
  const seed = Float64Array.from(arriving);
  const once = run(seed, 1);
  const ones = operands.some(({ leaf }) => isElementwise(graph, leaf, id)) ? run(new Float64Array(seed.length).fill(1), 1) : undefined;
  const gradientAt = (results: ReadonlyMap<ValueId, Value>, leaf: GraphInput): Float64Array => {
    const place = backward.inputs[leaves.indexOf(leaf)];
    return (place === undefined ? undefined : results.get(place)?.data) ?? new Float64Array(leaf.type.shape.reduce((a, b) => a * b, 1));
  };
  return operands.map(({ leaf, operand: of }): Leaving => {
    const leaving = gradientAt(once, leaf);
    if (ones !== undefined && isElementwise(graph, leaf, id)) return { operand: of, leaving, local: { kind: 'elementwise', data: gradientAt(ones, leaf) } };
    const products = graph.equations.filter((equation) => equation.op.kind === 'matvec' && equation.args[0] === leaf.id);
    const uses = graph.equations.filter((equation) => equation.args.includes(leaf.id));
    if (products.length > 0 && uses.length === products.length) {
      const parts = products.map((product): ProductPart => {
        const total = backward.totals.get(product.id);
        const zero = new Float64Array(product.type.shape.reduce((a, b) => a * b, 1));
        const got = total === undefined ? zero : once.get(total)?.data ?? (product.id === id ? seed : zero);
        return { arriving: got, vector: defined(forward.get(product.args[1] ?? -1), 'the vector was computed').data, transposed: product.op.kind === 'matvec' && product.op.transposed };
      });
      return { operand: of, leaving, local: { kind: 'product', parts } };
    }
    const width = leaf.type.shape.reduce((a, b) => a * b, 1);
    return {
      operand: of, leaving,
      local: { kind: 'matrix', shape: [seed.length, width], data: () => jacobian(seed.length, width, leaf, run, gradientAt) },
    };
  });
}

function jacobian(size: number, width: number, leaf: GraphInput, run: (seed: Float64Array, rows: number) => ReadonlyMap<ValueId, Value>, gradientAt: (results: ReadonlyMap<ValueId, Value>, leaf: GraphInput) => Float64Array): Float64Array {
  const data = new Float64Array(size * width);
  for (let row = 0; row < size; row++) {
    // Row by row: what all sequences share would be summed over a batch of seeds.
    const seed = new Float64Array(size);
    seed[row] = 1;
    data.set(gradientAt(run(seed, 1), leaf).subarray(0, width), row * width);
  }
  return data;
}
