// Interprets a whole model over one batch in float64, forwards: every line, every state, the loss.
// Not the gradients (reference-backward.ts): finite differences stand on this file, so nothing here may call a gradient.
// Invariant: same arguments, same numbers; evaluation mode unless dropout masks are given.
import { defined, invariant } from '../base/invariant';
import { forwardUnits, halvesOf } from '../ir/halves';
import type { EmbedLine, Line, Model, StepLine } from '../ir/model';
import { walkForward, type DropoutMasks, type Perturbation, type StepRecord, type Walk } from './reference-layer';
import { lossOf, type LossResult } from './reference-loss';
import { pool, type Stretch } from './reference-pooling';
import { column, elements, type Column, type Numbers } from './value';

/** One batch, as the `X` file of the contract; a `Batch` of ../trace is one. */
export interface ReferenceBatch {
  /** Ids `[batch, time]` or numbers `[batch, time, features]`. */
  readonly x: Numbers;
  /** Ids `[batch, time]` or `[batch]`; numbers `[batch, time, size]` or `[batch, size]`. */
  readonly y: Numbers;
  /** `[batch, time]`, 1 = valid. */
  readonly mask?: Numbers;
  /** `[batch, size]` by `<layer>.<state>`; a random initial state must be given here, drawn. */
  readonly initial?: Readonly<Record<string, Numbers>>;
}

export type ReferenceWeights = ReadonlyMap<string, Numbers>;

export interface ReferenceOptions {
  readonly dropout?: DropoutMasks;
  readonly perturbation?: Perturbation;
  /** A run whose `stop` values hold in this one, too, and whose lines before `from` are taken over because nothing has changed there. */
  readonly base?: { readonly run: ReferenceRun; readonly from: string | undefined };
}

/** One direction of a step line, walked. */
export interface HalfRun {
  readonly walk: Walk;
  readonly records: readonly StepRecord[];
}

export interface LineRun {
  readonly line: Line;
  /** `[batch, time, size]` or `[batch, size]`. */
  readonly data: Float64Array;
  readonly halves: readonly HalfRun[];
}

export interface ReferenceRun extends LossResult {
  readonly batch: number;
  readonly time: number;
  readonly mask: Float64Array;
  readonly lines: ReadonlyMap<string, LineRun>;
}

/** The numbers themselves where they are float64 already: nothing here writes into them. */
export const toFloat64 = ({ data }: Numbers): Float64Array => (data instanceof Float64Array ? data : Float64Array.from(data));

/** Runs the model forwards. Throws InvariantError where weights, initial states or ids do not fit: check files before. */
export function runReference(model: Model, weights: ReferenceWeights, batch: ReferenceBatch, options: ReferenceOptions = {}): ReferenceRun {
  const [count, time] = batch.x.dims as readonly [number, number];
  const mask = batch.mask ? toFloat64(batch.mask) : new Float64Array(count * time).fill(1);
  const lines = new Map<string, LineRun>();
  const run: RunContext = { model, weights, batch, options, count, time, mask, lines };
  const from = model.lines.findIndex(({ name }) => name === options.base?.from);
  model.lines.forEach((line, index) => {
    const taken = index < from ? options.base?.run.lines.get(line.name) : undefined;
    lines.set(line.name, taken ?? perturbLine(runLine(run, line), options.perturbation));
  });
  const scores = defined(lines.get(model.loss.of), `the loss's line ${model.loss.of} is in the model`).data;
  const loss = lossOf(model, scores, batch.y, count, model.target.perStep ? time : 1, mask);
  return { ...loss, batch: count, time, mask, lines };
}

/** Which way each stretch of a line's units was walked. */
export function stretchesOf(model: Model, line: Line): readonly Stretch[] {
  const forward = Math.min(forwardUnits(model, line.name), line.size);
  return [{ size: forward, reversed: false }, { size: line.size - forward, reversed: true }].filter(({ size }) => size > 0);
}

interface RunContext {
  readonly model: Model;
  readonly weights: ReferenceWeights;
  readonly batch: ReferenceBatch;
  readonly options: ReferenceOptions;
  readonly count: number;
  readonly time: number;
  readonly mask: Float64Array;
  readonly lines: Map<string, LineRun>;
}

function runLine(run: RunContext, line: Line): LineRun {
  switch (line.kind) {
    case 'embed':
      return { line, data: embed(run, line), halves: [] };
    case 'pool': {
      const of = defined(run.lines.get(line.of), `line ${line.of} comes before ${line.name}`);
      return { line, data: pool(line.how, of.data, stretchesOf(run.model, of.line), run.count, run.time, run.mask), halves: [] };
    }
    case 'step':
      return runStepLine(run, line);
  }
}

function embed(run: RunContext, line: EmbedLine): Float64Array {
  const ids = run.batch.x.data;
  const out = new Float64Array(ids.length * line.size);
  const table = line.how === 'embedding' ? weight(run.weights, `${line.name}.W`) : undefined;
  ids.forEach((id: number, place: number) => {
    invariant(id >= 0 && id < line.vocabulary, `id ${id} is below ${line.vocabulary}`);
    if (table) out.set(table.subarray(id * line.size, (id + 1) * line.size), place * line.size);
    else out[place * line.size + id] = 1;
  });
  return out;
}

