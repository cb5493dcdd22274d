// Emits one walk of one line over a whole sequence, forwards and then backwards, unrolled over its steps.
// Not the lines' order, the loss or the optimizer (training-graph.ts).
// Invariant: what does not recur runs once with time × batch rows, or once a block, emitted when first asked for; only the plan's loops
// run step by step. Values over all steps are time-major: row t·batch + b.
import { defined, invariant } from '../base/invariant';
import type { Equation, ValueId, ValueType } from '../ir/graph';
import { levels } from '../schedule/levels';
import { live } from '../schedule/rewrite';
import type { SequencePlan } from '../schedule/sequence-plan';
import { tensorDims } from './emission-rules';
import { emitEquations, typesOf } from './emit-equations';
import type { OnnxGraph } from './onnx-graph';

export interface SequencePorts {
  readonly graph: OnnxGraph;
  readonly plan: SequencePlan;
  /** 1 for a line without states, whose batch is then all its rows. */
  readonly steps: number;
  readonly batch: number;
  readonly reversed: boolean;
  readonly maxNodeArity: number;
  /** What the backward recurrence needs of the forward one is computed for so many steps at once, shortly before it is used, while it fits a processor's cache; undefined = for all. */
  readonly block: number | undefined;
  /** Over all steps, by the step graph's inputs. */
  readonly inputs: readonly string[];
  /** A tensor of these parameters (names within the cell) joined along their first axis; undefined when they do not lie together. */
  readonly parameters: (names: readonly string[], type: ValueType) => string | undefined;
  /** `[steps × batch, 1]`. */
  readonly mask: string | undefined;
  /** `[steps × batch, ...shape]`. */
  readonly dropouts: readonly string[];
  /** `[batch, ...shape]`, by the states. */
  readonly initial: readonly string[];
}

export interface SequenceGradients {
  readonly inputs: readonly (string | undefined)[];
  /** Cotangents of the initial states, when they were wanted. */
  readonly initial: readonly (string | undefined)[];
  /** The value of a parameter's gradient, emitted when asked for. */
  readonly parameter: (index: number) => ValueId | undefined;
}

export class SequenceEmission {
  private readonly equations: ReadonlyMap<ValueId, Equation>;
  private readonly types: Map<ValueId, ValueType>;
  /** Values over all steps, and values that no step changes. */
  private readonly whole = new Map<ValueId, string>();
  private readonly atSteps: Map<ValueId, string>[];
  private readonly splits = new Map<ValueId, readonly string[]>();
  /** By block: values over its steps, and what was split of them. */
  private readonly blocks = new Map<number, { readonly names: Map<ValueId, string>; readonly splits: Map<ValueId, readonly string[]> }>();
  /** What is needed over all steps anyway, and so does not run in blocks. */
  private readonly wantedWhole: ReadonlySet<ValueId>;
  private readonly looped: ReadonlySet<ValueId>;
  private readonly shared: ReadonlySet<ValueId>;
  private readonly order: readonly number[];
  private readonly transposes = new Map<ValueId, string>();

  constructor(private readonly ports: SequencePorts) {
    const { plan, steps } = ports;
    const { pair } = plan;
    this.equations = new Map(pair.equations.map((equation) => [equation.id, equation]));
    this.types = typesOf(pair.inputs, pair.equations);
    this.looped = new Set([...plan.forwardLoop, ...plan.backwardLoop].map((equation) => equation.id));
    this.atSteps = Array.from({ length: steps }, () => new Map<ValueId, string>());
    const order = Array.from({ length: steps }, (_, t) => t);
    this.order = ports.reversed ? order.reverse() : order;
    const counts = new Map<ValueId, number>();
    const use = (id: ValueId | undefined): void => void (id !== undefined && counts.set(id, (counts.get(id) ?? 0) + 1));
    for (const equation of pair.equations) equation.args.forEach(use);
    const { results } = pair;
    for (const id of [...results.next, results.output, ...results.inputs, ...results.params, ...results.watches, ...results.loops.map((loop) => loop.previous)]) {
      use(id);
      use(id);
    }
    this.shared = new Set([...counts].filter(([, count]) => count > 1).map(([id]) => id));
    const afterwards = pair.equations.filter(({ id }) => plan.levelOf.get(id) === levels.output).map(({ id }) => id);
    const ends = [results.output, ...results.inputs, ...results.params, ...results.watches].filter((id): id is ValueId => id !== undefined);
    this.wantedWhole = new Set(live(plan.hoisted, [...ends, ...afterwards]).map(({ id }) => id));
    pair.step.inputs.forEach((input, index) => this.whole.set(input.id, defined(ports.inputs[index], 'every input is bound')));
    pair.step.dropouts.forEach((dropout, index) => this.whole.set(dropout.id, defined(ports.dropouts[index], 'every mask is bound')));
    if (plan.mask !== undefined) this.whole.set(plan.mask, defined(ports.mask, 'a masked plan has a mask'));
  }

