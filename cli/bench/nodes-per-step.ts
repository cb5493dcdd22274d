// How many ONNX nodes one more time step costs, forward and backward together.
// Not the whole graph's count, which has what runs once (hoisted products, loss, update) too.
// Invariant: a function of the model and the batch alone, for a backend whose nodes are cheap.
import { planModel } from '../../engine/onnx/model-emission';
import { blockOf } from '../../engine/onnx/step-blocks';
import { buildTrainingGraph } from '../../engine/onnx/training-graph';
import { benchModel, type BenchProblem } from './problems';

export function nodesPerStep(problem: BenchProblem): number {
  const model = benchModel(problem);
  const plans = planModel(model, { masked: false, training: true, block: blockOf(model, problem.batch, {}) });
  const count = (steps: number): number =>
    buildTrainingGraph(plans, { steps, batch: problem.batch, masked: false, training: true, maxNodeArity: Number.POSITIVE_INFINITY }, 'update').nodeCount;
  const [short, long] = [8, 16];
  return (count(long) - count(short)) / (long - short);
}