function runStepLine(run: RunContext, line: StepLine): LineRun {
  const steps = line.perStep ? run.time : 1;
  const halves = halvesOf(line).map(({ prefix: scope, reversed }, half): HalfRun => {
    const walk: Walk = {
      scope,
      reversed,
      step: line.step,
      batch: run.count,
      time: steps,
      mask: line.perStep ? run.mask : new Float64Array(run.count).fill(1),
      inputAt: (input, t) => inputAt(run, defined(line.inputs[input], 'a step input is bound to a line'), t),
      params: line.step.params.map((param) => weight(run.weights, `${scope}.${param.name}`)),
      initial: line.step.states.map((_, index) => initialState(run, line, scope, index)),
      dropout: run.options.dropout,
      perturbation: run.options.perturbation,
      frozen: run.options.base?.run.lines.get(line.name)?.halves[half]?.records,
      unchanged: unchangedVisits(run.options, line.name, scope, steps, reversed),
    };
    return { walk, records: walkForward(walk) };
  });
  const units = line.size / halves.length;
  const data = new Float64Array(run.count * steps * line.size);
  halves.forEach(({ records }, half) => {
    records.forEach(({ output }, t) => {
      for (let sequence = 0; sequence < run.count; sequence++) {
        data.set(output.subarray(sequence * units, (sequence + 1) * units), (sequence * steps + t) * line.size + half * units);
      }
    });
  });
  return { line, data, halves };
}

/** A change of one value leaves the steps before it as they were, and the layer's other half altogether. */
function unchangedVisits({ base, perturbation }: ReferenceOptions, line: string, scope: string, steps: number, reversed: boolean): number {
  if (base?.from !== line || perturbation?.kind !== 'value') return 0;
  if (perturbation.scope !== scope) return steps;
  return reversed ? steps - 1 - perturbation.step : perturbation.step;
}

/** What a line or the source gives at step t: `[batch, size]`. A line without steps gives the same at every step. */
function inputAt(run: RunContext, name: string, t: number): Float64Array {
  const source = run.lines.get(name);
  invariant(source !== undefined || name === 'x', `line ${name} comes before its use`);
  const data = source ? source.data : run.batch.x.data;
  if (source && !source.line.perStep) return source.data;
  const size = data.length / (run.count * run.time);
  const out = new Float64Array(run.count * size);
  for (let sequence = 0; sequence < run.count; sequence++) {
    for (let k = 0; k < size; k++) out[sequence * size + k] = data[(sequence * run.time + t) * size + k] as number;
  }
  return out;
}

export function weight(weights: ReferenceWeights, name: string): Float64Array {
  return toFloat64(defined(weights.get(name), `parameter ${name} has a weight`));
}

function initialState(run: RunContext, line: StepLine, scope: string, index: number): Float64Array {
  const state = defined(line.step.states[index], 'a state');
  const size = elements(state.shape);
  const given = run.batch.initial?.[`${scope}.${state.name}`];
  if (given) return toFloat64(given);
  const out = new Float64Array(run.count * size);
  if (state.initial.kind === 'learned') {
    const learned = weight(run.weights, `${scope}.initial.${state.name}`);
    for (let sequence = 0; sequence < run.count; sequence++) out.set(learned, sequence * size);
  } else invariant(state.initial.kind === 'zeros', `the random initial state ${scope}.${state.name} is drawn and given`);
  return out;
}

function perturbLine(run: LineRun, change: Perturbation | undefined): LineRun {
  if (change?.kind !== 'line' || change.line !== run.line.name) return run;
  const data = Float64Array.from(run.data);
  data[change.index] = (data[change.index] as number) + change.delta;
  return { ...run, data };
}

/** Every `value/…` column: `[batch, time, ...shape]` (scalars as size 1); `[batch, size]` after pooling. A state's is its carried value. */
export function valueColumns(run: ReferenceRun): ReadonlyMap<string, Column> {
  const columns = new Map<string, Column>();
  for (const { line, data, halves } of run.lines.values()) {
    columns.set(`value/${line.name}`, { dims: line.perStep ? [run.batch, run.time, line.size] : [run.batch, line.size], data });
    if (line.kind !== 'step') continue;
    for (const { walk, records } of halves) {
      for (const named of line.step.named) {
        const state = named.kind === 'state' ? line.step.states.findIndex(({ name }) => name === named.name) : -1;
        const perStep = records.map(({ values, carried }) => (state >= 0 ? defined(carried[state], 'a carried state') : defined(values.get(named.id), named.name).data));
        const shape = defined(records[0]?.values.get(named.id), named.name).type.shape;
        columns.set(`value/${walk.scope}.${named.name}`, stackSteps(perStep, shape, run.batch, line.perStep));
      }
    }
  }
  return columns;
}

/** Puts values `[batch, ...shape]` (or shared `[...shape]`) of all steps into one column `[batch, time, ...shape]`. */
export function stackSteps(perStep: readonly Float64Array[], shape: readonly number[], batch: number, withTime: boolean): Column {
  const size = elements(shape);
  const tail = shape.length === 0 ? [1] : shape;
  const out = column(withTime ? [batch, perStep.length, ...tail] : [batch, ...tail]);
  perStep.forEach((data, t) => {
    for (let sequence = 0; sequence < batch; sequence++) {
      const from = data.length === size * batch ? sequence * size : 0;
      out.data.set(data.subarray(from, from + size), (sequence * perStep.length + t) * size);
    }
  });
  return out;
}
