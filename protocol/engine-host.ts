// What crosses between an engine (child process, worker of the host, worker of a page) and whoever owns it: one run, checks and traces.
// Not the page's view (training-page.ts) and not the engine's own types: both sides convert by hand.
// Invariant: the same messages for every backend; an owner hears `ended` exactly once per start, or the engine dies, which its owner sees by other means.
import type { HorizonColumn, IterationBatch, LookProgress, ParameterColumn, ParameterLook, ParameterQuantity, RunHeader, RunMeasured, RunSample, SaturationColumn, ValidationPoint } from './run';

/** Scope of the channel. */
export const engineScope = 'engine';

export type EngineBackend = 'cpu' | 'wasm' | 'webgpu';

/** A model's text with everything it imports; positions in problems are of these texts. */
export interface ModelText {
  /** Path of the model's file; names of data and imports are relative to its folder. */
  readonly file: string;
  readonly text: string;
  /** Imported files by path, as the program names them. */
  readonly imports: readonly { readonly path: string; readonly text: string }[];
  /** Which of several models; left out when there is one. */
  readonly model?: string;
}

export interface OpenRun extends ModelText {
  readonly runId: string;
  /** The run's folder. */
  readonly run: string;
  readonly backend: EngineBackend;
  readonly threads: number;
  /** Settings put over the text's, `key` → value. */
  readonly settings: Readonly<Record<string, string>>;
  /** ISO 8601. */
  readonly started: string;
  /** Goes on from the folder's newest checkpoint. */
  readonly resume: boolean;
  /** Iterations between two validations; left out = by the plan. */
  readonly validateEvery?: number;
}

