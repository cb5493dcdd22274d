// Asks for the row of the cursor's step where a triangle takes only some of the losses; ends that and goes on with it.
// Not the triangle itself (triangle-fetching.ts) and not drawing.
// Invariant: one question at a time for each triangle, about the step where the cursor stands; an answer about another step is dropped.
import type { Channel } from '../../protocol/channel';
import type { InspectorHost, InspectorPage, TriangleOf, TriangleRow } from '../../protocol/inspector-page';
import type { Store } from '../store';
import type { InspectorState } from './state';

export interface RowFetching {
  /** Asks for what the state lacks. */
  readonly follow: (state: InspectorState) => void;
  readonly cancel: (of: TriangleOf) => void;
  readonly goOn: (of: TriangleOf) => void;
}

const parts = { run: ['triangle', 'triangleRow'], compared: ['comparedTriangle', 'comparedTriangleRow'] } as const;
/** So long the cursor rests before its row is asked for: a replay passes through many steps. */
const rest = 120;

/** The loss whose row is missing; undefined when none is. */
export function missingRow({ view, received, triangleShown, triangleWork }: InspectorState, of: TriangleOf): number | undefined {
  const triangle = received[parts[of][0]];
  if (!view || !triangle || (of === 'compared' ? !view.compared || triangleShown === 'run' : view.compared && triangleShown === 'compared')) return undefined;
  const { step } = view.cursor;
  const { trace } = view;
  const hasLoss = trace.valid[step - 1] === 1 && !Number.isNaN(trace.loss.values[step - 1] ?? NaN);
  // While a triangle is computed its own rows still come.
  const some = triangle.chosen < triangle.of && triangle.losses.length === triangle.chosen && triangleWork[of]?.state === 'complete';
  return some && hasLoss && !triangle.losses.includes(step) ? step : undefined;
}

export function rowFetching(channel: Channel<InspectorPage, InspectorHost>, store: Store<InspectorState>, complain: (thrown: unknown) => void, later: (callback: () => void, milliseconds: number) => void): RowFetching {
  const asked = new Map<TriangleOf, string>();
  const note = (of: TriangleOf, work: InspectorState['rowWork'][TriangleOf], row?: TriangleRow | null): void =>
    store.update(({ rowWork: { [of]: _, ...others }, ...state }) => ({
      ...state, rowWork: work ? { ...others, [of]: work } : others, ...(row === undefined ? {} : { received: { ...state.received, [parts[of][1]]: row } }),
    }));
  const ask = async (of: TriangleOf, key: string, loss: number): Promise<void> => {
    const { view, layer } = store.state;
    if (!view || asked.get(of) !== key) return;
    note(of, { loss, state: 'running' });
    try {
      const row = await channel.request('triangleRow', { traceId: view.trace.traceId, layer, of, loss });
      if (asked.get(of) === key) note(of, undefined, row);
    } catch (thrown) {
      // Whoever moved on has asked anew, and whoever cancelled has been told.
      if (asked.get(of) === key && store.state.rowWork[of]?.state === 'running') {
        note(of, undefined);
        complain(thrown);
      }
    }
  };
  const follow = (state: InspectorState): void => {
    for (const of of ['run', 'compared'] as const) {
      const loss = missingRow(state, of);
      const key = loss === undefined ? undefined : `${state.view?.trace.traceId}/${state.layer}/${of === 'run' ? '' : state.view?.compared?.id}/${loss}`;
      if (asked.get(of) === key) continue;
      if (key === undefined || loss === undefined) asked.delete(of);
      else asked.set(of, key);
      if (state.rowWork[of] !== undefined) note(of, undefined);
      if (key !== undefined && loss !== undefined) later(() => void ask(of, key, loss), rest);
    }
  };
  return {
    follow,
    cancel: (of) => {
      const work = store.state.rowWork[of];
      const { view, layer } = store.state;
      if (work?.state !== 'running' || !view) return;
      note(of, { ...work, state: 'stopped' });
      void channel.request('stopTriangle', { traceId: view.trace.traceId, layer, of }).catch(complain);
    },
    goOn: (of) => {
      const [work, key] = [store.state.rowWork[of], asked.get(of)];
      if (work?.state === 'stopped' && key !== undefined) void ask(of, key, work.loss);
    },
  };
}
