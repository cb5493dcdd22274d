// Everything the debugger page is drawn from, in one value.
// Not the cursor's truth: that is the adapter's; the page shows the last one it was told.
import type { DebuggerView, SessionOver } from '../../protocol/debugger-page';
import type { StateFlow } from '../../protocol/trace-view';
import type { Theme } from '../theme/environment';
import type { Arrangement } from './arranging';
import type { ComparedState } from './compare/compared-state';
import type { LaneStore } from './lane-store';
import type { Group } from './lanes/clusters';
import type { OrderName } from './lanes/order';
import type { Threshold } from './threshold';
import type { RowValue } from './lanes/rows';
import type { WeightsState } from './weights/state';

export interface Pointing {
  /** Name of the lane; left out over tokens, predictions and bars. */
  readonly lane?: string;
  /** Position in the lane's order, from the top. */
  readonly row?: number;
  /** Pixel within the timeline, when it is in the lane of lines: a threshold to pick units by. */
  readonly lines?: number;
  /** Row at which a drag over a lane's rows began, in pixels within the lane. */
  readonly fromRow?: number;
  /** Step at which a drag over the lines or the axis began. */
  readonly from?: number;
  /** A strip of the cell or of an equation, by its text; `unit` is left out over its name. */
  readonly node?: string;
  readonly unit?: number;
  readonly step: number;
  readonly pageX: number;
  readonly pageY: number;
  readonly byKeys: boolean;
}

/** Values of expressions at the cursor, by text. */
export interface StepValues {
  readonly key: string;
  readonly values: ReadonlyMap<string, Float32Array>;
  /** Backward: what the end of an edge sends back to its beginning, by `f -> f * c`. */
  readonly edges: ReadonlyMap<string, Float32Array>;
  /** Backward: what arrived and what was added, by state. */
  readonly parts: ReadonlyMap<string, { readonly arrives: Float32Array; readonly added: Float32Array }>;
}

export interface DebuggerState {
  /** Of the choices that the host gave last. */
  readonly given: number;
  /** The passes over time, or the weights that they are computed with. */
  readonly shown: 'time' | 'weights';
  readonly weights: WeightsState;
  readonly phase: 'loading' | 'failed' | 'empty' | 'trace';
  /** A second has passed without the host's first answer, and why that was an error. */
  readonly late: boolean;
  readonly failure?: string;
  readonly over?: SessionOver;
  readonly slow: boolean;
  readonly problem?: string;
  readonly view?: DebuggerView;
  readonly lanes?: LaneStore;
  readonly compared?: ComparedState;
  /** Requests for values that have been under way for long. */
  readonly outstanding?: number;
  /** Rises whenever lanes were filled in place. */
  readonly revision: number;
  readonly flow?: readonly StateFlow[];
  readonly step?: StepValues;
  readonly order: OrderName;
  /** Correlation from which on units make a group. */
  readonly alike: number;
  /** The last order and tree of units that were made. */
  readonly arranged?: Arrangement;
  /** Drawn over the lines to pick units. */
  readonly threshold?: Threshold;
  /** Groups whose mean the lines show. */
  readonly meansOf: readonly Group[];
  /** Groups that a link asks for, from 0 at the top, until the groups are made. */
  readonly meansWanted?: readonly number[];
  /** Somebody has cleared the picks: none is made for them any more. */
  readonly picksCleared: boolean;
  /** What a row of several units shows. */
  readonly rowValue: RowValue;
  /** Rows that were brushed, as places in the order, without `to`. */
  readonly zoomedRows?: { readonly from: number; readonly to: number };
  /** Heights of lanes that were dragged, by name, in pixels. */
  readonly laneHeights: Readonly<Record<string, number>>;
  /** The lane that the lines show; the last state when left out. */
  readonly linesOf?: string;
  /** First visible step of a scrolled timeline, from 0. */
  readonly first: number;
  /** Chosen by zooming; the layout's own when left out. */
  readonly columnWidth?: number;
  /** A wheel is zooming time at this moment. */
  readonly zooming: boolean;
  readonly playing: boolean;
  readonly stepsPerSecond: number;
  readonly pointing?: Pointing;
  /** The page is scrolled so far that tokens and axis are shown at its top. */
  readonly stuck: boolean;
  readonly keysShown: boolean;
  readonly width: number;
  readonly height: number;
  readonly scale: number;
  readonly theme: Theme;
}

/** What the values at the cursor belong to. */
export function stepKey(view: DebuggerView): string {
  return `${view.trace.traceId}/${view.cursor.layer}/${view.cursor.pass}/${view.cursor.step}`;
}