  /** Runs the recurrence; returns the output over all steps and the last states. */
  forward(): { readonly output: string; readonly finals: readonly string[] } {
    const { plan } = this.ports;
    for (const [position, t] of this.order.entries()) {
      this.bindStates(position, t);
      this.emitLoop(plan.forwardLoop, t);
    }
    const last = defined(this.order[this.order.length - 1], 'a sequence has a step');
    const finals = plan.pair.results.next.map((id) => this.atStep(id, last));
    return { output: this.over(plan.pair.results.output), finals };
  }

  /** @param arriving cotangent of the output over all steps. @param final cotangents of the last states, when the sequence goes on after them. */
  backward(arriving: string | undefined, final: readonly (string | undefined)[], wantInitial: boolean): SequenceGradients {
    const { plan } = this.ports;
    const { results } = plan.pair;
    if (results.outputSeed !== undefined) this.whole.set(results.outputSeed, arriving ?? this.zeros(this.typeOf(results.outputSeed), true));
    const arrivingAt = arriving === undefined ? undefined : (t: number): string => this.pieces(-1, arriving)[t] as string;
    for (let position = this.order.length - 1; position >= 0; position--) {
      const t = this.order[position] as number;
      this.bindSeeds(position, t, arrivingAt, final);
      const isFirst = position === 0;
      this.emitLoop(isFirst ? this.neededAtFirst(wantInitial) : plan.backwardLoop, t);
    }
    const first = this.order[0] as number;
    const initial = plan.pair.step.states.map((_, index) => {
      const loop = results.loops.find((candidate) => candidate.states[0] === index);
      return wantInitial && loop?.previous !== undefined ? this.atStep(loop.previous, first) : undefined;
    });
    return {
      inputs: results.inputs.map((id) => (id === undefined ? undefined : this.over(id))),
      initial,
      parameter: (index) => results.params[index],
    };
  }

  /** The ONNX name of a value over all steps (or of one that no step changes). */
  over(id: ValueId): string {
    const known = this.whole.get(id);
    if (known !== undefined) return known;
    const equation = this.equations.get(id);
    if (equation && !this.looped.has(id)) return this.hoist(id);
    // A slice of a value that recurs is cheaper to take again from the whole than to collect.
    const name = equation?.op.kind === 'slice' ? this.hoist(id) : this.leaf(id);
    this.whole.set(id, name);
    return name;
  }

  equation(id: ValueId): Equation | undefined {
    return this.equations.get(id);
  }

  typeOf(id: ValueId): ValueType {
    return defined(this.types.get(id), `value ${id} has a type`);
  }

  private bindStates(position: number, t: number): void {
    const { plan, initial } = this.ports;
    const env = this.atSteps[t] as Map<ValueId, string>;
    plan.pair.step.states.forEach((state, index) => {
      const next = plan.pair.results.next[index] as ValueId;
      const name = position === 0 ? initial[index] : this.atStep(next, this.order[position - 1] as number);
      env.set(state.old, defined(name, 'every state has an initial value'));
    });
  }

  private bindSeeds(position: number, t: number, arriving: ((t: number) => string) | undefined, final: readonly (string | undefined)[]): void {
    const { graph, plan } = this.ports;
    const env = this.atSteps[t] as Map<ValueId, string>;
    for (const loop of plan.pair.results.loops) {
      const type = this.typeOf(loop.seed);
      const later = this.order[position + 1];
      let seed: string;
      if (later !== undefined) {
        seed = loop.previous === undefined ? this.zeros(type, false) : this.atStep(loop.previous, later);
      } else {
        const parts = loop.states.map((index) => final[index]);
        if (loop.arriving !== undefined) parts.push(arriving?.(t));
        const given = parts.filter((part) => part !== undefined);
        seed = given.length === 0 ? this.zeros(type, false) : given.reduce((a, b) => graph.node('Add', [a, b]));
      }
      env.set(loop.seed, seed);
      if (loop.arriving === undefined) continue;
      const before = this.order[position - 1];
      env.set(loop.arriving, before !== undefined && arriving ? arriving(before) : this.zeros(type, false));
    }
  }

