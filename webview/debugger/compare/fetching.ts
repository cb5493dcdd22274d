// Asks the host for the lanes of the compared pass: tiles of the difference where there is one, else of the other's own layer;
// under the pointer the other's own values too, which a difference that is not finite does not tell.
// Not drawing. Answers about a pair that is no longer shown are kept nowhere.
import type { Channel } from '../../../protocol/channel';
import type { DebuggerHost, DebuggerPage } from '../../../protocol/debugger-page';
import type { Store } from '../../store';
import { derive } from '../derive';
import { nameOfDifference } from './compared-lanes';
import type { DebuggerState } from '../state';

export function comparedFetching(channel: Channel<DebuggerPage, DebuggerHost>, store: Store<DebuggerState>, complain: (thrown: unknown) => void, later: (callback: () => void, milliseconds: number) => void): (state: DebuggerState) => void {
  return (state) => {
    const { compared } = state;
    const derived = compared && derive(state);
    const layer = compared?.run.layers[derived?.layerIndex ?? -1];
    if (compared === undefined || derived === undefined || layer === undefined) return;
    const { step } = derived.view.cursor;
    const [lanes, index] = layer.lanes.length > 0 ? [compared.difference, derived.layerIndex] : [compared.other, layer.other];
    if (index === undefined) return;
    const { pointing } = state;
    const pointed = lanes === compared.difference && layer.other !== undefined ? nameOfDifference(pointing?.lane ?? '') : undefined;
    const besides = pointed === undefined ? [] : compared.other.wanted(layer.other ?? 0, derived.what, pointing?.step ?? step, [pointed]);
    for (const [into, request] of [...lanes.wanted(index, derived.what, step).map((each) => [lanes, each] as const), ...besides.map((each) => [compared.other, each] as const)]) {
      channel.request('tile', request).then((tile) => {
        into.take(tile);
        store.update((now) => (now.compared?.run.differenceId === compared.run.differenceId ? { ...now, revision: now.revision + 1 } : now));
      }, (thrown: unknown) => {
        complain(thrown);
        // Not at once: a host that cannot answer would be asked in every frame.
        later(() => into.forget(request), 3000);
      });
    }
  };
}
