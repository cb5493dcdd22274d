// One recorded step of one sequence, ready to be fed to a step program again: once, or as many equal rows.
// Not a new computation of the trace: everything it feeds was recorded.
// Invariant: t counts from 0 here (people's steps count from 1); the mask is the caller's affair.
import { defined } from '../base/invariant';
import type { Half } from '../ir/halves';
import type { Model, StepLine } from '../ir/model';
import { floats, type FloatTensor, sizeOf, type Tensor } from '../runtime/tensor';
import { dropoutLabel, dropoutMask } from '../trace/dropout-masks';
import { initialState } from '../trace/initial-states';
import type { Trace } from '../trace/trace';
import type { OpenStep } from '../trace/trace-programs';
import type { AdjointProgram, Residual } from '../onnx/adjoint-program';

export interface RecordedWalk {
  readonly model: Model;
  readonly trace: Trace;
  readonly line: StepLine;
  readonly half: Half;
  /** Row of the batch. */
  readonly sequence: number;
}

export function timeOf(trace: Trace): number {
  return defined(trace.batch.x.dims[1], 'x has a time axis');
}

export function isValid(trace: Trace, sequence: number, t: number): boolean {
  return trace.batch.mask === undefined || trace.batch.mask.data[sequence * timeOf(trace) + t] === 1;
}

/** A column's numbers at one step of one sequence. */
export function columnAt(trace: Trace, key: string, sequence: number, t: number): Float32Array {
  return columnOf(trace.columns, key, trace, sequence, t);
}

export function columnOf(columns: ReadonlyMap<string, FloatTensor>, key: string, trace: Trace, sequence: number, t: number): Float32Array {
  const column = defined(columns.get(key), `the trace holds ${key}`);
  const width = column.data.length / (trace.batch.x.dims[0] as number) / timeOf(trace);
  const start = (sequence * timeOf(trace) + t) * width;
  return column.data.subarray(start, start + width);
}

/** A named equation's value at step t, or its only value after pooling. */
function namedAt({ trace, line, half, sequence }: RecordedWalk, name: string, t: number): Float32Array {
  const key = `value/${half.prefix}.${name}`;
  if (line.perStep) return columnAt(trace, key, sequence, t);
  const { data } = defined(trace.columns.get(key), `the trace holds ${key}`);
  const width = data.length / (trace.batch.x.dims[0] as number);
  return data.subarray(sequence * width, (sequence + 1) * width);
}

/** A line's value at step t, or its only value after pooling. */
export function lineValueAt({ model, trace, sequence }: Pick<RecordedWalk, 'model' | 'trace' | 'sequence'>, name: string, t: number): Float32Array {
  const line = defined(model.lines.find((candidate) => candidate.name === name), `${name} is a line`);
  if (line.perStep) return columnAt(trace, `value/${name}`, sequence, t);
  const column = defined(trace.columns.get(`value/${name}`), `the trace holds ${name}`);
  return column.data.subarray(sequence * line.size, (sequence + 1) * line.size);
}

/** What an input line handed on at step t. */
function inputAt(walk: RecordedWalk, name: string, t: number): Float32Array {
  const { trace, sequence } = walk;
  if (name !== 'x') return lineValueAt(walk, name, t);
  const { x } = trace.batch;
  const width = x.data.length / (x.dims[0] as number) / timeOf(trace);
  return Float32Array.from(x.data.subarray((sequence * timeOf(trace) + t) * width, (sequence * timeOf(trace) + t + 1) * width));
}

/** A state's value before step t, in the walk's own direction. */
export function stateBefore(walk: RecordedWalk, index: number, t: number): Float32Array {
  const { trace, line, half, sequence, model } = walk;
  const state = defined(line.step.states[index], 'the state exists');
  const before = half.reversed ? t + 1 : t - 1;
  if (before >= 0 && before < timeOf(trace)) return columnAt(trace, `value/${half.prefix}.${state.name}`, sequence, before);
  const count = trace.batch.x.dims[0] as number;
  const all = initialState(half.prefix, state, count, trace.batch, trace.weights, model.train.seed);
  const width = sizeOf(state.shape);
  return all.subarray(sequence * width, (sequence + 1) * width);
}

/** A trace never changes, and its masks are drawn whole. */
const masks = new WeakMap<Trace, Map<string, Float32Array>>();

/** What a step's dropout was recorded with, drawn again from the trace's seed: ones in evaluation. */
function dropoutAt({ trace, line, half }: Omit<RecordedWalk, 'sequence'>, index: number, { sequence, t }: StepRow): Float32Array {
  const { shape, rate } = defined(line.step.dropouts[index], 'the dropout exists');
  const [width, count] = [sizeOf(shape), trace.batch.x.dims[0] ?? 1];
  const steps = line.perStep ? timeOf(trace) : 1;
  const label = dropoutLabel(half.prefix, index);
  const own = masks.get(trace) ?? new Map<string, Float32Array>();
  masks.set(trace, own);
  const mask = own.get(label) ?? dropoutMask(trace.dropoutSeed, label, rate, steps * count * width);
  own.set(label, mask);
  const start = ((line.perStep ? t : 0) * count + sequence) * width;
  return mask.subarray(start, start + width);
}