  /** At the walk's first step nothing receives what flows further back, unless the initial states want it. */
  private neededAtFirst(wantInitial: boolean): readonly Equation[] {
    const { plan } = this.ports;
    if (wantInitial) return plan.backwardLoop;
    const inLoop = new Set(plan.backwardLoop.map((equation) => equation.id));
    const outside = plan.hoisted.flatMap((equation) => equation.args).filter((id) => inLoop.has(id));
    const results = [...plan.pair.results.inputs, ...plan.pair.results.params, ...plan.pair.results.watches].filter((id): id is ValueId => id !== undefined && inLoop.has(id));
    return live(plan.backwardLoop, [...outside, ...results]);
  }

  private emitLoop(equations: readonly Equation[], t: number): void {
    const { graph, batch, maxNodeArity } = this.ports;
    const names = this.atSteps[t] as Map<ValueId, string>;
    const own = new Set(equations.map((equation) => equation.id));
    for (const equation of equations) for (const arg of equation.args) if (!own.has(arg) && !names.has(arg)) names.set(arg, this.atStep(arg, t));
    const wanted = new Set(equations.map((equation) => equation.id).filter((id) => this.shared.has(id)));
    emitEquations({ graph, names, types: this.types, rows: batch, maxNodeArity, transposed: (id) => this.transposed(id) }, equations, wanted);
  }

  private transposed(matrix: ValueId): string | undefined {
    if (this.ports.steps < 4 || this.ports.plan.levelOf.get(matrix) !== levels.once) return undefined;
    let name = this.transposes.get(matrix);
    if (name === undefined) {
      name = this.ports.graph.node('Transpose', [this.over(matrix)], { perm: { ints: [1, 0] } });
      this.transposes.set(matrix, name);
    }
    return name;
  }

  /** The name of a value at one step. */
  private atStep(id: ValueId, t: number): string {
    const here = (this.atSteps[t] as Map<ValueId, string>).get(id);
    if (here !== undefined) return here;
    if (!this.typeOf(id).batched) return this.over(id);
    invariant(!this.looped.has(id), `value ${id} recurs and was emitted at step ${t}`);
    if (this.runsInBlocks(id)) return this.fromBlock(id, t);
    return this.pieces(id, this.over(id))[t] as string;
  }

  private pieces(id: ValueId, whole: string): readonly string[] {
    const { graph, steps, batch, maxNodeArity } = this.ports;
    if (steps === 1) return [whole];
    let names = this.splits.get(id);
    if (!names) {
      names =
        steps + 1 <= maxNodeArity
          ? graph.nodeWith('Split', [whole, graph.indices(Array.from({ length: steps }, () => batch))], steps, { axis: { int: 0 } })
          : Array.from({ length: steps }, (_, t) => graph.node('Slice', [whole, graph.indices([t * batch]), graph.indices([(t + 1) * batch]), graph.indices([0])]));
      this.splits.set(id, names);
    }
    return names;
  }

  private collect(id: ValueId, from = 0, to = this.ports.steps): string {
    const names = this.atSteps.slice(from, to).map((env, index) => {
      const name = env.get(id) ?? (this.looped.has(id) ? undefined : this.atStep(id, from + index));
      return defined(name, `value ${id} is there at step ${from + index}`);
    });
    return concatRows(this.ports.graph, names, this.ports.maxNodeArity);
  }

  private runsInBlocks(id: ValueId): boolean {
    const { block, steps, plan } = this.ports;
    return block !== undefined && steps > block && plan.levelOf.get(id) === levels.state && this.equations.has(id) && !this.whole.has(id) && !this.wantedWhole.has(id);
  }

  private fromBlock(id: ValueId, t: number): string {
    const { graph, block = 1, steps, batch } = this.ports;
    const index = Math.floor(t / block);
    const [from, to] = [index * block, Math.min(steps, (index + 1) * block)];
    let found = this.blocks.get(index);
    if (!found) this.blocks.set(index, (found = { names: new Map(), splits: new Map() }));
    let pieces = found.splits.get(id);
    if (!pieces) {
      const whole = this.hoistInBlock(id, found.names, from, to);
      pieces = to - from === 1 ? [whole] : graph.nodeWith('Split', [whole, graph.indices(Array.from({ length: to - from }, () => batch))], to - from, { axis: { int: 0 } });
      found.splits.set(id, pieces);
    }
    return pieces[t - from] as string;
  }

