// What the checker knows of a model: its lines in order, nested calls on lines of their own, with sizes as far as they are known.
// Not the model of the engine (../ir/model.ts), which has every size as a number.
// Invariant: a line refers to lines before it; sizes that the data will give are symbols.
import type { Diagnostic } from '../base/diagnostic';
import type { Span } from '../base/span';
import type { CellFacts } from './check-cell';
import type { EmbeddingName, PoolingName } from './functions';
import type { Shape } from './infer-shape';
import type { Size } from './sizes';
import type { CallExpression, Expression, ModelSyntax, NameExpression, SettingSyntax, SourceDocument } from './tree';

interface PlannedBase {
  readonly name: string;
  readonly span: Span;
  readonly role: 'embed' | 'layer' | 'let' | 'output';
  /** Numbers it hands on, a step or a sequence. */
  readonly size: Size;
  readonly perStep: boolean;
}

export interface PlannedEmbed extends PlannedBase {
  readonly kind: 'embed';
  readonly how: EmbeddingName;
  readonly vocabulary: Size;
  readonly of: string;
}
export interface PlannedCell extends PlannedBase {
  readonly kind: 'cell';
  readonly facts: CellFacts;
  readonly inputs: readonly string[];
  readonly direction: 'forward' | 'backward' | 'both';
}
export interface PlannedExpression extends PlannedBase {
  readonly kind: 'expression';
  readonly expression: Expression;
  readonly shapes: ReadonlyMap<Expression, Shape>;
  /** Lines it reads, in order of first use. */
  readonly inputs: readonly { readonly line: string; readonly size: Size; readonly span: Span }[];
  /** The line behind a nested call or a name. */
  readonly lineOf: ReadonlyMap<CallExpression | NameExpression, string>;
}
export interface PlannedPool extends PlannedBase {
  readonly kind: 'pool';
  readonly how: PoolingName;
  readonly of: string;
}
export type PlannedLine = PlannedEmbed | PlannedCell | PlannedExpression | PlannedPool;

/** What `x` is; undefined sizes are symbols: `vocabulary`, `features`. */
export type InputFact = { readonly kind: 'tokens'; readonly vocabulary: Size } | { readonly kind: 'numeric'; readonly features: Size };

export type LossName = 'crossEntropy' | 'binaryCrossEntropy' | 'squaredError';

export interface LossFact {
  readonly kind: LossName;
  readonly of: string;
  readonly span: Span;
}

export type DataValue = string | number | readonly (string | number)[];

export interface DataFact {
  readonly source: string;
  readonly positional: readonly DataValue[];
  readonly named: Readonly<Record<string, DataValue>>;
  readonly span: Span;
}

export interface ModelFacts {
  readonly model: ModelSyntax;
  readonly document: SourceDocument;
  readonly lines: readonly PlannedLine[];
  readonly loss: LossFact | undefined;
  readonly data: DataFact | undefined;
  /** As declared, as given, or as its use shows; undefined when nothing says. */
  readonly input: InputFact | undefined;
  /** The `data` or `input` line. */
  readonly inputSpan: Span;
  readonly metrics: readonly string[];
  readonly settings: readonly SettingSyntax[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Shapes that are known from outside: from the data. */
export interface KnownShapes {
  readonly input?: { readonly kind: 'tokens'; readonly vocabulary: number } | { readonly kind: 'numeric'; readonly features: number };
  /** Numbers a step that the loss wants: classes or features of the target. */
  readonly targetSize?: number;
  /** Values put over the text's: `r1.hidden` → 64. */
  readonly overrides?: ReadonlyMap<string, number>;
}
