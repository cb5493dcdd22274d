// The step program: one time step of one line as two ONNX models, forward, and backward with the forward values recomputed.
// Not the loop over time (../trace) and not fused: every equation and every gradient is an output under its own name.
// Invariant: forward and backward emit the same equations in the same order, so a value is the same to the last bit in both.
import type { BackwardStep } from '../autodiff/backward-step';
import { differentiate } from '../autodiff/differentiate';
import type { GradientRules } from '../autodiff/gradient-rules';
import type { ValueId } from '../ir/graph';
import type { StepGraph } from '../ir/step-graph';
import { batchNamed } from '../passes/batch-named';
import { type EditPort, editStep, type EditTarget } from '../passes/edit-step';
import { maskStep } from '../passes/mask-step';
import { live } from '../schedule/rewrite';
import { tensorDims } from './emission-rules';
import { emitEquations, typesOf } from './emit-equations';
import { OnnxGraph } from './onnx-graph';

/**
 * Names of the models' inputs and outputs. Inputs: `in.<input>`, `old.<state>`, `param.<param>`, `mask`, `zero`, `dropout.<i>`,
 * `edit.<kind>.<name>` and `edited.<kind>.<name>` of edited values,
 * and for the backward model `seed.<state>`, `seed.output`. Outputs forward: `value.<name>`, `new.<state>`, `output`;
 * backward: `grad.<name>`, `uncarried.<state>`, `old.grad.<state>`, `in.grad.<input>`, `param.grad.<param>`.
 */
export interface StepProgram {
  readonly step: StepGraph;
  readonly backward: BackwardStep;
  readonly rows: number;
  readonly masked: boolean;
  readonly forwardModel: Uint8Array;
  readonly backwardModel: Uint8Array;
  /** The backward model without what the step adds to the parameters' gradients: those of all steps are cheaper at once. */
  readonly stateModel: () => Uint8Array;
  /** What the rows add to the parameters' gradients, alone; undefined without parameters that a gradient reaches. */
  readonly parameterModel: (() => Uint8Array) | undefined;
  readonly forwardOutputs: ReadonlySet<string>;
  readonly backwardOutputs: ReadonlySet<string>;
  /** The output's seed goes to this state's seed instead, because the output is that state's new value. */
  readonly outputState: string | undefined;
  /** The output is this named equation, so the line's gradient is the equation's total. */
  readonly outputName: string | undefined;
  readonly usesZero: boolean;
}

/**
 * @param rules the gradient rules; other than the usual ones cut paths (see ../inspect/paths.ts).
 * @param lacks operators that the backend has not
 */
export function buildStepProgram(source: StepGraph, rows: number, masked: boolean, rules?: GradientRules, edits: readonly EditTarget[] = [], lacks: readonly string[] = []): StepProgram {
  const edited = editStep(source, edits);
  const batched = batchNamed(edits.length === 0 ? source : edited.step);
  const mask = masked ? maskStep(batched.step) : undefined;
  const step = mask?.step ?? batched.step;
  const backward = differentiate(step, rules);
  const forwardGraph = new OnnxGraph();
  const ports = { mask: mask?.mask, zero: batched.zero, edits: edits.length === 0 ? [] : edited.ports };
  const forwardNames = emitForward(forwardGraph, step, rows, ports);
  const types = typesOf(step.graph.inputs, step.graph.equations, backward.graph.inputs, backward.graph.equations);
  const output = (graph: OnnxGraph, names: ReadonlyMap<ValueId, string>, label: string, id: ValueId | undefined): void => {
    const name = id === undefined ? undefined : names.get(id);
    const type = id === undefined ? undefined : types.get(id);
    if (name !== undefined && type) graph.output(label, name, 'f32', tensorDims(type, rows));
  };
  for (const named of step.named) output(forwardGraph, forwardNames, `value.${named.name}`, named.id);
  for (const state of step.states) output(forwardGraph, forwardNames, `new.${state.name}`, state.next);
  output(forwardGraph, forwardNames, 'output', step.output);

  const outputState = step.states.find((state) => state.next === step.output)?.name;
  const build = (ofSteps: boolean, ofParams: boolean): OnnxGraph => {
    const graph = new OnnxGraph();
    const names = emitForward(graph, step, rows, ports);
    for (const seed of backward.seeds) {
      const states = step.states.filter((state) => state.next === seed.of);
      // States that share a value share a seed: the loop adds their cotangents.
      const label = states[0] ? `seed.${states[0].name}` : 'seed.output';
      names.set(seed.id, graph.input(label, 'f32', tensorDims({ shape: types.get(seed.of)?.shape ?? [], batched: true }, rows)));
    }
    const outputs = new Map<string, ValueId | undefined>();
    if (ofSteps) {
      for (const named of step.named) outputs.set(`grad.${named.name}`, backward.totals.get(named.id));
      step.states.forEach((state, index) => {
        outputs.set(`old.grad.${state.name}`, backward.states[index]);
        if (mask) outputs.set(`uncarried.${state.name}`, backward.totals.get(mask.uncarried[index] ?? -1));
      });
      step.inputs.forEach((input, index) => outputs.set(`in.grad.${input.name}`, backward.inputs[index]));
    }
    if (ofParams) step.params.forEach((param, index) => outputs.set(`param.grad.${param.name}`, backward.params[index]));
    const wanted = new Set([...outputs.values()].filter((id) => id !== undefined));
    emitEquations({ graph, names, types, rows }, ofSteps && ofParams ? backward.graph.equations : live(backward.graph.equations, wanted), wanted);
    for (const [label, id] of outputs) output(graph, names, label, id);
    return graph;
  };
  const backwardGraph = build(true, true);
  return {
    step,
    backward,
    rows,
    masked,
    forwardModel: forwardGraph.encode(lacks),
    backwardModel: backwardGraph.encode(lacks),
    stateModel: () => build(true, false).encode(lacks),
    parameterModel: backward.params.every((id) => id === undefined) ? undefined : () => build(false, true).encode(lacks),
    forwardOutputs: new Set(forwardGraph.outputNames),
    backwardOutputs: new Set(backwardGraph.outputNames),
    outputState,
    outputName: step.named.find((named) => named.id === step.output)?.name,
    usesZero: batched.zero !== undefined,
  };
}

interface ExtraPorts {
  readonly mask: ValueId | undefined;
  readonly zero: ValueId | undefined;
  readonly edits: readonly EditPort[];
}

function emitForward(graph: OnnxGraph, step: StepGraph, rows: number, { mask, zero, edits }: ExtraPorts): Map<ValueId, string> {
  const names = new Map<ValueId, string>();
  const types = typesOf(step.graph.inputs, step.graph.equations);
  const port = (id: ValueId, label: string): void => {
    const type = types.get(id);
    if (type) names.set(id, graph.input(label, 'f32', tensorDims(type, rows)));
  };
  for (const input of step.inputs) port(input.id, `in.${input.name}`);
  for (const state of step.states) port(state.old, `old.${state.name}`);
  for (const param of step.params) port(param.id, `param.${param.name}`);
  step.dropouts.forEach((dropout, index) => port(dropout.id, `dropout.${index}`));
  if (mask !== undefined) port(mask, 'mask');
  if (zero !== undefined) port(zero, 'zero');
  for (const { target, edited, edit } of edits) {
    port(edited, `edited.${target.kind}.${target.name}`);
    port(edit, `edit.${target.kind}.${target.name}`);
  }
  const wanted = new Set([...step.named.map((named) => named.id), ...step.states.map((state) => state.next), step.output]);
  emitEquations({ graph, names, types, rows }, step.graph.equations, wanted);
  return names;
}
