// Values and gradients, at one step, of the parts of a cell's equations: `f * c`, `U_i @ h`, `tanh(c')`, of its names, and of what flows back between two of them.
// Not the debugger's expressions (engine/debug): only what stands in the cell, found by how it is written.
// Invariant: names are the recording's own numbers; a part is computed in float64 from them; what stands nowhere in the cell has no value.
import { differentiate } from '../../../../engine/autodiff/differentiate';
import { defined } from '../../../../engine/base/invariant';
import type { Recording } from '../../../../engine/debug/recording';
import type { Equation, GraphInput, ValueId } from '../../../../engine/ir/graph';
import type { StepGraph } from '../../../../engine/ir/step-graph';
import { parseExpression } from '../../../../engine/language/parse-expression';
import { childrenOf, type Expression } from '../../../../engine/language/tree';
import { evaluateGraph } from '../../../../engine/reference/interpreter';
import type { Value } from '../../../../engine/reference/value';
import { sizeOf } from '../../../../engine/runtime/tensor';
import type { Evaluated } from '../../../../protocol/debugger-page';
import type { CellSource } from './layer-view';
import type { LayerUnit } from './view-source';

/** A part of an equation: its value in the graph, and the named value of the equation it stands in. */
interface Part {
  readonly id: ValueId;
  readonly root: ValueId;
}

export class CellValues {
  private readonly parts = new Map<string, Part>();

  constructor(
    private readonly recording: Recording,
    private readonly unit: LayerUnit,
    { statements }: CellSource,
  ) {
    const { step } = unit.walk.line;
    // The last equation of a span is the one that gives its value.
    const bySpan = new Map(step.graph.equations.map(({ id, origin }) => [`${origin.span.file}:${origin.span.start}:${origin.span.end}`, id]));
    for (const statement of statements) {
      const root = step.named.find(({ name }) => name === statement.name.text)?.id;
      if (root === undefined) continue;
      const visit = (expression: Expression): void => {
        const { file, start, end } = expression.span;
        const id = expression === statement.value ? root : bySpan.get(`${file}:${start}:${end}`);
        const key = canonical(expression);
        if (id !== undefined && expression.kind !== 'name' && !this.parts.has(key)) this.parts.set(key, { id, root });
        childrenOf(expression).forEach(visit);
      };
      visit(statement.value);
    }
  }

  /** @param t from 1. */
  evaluate(t: number, what: 'value' | 'gradient' | 'edge', expressions: readonly string[]): Evaluated {
    if (what === 'edge') return packed(this.edges(t, expressions));
    const found = expressions.map((text) => this.find(text));
    const wanted = found.filter((each): each is Part => each !== undefined && 'id' in each);
    const computed = what === 'value' ? this.valuesOf(wanted, t) : this.gradientsOf(wanted, t);
    return packed(found.map((each) => (each === undefined ? undefined : 'id' in each ? computed.get(each.id) : this.nameAt(each.name, each.prime, what, t))));
  }

  /** Of each `from -> to`, the part of ∂from that comes from `to` and not through another node: the other ends of the edges are held. */
  private edges(t: number, texts: readonly string[]): (ArrayLike<number> | undefined)[] {
    const pairs = texts.map((text) => text.split(' -> ').map((end) => this.idOf(end)));
    const nodes = new Set(pairs.flat().filter((id) => id !== undefined));
    const { step } = this.unit.walk.line;
    const found = new Map<string, ArrayLike<number>>();
    for (const to of new Set(pairs.map(([, end]) => end))) {
      const arriving = to === undefined ? undefined : this.gradientOf(to, t);
      if (to === undefined || arriving === undefined) continue;
      const { graph: around, inputs } = this.around([to], t, nodes);
      const graph = { ...around, inputs: around.inputs.map((input) => ({ ...input, role: nodes.has(input.id) ? ('input' as const) : ('mask' as const) })) };
      const ends = graph.inputs.filter(({ id }) => nodes.has(id));
      const backward = differentiate({ graph, inputs: ends, states: [], params: [], dropouts: [], named: [], output: to, outputSpan: step.outputSpan });
      const forward = evaluateGraph(graph, inputs, 1);
      const feeds = new Map<ValueId, Value>(
        backward.graph.inputs.map((input) => [input.id, input.role === 'cotangent' ? { type: input.type, data: Float64Array.from(arriving) } : defined(forward.get(input.id) ?? inputs.get(input.id), 'a residual was computed')]),
      );
      const totals = evaluateGraph(backward.graph, feeds, 1);
      ends.forEach(({ id, type }, index) => {
        const size = sizeOf(type.shape);
        // The equations of a masked step are computed and not used: nothing flows in them.
        found.set(`${id}>${to}`, (this.recording.isValid(t) ? totals.get(backward.inputs[index] ?? -1)?.data : undefined) ?? new Float64Array(size));
      });
    }
    return pairs.map(([from, to]) => found.get(`${from}>${to}`));
  }

