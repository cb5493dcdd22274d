// The loss over the whole validation split.
// Not training: nothing changes, dropout is off.
// Invariant: each valid target counts once and equally, whatever batch it stands in.
import type { BatchPlan } from '../data/data-source';
import type { CarriedStates, TrainingProgram } from './program-interface';

export interface ValidationResult {
  readonly loss: number;
  /** Share of right answers; only for classes. */
  readonly accuracy?: number;
}

/** Undefined when there is no validation split or `ended` says so meanwhile. */
export async function validate(program: TrainingProgram, plan: BatchPlan, carries: boolean, between: () => Promise<boolean>): Promise<ValidationResult | undefined> {
  let loss = 0;
  let targets = 0;
  let correct: number | undefined;
  let carry: CarriedStates | undefined;
  for (let index = 0; index < plan.validationBatches; index++) {
    const { batch, continues } = plan.validationBatch(index);
    const result = await program.evaluate(batch, carries && continues ? carry : undefined);
    carry = result.carry;
    loss += result.loss * result.targets;
    targets += result.targets;
    if (result.correct !== undefined) correct = (correct ?? 0) + result.correct;
    if (await between()) return undefined;
  }
  if (targets === 0) return undefined;
  return { loss: loss / targets, ...(correct === undefined ? {} : { accuracy: correct / targets }) };
}
