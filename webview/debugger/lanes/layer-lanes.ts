// Small multiples of a model of several layers: the last state of every other layer as a thin lane, to see them together and to go there.
// Not the lanes of the layer that is shown. Rows are ordered by their mean, which costs nothing; the layer's own lanes order them by similarity.
import type { LaneHeader } from '../../../protocol/trace-view';
import type { Derived } from '../derive';
import type { DebuggerState } from '../state';
import { indexOrder, meanOrder } from './order';
import { type LaneValues, presence } from './raster';

export interface LayerLane {
  /** Names its block in the layout. */
  readonly key: string;
  /** Index of the layer in the trace. */
  readonly layer: number;
  /** Of the layer: `r2`. */
  readonly name: string;
  readonly header: LaneHeader;
  /** Undefined until its first tile has come. */
  readonly lane: LaneValues | undefined;
  readonly order: readonly number[];
}

export function layerLanes({ view, layerIndex, what }: Pick<Derived, 'view' | 'layerIndex' | 'what'>, lanes: DebuggerState['lanes']): readonly LayerLane[] {
  return view.trace.layers.flatMap(({ name, lanes: headers }, layer) => {
    const header = headers.filter(({ kind }) => kind === 'state').at(-1);
    if (layer === layerIndex || !header) return [];
    const lane = lanes?.lane(layer, what, header.name);
    return [{ key: layerKey(layer), layer, name, header, lane, order: lane ? orderOf(lane) : indexOrder(header.units) }];
  });
}

export const layerKey = (layer: number): string => `layer ${layer}`;

const orders = new WeakMap<LaneValues, readonly number[]>();

/** By index until all of it is there. */
function orderOf(lane: LaneValues): readonly number[] {
  const known = orders.get(lane);
  if (known || lane.have.includes(presence.none)) return known ?? indexOrder(lane.units);
  const made = meanOrder([lane.values], lane.steps, lane.units);
  orders.set(lane, made);
  return made;
}

/** The unit in a row of such a lane, by its pixel; undefined when the key is of another lane. */
export function layerUnit(lanes: readonly LayerLane[], key: string | undefined, row: number, height: number): { readonly lane: LayerLane; readonly unit: number } | undefined {
  const lane = lanes.find((each) => each.key === key);
  const unit = lane?.order[Math.min(lane.order.length - 1, Math.max(0, Math.floor((row / height) * lane.order.length)))];
  return lane && unit !== undefined ? { lane, unit } : undefined;
}
