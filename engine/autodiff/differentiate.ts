// Reverse-mode differentiation of one time step: StepGraph → BackwardStep.
// Not the gradients of single operations (gradient-rules.ts) and not BPTT, which is this step walked backwards in time.
// Invariant: every gradient equation carries the span of the equation it differentiates and names its primal;
// broadcasting is undone here and nowhere else; values from which no target can be reached get no equations.
import { defined } from '../base/invariant';
import type { Equation, Graph, GraphInput, Origin, ValueId, ValueType } from '../ir/graph';
import type { Operation, OperationKind } from '../ir/operation';
import { resultType } from '../ir/shape-rules';
import type { StepGraph } from '../ir/step-graph';
import type { BackwardStep } from './backward-step';
import { type GradientRule, type GradientRules, gradientRules, type RuleBuilder } from './gradient-rules';

class BackwardBuilder implements RuleBuilder {
  readonly types = new Map<ValueId, ValueType>();
  readonly equations: Equation[] = [];
  private readonly known = new Map<string, ValueId>();
  private origin: Origin;
  private nextId: ValueId;

  constructor(forward: Graph, origin: Origin) {
    let top = -1;
    for (const value of [...forward.inputs, ...forward.equations]) {
      this.types.set(value.id, value.type);
      top = Math.max(top, value.id);
    }
    this.nextId = top + 1;
    this.origin = origin;
  }

  at(origin: Origin): void {
    this.origin = origin;
  }

  fresh(type: ValueType): ValueId {
    const id = this.nextId++;
    this.types.set(id, type);
    return id;
  }

  typeOf(id: ValueId): ValueType {
    return defined(this.types.get(id), `value ${id} has a type`);
  }

  add(op: Operation, ...args: readonly ValueId[]): ValueId {
    const key = `${JSON.stringify(op)}(${args.join()})`;
    const existing = this.known.get(key);
    if (existing !== undefined) return existing;
    const type = resultType(op, args.map((arg) => this.typeOf(arg)));
    const id = this.fresh(type);
    this.equations.push({ id, op, args, type, origin: this.origin });
    this.known.set(key, id);
    return id;
  }

  /** Sums a cotangent down to the type of the value it belongs to. */
  reduceTo(cotangent: ValueId, target: ValueType): ValueId {
    let id = cotangent;
    const type = this.typeOf(id);
    if (type.shape.length > target.shape.length) {
      const along = target.shape.length === 0 ? 'scalar' : type.shape[1] === target.shape[0] ? 'rows' : 'columns';
      id = this.add({ kind: 'sumTo', shape: target.shape, batched: type.batched, along }, id);
    }
    if (type.batched && !target.batched) {
      id = this.add({ kind: 'sumTo', shape: target.shape, batched: false, along: 'batch' }, id);
    }
    return id;
  }
}

/** Ids of the values that some target depends on backwards: those through which a gradient can reach a state, an input or a parameter. */
function reachable(step: StepGraph): ReadonlySet<ValueId> {
  const active = new Set<ValueId>();
  for (const input of step.graph.inputs) {
    if (input.role === 'state' || input.role === 'input' || input.role === 'param') active.add(input.id);
  }
  for (const named of step.named) active.add(named.id);
  for (const equation of step.graph.equations) {
    if (equation.op.kind !== 'stop' && equation.args.some((arg) => active.has(arg))) active.add(equation.id);
  }
  return active;
}

