// Builds a graph equation by equation, computing every type with the shape rules.
// Not a pass and not an optimiser: what is added stays, in order.
// Invariant: the graph that `build` returns satisfies the verifier, because an argument must exist before it is used.
import { defined, invariant } from '../base/invariant';
import type { Equation, Graph, GraphInput, GraphOutput, InputRole, Origin, ValueId, ValueType } from './graph';
import type { Operation } from './operation';
import { resultType } from './shape-rules';

export class GraphBuilder {
  private readonly inputs: GraphInput[] = [];
  private readonly equations: Equation[] = [];
  private readonly outputs: GraphOutput[] = [];
  private readonly types = new Map<ValueId, ValueType>();
  private next: ValueId;

  /** Ids are given from `firstId` on. */
  constructor(firstId: ValueId = 1) {
    this.next = firstId;
  }

  /** A builder that holds a copy of `graph` already and goes on after its ids. */
  static from(graph: Graph): GraphBuilder {
    const builder = new GraphBuilder();
    for (const input of graph.inputs) builder.adoptInput(input);
    for (const equation of graph.equations) builder.adopt(equation);
    builder.outputs.push(...graph.outputs);
    return builder;
  }

  /** Shape is without the batch axis. By default all but params are batched. */
  input(name: string, role: InputRole, shape: readonly number[], origin: Origin, batched: boolean = role !== 'param'): ValueId {
    const id = this.next;
    this.adoptInput({ id, name, role, type: { shape, batched }, origin });
    return id;
  }

  /** Appends `op(...args)` and returns its id. Throws InvariantError when the arguments do not fit. */
  add(op: Operation, args: readonly ValueId[], origin: Origin): ValueId {
    const id = this.next;
    this.adopt({ id, op, args, type: resultType(op, args.map((arg) => this.typeOf(arg))), origin });
    return id;
  }

  constant(value: number, origin: Origin, shape: readonly number[] = []): ValueId {
    return this.add({ kind: 'constant', value, shape }, [], origin);
  }

  output(name: string, id: ValueId): void {
    this.typeOf(id);
    this.outputs.push({ name, id });
  }

  typeOf(id: ValueId): ValueType {
    return defined(this.types.get(id), `value %${id} is not in the graph`);
  }

  has(id: ValueId): boolean {
    return this.types.has(id);
  }

  /** Takes an input over with its id. */
  adoptInput(input: GraphInput): void {
    this.bind(input.id, input.type);
    this.inputs.push(input);
  }

  /** Takes an equation over with its id and type; its arguments must be there already. */
  adopt(equation: Equation): void {
    for (const arg of equation.args) this.typeOf(arg);
    this.bind(equation.id, equation.type);
    this.equations.push(equation);
  }

  build(): Graph {
    return { inputs: [...this.inputs], equations: [...this.equations], outputs: [...this.outputs] };
  }

  private bind(id: ValueId, type: ValueType): void {
    invariant(!this.types.has(id), `value %${id} is bound twice`);
    this.types.set(id, type);
    this.next = Math.max(this.next, id + 1);
  }
}
