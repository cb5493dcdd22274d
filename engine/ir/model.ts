// A checked model with every size known: its lines in order, its loss and how to train it.
// Not text any more, and not yet a program: ../onnx emits it, ../reference interprets it.
// Invariant: a line refers only to lines before it or to the source's names (`x`).
import type { Span } from '../base/span';
import type { Initialiser, StepGraph } from './step-graph';

export type Direction = 'forward' | 'backward' | 'both';
export type Pooling = 'last' | 'first' | 'mean' | 'max';

/** What a line hands on. `perStep`: `[batch, time, size]`, else `[batch, size]`. */
interface LineBase {
  /** The line's name in the source; a nested call without a name of its own is `<line>.<n>` (n from 1). */
  readonly name: string;
  readonly span: Span;
  readonly size: number;
  readonly perStep: boolean;
}

export interface EmbedLine extends LineBase {
  readonly kind: 'embed';
  /** 'embedding' has the parameter `<name>.W` `[vocabulary, size]`; 'oneHot' has none and its size is the vocabulary. */
  readonly how: 'embedding' | 'oneHot';
  readonly vocabulary: number;
  readonly init: Initialiser;
  readonly of: string;
}

export interface StepLine extends LineBase {
  readonly kind: 'step';
  /** The word that opens the line; 'output' and 'let' lines may call a cell without states (`Linear`). */
  readonly role: 'layer' | 'let' | 'output';
  /** The cell's name and file when the line calls one. */
  readonly cell?: { readonly name: string; readonly span: Span };
  readonly step: StepGraph;
  /** Names of the lines bound to `step.inputs`, in order. */
  readonly inputs: readonly string[];
  readonly direction: Direction;
}

export interface PoolLine extends LineBase {
  readonly kind: 'pool';
  readonly how: Pooling;
  readonly of: string;
}

export type Line = EmbedLine | StepLine | PoolLine;

export type LossKind = 'crossEntropy' | 'binaryCrossEntropy' | 'squaredError';

export interface LossLine {
  readonly kind: LossKind;
  readonly of: string;
  readonly span: Span;
}

/** What the network reads: ids `[batch, time]` below `vocabulary`, or numbers `[batch, time, features]`. */
export type InputShape =
  | { readonly kind: 'tokens'; readonly vocabulary: number }
  | { readonly kind: 'numeric'; readonly features: number };

/** What it should say. classes: ids; numeric: `size` numbers. `perStep`: one a step, else one a sequence. */
export type TargetShape =
  | { readonly kind: 'classes'; readonly count: number; readonly perStep: boolean }
  | { readonly kind: 'numeric'; readonly size: number; readonly perStep: boolean };

export type Optimizer =
  | { readonly kind: 'sgd'; readonly rate: number; readonly momentum: number }
  | { readonly kind: 'adam'; readonly rate: number; readonly beta1: number; readonly beta2: number; readonly epsilon: number };

export type Schedule =
  | { readonly kind: 'constant' }
  | { readonly kind: 'cosine'; readonly warmup: number }
  | { readonly kind: 'step'; readonly every: number; readonly factor: number };

export interface TrainSettings {
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
  readonly batch: number;
  readonly epochs: number;
  /** Stops after this many iterations when set, whatever `epochs` says. */
  readonly iterations?: number;
  readonly clip: { readonly kind: 'none' } | { readonly kind: 'norm'; readonly threshold: number } | { readonly kind: 'value'; readonly threshold: number };
  /** 'state': the last state of a batch is the first of the next (contiguous text). */
  readonly carry: 'none' | 'state';
  /** Truncated BPTT: gradients stop every so many steps; undefined = full. */
  readonly truncate?: number;
  readonly seed: number;
  readonly span?: Span;
}

/** A `data` line as written: the kind of source and its arguments. */
export type DataArgument = string | number | readonly (string | number)[];
export interface DataSpec {
  readonly source: string;
  readonly positional: readonly DataArgument[];
  readonly named: Readonly<Record<string, DataArgument>>;
  readonly span: Span;
}

export interface Model {
  readonly name: string;
  readonly file: string;
  readonly span: Span;
  /** The model's `data` or `input` line. */
  readonly inputSpan: Span;
  /** Undefined when the model declares its input on tensors. */
  readonly data?: DataSpec;
  readonly input: InputShape;
  readonly target: TargetShape;
  readonly lines: readonly Line[];
  readonly loss: LossLine;
  readonly train: TrainSettings;
}
