// The stack at a cursor: equation ← layer ← time step ← sequence ← iteration, from the cursor's level up.
// Not the variables of a frame.
// Invariant: every frame stands on a line of the cell or the model; the top is the cursor's level.
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Cursor, Level } from '../../../engine/debug/timeline';
import type { Span } from '../../../engine/base/span';
import type { SourcePlaces } from './source-places';
import { activeFork, activeRecording, scopeAt, type Standing } from './standing';

export interface Frame {
  readonly level: Level | 'iteration';
  readonly name: string;
  readonly span: Span;
}

export function framesOf(standing: Standing, places: SourcePlaces): readonly Frame[] {
  const { cursor } = standing;
  const recording = activeRecording(standing);
  const { model, timeline, steps } = recording;
  const fork = standing.active === 0 ? '' : ` · fork ${standing.active}: ${activeFork(standing).label}`;
  const iteration: Frame = { level: 'iteration', name: `iteration ${standing.iteration}`, span: model.train.span ? { ...model.train.span, end: model.train.span.start + 5 } : { ...model.span, end: model.span.start + 5 } };
  const sequence: Frame = { level: 'sequence', name: `${standing.words.sequence}, ${passWords(cursor)}${fork}`, span: model.inputSpan };
  if (cursor.phase === 'update') return [{ level: 'step', name: 'update', span: places.optimizerSpan }, iteration];
  if (cursor.phase === 'loss') return [{ level: 'sequence', name: `loss ${String(Number(recording.trace.loss.toPrecision(6)))}`, span: model.loss.span }, sequence, iteration];
  const frames: Frame[] = [sequence, iteration];
  if (cursor.level === 'sequence') return frames;
  if (cursor.t <= steps) frames.unshift({ level: 'step', name: stepWords(standing, cursor), span: model.inputSpan });
  if (cursor.level === 'step' && cursor.t <= steps) return frames;
  const unit = timeline.unitAt(cursor.unit);
  const half = unit.name === unit.line.name ? '' : ', backward half';
  frames.unshift({ level: 'layer', name: `${places.textOf(unit.line.span)}${half}`, span: unit.line.span });
  if (cursor.level !== 'equation') return frames;
  const equation = timeline.equationAt(cursor);
  const at = cursor.t <= steps ? `step ${cursor.t}` : 'after the last step';
  frames.unshift({ level: 'equation', name: `${unit.name}.${equation.kind === 'line' || equation.kind === 'output' ? 'output' : equation.label}, ${at}`, span: equation.span });
  return frames;
}

export function passWords({ phase }: Cursor): string {
  return { forward: 'forward pass', loss: 'loss', backward: 'backward pass', update: 'update' }[phase];
}

function stepWords(standing: Standing, cursor: Cursor): string {
  const recording = activeRecording(standing);
  const masked = recording.isValid(cursor.t) ? '' : ' (masked)';
  const token = recording.model.input.kind === 'tokens' ? `: ${JSON.stringify(scopeAt(standing, cursor).special('token'))}` : '';
  return `step ${cursor.t} of ${recording.steps}${token}${masked}`;
}

export function toStackFrame(frame: Frame, id: number, places: SourcePlaces): DebugProtocol.StackFrame {
  // Without an end: editors would select what stands between.
  const { source, line, column } = places.position(frame.span);
  return { id, name: frame.name, source, line, column };
}
