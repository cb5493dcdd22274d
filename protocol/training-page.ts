// What crosses between the host and the training page, in both directions.
// Not the run's data (run.ts) and not the engine's messages (engine-host.ts): a page that carries an engine speaks those on a channel of their own.
// Invariant: the page asks `hello` once it listens; before that the host sends it nothing, after that every change.
import type { SavePicture } from './save-picture';
import type { HorizonColumn, IterationBatch, LookProgress, ParameterColumn, ParameterLook, ParameterQuantity, RunHeader, RunSample, RunSoFar, RunStatus, SaturationColumn, ValidationPoint } from './run';

/** Scope of the channel. */
export const trainingScope = 'training';

/** What the empty page leads to; `run`: one that was trained before. */
export type Beginning = 'train' | 'debug' | 'run' | 'example';

type Done = { readonly params: Readonly<Record<string, never>>; readonly result: null };

/** What the page keeps with VS Code, and the host gets back when the window is opened again. */
export interface KeptPage {
  readonly run: string;
}

/** What the host offers to the page. */
export type TrainingHost = {
  readonly requests: {
    /** The run so far; null when no run is shown yet. */
    readonly hello: { readonly params: Readonly<Record<string, never>>; readonly result: RunSoFar | null };
    readonly pause: Done;
    readonly resume: Done;
    readonly stop: Done;
    /** Takes the run up again from its last checkpoint, after the engine was lost. */
    readonly restart: Done;
    /** Trains the changed model from the start. */
    readonly runAgain: Done;
    /** Re-runs one iteration as a trace and opens the debugger on it. */
    readonly debugIteration: { readonly params: { readonly iteration: number }; readonly result: null };
    /** Opens the model's source at its train block. */
    readonly revealSettings: Done;
    /** The parameters at an iteration (null: the newest that is kept), by replaying the run to it. */
    readonly lookAtParameters: { readonly params: { readonly iteration: number | null }; readonly result: ParameterLook };
    /** Ends the replay under way; the look is answered with the error `cancelled`. */
    readonly cancelLook: Done;
    readonly parameterNumbers: { readonly params: { readonly id: number; readonly name: string; readonly of: ParameterQuantity }; readonly result: Float32Array };
    readonly savePicture: SavePicture;
    /** The buttons of the empty page. */
    readonly begin: { readonly params: { readonly what: Beginning }; readonly result: null };
  };
  readonly events: {
    /** A run begins (or another one is shown): everything known before is of another run. */
    readonly header: RunHeader;
    /** At most one batch per animation frame. */
    readonly iterations: IterationBatch;
    readonly validation: ValidationPoint;
    readonly sample: RunSample;
    readonly horizon: HorizonColumn;
    readonly parameters: ParameterColumn;
    readonly saturation: SaturationColumn;
    /** Of the look that was asked for last. */
    readonly lookProgress: LookProgress;
    readonly status: RunStatus;
    readonly stale: { readonly stale: boolean };
  };
};

/** What the page offers to the host: nothing yet but to listen. */
export type TrainingPage = {
  readonly requests: Readonly<Record<never, never>>;
  readonly events: Readonly<Record<never, never>>;
};