/** @param rules the table of gradient rules; a test may plant another. */
export function differentiate(step: StepGraph, rules: GradientRules = gradientRules): BackwardStep {
  const forward = step.graph;
  const firstOrigin: Origin = { span: step.outputSpan, primal: step.output };
  const builder = new BackwardBuilder(forward, firstOrigin);
  const active = reachable(step);
  const contributions = new Map<ValueId, ValueId[]>();
  const totals = new Map<ValueId, ValueId>();

  const contribute = (to: ValueId, cotangent: ValueId): void => {
    const list = contributions.get(to);
    if (list) list.push(cotangent);
    else contributions.set(to, [cotangent]);
  };
  const total = (of: ValueId, origin: Origin): ValueId | undefined => {
    const parts = contributions.get(of);
    if (!parts) return undefined;
    builder.at({ ...origin, primal: of });
    const sum = parts.reduce((a, b) => builder.add({ kind: 'add' }, a, b));
    totals.set(of, sum);
    return sum;
  };

  const seedInputs: GraphInput[] = [];
  const seeds: { of: ValueId; id: ValueId }[] = [];
  const names = new Map(step.named.map((named) => [named.id, named.name]));
  for (const of of new Set([...step.states.map((state) => state.next), step.output])) {
    const type = builder.typeOf(of);
    const seedType = { shape: type.shape, batched: true };
    const id = builder.fresh(seedType);
    const origin: Origin = { span: step.outputSpan, primal: of };
    seedInputs.push({ id, name: `d ${names.get(of) ?? 'output'}`, role: 'cotangent', type: seedType, origin });
    seeds.push({ of, id });
    contribute(of, builder.reduceTo(id, type));
  }

  for (let index = forward.equations.length - 1; index >= 0; index--) {
    const equation = defined(forward.equations[index], 'index is in range');
    const cotangent = total(equation.id, equation.origin);
    if (cotangent === undefined || !equation.args.some((arg) => active.has(arg))) continue;
    builder.at({ span: equation.origin.span, primal: equation.id });
    // The table is keyed by kind, so the rule fits its operation; TypeScript cannot follow that through a union.
    const rule = rules[equation.op.kind] as unknown as GradientRule<OperationKind>;
    const results = rule({ op: equation.op, args: equation.args, result: equation.id, cotangent, build: builder });
    equation.args.forEach((arg, position) => {
      const gradient = results[position];
      if (gradient === undefined || !active.has(arg)) return;
      contribute(arg, builder.reduceTo(gradient, builder.typeOf(arg)));
    });
  }
  const ofInput = (id: ValueId): ValueId | undefined => {
    const input = forward.inputs.find((candidate) => candidate.id === id);
    return input && total(id, input.origin);
  };
  const states = step.states.map((state) => ofInput(state.old));
  const inputs = step.inputs.map((input) => ofInput(input.id));
  const params = step.params.map((param) => ofInput(param.id));
  return finish(step, builder, seedInputs, seeds, { states, inputs, params, totals });
}

function finish(
  step: StepGraph,
  builder: BackwardBuilder,
  seedInputs: readonly GraphInput[],
  seeds: BackwardStep['seeds'],
  results: Pick<BackwardStep, 'states' | 'inputs' | 'params' | 'totals'>,
): BackwardStep {
  const wanted = new Set<ValueId>();
  const outputs: { name: string; id: ValueId }[] = [];
  const want = (name: string, id: ValueId | undefined): void => {
    if (id === undefined) return;
    wanted.add(id);
    outputs.push({ name, id });
  };
  step.states.forEach((state, index) => want(`state ${state.name}`, results.states[index]));
  step.inputs.forEach((input, index) => want(`input ${input.name}`, results.inputs[index]));
  step.params.forEach((param, index) => want(`param ${param.name}`, results.params[index]));
  for (const named of step.named) want(`total ${named.name}`, results.totals.get(named.id));

  const kept: Equation[] = [];
  for (let index = builder.equations.length - 1; index >= 0; index--) {
    const equation = defined(builder.equations[index], 'index is in range');
    if (!wanted.has(equation.id)) continue;
    kept.push(equation);
    for (const arg of equation.args) wanted.add(arg);
  }
  kept.reverse();
  const residualInputs: GraphInput[] = [];
  for (const input of step.graph.inputs) if (wanted.has(input.id)) residualInputs.push({ ...input, role: 'residual' });
  for (const equation of step.graph.equations) {
    if (!wanted.has(equation.id)) continue;
    const name = step.named.find((named) => named.id === equation.id)?.name ?? `v${equation.id}`;
    residualInputs.push({ id: equation.id, name, role: 'residual', type: equation.type, origin: equation.origin });
  }
  return {
    graph: { inputs: [...residualInputs, ...seedInputs], equations: kept, outputs },
    seeds,
    residuals: residualInputs.map((input) => input.id),
    ...results,
  };
}
