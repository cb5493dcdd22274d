// Everything the gradient inspector is drawn from, in one value.
// Not computed numbers: what the host sent, and what the person chose.
import type { FactorCurves, GateSaturation, InspectorView, LossCurves, MemoryHorizon, ParameterGradients, PathShares, Spectrum, Triangle, TriangleNow, TriangleOf, TriangleRow } from '../../protocol/inspector-page';
import type { SessionOver } from '../../protocol/debugger-page';
import type { Theme } from '../theme/environment';

export type SmallName = 'eigenvalues' | 'parameters' | 'saturation' | 'horizon';

/** What was received for the present trace, layer and loss; a part that is null is not to be had. */
export interface Received {
  readonly curves?: LossCurves | null;
  readonly paths?: PathShares | null;
  readonly factors?: FactorCurves | null;
  /** As far as it is there. */
  readonly triangle?: Triangle | null;
  readonly comparedTriangle?: Triangle | null;
  /** Of the cursor's step, where the triangle takes only some of the losses. */
  readonly triangleRow?: TriangleRow | null;
  readonly comparedTriangleRow?: TriangleRow | null;
  readonly spectrum?: { readonly run: Spectrum; readonly compared?: Spectrum } | null;
  readonly radii?: Float64Array | null;
  readonly parameters?: ParameterGradients | null;
  readonly saturation?: GateSaturation | null;
  readonly horizon?: MemoryHorizon | null;
}

/** What the triangle shows: this run's, the compared one's, or by how much they differ. */
export type TriangleShown = TriangleOf | 'difference';

/** How far the triangles are; left out before anything was heard of one. */
export type TriangleWork = Partial<Readonly<Record<TriangleOf, Pick<TriangleNow, 'state' | 'share'>>>>;

/** The row of the cursor's step while it is asked for, or after that was ended; left out when none is. */
export type RowWork = Partial<Readonly<Record<TriangleOf, { readonly loss: number; readonly state: 'running' | 'stopped' }>>>;

export interface Pointing {
  readonly picture: 'curves' | 'paths' | 'triangle' | SmallName;
  /** Steps back in the horizon. */
  readonly step: number;
  /** Row of the triangle or of the parameters, place of an eigenvalue, or of a unit's dot. */
  readonly row?: number;
  readonly pageX: number;
  readonly pageY: number;
}

export interface InspectorState {
  /** Of the choices that the host gave last. */
  readonly given: number;
  readonly phase: 'loading' | 'failed' | 'empty' | 'view';
  /** A second has passed without the host's first answer, and why that was an error. */
  readonly late: boolean;
  readonly failure?: string;
  readonly slow: boolean;
  readonly problem?: string;
  readonly view?: InspectorView;
  readonly over?: SessionOver;
  readonly received: Received;
  /** Step of the chosen loss; null = all; left out = the last valid step. */
  readonly loss?: number | null;
  readonly layer: number;
  readonly triangleShown: TriangleShown;
  readonly triangleForm: 'triangle' | 'bars';
  readonly triangleWork: TriangleWork;
  readonly rowWork: RowWork;
  readonly playing: boolean;
  readonly stepsPerSecond: number;
  readonly pointing?: Pointing;
  readonly tab: SmallName;
  readonly keysShown: boolean;
  readonly width: number;
  readonly height: number;
  readonly scale: number;
  readonly theme: Theme;
}

/** The last step that has a loss, or the first in a layer that walks from the end: where the inspector starts. */
export function usualLoss({ trace }: InspectorView, layer: number): number {
  const has = (step: number): boolean => trace.valid[step - 1] === 1 && !Number.isNaN(trace.loss.values[step - 1]);
  if (trace.layers[layer]?.reversed === true) for (let step = 1; step <= trace.steps; step++) if (has(step)) return step;
  for (let step = trace.steps; step >= 1; step--) if (has(step)) return step;
  return trace.steps;
}

/** The loss that is shown: a step, or null for all. */
export function chosenLoss(state: InspectorState): number | null {
  if (state.loss !== undefined) return state.loss;
  return state.view ? usualLoss(state.view, state.layer) : null;
}
