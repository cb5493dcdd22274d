// What a person has chosen here and a link carries: the layer, the order of the rows, and the weights where they are in front.
// Not cursor, units and comparison, which belong to the session.
// Invariant: what is left out is what the page begins with; an order, a layer or a quantity that there is not is left out.
import type { DebuggerChoices } from '../../protocol/page-choices';
import { isOrder } from './lanes/order';
import type { DebuggerState } from './state';
import { isQuantity } from './weights/sentences';

const usual = 'similar';
type Chosen = 'order' | 'view' | 'shown' | 'weights';

export function choicesOf({ order, view, shown, weights }: Pick<DebuggerState, Chosen>): DebuggerChoices {
  return { ...(shown === 'weights' ? { parameters: weights.of } : {}), ...(view === undefined ? {} : { layer: view.cursor.layer }), ...(order === usual ? {} : { order }) };
}

export function withChoices<S extends Pick<DebuggerState, Chosen>>(state: S, { layer, order, parameters }: DebuggerChoices): S {
  const { view } = state;
  const seen = view !== undefined && layer !== undefined && layer < view.trace.layers.length ? { view: { ...view, cursor: { ...view.cursor, layer } } } : {};
  const inFront = parameters !== undefined && isQuantity(parameters) ? { shown: 'weights' as const, weights: { ...state.weights, of: parameters } } : { shown: 'time' as const };
  return { ...state, ...seen, ...inFront, order: order !== undefined && isOrder(order) ? order : usual };
}
