// What the page knows of the weights of the pass it shows, what is chosen there, and what to ask for.
// Not the numbers' meaning and not drawing. The timeline's state is beside it (../state.ts).
// Invariant: what is drawn belongs to one question; numbers of an older one are never mixed in.
import type { DebuggerView } from '../../../protocol/debugger-page';
import type { CellsWanted, WeightQuantity, WeightsHeader, WeightsPicture } from '../../../protocol/weights-view';
import { matrixLayout, type MatrixLayout, placesWithin } from '../../weights/layout';
import { shownLayer } from '../../weights/names';
import type { Derived } from '../derive';

export type RowOrder = 'source' | 'lanes';

export interface WeightsState {
  readonly header?: WeightsHeader;
  readonly of: WeightQuantity;
  /** Chosen by the person; the layer of the timeline when left out. */
  readonly layer?: string;
  readonly order: RowOrder;
  /** The stretch of the picture that is in sight, in pixels from its top. */
  readonly sight: readonly [from: number, to: number];
  /** The last answer, with its question; null: there are no such numbers. */
  readonly answer?: { readonly question: WeightsQuestion; readonly picture: WeightsPicture | null };
}

/** Everything that an answer depends on. */
export interface WeightsQuestion {
  readonly key: string;
  readonly traceId: string;
  readonly layer: string;
  readonly of: WeightQuantity;
  readonly step: number;
  readonly cells: readonly CellsWanted[];
}

export const freshWeights: WeightsState = { of: 'value', order: 'source', sight: [0, 800] };

export interface WeightsPlace {
  readonly width: number;
  readonly scale: number;
}

/** What a page of this width has for the matrices. */
export function weightsWidth(pageWidth: number): number {
  // A page that was just opened, or is hidden, reports no width at all.
  return Math.floor(Math.max(320, pageWidth) - 24);
}

export function layerShown({ header, layer }: WeightsState, derived: Derived): string | undefined {
  return header && shownLayer(header.tensors, layer ?? derived.layer.name);
}

export function layoutShown(weights: WeightsState, derived: Derived, { width, scale }: WeightsPlace): MatrixLayout | undefined {
  const layer = layerShown(weights, derived);
  return layer === undefined || !weights.header ? undefined : matrixLayout(weights.header.tensors, layer, width, 128, scale);
}

/** Why there are no such numbers here; undefined when there are. */
export function whyNone(of: WeightQuantity, header: WeightsHeader, { trace, cursor }: DebuggerView): 'backward' | 'forward' | 'update' | undefined {
  if (of !== 'value' && !trace.backwardRecorded) return 'backward';
  if ((of === 'step' || of === 'sum') && cursor.pass === 'forward') return 'forward';
  return of === 'update' && header.iteration === undefined ? 'update' : undefined;
}

/** Undefined while the header is not there, or where there is nothing to ask for. */
export function questionOf(weights: WeightsState, derived: Derived, place: WeightsPlace): WeightsQuestion | undefined {
  const { header, of } = weights;
  const layer = layerShown(weights, derived);
  const layout = layoutShown(weights, derived, place);
  const { trace, cursor } = derived.view;
  if (!header || header.traceId !== trace.traceId || layer === undefined || !layout || whyNone(of, header, derived.view) !== undefined) return undefined;
  const step = of === 'step' || of === 'sum' ? cursor.step : 1;
  const cells = placesWithin(layout, weights.sight[0] - 200, weights.sight[1] + 200).map((matrix): CellsWanted => {
    const { tensor: { name, role }, rows, columns, perRow, perColumn } = matrix;
    const units = weights.order === 'lanes' && layer === derived.layer.name ? Int32Array.from(derived.order) : undefined;
    return { name, perRow, perColumn, ...(units?.length === rows ? { rows: units } : {}), ...(role === 'recurrent' && units?.length === columns ? { columns: units } : {}) };
  });
  const key = [trace.traceId, layer, of, step, weights.order === 'lanes' ? derived.order.join() : '', ...cells.map(({ name, perRow, perColumn }) => `${name}:${perRow}:${perColumn}`)].join('/');
  return { key, traceId: trace.traceId, layer, of, step, cells };
}
