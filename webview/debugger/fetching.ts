// Asks the host for what the page shows and does not have: tiles of the layer, flow of the gradient, values at the cursor.
// Not drawing. Answers for a place the cursor has left are dropped.
// Invariant: at most one request of a kind is under way for the values at the cursor; the newest place wins.
import type { Channel } from '../../protocol/channel';
import type { DebuggerHost, DebuggerPage, Evaluated } from '../../protocol/debugger-page';
import type { Store } from '../store';
import { derive, flowsOfEdges, missingExpressions } from './derive';
import { layerLanes } from './lanes/layer-lanes';
import { stepKey, type DebuggerState, type StepValues } from './state';

/** Milliseconds without an answer after which the page says that it waits. */
const patience = 300;

export function fetching(channel: Channel<DebuggerPage, DebuggerHost>, store: Store<DebuggerState>, complain: (thrown: unknown) => void, later: (callback: () => void, milliseconds: number) => void): (state: DebuggerState) => void {
  let flowOf: string | undefined;
  let evaluating: string | undefined;
  return (state) => {
    const derived = derive(state);
    const { lanes } = state;
    if (!derived || !lanes) return;
    const { trace, cursor } = derived.view;
    const layer = derived.layerIndex;
    const kinds = derived.pass === 'backward' ? (['gradient', 'value'] as const) : (['value'] as const);
    for (const what of kinds) {
      const others = what === derived.what ? layerLanes(derived, lanes).flatMap((other) => lanes.wanted(other.layer, what, cursor.step, [other.header.name])) : [];
      for (const request of [...lanes.wanted(layer, what, cursor.step), ...others]) {
        // Said only of what takes a while.
        let stands: 'new' | 'late' | 'answered' = 'new';
        later(() => {
          if (stands === 'answered') return;
          stands = 'late';
          store.update((now) => ({ ...now, outstanding: (now.outstanding ?? 0) + 1 }));
        }, patience);
        const answered = (): void => {
          if (stands === 'late') store.update((now) => ({ ...now, outstanding: (now.outstanding ?? 1) - 1 }));
          stands = 'answered';
        };
        channel.request('tile', request).then((tile) => {
          answered();
          lanes.take(tile);
          store.update((now) => (now.lanes === lanes ? { ...now, revision: now.revision + 1 } : now));
        }, (thrown: unknown) => {
          answered();
          complain(thrown);
          // Not at once: a host that cannot answer would be asked in every frame.
          later(() => lanes.forget(request), 3000);
        });
      }
    }
    const flowKey = `${trace.traceId}/${layer}`;
    if (derived.pass === 'backward' && flowOf !== flowKey) {
      flowOf = flowKey;
      channel.request('flow', { traceId: trace.traceId, layer }).then((flow) => {
        if (flow && flowOf === flowKey) store.update((now) => ({ ...now, flow }));
      }, complain);
    }
    const key = stepKey(derived.view);
    if (state.step?.key === key || evaluating === key) return;
    evaluating = key;
    void valuesAt(channel, derived, key).then((step) => {
      if (evaluating === key) evaluating = undefined;
      store.update((now) => (now.view && stepKey(now.view) === key ? { ...now, step } : now));
    }, complain);
  };
}

async function valuesAt(channel: Channel<DebuggerPage, DebuggerHost>, derived: NonNullable<ReturnType<typeof derive>>, key: string): Promise<StepValues> {
  const { trace, cursor } = derived.view;
  const expressions = missingExpressions(derived);
  const place = { traceId: trace.traceId, layer: derived.layerIndex, step: cursor.step };
  const found = byText(expressions, await channel.request('evaluate', { ...place, what: derived.what, expressions }));
  const flows = flowsOfEdges(derived);
  const edges = flows.length === 0 ? new Map<string, Float32Array>() : byText(flows, await channel.request('evaluate', { ...place, what: 'edge', expressions: flows }));
  const parts = new Map<string, { readonly arrives: Float32Array; readonly added: Float32Array }>();
  if (derived.pass === 'backward') {
    for (const { name } of derived.layer.lanes.filter(({ kind }) => kind === 'state')) {
      const part = await channel.request('parts', { ...place, state: name });
      if (part) parts.set(name, part);
    }
  }
  return { key, values: found, edges, parts };
}

function byText(texts: readonly string[], { values, lengths }: Evaluated): Map<string, Float32Array> {
  const found = new Map<string, Float32Array>();
  let at = 0;
  texts.forEach((text, i) => {
    const length = lengths[i] ?? -1;
    if (length < 0) return;
    found.set(text, values.subarray(at, at + length));
    at += length;
  });
  return found;
}