  /** Emits a value that does not recur, and what it needs, for the steps `[from, to)`. */
  private hoistInBlock(id: ValueId, names: Map<ValueId, string>, from: number, to: number): string {
    const { graph, plan, batch, maxNodeArity } = this.ports;
    const list: Equation[] = [];
    const seen = new Set<ValueId>();
    const visit = (current: ValueId): void => {
      if (seen.has(current) || names.has(current)) return;
      seen.add(current);
      const equation = this.equations.get(current);
      const level = plan.levelOf.get(current) ?? levels.once;
      if (level === levels.state && equation && (!this.looped.has(current) || equation.op.kind === 'slice')) {
        equation.args.forEach(visit);
        list.push(equation);
      } else if (level === levels.state) names.set(current, this.collect(current, from, to));
      else if (!this.typeOf(current).batched) names.set(current, this.over(current));
      else names.set(current, graph.node('Slice', [this.over(current), graph.indices([from * batch]), graph.indices([to * batch]), graph.indices([0])]));
    };
    visit(id);
    const wanted = new Set([id, ...list.map((equation) => equation.id).filter((each) => this.shared.has(each))]);
    emitEquations({ graph, names, types: this.types, rows: (to - from) * batch, maxNodeArity }, list, wanted);
    return defined(names.get(id), `value ${id} was emitted`);
  }

  /** Emits a value that does not recur, and what it needs, for all steps at once. */
  private hoist(id: ValueId): string {
    const { graph, steps, batch, maxNodeArity } = this.ports;
    const list: Equation[] = [];
    const seen = new Set<ValueId>();
    const visit = (current: ValueId): void => {
      if (seen.has(current) || this.whole.has(current)) return;
      seen.add(current);
      const equation = this.equations.get(current);
      const isLoopedLeaf = this.looped.has(current) && current !== id;
      if (!equation || (isLoopedLeaf && equation.op.kind !== 'slice')) {
        this.whole.set(current, this.leaf(current));
        return;
      }
      const joined = this.joinedParameters(equation);
      if (joined !== undefined) {
        this.whole.set(current, joined);
        return;
      }
      equation.args.forEach(visit);
      list.push(equation);
    };
    visit(id);
    const wanted = new Set([id, ...list.map((equation) => equation.id).filter((each) => this.shared.has(each))]);
    emitEquations({ graph, names: this.whole, types: this.types, rows: steps * batch, maxNodeArity }, list, wanted);
    return defined(this.whole.get(id), `value ${id} was emitted`);
  }

  private leaf(id: ValueId): string {
    const param = this.ports.plan.pair.step.params.find((candidate) => candidate.id === id);
    if (param) return defined(this.ports.parameters([param.name], this.typeOf(id)), `parameter ${param.name} has a place`);
    return this.collect(id);
  }

  private joinedParameters(equation: Equation): string | undefined {
    if (equation.op.kind !== 'concat' || equation.op.axis !== 0) return undefined;
    const names: string[] = [];
    for (const arg of equation.args) {
      const param = this.ports.plan.pair.step.params.find((candidate) => candidate.id === arg);
      if (!param) return undefined;
      names.push(param.name);
    }
    return this.ports.parameters(names, equation.type);
  }

  private zeros(type: ValueType, over: boolean): string {
    const { graph, steps, batch } = this.ports;
    return graph.node('Expand', [graph.scalar(0), graph.indices(tensorDims({ ...type, batched: true }, over ? steps * batch : batch))]);
  }
}

/** Concatenation along the first axis, in groups where a node may not have so many inputs. */
export function concatRows(graph: OnnxGraph, names: readonly string[], maxNodeArity: number): string {
  const [first] = names;
  if (first !== undefined && names.length === 1) return first;
  const limit = Math.max(2, maxNodeArity - 1);
  if (names.length <= limit) return graph.node('Concat', names, { axis: { int: 0 } });
  const groups: string[] = [];
  for (let start = 0; start < names.length; start += limit) groups.push(concatRows(graph, names.slice(start, start + limit), maxNodeArity));
  return concatRows(graph, groups, maxNodeArity);
}
