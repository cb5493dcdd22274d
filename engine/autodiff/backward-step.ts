// The backward pass of one time step: what differentiate() makes of a StepGraph.
// Not the loop over time: whoever runs it hands the cotangents of the states on to the step before.
// Invariant: residuals keep their ids of the forward graph; gradient equations have ids above every forward id.
import type { Graph, ValueId } from '../ir/graph';

export interface BackwardStep {
  /** Inputs: the residuals (role 'residual', same id and name as in the forward graph) and the seeds (role 'cotangent'). */
  readonly graph: Graph;
  /** One per distinct value that something outside the step depends on: the new states and the output. */
  readonly seeds: readonly { readonly of: ValueId; readonly id: ValueId }[];
  /** Forward values that the backward graph reads. */
  readonly residuals: readonly ValueId[];
  /** ∂loss/∂ the old state, by the states' order; undefined where nothing flows. */
  readonly states: readonly (ValueId | undefined)[];
  readonly inputs: readonly (ValueId | undefined)[];
  /** What this step adds to each parameter's gradient, summed over the batch. */
  readonly params: readonly (ValueId | undefined)[];
  /** Total ∂loss/∂ a forward value, for every value that a gradient reaches. */
  readonly totals: ReadonlyMap<ValueId, ValueId>;
}
