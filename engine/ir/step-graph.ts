// One line of a model as the graph of one time step: a cell with its sizes put in, or an expression without states.
// Not the loop over time (see ../onnx and ../trace) and not differentiated yet (see ../autodiff).
// Invariant: every state has a next value; names are those of the source; ids refer to `graph`.
import type { Span } from '../base/span';
import type { Graph, ValueId } from './graph';

export type Initialiser =
  | { readonly kind: 'zeros' }
  | { readonly kind: 'ones' }
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'xavierUniform' }
  | { readonly kind: 'orthogonal' }
  | { readonly kind: 'uniform'; readonly bound: number }
  | { readonly kind: 'normal'; readonly std: number }
  | { readonly kind: 'identity'; readonly scale: number };

export interface ParamSpec {
  /** As in the source: `W_i`. The full name is `<layer>.W_i` (`<layer>.backward.W_i` in a reverse half). */
  readonly name: string;
  readonly id: ValueId;
  readonly shape: readonly number[];
  readonly init: Initialiser;
  readonly span: Span;
}

export type InitialState = { readonly kind: 'zeros' } | { readonly kind: 'random'; readonly std: number } | { readonly kind: 'learned' };

export interface StateSpec {
  readonly name: string;
  /** Value before the step: an input of the graph with role 'state'. */
  readonly old: ValueId;
  /** Value after the step. */
  readonly next: ValueId;
  readonly shape: readonly number[];
  readonly initial: InitialState;
  readonly span: Span;
}

/** A named equation in source order: gates, lets, attentions, and new values of states (`name` without the prime). */
export interface NamedValue {
  readonly name: string;
  readonly kind: 'gate' | 'let' | 'attention' | 'state';
  readonly id: ValueId;
  /** The equation's line in the source; a breakpoint stands on it. */
  readonly span: Span;
}

export interface StepInput {
  readonly name: string;
  readonly id: ValueId;
}

export interface StepGraph {
  readonly graph: Graph;
  readonly inputs: readonly StepInput[];
  readonly states: readonly StateSpec[];
  readonly params: readonly ParamSpec[];
  /** Dropout masks in order: the mask is an input of the shape of what it multiplies, already scaled by 1 / (1 − rate). */
  readonly dropouts: readonly { readonly id: ValueId; readonly rate: number; readonly shape: readonly number[] }[];
  readonly named: readonly NamedValue[];
  readonly output: ValueId;
  readonly outputSpan: Span;
}
