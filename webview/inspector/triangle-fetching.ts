// Follows the computation of the triangles: the run's, and the compared one's when it is to be seen; stops it and goes on with it.
// Not the other pictures' numbers (fetching.ts) and not drawing.
// Invariant: one question at a time for each triangle; an answer about something no longer shown is dropped.
import type { Channel } from '../../protocol/channel';
import type { InspectorHost, InspectorPage, TriangleOf } from '../../protocol/inspector-page';
import type { Store } from '../store';
import type { InspectorState } from './state';

export interface TriangleFetching {
  /** Asks for what the state shows. */
  readonly follow: (state: InspectorState) => void;
  readonly cancel: (of: TriangleOf) => void;
  readonly goOn: (of: TriangleOf) => void;
}

interface Place {
  readonly traceId: string;
  readonly layer: number;
}

const parts = { run: 'triangle', compared: 'comparedTriangle' } as const;

export function triangleFetching(channel: Channel<InspectorPage, InspectorHost>, store: Store<InspectorState>, complain: (thrown: unknown) => void): TriangleFetching {
  const asked = new Map<TriangleOf, string>();
  const places = new Map<TriangleOf, Place>();
  const forget = (of: TriangleOf): void => {
    asked.delete(of);
    store.update(({ triangleWork: { [of]: _, ...triangleWork }, received: { [parts[of]]: __, ...received }, ...state }) => ({ ...state, triangleWork, received }));
  };
  const follow = async (of: TriangleOf, place: Place, key: string, goOn: boolean): Promise<void> => {
    const shown = (): boolean => asked.get(of) === key;
    let share = goOn ? (store.state.triangleWork[of]?.share ?? -1) : -1;
    for (let first = true; shown(); first = false) {
      const rows = store.state.received[parts[of]]?.losses.length ?? 0;
      const now = await channel.request('triangle', { ...place, of, rows, share, goOn: goOn && first });
      if (!shown()) return;
      store.update(({ triangleWork: { [of]: _, ...others }, ...state }) => ({
        ...state,
        triangleWork: now === null ? others : { ...others, [of]: { state: now.state, share: now.share } },
        received: now === null ? { ...state.received, [parts[of]]: null } : now.triangle ? { ...state.received, [parts[of]]: now.triangle } : state.received,
      }));
      if (now === null || now.state !== 'running') return;
      share = now.share;
    }
  };
  const begin = (of: TriangleOf, place: Place, key: string, goOn: boolean): void => {
    asked.set(of, key);
    places.set(of, place);
    follow(of, place, key, goOn).catch((thrown: unknown) => {
      if (asked.get(of) === key) complain(thrown);
    });
  };
  return {
    follow: ({ view, layer, triangleShown }) => {
      if (!view?.trace.backwardRecorded) return;
      const place = { traceId: view.trace.traceId, layer };
      const wanted: readonly (readonly [TriangleOf, string | undefined])[] = [
        ['run', `${place.traceId}/${layer}`],
        ['compared', view.compared && triangleShown !== 'run' ? `${place.traceId}/${layer}/${view.compared.id}` : undefined],
      ];
      for (const [of, key] of wanted) {
        if (asked.get(of) === key) continue;
        // What was received is about something else.
        if (asked.has(of)) forget(of);
        if (key !== undefined) begin(of, place, key, false);
      }
    },
    cancel: (of) => {
      const place = places.get(of);
      if (place) void channel.request('stopTriangle', { ...place, of }).catch(complain);
    },
    goOn: (of) => {
      const [key, place] = [asked.get(of), places.get(of)];
      if (key === undefined || !place || store.state.triangleWork[of]?.state !== 'stopped') return;
      begin(of, place, key, true);
    },
  };
}
