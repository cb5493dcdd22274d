// The lanes that stand for the compared pass: the difference beneath each lane where units are the same units, else the other's own at the end.
// Not their pixels and not their places. A difference is this less the other, in signed colours.
import type { Pass } from '../../../protocol/debugger-page';
import type { LaneHeader } from '../../../protocol/trace-view';
import { type Derived, shownUnits } from '../derive';
import { indexOrder } from '../lanes/order';
import type { LaneValues } from '../lanes/raster';
import type { DebuggerState } from '../state';
import type { ComparedState } from './compared-state';

export interface ComparedLane {
  readonly key: string;
  readonly kind: 'difference' | 'other';
  readonly name: string;
  readonly header: LaneHeader;
  readonly lane: LaneValues | undefined;
  /** Units that are shown, from top to bottom: as in this pass's lanes where they are the same. */
  readonly order: readonly number[];
}

/** What the layout asks for, before anything has arrived. */
export interface ComparedWish {
  readonly beneath: readonly string[];
  readonly after: readonly { readonly key: string; readonly units: number }[];
}

export function comparedWish(compared: ComparedState | undefined, layer: number): ComparedWish {
  if (compared === undefined) return { beneath: [], after: [] };
  const { lanes, other } = compared.run.layers[layer] ?? { lanes: [], other: undefined };
  if (lanes.length > 0) return { beneath: lanes.map(({ name }) => name), after: [] };
  const own = other === undefined ? [] : (compared.run.trace.layers[other]?.lanes ?? []);
  return { beneath: [], after: own.map(({ name, units }) => ({ key: otherKey(name), units })) };
}

/** The lane beneath which a difference stands. */
export function nameOfDifference(key: string): string | undefined {
  return key.startsWith(differenceKey('')) ? key.slice(differenceKey('').length) : undefined;
}

export const differenceKey = (name: string): string => `− ${name}`;
const otherKey = (name: string): string => `other ${name}`;

export function comparedLanes(derived: Derived, { compared }: DebuggerState): readonly ComparedLane[] {
  const layer = compared?.run.layers[derived.layerIndex];
  if (compared === undefined || layer === undefined) return [];
  if (layer.lanes.length > 0) {
    return layer.lanes.map((header): ComparedLane => ({
      key: differenceKey(header.name), kind: 'difference', name: header.name, header,
      lane: compared.difference.lane(derived.layerIndex, derived.what, header.name),
      order: shownUnits(derived, header.units),
    }));
  }
  const { other } = layer;
  if (other === undefined) return [];
  return (compared.run.trace.layers[other]?.lanes ?? []).map((header): ComparedLane => ({
    key: otherKey(header.name), kind: 'other', name: header.name, header, lane: compared.other.lane(other, derived.what, header.name), order: indexOrder(header.units),
  }));
}

/** `h' − RNN`, `RNN ∂L/∂h`. */
export function comparedName({ kind, name, header }: ComparedLane, pass: Pass, label: string): string {
  const own = pass === 'backward' ? `∂L/∂${name}` : header.kind === 'state' ? `${name}'` : name;
  return kind === 'difference' ? `${own} − ${label}` : `${label} ${own}`;
}

/** The lane of a block, and the unit in one of its rows. */
export function comparedUnit(lanes: readonly ComparedLane[], key: string, row: number, height: number): { readonly lane: ComparedLane; readonly unit: number } | undefined {
  const lane = lanes.find((each) => each.key === key);
  if (lane === undefined) return undefined;
  const units = lane.order.length;
  return { lane, unit: lane.order[Math.min(units - 1, Math.max(0, Math.floor((row / height) * units)))] ?? 0 };
}
