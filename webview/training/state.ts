// Everything the training page is drawn from, in one value.
// Not the run's arrays themselves (run-data.ts grows them); not what can be computed from here.
import type { LookProgress, ParameterLook, ParameterQuantity } from '../../protocol/run';
import type { Theme } from '../theme/environment';
import type { RunData } from './run-data';

export type DetailName = 'ratio' | 'values' | 'changes' | 'saturation';
export type DetailTab = DetailName | 'matrices';
export type PictureName = 'loss' | 'norm' | 'horizon' | 'largest' | DetailName;
export type SideTab = 'validation' | 'largest' | 'samples';

/** What the pointer or the keyboard points at: an iteration in all pictures, a row in one. */
export interface Pointing {
  readonly picture: PictureName;
  readonly iteration: number;
  /** Pixel within the picture; left out when the keyboard points. */
  readonly y?: number;
  /** The parameter or value whose row or line it is, in pictures that have such. */
  readonly row?: string;
  readonly pageX: number;
  readonly pageY: number;
}

export type LookState =
  | { readonly kind: 'none' }
  /** `before`: what was shown when it was asked for, and is again when it is cancelled. */
  | { readonly kind: 'loading'; readonly iteration: number | null; readonly before: LookState; readonly progress?: LookProgress }
  | { readonly kind: 'failed'; readonly problem: string }
  | { readonly kind: 'here'; readonly look: ParameterLook; /** By quantity and name; another map with every arrival. */ readonly numbers: ReadonlyMap<string, Float32Array> };

export interface TrainingState {
  readonly phase: 'loading' | 'failed' | 'empty' | 'run';
  /** A second has passed without the host's first answer, and why that was an error. */
  readonly late: boolean;
  readonly failure?: string;
  /** A request that failed: what was wanted could not be done. */
  readonly problem?: string;
  /** What the host said of the run and the person has dismissed. */
  readonly read?: string;
  /** Loading takes long enough to be worth a line. */
  readonly slow: boolean;
  readonly run?: RunData;
  readonly width: number;
  readonly height: number;
  /** Device pixels per CSS pixel. */
  readonly scale: number;
  readonly theme: Theme;
  readonly pointing?: Pointing;
  /** The iteration chosen in the strip or the table. */
  readonly selected?: number;
  readonly tab: SideTab;
  /** Which picture of the parameters is shown, and of which layer. */
  readonly detail: DetailTab;
  /** The parameters at one iteration, as far as they were asked for. */
  readonly look: LookState;
  readonly quantity: ParameterQuantity;
  readonly layer?: string;
  readonly keysShown: boolean;
}