/** Something wrong with the text or its data; lines and columns from 1. */
export interface Problem {
  readonly severity: 'error' | 'warning' | 'hint';
  readonly code: string;
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export type OpenedRun =
  | { readonly kind: 'opened'; /** Without why this backend: the owner knows. */ readonly header: RunHeader; /** Iterations done already. */ readonly iteration: number; /** Sentences about a resumed run. */ readonly notices: readonly string[] }
  /** At least one problem is an error; nothing was written. */
  | { readonly kind: 'wrong'; readonly problems: readonly Problem[] };

/** A run's folder, to be read back; `text` is the folder's copy of the model, `file` the place that names of data are relative to. */
export interface FormerRunRequest extends ModelText {
  readonly runId: string;
  readonly run: string;
}

export type FormerRun =
  | ({
      readonly kind: 'read';
      readonly header: RunHeader;
      /** As the folder says: `running` when nobody wrote its end. */
      readonly status: 'running' | 'finished' | 'stopped' | 'failed';
      /** Iterations done when that was written. */
      readonly iteration: number;
      readonly reason?: string;
    } & RunMeasured)
  /** At least one problem is an error. */
  | { readonly kind: 'wrong'; readonly problems: readonly Problem[] };

export interface RunEnded {
  readonly status: 'finished' | 'stopped' | 'cancelled' | 'failed' | 'error';
  /** Iterations done. */
  readonly iteration: number;
  /** Null when it is not finite. */
  readonly loss: number | null;
  /** A sentence, when it failed. */
  readonly reason?: string;
  /** Code of the error that ended it. */
  readonly code?: string;
}

export interface GradientsChecked {
  readonly passed: boolean;
  /** The report, line by line, for people. */
  readonly lines: readonly string[];
  /** What is wrong with the text or with a derivative, at its place. */
  readonly problems: readonly Problem[];
}

export interface TraceRequest extends ModelText {
  readonly backend: EngineBackend;
  readonly threads: number;
  /** `W` and `X` of the trace contract, as safetensors bytes; without weights: fresh ones by the seed. */
  readonly weights?: Uint8Array;
  readonly inputs: Uint8Array;
  /** Training's masks by this seed; left out = evaluation mode. */
  readonly dropoutSeed?: number;
}

export interface LookRequest extends ModelText {
  /** The run's folder, only read. */
  readonly run: string;
  readonly backend: EngineBackend;
  readonly threads: number;
  /** Null = that of the newest checkpoint. */
  readonly iteration: number | null;
}

export interface TraceColumn {
  readonly name: string;
  readonly dims: readonly number[];
}

export interface TraceRecorded {
  readonly traceId: number;
  readonly loss: number | null;
  readonly columns: readonly TraceColumn[];
}

type Nothing = Readonly<Record<string, never>>;
type Done = { readonly params: Nothing; readonly result: null };

/** What an engine offers. */
export type EngineHost = {
  readonly requests: {
    /** Is this backend there? Rejects with `backend-missing` and the reason when it is not. */
    readonly probe: { readonly params: { readonly backend: EngineBackend; readonly threads: number }; readonly result: { readonly detail: string } };
    /** Reads the model and its data, opens the backend, begins or takes up the run's folder. One run per engine. */
    readonly open: { readonly params: OpenRun; readonly result: OpenedRun };
    /** Trains the opened run; answered at once, its end is the event `ended`. */
    readonly start: Done;
    /** Answered when no further iteration will begin. */
    readonly pause: Done;
    readonly resume: Done;
    /** Somebody types beside it: trains a quarter as fast for so long. Answered at once. */
    readonly standBack: { readonly params: { readonly milliseconds: number }; readonly result: null };
    /** Ends after the iteration under way, with a checkpoint; answered at once. */
    readonly stop: Done;
    /** Asks for a checkpoint after the iteration under way; answered at once. */
    readonly checkpoint: Done;
    /** The parameters as they are now, as safetensors bytes. */
    readonly weights: { readonly params: Nothing; readonly result: Uint8Array };
    /** Reads a run back from its folder; writes nothing, needs no backend. */
    readonly readFormerRun: { readonly params: FormerRunRequest; readonly result: FormerRun };
    readonly checkGradients: { readonly params: ModelText; readonly result: GradientsChecked };
    readonly trace: { readonly params: TraceRequest; readonly result: { readonly kind: 'recorded'; readonly trace: TraceRecorded } | { readonly kind: 'wrong'; readonly problems: readonly Problem[] } };
    /** Values of one column of a recorded trace, `[start, end)` of its elements; all when left out. */
    readonly column: { readonly params: { readonly traceId: number; readonly name: string; readonly start?: number; readonly end?: number }; readonly result: Float32Array };
    /** The parameters at an iteration of a run, by replaying it from the checkpoint before; one look an engine. Rejects with `cancelled` when it was. */
    readonly lookAtParameters: { readonly params: LookRequest; readonly result: ParameterLook };
    /** Ends the replay under way before its next iteration; what was looked at before stays. Answered at once. */
    readonly cancelLook: Done;
    readonly parameterNumbers: { readonly params: { readonly id: number; readonly name: string; readonly of: ParameterQuantity }; readonly result: Float32Array };
    readonly forgetTrace: { readonly params: { readonly traceId: number }; readonly result: null };
  };
  readonly events: {
    /** Several iterations at a time, never one message each. */
    readonly iterations: IterationBatch;
    readonly validation: ValidationPoint;
    readonly sample: RunSample;
    readonly horizon: HorizonColumn;
    readonly parameters: ParameterColumn;
    readonly saturation: SaturationColumn;
    readonly lookProgress: LookProgress;
    /** A checkpoint is whole on the disk. */
    readonly checkpoint: { readonly iteration: number };
    readonly ended: RunEnded;
  };
};

/** What the owner offers to an engine that has no files of its own (a page's worker); paths as the owner gave them. */
export type EngineOwner = {
  readonly requests: {
    readonly readData: {
      readonly params: { readonly name: string; readonly from: string; readonly limit: number };
      readonly result:
        | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
        | { readonly kind: 'missing' }
        | { readonly kind: 'tooLarge'; readonly size: number }
        | { readonly kind: 'unreadable'; readonly reason: string };
    };
    /** Null when there is no such file. Names are relative to the run's folder. */
    readonly readRun: { readonly params: { readonly run: string; readonly name: string }; readonly result: Uint8Array | null };
    readonly listRun: { readonly params: { readonly run: string; readonly folder: string }; readonly result: readonly string[] };
    readonly writeRun: { readonly params: { readonly run: string; readonly name: string; readonly bytes: Uint8Array }; readonly result: null };
    readonly appendRun: { readonly params: { readonly run: string; readonly name: string; readonly text: string }; readonly result: null };
    readonly renameRun: { readonly params: { readonly run: string; readonly from: string; readonly to: string }; readonly result: null };
    readonly removeRun: { readonly params: { readonly run: string; readonly name: string }; readonly result: null };
  };
  readonly events: Readonly<Record<never, never>>;
};

/** Scope of the channel between the host and a page that carries an engine in a worker. */
export const carrierScope = 'engine-carrier';

/** What such a page offers; once started, messages of the scope `engine` pass through it unread, both ways. */
export type EngineCarrier = {
  readonly requests: {
    /** Starts the worker: `script` and `runtime` are addresses the page may fetch. */
    readonly start: { readonly params: { readonly script: string; readonly runtime: string }; readonly result: null };
    readonly end: Done;
  };
  readonly events: {
    /** The page listens. */
    readonly ready: Nothing;
    readonly died: { readonly reason: string };
  };
};
export type EngineCarrierOwner = { readonly requests: Readonly<Record<never, never>>; readonly events: Readonly<Record<never, never>> };
