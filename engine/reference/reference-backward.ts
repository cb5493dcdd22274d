// Back-propagation through time over a whole model in float64: every gradient of a recorded reference run.
// Not the numerical side of the gradient check (that one calls reference-run.ts only) and not the derivative of one step (../autodiff).
// Invariant: gradients are total through every later step; equations of a masked step have gradient 0, a state's is that of its carried value.
import { defined } from '../base/invariant';
import { differentiate } from '../autodiff/differentiate';
import { gradientRules, type GradientRules } from '../autodiff/gradient-rules';
import type { BackwardStep } from '../autodiff/backward-step';
import type { EmbedLine, Model, StepLine } from '../ir/model';
import type { ValueId } from '../ir/graph';
import { evaluateGraph } from './interpreter';
import { outputState, visits } from './reference-layer';
import { lossCotangent } from './reference-loss-gradient';
import { poolingWeights } from './reference-pooling';
import { stackSteps, stretchesOf, type HalfRun, type LineRun, type ReferenceBatch, type ReferenceRun } from './reference-run';
import { batchedData, column, elements, type Column, type Value } from './value';

export interface ReferenceGradients {
  /** `grad/…` and `grad/param/…`, as the trace file names them. */
  readonly columns: ReadonlyMap<string, Column>;
  /** ∂loss/∂ the initial state by `<scope>.<state>`, `[batch, ...shape]`, whatever its kind. */
  readonly initial: ReadonlyMap<string, Column>;
}

interface BackwardContext {
  readonly model: Model;
  readonly run: ReferenceRun;
  readonly rules: GradientRules;
  readonly batch: ReferenceBatch;
  readonly columns: Map<string, Column>;
  readonly initial: Map<string, Column>;
  /** Cotangents of the lines' outputs, and of `x`, gathered from their users. */
  readonly cotangents: Map<string, Float64Array>;
}

/** All gradients of `run`. @param rules the table of gradient rules; a test may plant another. */
export function backwardReference(model: Model, run: ReferenceRun, batch: ReferenceBatch, rules: GradientRules = gradientRules): ReferenceGradients {
  const context: BackwardContext = { model, run, rules, batch, columns: new Map(), initial: new Map(), cotangents: new Map() };
  addInto(context, model.loss.of, lossCotangent(model, run, batch.y));
  for (const line of [...model.lines].reverse()) {
    const lineRun = defined(run.lines.get(line.name), `line ${line.name} was run`);
    const cotangent = context.cotangents.get(line.name) ?? new Float64Array(lineRun.data.length);
    context.columns.set(`grad/${line.name}`, { dims: lineDims(run, lineRun), data: cotangent });
    if (line.kind === 'embed') embedBackward(context, line, cotangent);
    else if (line.kind === 'pool') poolBackward(context, lineRun, cotangent);
    else stepBackward(context, line, lineRun, cotangent);
  }
  if (model.input.kind === 'numeric') {
    context.columns.set('grad/x', { dims: batch.x.dims, data: context.cotangents.get('x') ?? new Float64Array(batch.x.data.length) });
  }
  return { columns: context.columns, initial: context.initial };
}

const lineDims = (run: ReferenceRun, { line }: LineRun): readonly number[] => (line.perStep ? [run.batch, run.time, line.size] : [run.batch, line.size]);

function addInto(context: BackwardContext, name: string, data: Float64Array): void {
  const held = context.cotangents.get(name);
  if (held) addTo(held, data);
  else context.cotangents.set(name, Float64Array.from(data));
}

function addTo(sum: Float64Array, data: Float64Array): void {
  data.forEach((v, index) => { sum[index] = (sum[index] as number) + v; });
}

function embedBackward(context: BackwardContext, line: EmbedLine, cotangent: Float64Array): void {
  if (line.how !== 'embedding') return;
  const table = column([line.vocabulary, line.size]);
  context.batch.x.data.forEach((id: number, place: number) => {
    addTo(table.data.subarray(id * line.size, (id + 1) * line.size), cotangent.subarray(place * line.size, (place + 1) * line.size));
  });
  context.columns.set(`grad/param/${line.name}.W`, table);
}

