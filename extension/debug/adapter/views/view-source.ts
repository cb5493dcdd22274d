// What the pages are shown of a session: one recorded pass with its texts, and the sequences that could be shown instead.
// Not a cursor and not a session: whoever records makes a new one for every trace.
// Invariant: a view's numbers are the recording's own; layers are the walks with states, in the model's order.
import type { DataSource } from '../../../../engine/data/data-source';
import { defined } from '../../../../engine/base/invariant';
import { OperationalError } from '../../../../engine/base/operational-error';
import type { Recording } from '../../../../engine/debug/recording';
import type { Unit } from '../../../../engine/debug/timeline';
import type { Half } from '../../../../engine/ir/halves';
import type { StepLine } from '../../../../engine/ir/model';
import type { Program } from '../../../../engine/language/program';
import type { TracePrograms } from '../../../../engine/trace/trace-programs';
import type { SequenceChoice, TraceHeader } from '../../../../protocol/trace-view';

export interface ViewSource {
  /** Another one for every recording. */
  readonly traceId: string;
  readonly recording: Recording;
  readonly programs: TracePrograms;
  readonly program: Program;
  readonly data: DataSource | undefined;
  readonly sequence: SequenceChoice;
  readonly sequences: readonly SequenceChoice[];
  readonly largestGradient?: TraceHeader['largestGradient'];
  /** For example `iteration 6,000 · cpu`. */
  readonly origin: string;
  readonly edits: readonly { readonly step: number; readonly name: string }[];
  readonly stale: boolean;
}

/** A unit with states: what the pages call a layer. */
export interface LayerUnit extends Unit {
  readonly walk: { readonly line: StepLine; readonly half: Half };
}

export function layersOf(recording: Recording): readonly LayerUnit[] {
  return recording.timeline.units.filter((unit): unit is LayerUnit => unit.walk !== undefined && unit.walk.line.step.states.length > 0);
}

/** Throws an invariant error when there is no such layer. */
export function layerAt(recording: Recording, index: number): LayerUnit {
  return defined(layersOf(recording)[index], `there is a layer ${index}`);
}

/** Throws OperationalError `stale-trace` for a question about another pass. */
export function needTrace({ traceId }: ViewSource, asked: string): void {
  if (asked !== traceId) throw new OperationalError('stale-trace', 'This is about a pass that is no longer shown; ask about the present one.');
}

/** Throws OperationalError `bad-argument` for a step (from 1) that there is not. */
export function needStep({ recording: { steps } }: ViewSource, step: number): void {
  if (!Number.isSafeInteger(step) || step < 1 || step > steps) throw new OperationalError('bad-argument', `Step ${step} is outside 1…${steps}.`);
}

const ids = new WeakMap<Recording, string>();
let lastId = 0;

/** Another one for every recording; every session has a process of its own, and a page tells their recordings apart by this. */
export function traceIdOf(recording: Recording): string {
  const known = ids.get(recording) ?? `trace ${process.pid}.${++lastId}`;
  ids.set(recording, known);
  return known;
}
