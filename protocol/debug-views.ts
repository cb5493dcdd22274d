// What the pages' host asks the debug adapter for over the debug protocol: one custom request, by name.
// Not the pages' own messages, whose parameters and results it carries on (debugger-page.ts, inspector-page.ts).
// Invariant: arrays are base64 inside JSON; both ends read and write them by one function.
import type { CompareWith, Comparison } from './comparison';
import type { DebuggerHost, StopCause } from './debugger-page';
import type { InspectorHost } from './inspector-page';
import type { TraceHeader } from './trace-view';
import type { WeightRequests } from './weights-view';

export interface ViewHeader {
  readonly trace: TraceHeader;
  /** Name of the first layer's cell. */
  readonly label: string;
  readonly comparison: Comparison;
  /** Steps back that the task needs, where its data say so. */
  readonly neededLag?: number;
}

/** Names of the request `rnn/view`, with what each takes and gives. */
export type ViewRequests = {
  readonly header: { readonly params: Readonly<Record<string, never>>; readonly result: ViewHeader };
  /** Why the session stands where it does, when it was not a step. */
  readonly stop: { readonly params: Readonly<Record<string, never>>; readonly result: StopCause | null };
  /** Records it over the same sequence; left out: leaves the comparison. */
  readonly compare: { readonly params: { readonly with?: CompareWith }; readonly result: null };
  /** Answered when what is compared has been recorded over the sequence that is shown now. */
  readonly settleComparison: { readonly params: Readonly<Record<string, never>>; readonly result: null };
} & WeightRequests & Pick<DebuggerHost['requests'], 'tile' | 'evaluate' | 'flow' | 'parts'> &
  Pick<InspectorHost['requests'], 'curves' | 'paths' | 'factors' | 'triangle' | 'triangleRow' | 'stopTriangle' | 'spectrum' | 'radii' | 'parameters' | 'saturation' | 'horizon'>;