function poolBackward(context: BackwardContext, { line }: LineRun, cotangent: Float64Array): void {
  if (line.kind !== 'pool') return;
  const { run } = context;
  const of = defined(run.lines.get(line.of), `line ${line.of} was run`);
  const out = new Float64Array(of.data.length);
  poolingWeights(line.how, of.data, stretchesOf(context.model, of.line), run.batch, run.time, run.mask, (sequence, unit, t, weight) => {
    const place = (sequence * run.time + t) * line.size + unit;
    out[place] = (out[place] as number) + weight * (cotangent[sequence * line.size + unit] as number);
  });
  addInto(context, line.of, out);
}

function stepBackward(context: BackwardContext, line: StepLine, lineRun: LineRun, cotangent: Float64Array): void {
  const backward = differentiate(line.step, context.rules);
  const units = line.size / lineRun.halves.length;
  const total = new Float64Array(cotangent.length);
  lineRun.halves.forEach((half, index) => {
    const { walk } = half;
    const place = (sequence: number, t: number): number => (sequence * walk.time + t) * line.size + index * units;
    const outputCotangent = (t: number): Float64Array => {
      const out = new Float64Array(walk.batch * units);
      for (let sequence = 0; sequence < walk.batch; sequence++) out.set(cotangent.subarray(place(sequence, t), place(sequence, t) + units), sequence * units);
      return out;
    };
    const outputTotals = halfBackward(context, line, half, backward, outputCotangent);
    outputTotals.forEach((data, t) => {
      for (let sequence = 0; sequence < walk.batch; sequence++) total.set(data.subarray(sequence * units, (sequence + 1) * units), place(sequence, t));
    });
  });
  context.columns.set(`grad/${line.name}`, { dims: lineDims(context.run, lineRun), data: total });
}

/** Walks one direction back; returns the total gradient of what the half hands on, by step. */
function halfBackward(
  context: BackwardContext,
  line: StepLine,
  { walk, records }: HalfRun,
  backward: BackwardStep,
  outputCotangent: (t: number) => Float64Array,
): readonly Float64Array[] {
  const { step, batch } = walk;
  const output = outputState(step);
  const params = step.params.map(({ shape }) => new Float64Array(elements(shape)));
  const named: Float64Array[][] = step.named.map(() => []);
  const outputTotals: Float64Array[] = [];
  let carried: readonly Float64Array[] = step.states.map(({ shape }) => new Float64Array(batch * elements(shape)));
  for (const t of [...visits(walk.time, walk.reversed)].reverse()) {
    const record = defined(records[t], 'every step was recorded');
    const fromAbove = outputCotangent(t);
    const arriving = carried.map((held, index) => (index === output ? sumOf(held, fromAbove) : held));
    const masked = (data: Float64Array, m: (valid: number) => number): Float64Array => {
      const size = data.length / batch;
      return data.map((v, index) => {
        const factor = m(walk.mask[Math.floor(index / size) * walk.time + t] as number);
        return factor === 0 ? 0 : factor * v;
      });
    };
    const held = arriving.map((data) => masked(data, (m) => 1 - m));
    const seed = (of: ValueId): Float64Array => {
      const parts = arriving.filter((_, index) => step.states[index]?.next === of).map((data) => masked(data, (m) => m));
      if (of === step.output && output < 0) parts.push(fromAbove);
      return parts.reduce(sumOf);
    };
    const values = evaluateBackward(backward, record.values, seed, batch);
    const valueOf = (id: ValueId | undefined): Value | undefined => (id === undefined ? undefined : values.get(id));
    const totalOf = (id: ValueId): Float64Array | undefined => {
      const value = valueOf(backward.totals.get(id));
      return value && batchedData(value, batch);
    };
    // A value that all sequences share has one gradient per sequence: what is left when only that sequence's loss counts.
    const sharedTotal = (id: ValueId): Float64Array | undefined => {
      const totalId = backward.totals.get(id);
      if (totalId === undefined || !values.has(totalId)) return undefined;
      const perSequence = Array.from({ length: batch }, (_, sequence) => {
        const alone = (of: ValueId): Float64Array => seed(of).map((v, index, all) => (Math.floor(index / (all.length / batch)) === sequence ? v : 0));
        return [...defined(evaluateBackward(backward, record.values, alone, batch).get(totalId), 'a total').data];
      });
      return Float64Array.from(perSequence.flat());
    };
    const stateTotal = (index: number): Float64Array => {
      const state = defined(step.states[index], 'a state');
      const heldHere = defined(held[index], 'a state has a cotangent');
      const total = totalOf(state.next);
      return total ? sumOf(total, heldHere) : heldHere;
    };
    step.named.forEach(({ name, kind, id }, index) => {
      const state = kind === 'state' ? step.states.findIndex((candidate) => candidate.name === name) : -1;
      const { type } = defined(record.values.get(id), name);
      const total = state >= 0 ? stateTotal(state) : type.batched ? totalOf(id) : sharedTotal(id);
      defined(named[index], name)[t] = total ?? new Float64Array(batch * elements(type.shape));
    });
    outputTotals[t] = output >= 0 ? stateTotal(output) : (totalOf(step.output) ?? fromAbove);
    backward.params.forEach((id, index) => {
      const value = valueOf(id);
      if (value) addTo(defined(params[index], 'a parameter'), value.data);
    });
    backward.inputs.forEach((id, index) => {
      const value = valueOf(id);
      if (value) addInput(context, defined(line.inputs[index], 'a step input is bound'), t, batchedData(value, batch));
    });
    carried = backward.states.map((id, index) => {
      const value = valueOf(id);
      const heldHere = defined(held[index], 'a state has a cotangent');
      return value ? sumOf(batchedData(value, batch), heldHere) : heldHere;
    });
  }
  report(context, line, walk.scope, { params, named, carried, records });
  return outputTotals;
}

