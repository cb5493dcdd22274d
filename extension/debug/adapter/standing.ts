// A recorded pass that the debugger stands in: its forks, which one is shown, and the cursor.
// Not the protocol, and not how the pass came about (a launch, or a training that was stopped).
// Invariant: a recording never changes; a what-if makes another one beside it, and both are kept.
import { OperationalError } from '../../../engine/base/operational-error';
import { gradientNorm, type OptimizerPast, optimizerStep, type ParameterUpdate } from '../../../engine/debug/optimizer-step';
import { Recording } from '../../../engine/debug/recording';
import { Scope, type Surroundings } from '../../../engine/debug/scope';
import { exact } from '../../../engine/debug/statistics';
import type { LargestRow } from '../../../engine/inspect/row-gradients';
import { type Cursor, type Level, type Unit, unitForNames } from '../../../engine/debug/timeline';
import type { Model } from '../../../engine/ir/model';
import { runTrace, type TraceOptions } from '../../../engine/trace/run-trace';
import type { Batch, Edit, Trace, Weights } from '../../../engine/trace/trace';
import type { TracePrograms } from '../../../engine/trace/trace-programs';
import type { Editable } from './variable-store';

export interface Pass {
  readonly model: Model;
  readonly weights: Weights;
  readonly batch: Batch;
  /** Row of the batch that is shown. */
  readonly row: number;
  readonly dropoutSeed?: number;
  readonly edits: readonly Edit[];
}

export interface Fork {
  readonly id: number;
  /** What was edited: `r1.h[3] = 0.5 at step 4`. */
  readonly label: string;
  readonly from: number | undefined;
  readonly pass: Pass;
  readonly recording: Recording;
}

export interface Standing {
  readonly forks: Fork[];
  active: number;
  cursor: Cursor;
  readonly words: { readonly sequence: string; readonly weights: string };
  readonly past: OptimizerPast;
  /** As expressions name it: the iteration that is looked at, or how many the weights have behind them. */
  readonly iteration: number;
  /** What a training measured itself; its fused program rounds differently from the recorded pass. */
  readonly measured?: { readonly loss: number; readonly gradNorm: number };
  /** Of a replayed iteration's batch: the sequence with the largest gradient. */
  readonly largest?: LargestRow;
  readonly vocabulary: readonly string[] | undefined;
  readonly programs: TracePrograms;
}

/** @param earlier a pass that differs in nothing but one change: what it cannot reach is not computed again. */
export async function record(pass: Pass, programs: TracePrograms, earlier?: TraceOptions['earlier']): Promise<Recording> {
  const { model, weights, batch, row, dropoutSeed, edits } = pass;
  const trace = await runTrace(model, weights, batch, programs.backend, { programs, keepHanded: true, edits, ...(earlier === undefined ? {} : { earlier }), ...(dropoutSeed === undefined ? {} : { dropoutSeed }) });
  return new Recording(model, trace, programs, row);
}

/** @param recorded a trace of the pass that is there already, whichever row it was looked at. */
export async function begin(pass: Pass, more: Pick<Standing, 'words' | 'past' | 'iteration' | 'measured' | 'largest' | 'vocabulary' | 'programs'>, recorded?: Trace): Promise<Standing> {
  const recording = recorded === undefined ? await record(pass, more.programs) : new Recording(pass.model, recorded, more.programs, pass.row);
  return { ...more, forks: [{ id: 0, label: 'as recorded', from: undefined, pass, recording }], active: 0, cursor: recording.timeline.entry };
}

export function activeFork(standing: Standing): Fork {
  const fork = standing.forks.find((candidate) => candidate.id === standing.active);
  if (fork === undefined) throw new OperationalError('no-fork', `There is no fork ${standing.active}.`);
  return fork;
}

export function activeRecording(standing: Standing): Recording {
  return activeFork(standing).recording;
}

export function surroundings(standing: Standing): Surroundings {
  const { trace } = activeRecording(standing);
  return {
    iteration: standing.iteration,
    ...(standing.measured !== undefined && standing.active === 0 ? standing.measured : { loss: trace.loss, gradNorm: gradientNorm(trace) }),
    ...(standing.vocabulary === undefined ? {} : { vocabulary: standing.vocabulary }),
  };
}

/** Names as they are understood at a cursor: the layer's own, or above the layers those of the first one with a state. */
export function scopeAt(standing: Standing, cursor: Cursor, level: Level = cursor.level): Scope {
  const recording = activeRecording(standing);
  const { units } = recording.timeline;
  const inside = (level === 'layer' || level === 'equation') && (cursor.phase === 'forward' || cursor.phase === 'backward');
  const unit: Unit | undefined = inside ? recording.timeline.unitAt(cursor.unit) : unitForNames(units);
  return new Scope(recording, unit, Math.min(cursor.t, recording.steps), surroundings(standing));
}

