// The graph of one time step: a flat, typed list of single-assignment equations.
// Not nested, never mutated; a pass makes a new graph. The batch is invisible: a batched value is `[batch, ...shape]` when it runs.
// Invariant: every id is bound once, before its use; every equation knows the source span it came from (verify.ts checks).
import type { Span } from '../base/span';
import type { Operation } from './operation';

export type ValueId = number;

/** Shape without the batch axis; rank 0 to 2. */
export interface ValueType {
  readonly shape: readonly number[];
  /** Differs from sequence to sequence (states, inputs, and all that depends on them); parameters and constants do not. */
  readonly batched: boolean;
}

/** Where a value comes from in the person's text. */
export interface Origin {
  readonly span: Span;
  /** Set on gradients: the id, in the forward graph, of the value whose cotangent this computes or helps to compute. */
  readonly primal?: ValueId;
}

export type InputRole = 'input' | 'state' | 'param' | 'mask' | 'dropout' | 'residual' | 'cotangent';

export interface GraphInput {
  readonly id: ValueId;
  readonly name: string;
  readonly role: InputRole;
  readonly type: ValueType;
  readonly origin: Origin;
}

export interface Equation {
  readonly id: ValueId;
  readonly op: Operation;
  readonly args: readonly ValueId[];
  readonly type: ValueType;
  readonly origin: Origin;
}

export interface GraphOutput {
  readonly name: string;
  readonly id: ValueId;
}

export interface Graph {
  readonly inputs: readonly GraphInput[];
  readonly equations: readonly Equation[];
  readonly outputs: readonly GraphOutput[];
}
