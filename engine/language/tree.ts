// The syntax tree of one file: plain data, every node with its span, holes where the text is unfinished.
// Not Langium's tree (build-tree.ts makes this from that one) and not checked: a name may mean nothing.
// Invariant: what the types say is there, is there, for any text; a hole is an expression of kind 'missing'.
import type { SourceText } from '../base/source-text';
import type { Span } from '../base/span';

/** A name with the place where it stands. */
export interface Name {
  readonly text: string;
  readonly span: Span;
}

export type BinaryOperator = 'or' | 'and' | '<' | '<=' | '>' | '>=' | '==' | '!=' | '+' | '-' | '*' | '/' | '@' | '^';

export interface Argument {
  readonly name?: Name;
  readonly value: Expression;
  readonly span: Span;
}

/** `a`, `a:b`, `a:`, `:b` between the brackets of a slice. */
export interface Range {
  readonly from?: Expression;
  readonly to?: Expression;
  /** False for a single index. */
  readonly isRange: boolean;
  readonly span: Span;
}

export interface NameExpression {
  readonly kind: 'name';
  readonly name: string;
  /** `r1.backward.h` has the members `backward` and `h`. */
  readonly members: readonly string[];
  readonly prime: boolean;
  readonly span: Span;
}
export interface CallExpression {
  readonly kind: 'call';
  readonly callee: Name;
  readonly args: readonly Argument[];
  readonly span: Span;
}
export type Expression =
  | { readonly kind: 'number'; readonly value: number; readonly span: Span }
  | { readonly kind: 'text'; readonly value: string; readonly span: Span }
  | NameExpression
  | CallExpression
  | { readonly kind: 'unary'; readonly op: '-' | 'not'; readonly operand: Expression; readonly span: Span }
  | { readonly kind: 'binary'; readonly op: BinaryOperator; readonly left: Expression; readonly right: Expression; readonly span: Span }
  | { readonly kind: 'slice'; readonly target: Expression; readonly ranges: readonly Range[]; readonly span: Span }
  /** `h@t-1`; only the debugger knows other steps. `step` is the text after the `@`. */
  | { readonly kind: 'at'; readonly target: Expression; readonly step: string; readonly span: Span }
  | { readonly kind: 'list'; readonly items: readonly Expression[]; readonly span: Span }
  | { readonly kind: 'missing'; readonly span: Span };

/** What every declaration has: its name, the text of its `///` lines, and its place. */
interface Declared {
  readonly name: Name;
  readonly doc: string;
  /** The declaration itself; `line` is the whole statement it stands in. */
  readonly span: Span;
  readonly line: Span;
}

/** `zeros`, `random(std: 0.1)`, `0.5`. */
export interface InitialiserSyntax {
  readonly name: Name;
  readonly args: readonly Argument[];
  readonly value?: number;
  readonly span: Span;
}

export interface CellParam extends Declared {
  readonly kind: 'cellParam';
  readonly value?: Expression;
}
export interface InputDecl extends Declared {
  readonly kind: 'input';
  readonly dims: readonly Expression[];
  /** `token(65)` of `input x: token(65)`. */
  readonly of?: CallExpression;
}
export interface MemoryDecl extends Declared {
  readonly kind: 'memory';
}
export interface StateDecl extends Declared {
  readonly kind: 'state';
  readonly dims: readonly Expression[];
  readonly init?: InitialiserSyntax;
}
export interface ParamDecl extends Declared {
  readonly kind: 'param';
  readonly dims: readonly Expression[];
  readonly init?: InitialiserSyntax;
}
export interface EquationDecl extends Declared {
  readonly kind: 'equation';
  readonly word: 'gate' | 'let' | 'attention';
  readonly value: Expression;
}
/** `h' = …`; its name is the state's. */
export interface UpdateDecl extends Declared {
  readonly kind: 'update';
  readonly value: Expression;
}
export interface OutputStatement {
  readonly kind: 'output';
  readonly value: Expression;
  readonly span: Span;
}
export type CellStatement = InputDecl | MemoryDecl | StateDecl | ParamDecl | EquationDecl | UpdateDecl | OutputStatement;

export interface CellSyntax extends Declared {
  readonly kind: 'cell';
  readonly params: readonly CellParam[];
  readonly statements: readonly CellStatement[];
}

export interface NamedLine extends Declared {
  readonly kind: 'line';
  readonly word: 'embed' | 'layer' | 'let' | 'output';
  readonly value: Expression;
}
export interface DataLine {
  readonly kind: 'data';
  readonly source: CallExpression;
  readonly span: Span;
}
export interface LossStatement {
  readonly kind: 'loss';
  readonly value: Expression;
  readonly span: Span;
}
export interface MetricStatement {
  readonly kind: 'metric';
  readonly names: readonly Name[];
  readonly span: Span;
}
/** One setting of a `train` block: `optimizer adam(rate: 0.002)`, `batch 32`, `clip norm 1.0`. */
export interface SettingSyntax {
  readonly key: Name;
  readonly word?: Name;
  readonly args: readonly Argument[];
  readonly amount?: number;
  readonly span: Span;
}
export interface TrainBlock {
  readonly kind: 'train';
  readonly settings: readonly SettingSyntax[];
  readonly span: Span;
}
export type ModelLine = InputDecl | NamedLine | DataLine | LossStatement | MetricStatement | TrainBlock;

export interface ModelSyntax extends Declared {
  readonly kind: 'model';
  readonly lines: readonly ModelLine[];
}

export interface ImportSyntax {
  readonly path: string;
  readonly span: Span;
}

/** One file as understood. */
export interface SourceDocument {
  readonly file: string;
  readonly source: SourceText;
  readonly imports: readonly ImportSyntax[];
  readonly cells: readonly CellSyntax[];
  readonly models: readonly ModelSyntax[];
  readonly trains: readonly TrainBlock[];
}

/** The expressions directly below one. */
export function childrenOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'call':
      return expression.args.map((arg) => arg.value);
    case 'unary':
      return [expression.operand];
    case 'binary':
      return [expression.left, expression.right];
    case 'slice':
      return [expression.target, ...expression.ranges.flatMap((range) => [range.from, range.to].filter((bound) => bound !== undefined))];
    case 'at':
      return [expression.target];
    case 'list':
      return expression.items;
    default:
      return [];
  }
}
