// The workbench of the passes: equations by id, added with their types, replaced, and put in order again at the end.
// Not a pass. It shares equal equations, drops what no root needs and undoes slices of concatenations on the way.
// Invariant: what finish() returns is single-assignment, in dependency order, and every equation has an origin.
import { defined, invariant } from '../base/invariant';
import type { Equation, GraphInput, Origin, ValueId, ValueType } from '../ir/graph';
import type { Operation } from '../ir/operation';
import { resultType } from '../ir/shape-rules';

export class Rewriter {
  private readonly equations = new Map<ValueId, Equation>();
  private readonly types = new Map<ValueId, ValueType>();
  private readonly known = new Map<string, ValueId>();
  private readonly replaced = new Map<ValueId, ValueId>();
  private next = 1;

  constructor(
    readonly inputs: readonly GraphInput[],
    equations: readonly Equation[],
  ) {
    for (const input of inputs) this.bind(input.id, input.type);
    for (const equation of equations) {
      const args = equation.args.map((arg) => this.now(arg));
      const key = keyOf(equation.op, args);
      const existing = this.known.get(key);
      if (existing !== undefined) this.replaced.set(equation.id, existing);
      else this.put({ ...equation, args }, key);
      this.next = Math.max(this.next, equation.id + 1);
    }
  }

  /** Reserves an id for an input that the pass adds. */
  freshInput(type: ValueType): ValueId {
    const id = this.next++;
    this.bind(id, type);
    return id;
  }

  add(op: Operation, args: readonly ValueId[], origin: Origin): ValueId {
    const current = args.map((arg) => this.now(arg));
    const simple = this.simplified(op, current, origin);
    if (simple !== undefined) return simple;
    const key = keyOf(op, current);
    const existing = this.known.get(key);
    if (existing !== undefined) return existing;
    const id = this.next++;
    this.put({ id, op, args: current, type: resultType(op, current.map((arg) => this.typeOf(arg))), origin }, key);
    return id;
  }

  replace(old: ValueId, by: ValueId): void {
    const from = this.now(old);
    const to = this.now(by);
    if (from !== to) this.replaced.set(from, to);
  }

  /** The id that stands for `id` after all replacements. */
  now(id: ValueId): ValueId {
    let current = id;
    for (let next = this.replaced.get(current); next !== undefined; next = this.replaced.get(current)) current = next;
    return current;
  }

  equation(id: ValueId): Equation | undefined {
    const equation = this.equations.get(this.now(id));
    return equation && { ...equation, args: equation.args.map((arg) => this.now(arg)) };
  }

  typeOf(id: ValueId): ValueType {
    return defined(this.types.get(this.now(id)), `value ${id} has a type`);
  }

  /** Equations that the roots need, in dependency order, with slices and concatenations simplified. */
  finish(roots: readonly ValueId[]): { readonly equations: readonly Equation[]; readonly now: (id: ValueId) => ValueId } {
    const done = new Map<ValueId, ValueId>();
    const rebuilt = new Rewriter(this.inputs, []);
    rebuilt.next = this.next;
    for (const [id, type] of this.types) if (!this.equations.has(id)) rebuilt.bind(id, type);
    const visiting = new Set<ValueId>();
    const visit = (raw: ValueId): ValueId => {
      const id = this.now(raw);
      const finished = done.get(id);
      if (finished !== undefined) return finished;
      const equation = this.equations.get(id);
      if (!equation) return id;
      invariant(!visiting.has(id), `the rewritten graph has no cycle through ${id}`);
      visiting.add(id);
      const args = equation.args.map(visit);
      visiting.delete(id);
      const simple = rebuilt.simplified(equation.op, args, equation.origin);
      const result = simple ?? rebuilt.keep(equation, args);
      done.set(id, result);
      return result;
    };
    const kept = roots.map(visit);
    const needed = new Set(kept);
    const ordered = [...rebuilt.equations.values()];
    for (const equation of [...ordered].reverse()) if (needed.has(equation.id)) for (const arg of equation.args) needed.add(arg);
    return { equations: ordered.filter((equation) => needed.has(equation.id)), now: (id) => done.get(this.now(id)) ?? this.now(id) };
  }

  private keep(equation: Equation, args: readonly ValueId[]): ValueId {
    const key = keyOf(equation.op, args);
    const existing = this.known.get(key);
    if (existing !== undefined) return existing;
    this.put({ ...equation, args }, key);
    return equation.id;
  }

  private put(equation: Equation, key: string): void {
    this.equations.set(equation.id, equation);
    this.known.set(key, equation.id);
    this.bind(equation.id, equation.type);
  }

  private bind(id: ValueId, type: ValueType): void {
    this.types.set(id, type);
    this.next = Math.max(this.next, id + 1);
  }

  /** A value that the operation only repeats, if there is one. */
  private simplified(op: Operation, args: readonly ValueId[], origin: Origin): ValueId | undefined {
    const [first] = args;
    if (first === undefined) return undefined;
    if (op.kind === 'slice') return this.simplifiedSlice(op, first, origin);
    if (op.kind === 'concat') return this.simplifiedConcat(op.axis, args, origin);
    if (op.kind === 'mul' || op.kind === 'add') {
      const neutral = op.kind === 'mul' ? 1 : 0;
      for (const [index, arg] of args.entries()) {
        const other = args[1 - index] as ValueId;
        const constant = this.equations.get(arg)?.op;
        if (constant?.kind === 'constant' && constant.value === neutral && constant.shape.length === 0) return other;
      }
    }
    return undefined;
  }

  private simplifiedSlice(op: Extract<Operation, { kind: 'slice' }>, arg: ValueId, origin: Origin): ValueId | undefined {
    const size = this.typeOf(arg).shape[op.axis];
    if (op.start === 0 && op.end === size) return arg;
    const source = this.equations.get(arg);
    if (source?.op.kind === 'slice' && source.op.axis === op.axis) {
      const start = source.op.start + op.start;
      return this.add({ ...op, start, end: start + op.end - op.start }, source.args, origin);
    }
    if (source?.op.kind !== 'concat' || source.op.axis !== op.axis) return undefined;
    let offset = 0;
    for (const part of source.args) {
      const width = this.typeOf(part).shape[op.axis] ?? 0;
      if (offset === op.start && offset + width === op.end && this.typeOf(part).batched === this.typeOf(arg).batched) return part;
      offset += width;
    }
    return undefined;
  }

  /** Neighbouring slices of one value are one slice of it. */
  private simplifiedConcat(axis: number, args: readonly ValueId[], origin: Origin): ValueId | undefined {
    if (args.length === 1) return args[0];
    let base: ValueId | undefined;
    let start = 0;
    let end = 0;
    for (const [index, arg] of args.entries()) {
      const source = this.equations.get(arg);
      if (source?.op.kind !== 'slice' || source.op.axis !== axis) return undefined;
      if (index === 0) [base, start, end] = [source.args[0], source.op.start, source.op.end];
      else if (source.args[0] !== base || source.op.start !== end) return undefined;
      else end = source.op.end;
    }
    return base === undefined ? undefined : this.add({ kind: 'slice', axis, start, end }, [base], origin);
  }
}

function keyOf(op: Operation, args: readonly ValueId[]): string {
  return `${JSON.stringify(op)}(${args.join()})`;
}
