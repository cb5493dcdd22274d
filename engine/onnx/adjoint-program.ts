// The adjoint of one step for many cotangents at once: what the step handed on is given to it as it was recorded, not computed again.
// Not the step program (step-program.ts), which needs nothing but a step's inputs; no gradients of parameters.
// Invariant: linear in its seeds, row by row; `shared` rows all belong to one recorded step, whose values are there once and broadcast.
import { differentiate } from '../autodiff/differentiate';
import type { GradientRules } from '../autodiff/gradient-rules';
import { defined } from '../base/invariant';
import type { Equation, ValueId, ValueType } from '../ir/graph';
import { resultType } from '../ir/shape-rules';
import type { StepGraph } from '../ir/step-graph';
import { batchNamed } from '../passes/batch-named';
import { live } from '../schedule/rewrite';
import { tensorDims } from './emission-rules';
import { emitEquations } from './emit-equations';
import { OnnxGraph } from './onnx-graph';

/** A value of the forward pass that the program reads, and the dimensions that it wants it in. */
export interface Residual {
  readonly kind: 'named' | 'input' | 'old' | 'param' | 'dropout' | 'zero';
  /** The program's input. */
  readonly label: string;
  /** In the source; empty for a dropout mask and the zero. */
  readonly name: string;
  readonly dims: readonly number[];
}

/** Inputs: the residuals, and `seed.<state>` and `seed.output`. Outputs: `grad.<state>` (total of the new value), `old.grad.<state>`, `in.grad.<input>`. */
export interface AdjointProgram {
  readonly step: StepGraph;
  readonly rows: number;
  readonly shared: boolean;
  readonly residuals: readonly Residual[];
  readonly seeds: readonly { readonly label: string; readonly dims: readonly number[] }[];
  /** The output's seed goes to this state's seed instead, because the output is that state's new value. */
  readonly outputState: string | undefined;
  readonly model: Uint8Array;
}

/** @param inputs names of the step's inputs whose gradients somebody needs. @param lacks operators that the backend has not */
export function buildAdjointProgram(source: StepGraph, rows: number, shared: boolean, inputs: ReadonlySet<string>, rules?: GradientRules, lacks: readonly string[] = []): AdjointProgram {
  const { step, zero } = batchNamed(source);
  const backward = differentiate(step, rules);
  const outputs = new Map<string, ValueId>();
  const want = (label: string, id: ValueId | undefined): void => void (id !== undefined && outputs.set(label, id));
  step.states.forEach(({ name, next }, index) => {
    want(`grad.${name}`, backward.totals.get(next));
    want(`old.grad.${name}`, backward.states[index]);
  });
  step.inputs.forEach(({ name }, index) => inputs.has(name) && want(`in.grad.${name}`, backward.inputs[index]));
  const wanted = new Set(outputs.values());
  const adjoints = live(backward.graph.equations, wanted);
  const recorded = new Map(step.named.map(({ id, name }) => [id, name]));
  const needed = new Set(adjoints.flatMap(({ args }) => args));
  const between = live(step.graph.equations.filter(({ id }) => !recorded.has(id)), needed);
  for (const { args } of between) for (const arg of args) needed.add(arg);

  const graph = new OnnxGraph();
  const names = new Map<ValueId, string>();
  const types = new Map<ValueId, ValueType>();
  const residuals: Residual[] = [];
  const read = (kind: Residual['kind'], name: string, id: ValueId, type: ValueType, label: string): void => {
    if (!needed.has(id) || names.has(id)) return;
    const own = { shape: type.shape, batched: type.batched && !shared };
    const dims = tensorDims(own, rows);
    types.set(id, own);
    names.set(id, graph.input(label, 'f32', dims));
    residuals.push({ kind, label, name, dims });
  };
  const typeOf = new Map([...step.graph.inputs, ...step.graph.equations].map(({ id, type }) => [id, type]));
  const given = (id: ValueId): ValueType => defined(typeOf.get(id), `value ${id} has a type`);
  for (const [id, name] of recorded) read('named', name, id, given(id), `value.${name}`);
  for (const { name, id } of step.inputs) read('input', name, id, given(id), `in.${name}`);
  for (const { name, old } of step.states) read('old', name, old, given(old), `old.${name}`);
  for (const { name, id } of step.params) read('param', name, id, given(id), `param.${name}`);
  step.dropouts.forEach(({ id }, index) => read('dropout', '', id, given(id), `dropout.${index}`));
  if (zero !== undefined) read('zero', '', zero, given(zero), 'zero');

  const seeds = backward.seeds.map(({ id, of }) => {
    const state = step.states.find(({ next }) => next === of);
    const type = { shape: given(of).shape, batched: true };
    const label = state ? `seed.${state.name}` : 'seed.output';
    types.set(id, type);
    names.set(id, graph.input(label, 'f32', tensorDims(type, rows)));
    return { label, dims: tensorDims(type, rows) };
  });
  emitEquations({ graph, names, types, rows }, retyped([...between, ...adjoints], types), wanted);
  for (const [label, id] of outputs) {
    const { shape, batched } = defined(types.get(id), 'an output was emitted');
    const dims = tensorDims({ shape, batched: true }, rows);
    const name = defined(names.get(id), 'an output was emitted');
    graph.output(label, batched ? name : graph.node('Expand', [name, graph.indices(dims)]), 'f32', dims);
  }
  return { step, rows, shared, residuals, seeds, outputState: step.states.find(({ next }) => next === step.output)?.name, model: graph.encode(lacks) };
}

/** What depends on no seed is there once, where the rows share their step; `types` is completed. */
function retyped(equations: readonly Equation[], types: Map<ValueId, ValueType>): readonly Equation[] {
  return equations.map((equation) => {
    const args = equation.args.map((arg) => defined(types.get(arg), `value ${arg} has a type`));
    const { op } = equation;
    const type = resultType(op.kind === 'sumTo' ? { ...op, batched: op.batched && args[0]?.batched === true } : op, args);
    types.set(equation.id, type);
    return { ...equation, type };
  });
}