  /** The value that a node's text names: a part, an equation, an input, or a state before the step. */
  private idOf(text: string): ValueId | undefined {
    const found = this.find(text);
    if (found === undefined || 'id' in found) return found?.id;
    const { step } = this.unit.walk.line;
    const old = found.prime ? undefined : (step.states.find(({ name }) => name === found.name)?.old ?? step.inputs.find(({ name }) => name === found.name)?.id);
    return old ?? step.named.find(({ name }) => name === found.name)?.id;
  }

  private gradientOf(id: ValueId, t: number): ArrayLike<number> | undefined {
    if (this.unit.walk.line.step.named.some((named) => named.id === id)) return this.recordedGradient(id, t);
    const part = [...this.parts.values()].find((each) => each.id === id);
    return part && this.gradientsOf([part], t).get(id);
  }

  private find(text: string): Part | { readonly name: string; readonly prime: boolean } | undefined {
    const parsed = parseExpression(text);
    if (parsed.kind === 'wrong') return undefined;
    const { expression } = parsed;
    if (expression.kind === 'name' && expression.members.length === 0) return { name: expression.name, prime: expression.prime };
    return this.parts.get(canonical(expression));
  }

  private nameAt(name: string, prime: boolean, what: 'value' | 'gradient', t: number): Float32Array | undefined {
    const { recording, unit } = this;
    const { step } = unit.walk.line;
    const value = what === 'value';
    if (step.states.some((state) => state.name === name)) {
      if (prime) return (value ? recording.named(unit, name, t) : recording.namedGradient(unit, name, t)).data;
      return (value ? recording.old(unit, name, t) : recording.oldGradient(unit, name, t)).data;
    }
    if (prime) return undefined;
    if (step.inputs.some((input) => input.name === name)) return (value ? recording.input(unit, name, t) : recording.inputGradient(unit, name, t)).data;
    if (step.named.some((named) => named.name === name)) return (value ? recording.named(unit, name, t) : recording.namedGradient(unit, name, t)).data;
    if (value && step.params.some((param) => param.name === name)) return recording.param(`${unit.name}.${name}`).data;
    return undefined;
  }

  private valuesOf(parts: readonly Part[], t: number): ReadonlyMap<ValueId, ArrayLike<number>> {
    if (parts.length === 0) return new Map();
    const { graph, inputs } = this.around(parts.map(({ id }) => id), t);
    const values = evaluateGraph(graph, inputs, 1);
    return new Map(parts.map(({ id }) => [id, defined(values.get(id), 'the part was computed').data]));
  }

  /** Through the one equation a part stands in: its named value's recorded gradient, walked back to the part. */
  private gradientsOf(parts: readonly Part[], t: number): ReadonlyMap<ValueId, ArrayLike<number>> {
    const gradients = new Map<ValueId, ArrayLike<number>>();
    for (const root of new Set(parts.map((part) => part.root))) {
      const ids = parts.filter((part) => part.root === root).map(({ id }) => id);
      const { graph, inputs } = this.around([root], t);
      const step: StepGraph = {
        // What is no state here is told apart only by whether a gradient may go there: parameters' are not asked for.
        graph: { ...graph, inputs: graph.inputs.map((input) => ({ ...input, role: input.role === 'param' ? 'mask' : 'input' })) },
        inputs: [], states: [], params: [], dropouts: [], output: root, outputSpan: this.unit.walk.line.step.outputSpan,
        named: ids.map((id) => ({ name: `${id}`, kind: 'let', id, span: this.unit.walk.line.step.outputSpan })),
      };
      const backward = differentiate(step);
      const forward = evaluateGraph(graph, inputs, 1);
      const arriving = Float64Array.from(this.recordedGradient(root, t));
      const feeds = new Map<ValueId, Value>(
        backward.graph.inputs.map((input) => [input.id, input.role === 'cotangent' ? { type: input.type, data: arriving } : defined(forward.get(input.id), 'a residual was computed')]),
      );
      const totals = evaluateGraph(backward.graph, feeds, 1);
      const valid = this.recording.isValid(t);
      for (const id of ids) {
        const total = totals.get(backward.totals.get(id) ?? -1)?.data;
        // The equations of a masked step are computed and not used: nothing comes back to them.
        if (total) gradients.set(id, valid ? total : new Float64Array(total.length));
      }
    }
    return gradients;
  }

