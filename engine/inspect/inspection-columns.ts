// What `unroll trace --jacobians --itemised --paths` adds to a trace file, as columns.
// Not the computations (step-jacobian.ts, seeded-backward.ts, paths.ts).
// Invariant: nothing is allocated before its size was checked; steps are the batch's, in order, all sequences.
import { OperationalError } from '../base/operational-error';
import { halvesOf } from '../ir/halves';
import type { Model, StepLine } from '../ir/model';
import { floats, type FloatTensor, sizeOf } from '../runtime/tensor';
import type { Trace } from '../trace/trace';
import type { TracePrograms } from '../trace/trace-programs';
import { lossTriangle } from './loss-triangle';
import { unpaced } from './pace';
import { pathSplit } from './paths';
import { type RecordedWalk, timeOf } from './recorded-step';
import { seededBackward } from './seeded-backward';
import { stepJacobian } from './step-jacobian';

type Columns = Map<string, FloatTensor>;

/** 1 GiB of float32: more than a file of this kind should hold. */
const largestColumn = 2 ** 28;

/** Nobody looks at a file before it is written: losses are walked in large groups, which cost less. */
const manyRows = 128;

function allocate(name: string, dims: readonly number[]): FloatTensor {
  if (sizeOf(dims) > largestColumn) {
    throw new OperationalError('trace-too-large', `${name} would be [${dims.join(', ')}], more than 1 GiB; trace fewer or shorter sequences.`);
  }
  return floats(dims);
}

function recurrentWalks(model: Model, trace: Trace): readonly Omit<RecordedWalk, 'sequence'>[] {
  const lines = model.lines.filter((line): line is StepLine => line.kind === 'step' && line.step.states.length > 0);
  return lines.flatMap((line) => halvesOf(line).map((half) => ({ model, trace, line, half })));
}

function batchOf(trace: Trace): number {
  return trace.batch.x.dims[0] ?? 0;
}

/** `jacobian/<layer>` `[batch, time, n, n]`: ∂ all new states / ∂ all old states, n of them in the source's order. */
export async function jacobianColumns(programs: TracePrograms, model: Model, trace: Trace): Promise<Columns> {
  const columns: Columns = new Map();
  const time = timeOf(trace);
  for (const walk of recurrentWalks(model, trace)) {
    const size = walk.line.step.states.reduce((sum, state) => sum + sizeOf(state.shape), 0);
    const name = `jacobian/${walk.half.prefix}`;
    const column = allocate(name, [batchOf(trace), time, size, size]);
    for (let sequence = 0; sequence < batchOf(trace); sequence++) {
      for (let t = 0; t < time; t++) column.data.set((await stepJacobian(programs, { ...walk, sequence }, t)).data, (sequence * time + t) * size * size);
    }
    columns.set(name, column);
  }
  return columns;
}

/** `itemised/<layer>.<state>` `[batch, time of the loss, time]`: ‖∂L_j/∂ the state after step t‖, L_j un-normalised. */
export async function itemisedColumns(programs: TracePrograms, model: Model, trace: Trace): Promise<Columns> {
  const columns: Columns = new Map();
  const time = timeOf(trace);
  const losses = Array.from({ length: model.target.perStep ? time : 1 }, (_, j) => j);
  for (let sequence = 0; sequence < batchOf(trace); sequence++) {
    const { norms } = await lossTriangle(programs, model, trace, sequence, losses, unpaced, manyRows);
    for (const [key, of] of norms) {
      const name = `itemised/${key}`;
      const column = columns.get(name) ?? allocate(name, [batchOf(trace), losses.length, time]);
      column.data.set(of, sequence * losses.length * time);
      columns.set(name, column);
    }
  }
  return columns;
}

/**
 * `path/<layer>.<state>/highway`, `…/through/<param>`, `…/mixed`, all `[batch, time, size]`: the parts of what step t sends back to the
 * state before it, of the mean loss; they add up to ∂loss/∂ the old state.
 */
export async function pathColumns(programs: TracePrograms, model: Model, trace: Trace): Promise<Columns> {
  const columns: Columns = new Map();
  const time = timeOf(trace);
  for (let sequence = 0; sequence < batchOf(trace); sequence++) {
    const seeded = await seededBackward(programs, model, trace, { sequence, losses: 'mean', keepVectors: true });
    for (const walk of recurrentWalks(model, trace)) {
      const { prefix } = walk.half;
      for (let t = 0; t < time; t++) {
        const arriving = new Map<string, Float32Array>();
        for (const state of walk.line.step.states) {
          const width = sizeOf(state.shape);
          const all = seeded.states.get(`${prefix}.${state.name}`)?.arriving;
          if (all) arriving.set(state.name, all.subarray(t * width, (t + 1) * width));
        }
        const output = seeded.outputs.get(prefix);
        if (output) arriving.set('', output.subarray(t * walk.half.size, (t + 1) * walk.half.size));
        for (const state of walk.line.step.states) {
          const width = sizeOf(state.shape);
          const split = await pathSplit(programs, { ...walk, sequence }, state.name, t, arriving);
          const put = (part: string, values: Float32Array): void => {
            const name = `path/${prefix}.${state.name}/${part}`;
            const column = columns.get(name) ?? allocate(name, [batchOf(trace), time, width]);
            column.data.set(values, (sequence * time + t) * width);
            columns.set(name, column);
          };
          put('highway', split.highway);
          put('mixed', split.mixed);
          for (const [param, values] of split.through) put(`through/${param}`, values);
        }
      }
    }
  }
  return columns;
}
