// What a person has chosen here and a link carries: the layer and the order of the rows.
// Not cursor, units and comparison, which belong to the session.
// Invariant: what is left out is what the page begins with; an order or a layer that there is not is left out.
import type { DebuggerChoices } from '../../protocol/page-choices';
import { isOrder } from './lanes/order';
import type { DebuggerState } from './state';

const usual = 'similar';

export function choicesOf({ order, view }: Pick<DebuggerState, 'order' | 'view'>): DebuggerChoices {
  return { ...(view === undefined ? {} : { layer: view.cursor.layer }), ...(order === usual ? {} : { order }) };
}

export function withChoices<S extends Pick<DebuggerState, 'order' | 'view'>>(state: S, { layer, order }: DebuggerChoices): S {
  const { view } = state;
  const seen = view !== undefined && layer !== undefined && layer < view.trace.layers.length ? { view: { ...view, cursor: { ...view.cursor, layer } } } : {};
  return { ...state, ...seen, order: order !== undefined && isOrder(order) ? order : usual };
}