  private recordedGradient(id: ValueId, t: number): Float32Array {
    const named = defined(this.unit.walk.line.step.named.find((each) => each.id === id), 'the equation has a name');
    return this.recording.namedGradient(this.unit, named.name, t).data;
  }

  /** The equations that compute these values from what was recorded, or from what the `held` have. */
  private around(wanted: readonly ValueId[], t: number, held?: ReadonlySet<ValueId>): { readonly graph: StepGraph['graph']; readonly inputs: ReadonlyMap<ValueId, Value> } {
    const { step } = this.unit.walk.line;
    const equations = new Map(step.graph.equations.map((equation) => [equation.id, equation]));
    const graphInputs = new Map(step.graph.inputs.map((input) => [input.id, input]));
    const named = new Map(step.named.map(({ id, name, kind }) => [id, { name, kind }]));
    const used = new Set<ValueId>();
    const leaves = new Map<ValueId, GraphInput>();
    const inputs = new Map<ValueId, Value>();
    const visit = (id: ValueId): void => {
      if (used.has(id) || leaves.has(id)) return;
      const input = graphInputs.get(id);
      const equation = equations.get(id);
      const name = named.get(id);
      if (equation && (wanted.includes(id) || !(held ? held.has(id) : name !== undefined))) {
        used.add(id);
        equation.args.forEach(visit);
        return;
      }
      const leaf: GraphInput = input ?? { id, name: name?.name ?? `${id}`, role: 'input', type: defined(equation, 'a value is an input or an equation').type, origin: { span: step.outputSpan } };
      leaves.set(id, leaf);
      const part = input || name ? undefined : [...this.parts.values()].find((each) => each.id === id);
      const data = name ? this.recording.named(this.unit, name.name, t).data : part ? defined(this.valuesOf([part], t).get(id), 'the part was computed') : this.inputData(leaf, t);
      inputs.set(id, { type: leaf.type, data: Float64Array.from(data) });
    };
    wanted.forEach(visit);
    const kept: readonly Equation[] = step.graph.equations.filter(({ id }) => used.has(id));
    return { graph: { inputs: [...leaves.values()], equations: kept, outputs: [] }, inputs };
  }

  private inputData({ id, name, role, type }: GraphInput, t: number): ArrayLike<number> {
    const { recording, unit } = this;
    const { step } = unit.walk.line;
    if (role === 'param') return recording.param(`${unit.name}.${name}`).data;
    const state = step.states.find(({ old }) => old === id);
    if (state) return recording.old(unit, state.name, t).data;
    if (step.inputs.some((input) => input.id === id)) return recording.input(unit, name, t).data;
    // Dropout is the identity in evaluation.
    return new Float64Array(sizeOf(type.shape)).fill(1);
  }
}

function packed(results: readonly (ArrayLike<number> | undefined)[]): Evaluated {
  const values = new Float32Array(results.reduce((sum, each) => sum + (each?.length ?? 0), 0));
  let at = 0;
  for (const result of results) {
    if (!result) continue;
    values.set(result, at);
    at += result.length;
  }
  return { values, lengths: Int32Array.from(results, (each) => each?.length ?? -1) };
}

/** Fully bracketed, so that two ways of writing the same tree give the same text. */
function canonical(expression: Expression): string {
  const parts = childrenOf(expression).map(canonical).join(',');
  switch (expression.kind) {
    case 'number':
      return String(expression.value);
    case 'name':
      return `${[expression.name, ...expression.members].join('.')}${expression.prime ? "'" : ''}`;
    case 'call':
      return `${expression.callee.text}(${parts})`;
    case 'unary':
    case 'binary':
      return `[${expression.op} ${parts}]`;
    case 'slice':
      return `slice(${parts};${expression.ranges.map(({ isRange, from, to }) => `${from ? '_' : ''}${isRange ? ':' : ''}${to ? '_' : ''}`).join()})`;
    default:
      return `${expression.kind}(${parts})`;
  }
}