const sumOf = (a: Float64Array, b: Float64Array): Float64Array => a.map((v, index) => v + (b[index] as number));

function evaluateBackward(
  backward: BackwardStep,
  residuals: ReadonlyMap<ValueId, Value>,
  seed: (of: ValueId) => Float64Array,
  batch: number,
): ReadonlyMap<ValueId, Value> {
  const inputs = new Map(residuals);
  const types = new Map(backward.graph.inputs.map((input) => [input.id, input.type]));
  for (const { of, id } of backward.seeds) {
    const type = types.get(id);
    if (type) inputs.set(id, { type, data: seed(of) });
  }
  return evaluateGraph(backward.graph, inputs, batch);
}

function addInput(context: BackwardContext, name: string, t: number, data: Float64Array): void {
  const { run } = context;
  const source = run.lines.get(name);
  if (source && !source.line.perStep) return addInto(context, name, data);
  const size = data.length / run.batch;
  const spread = new Float64Array(run.batch * run.time * size);
  for (let sequence = 0; sequence < run.batch; sequence++) spread.set(data.subarray(sequence * size, (sequence + 1) * size), (sequence * run.time + t) * size);
  addInto(context, name, spread);
}

interface HalfGradients {
  readonly params: readonly Float64Array[];
  readonly named: readonly (readonly Float64Array[])[];
  readonly carried: readonly Float64Array[];
  readonly records: HalfRun['records'];
}

function report(context: BackwardContext, line: StepLine, scope: string, { params, named, carried, records }: HalfGradients): void {
  const { run, columns } = context;
  line.step.params.forEach(({ name, shape }, index) => {
    columns.set(`grad/param/${scope}.${name}`, { dims: shape, data: defined(params[index], name) });
  });
  line.step.named.forEach(({ name, id }, index) => {
    const shape = defined(records[0]?.values.get(id), name).type.shape;
    columns.set(`grad/${scope}.${name}`, stackSteps(defined(named[index], name), shape, run.batch, line.perStep));
  });
  line.step.states.forEach(({ name, shape, initial }, index) => {
    const data = defined(carried[index], name);
    context.initial.set(`${scope}.${name}`, { dims: [run.batch, ...shape], data });
    if (initial.kind !== 'learned') return;
    const sum = column(shape);
    // A given initial state replaces the learned one, which then has no part in the loss.
    if (!context.batch.initial?.[`${scope}.${name}`]) {
      for (let sequence = 0; sequence < run.batch; sequence++) addTo(sum.data, data.subarray(sequence * sum.data.length, (sequence + 1) * sum.data.length));
    }
    columns.set(`grad/param/${scope}.initial.${name}`, sum);
  });
}
