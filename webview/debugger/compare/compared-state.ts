// The compared pass as the page holds it: what it was told, and the lanes of the difference and of the other as they arrive.
// Not drawing. Lanes are kept as long as the same pair is shown.
import type { ComparedRun } from '../../../protocol/comparison';
import type { TraceHeader } from '../../../protocol/trace-view';
import { LaneStore } from '../lane-store';

export interface ComparedState {
  readonly run: ComparedRun;
  readonly difference: LaneStore;
  readonly other: LaneStore;
}

export function comparedState(run: ComparedRun | undefined, trace: TraceHeader, before: ComparedState | undefined): ComparedState | undefined {
  if (run === undefined) return undefined;
  if (before?.run.differenceId === run.differenceId) return { ...before, run };
  return { run, difference: new LaneStore({ ...trace, traceId: run.differenceId }), other: new LaneStore(run.trace) };
}