export function updatesOf(standing: Standing): readonly ParameterUpdate[] {
  const { pass, recording } = activeFork(standing);
  return optimizerStep(pass.model, recording.trace, standing.past);
}

/** Forks the run from an edit: everything from its step on is computed again. Returns what changed, in words. */
export async function fork(standing: Standing, { resolved, t, element }: Editable, values: readonly number[]): Promise<string> {
  const from = activeFork(standing);
  const { recording, pass } = from;
  const scope = new Scope(recording, undefined, t, surroundings(standing));
  const { shape, data } = scope.value(resolved);
  const width = element === undefined ? data.length : 1;
  const places = Array.from({ length: element === undefined ? data.length : Math.max(1, values.length) }, (_, i) => (element ?? 0) + i);
  if (values.length !== 1 && values.length !== places.length) throw new OperationalError('expression', `${resolved.label} has ${width === 1 ? 'one number' : `the shape [${shape.join(', ')}]`}; ${values.length} numbers were given.`);
  const changed = new Map(places.map((place, i) => [place, Math.fround(values.length === 1 ? values[0] ?? NaN : values[i] ?? NaN)]));
  const next = editedPass(pass, resolved, t, changed);
  const label = `${'unit' in resolved ? `${resolved.unit.name}.` : ''}${resolved.label}${element === undefined ? '' : `[${element}]`} = ${values.length === 1 ? exact(values[0] ?? NaN) : `${values.length} numbers`}${resolved.kind === 'param' ? '' : ` at step ${t}`}`;
  const made: Fork = { id: standing.forks.length, label, from: from.id, pass: next, recording: await record(next, standing.programs, changeOf(resolved, t, recording)) };
  standing.forks.push(made);
  standing.active = made.id;
  const before = recording.trace.loss;
  const after = made.recording.trace.loss;
  return `Fork ${made.id}: ${label}. Loss ${exact(after)}, ${after >= before ? '+' : '−'}${exact(Math.fround(Math.abs(after - before)))} against ${from.id === 0 ? 'the recorded pass' : `fork ${from.id}`}.`;
}

/** A parameter is one for all steps; any other edit leaves the steps before it as they are. */
function changeOf(resolved: Editable['resolved'], t: number, { trace, steps }: Recording): TraceOptions['earlier'] {
  if (resolved.kind === 'param' || resolved.kind === 'line') return undefined;
  const step = Math.min(t, steps) - 1;
  return { trace, change: { at: resolved.kind === 'x' ? 'x' : { half: resolved.unit.name }, step } };
}

function editedPass(pass: Pass, resolved: Editable['resolved'], t: number, changed: ReadonlyMap<number, number>): Pass {
  const put = (data: Float32Array, offset = 0): Float32Array => {
    const copy = data.slice();
    for (const [place, value] of changed) copy[offset + place] = value;
    return copy;
  };
  if (resolved.kind === 'line') throw new OperationalError('not-editable', `${resolved.label} is what a layer hands on; set the state or equation that it comes from.`);
  if (resolved.kind === 'param') {
    const name = `${resolved.unit.name}.${resolved.name}`;
    const tensor = pass.weights.get(name);
    if (tensor === undefined) throw new OperationalError('not-editable', `There is no parameter ${name}.`);
    // A parameter is one for all steps.
    return { ...pass, weights: new Map([...pass.weights, [name, { ...tensor, data: put(tensor.data) }]]) };
  }
  if (resolved.kind === 'x') {
    const { x } = pass.batch;
    const steps = x.dims[1] ?? 1;
    const width = x.data.length / (x.dims[0] ?? 1) / steps;
    const offset = (pass.row * steps + t - 1) * width;
    if (x.kind === 'f32') return { ...pass, batch: { ...pass.batch, x: { ...x, data: put(x.data, offset) } } };
    const data = x.data.slice();
    for (const [place, value] of changed) {
      if (!Number.isInteger(value)) throw new OperationalError('not-editable', `The input at step ${t} is a token's id, a whole number.`);
      data[offset + place] = value;
    }
    return { ...pass, batch: { ...pass.batch, x: { ...x, data } } };
  }
  const kind = resolved.kind === 'old' ? 'old' : resolved.kind === 'input' ? 'in' : 'named';
  const edit: Edit = { half: resolved.unit.name, target: { kind, name: resolved.name }, step: t - 1, row: pass.row, values: changed };
  return { ...pass, edits: [...pass.edits, edit] };
}
