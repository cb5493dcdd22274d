// How many ONNX nodes one more time step costs, forward and backward together.
// Not the whole graph's count, which has what runs once (hoisted products, loss, update) too.
// Invariant: a function of the model alone.
import { planModel } from '../../engine/onnx/model-emission';
import { buildTrainingGraph } from '../../engine/onnx/training-graph';
import { benchModel, type BenchProblem } from './problems';

export function nodesPerStep(problem: BenchProblem): number {
  const plans = planModel(benchModel(problem), { masked: false, training: true });
  const count = (steps: number): number =>
    buildTrainingGraph(plans, { steps, batch: problem.batch, masked: false, training: true, maxNodeArity: Number.POSITIVE_INFINITY }, 'update').nodeCount;
  const [short, long] = [8, 16];
  return (count(long) - count(short)) / (long - short);
}
