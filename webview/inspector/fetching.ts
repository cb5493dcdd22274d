// Asks the host for the numbers behind the pictures, as trace, layer, loss and cursor change.
// Not drawing. An answer for something no longer shown is dropped; a part that cannot be had is null.
import type { Channel } from '../../protocol/channel';
import type { InspectorHost, InspectorPage } from '../../protocol/inspector-page';
import type { Store } from '../store';
import { chosenLoss, type InspectorState, type Received } from './state';

export function fetching(channel: Channel<InspectorPage, InspectorHost>, store: Store<InspectorState>, complain: (thrown: unknown) => void): (state: InspectorState) => void {
  const asked = new Map<keyof Received, string>();
  return (state) => {
    const { view } = state;
    if (!view || !view.trace.backwardRecorded) return;
    const place = { traceId: view.trace.traceId, layer: state.layer };
    const loss = chosenLoss(state);
    const against = view.compared?.id ?? '';
    const base = `${place.traceId}/${place.layer}/${against}`;
    const ask = <K extends keyof Received>(part: K, key: string, request: () => Promise<Received[K]>): void => {
      if (asked.get(part) === key) return;
      asked.set(part, key);
      request().then((value) => {
        if (asked.get(part) === key) store.update((now) => ({ ...now, received: { ...now.received, [part]: value } }));
      }, (thrown: unknown) => {
        if (asked.get(part) === key) complain(thrown);
      });
    };
    ask('curves', `${base}/${loss}`, () => channel.request('curves', { ...place, loss }));
    ask('paths', `${base}/${loss}`, () => channel.request('paths', { ...place, loss }));
    ask('factors', `${base}/${loss}`, () => channel.request('factors', { ...place, loss }));
    ask('spectrum', `${base}/${view.cursor.step}`, () => channel.request('spectrum', { ...place, step: view.cursor.step }));
    ask('radii', base, () => channel.request('radii', place));
    ask('parameters', `${base}/${loss}`, () => channel.request('parameters', { ...place, loss }));
    ask('saturation', base, () => channel.request('saturation', place));
    ask('horizon', base, () => channel.request('horizon', place));
  };
}
