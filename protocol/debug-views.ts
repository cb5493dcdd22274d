// What the pages' host asks the debug adapter for over the debug protocol: one custom request, by name.
// Not the pages' own messages, whose parameters and results it carries on (debugger-page.ts, inspector-page.ts).
// Invariant: arrays are base64 inside JSON; both ends read and write them by one function.
import type { DebuggerHost, StopCause } from './debugger-page';
import type { InspectorHost } from './inspector-page';
import type { TraceHeader } from './trace-view';

export interface ViewHeader {
  readonly trace: TraceHeader;
  /** Name of the first layer's cell. */
  readonly label: string;
  readonly compared?: { readonly index: number; readonly label: string };
  /** Forks of the same pass. */
  readonly comparisons: readonly { readonly index: number; readonly label: string }[];
}

/** Names of the request `rnn/view`, with what each takes and gives. */
export type ViewRequests = {
  readonly header: { readonly params: Readonly<Record<string, never>>; readonly result: ViewHeader };
  /** Why the session stands where it does, when it was not a step. */
  readonly stop: { readonly params: Readonly<Record<string, never>>; readonly result: StopCause | null };
  /** Index of a fork; left out: none. */
  readonly compare: { readonly params: { readonly index?: number }; readonly result: null };
} & Pick<DebuggerHost['requests'], 'tile' | 'evaluate' | 'flow' | 'parts'> &
  Pick<InspectorHost['requests'], 'curves' | 'paths' | 'factors' | 'triangle' | 'spectrum' | 'radii' | 'parameters' | 'saturation' | 'horizon'>;