/** One step (from 0) of one sequence of the batch. */
export interface StepRow {
  readonly sequence: number;
  readonly t: number;
}

/** Feeds of the step program for `rows` equal copies of this step; seeds are left to the caller. */
export function feedsOfCopies(walk: RecordedWalk, open: OpenStep, t: number): Record<string, Tensor> {
  return feedsOfRows(walk, open, [{ sequence: walk.sequence, t }]);
}

/** Feeds of the step program with a recorded step in every row; fewer steps than rows are repeated from the first on. */
export function feedsOfRows(walk: Omit<RecordedWalk, 'sequence'>, open: OpenStep, from: readonly StepRow[]): Record<string, Tensor> {
  const { program } = open;
  const { step, rows } = program;
  const gathered = (shape: readonly number[], values: (row: StepRow) => Float32Array): FloatTensor => {
    const [only] = from;
    if (from.length === 1 && only) return repeated(values(only), rows, shape);
    const width = sizeOf(shape);
    const data = new Float32Array(rows * width);
    for (let row = 0; row < rows; row++) data.set(values(defined(from[row % from.length], 'a step to copy')), row * width);
    return floats(shape.length === 0 ? [rows, 1] : [rows, ...shape], data);
  };
  const shapes = new Map([...step.graph.inputs, ...step.graph.equations].map((value) => [value.id, value.type.shape]));
  const feeds: Record<string, Tensor> = {};
  step.inputs.forEach((input, index) => {
    const name = defined(walk.line.inputs[index], 'every input is bound');
    feeds[`in.${input.name}`] = gathered(shapes.get(input.id) ?? [], ({ sequence, t }) => inputAt({ ...walk, sequence }, name, t));
  });
  step.states.forEach((state, index) => (feeds[`old.${state.name}`] = gathered(state.shape, ({ sequence, t }) => stateBefore({ ...walk, sequence }, index, t))));
  for (const param of step.params) {
    feeds[`param.${param.name}`] = defined(walk.trace.weights.get(`${walk.half.prefix}.${param.name}`), `weights hold ${param.name}`);
  }
  step.dropouts.forEach((dropout, index) => {
    feeds[`dropout.${index}`] = gathered(dropout.shape, (row) => dropoutAt(walk, index, row));
  });
  if (program.usesZero) feeds['zero'] = floats([rows, 1]);
  return feeds;
}

/** What an adjoint program reads of the forward pass: of one recorded step that all rows share, or of one step a row. */
export function residualFeeds(walk: Omit<RecordedWalk, 'sequence'>, { step, shared, residuals }: AdjointProgram, from: readonly StepRow[]): Record<string, Tensor> {
  const valueOf = ({ kind, label, name, dims }: Residual, { sequence, t }: StepRow): Float32Array => {
    const own = { ...walk, sequence };
    switch (kind) {
      case 'named':
        return namedAt(own, name, t);
      case 'input':
        return inputAt(own, defined(walk.line.inputs[step.inputs.findIndex((input) => input.name === name)], 'every input is bound'), t);
      case 'old':
        return stateBefore(own, step.states.findIndex((state) => state.name === name), t);
      case 'dropout':
        return dropoutAt(walk, Number(label.slice('dropout.'.length)), { sequence, t });
      default:
        return new Float32Array(sizeOf(dims) / (shared ? 1 : from.length));
    }
  };
  return Object.fromEntries(residuals.map((residual): [string, Tensor] => {
    const { kind, label, name, dims } = residual;
    if (kind === 'param') return [label, defined(walk.trace.weights.get(`${walk.half.prefix}.${name}`), `weights hold ${name}`)];
    const [only] = from;
    if (shared && only) return [label, floats(dims, valueOf(residual, only))];
    const data = new Float32Array(sizeOf(dims));
    from.forEach((row, index) => data.set(valueOf(residual, row), (index * data.length) / from.length));
    return [label, floats(dims, data)];
  }));
}

function repeated(values: Float32Array, rows: number, shape: readonly number[]): FloatTensor {
  const data = new Float32Array(values.length * rows);
  for (let row = 0; row < rows; row++) data.set(values, row * values.length);
  return floats(shape.length === 0 ? [rows, 1] : [rows, ...shape], data);
}

/** Zero seeds for every state and the output of a program, by label. */
export function zeroSeeds(open: OpenStep): Record<string, FloatTensor> {
  const { step, rows, outputState } = open.program;
  const seeds: Record<string, FloatTensor> = {};
  for (const state of step.states) seeds[seedLabel(open, state.name)] = floats(state.shape.length === 0 ? [rows, 1] : [rows, ...state.shape]);
  if (outputState === undefined) {
    const shape = [...step.graph.inputs, ...step.graph.equations].find((value) => value.id === step.output)?.type.shape ?? [];
    seeds['seed.output'] = floats(shape.length === 0 ? [rows, 1] : [rows, ...shape]);
  }
  return seeds;
}

/** States that share one new value share the first one's seed. */
export function seedLabel(open: OpenStep, state: string): string {
  const { states } = open.program.step;
  const own = defined(states.find((candidate) => candidate.name === state), `${state} is a state`);
  return `seed.${defined(states.find((candidate) => candidate.next === own.next), 'the state itself').name}`;
}
