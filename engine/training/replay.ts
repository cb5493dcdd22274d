// Goes through a run again to one of its iterations: the parameters before and after it, and the gradient it had.
// Not the run, which is only read, and not the debugger's replay, which stands in the iteration.
// Invariant: on the run's backend the numbers are the run's own, to the last bit where training is deterministic.
import { OperationalError } from '../base/operational-error';
import type { BatchPlan } from '../data/data-source';
import type { Model } from '../ir/model';
import type { Backend } from '../runtime/backend';
import type { FloatTensor } from '../runtime/tensor';
import type { Weights } from '../trace/trace';
import { freshWeights } from '../weights/initialise';
import type { Checkpoint } from './checkpoint';
import { OnnxTrainingProgram } from './onnx-training-program';
import type { TrainingProgram } from './program-interface';
import { train } from './trainer';
import { TrainingControl } from './training-control';

export interface ReplayedIteration {
  readonly iteration: number;
  readonly loss: number;
  /** After the iteration. */
  readonly values: Weights;
  /** Before clipping, of the iteration's batch. */
  readonly gradients: Weights;
  /** What the iteration changed: values after − before. */
  readonly updates: Weights;
}

/** @param breathe called before every iteration, with how many were replayed so far. @param checkpoint of at most `iteration` − 1 iterations; undefined = the run's beginning. Throws OperationalError `no-iteration` when the run ends before. */
export async function replayIteration(model: Model, plan: BatchPlan, backend: Backend, checkpoint: Checkpoint | undefined, iteration: number, breathe: (done: number) => Promise<void>): Promise<ReplayedIteration> {
  const network = new OnnxTrainingProgram(model, backend, checkpoint?.parameters ?? freshWeights(model));
  const control = new TrainingControl();
  let replayed: ReplayedIteration | undefined;
  let done = 0;
  const program: TrainingProgram = {
    evaluate: (batch, carry) => network.evaluate(batch, carry),
    iterate: async (batch, options) => {
      done = options.iteration - (checkpoint?.iteration ?? 0);
      if (options.iteration !== iteration) return network.iterate(batch, options);
      const before = await network.parameters();
      const gradients = await gradientOf(model, backend, before, (other) => other.iterate(batch, options));
      const result = await network.iterate(batch, options);
      const values = await network.parameters();
      replayed = { iteration, loss: result.loss, values, gradients, updates: new Map([...values].map(([name, tensor]) => [name, difference(tensor, before.get(name))])) };
      control.cancel();
      return result;
    },
    parameters: () => network.parameters(),
    setParameters: (parameters) => network.setParameters(parameters),
    optimizerState: () => network.optimizerState(),
    setOptimizerState: (state) => network.setOptimizerState(state),
    dispose: () => network.dispose(),
  };
  try {
    // Validating changes no number; the run did it when it was trained.
    await train({ model, program, plan, backend, control, breathe: () => breathe(done), validateEvery: Infinity, ...(checkpoint === undefined ? {} : { resumeFrom: { ...checkpoint, looked: true } }) });
  } finally {
    await network.dispose();
  }
  if (replayed === undefined) throw new OperationalError('no-iteration', `The run cannot be replayed to iteration ${iteration}: it has no such iteration.`);
  return replayed;
}

/** With zeros as its momentum, one step of SGD leaves the gradient itself in the momentum's slot. */
async function gradientOf(model: Model, backend: Backend, weights: Weights, iterate: (program: TrainingProgram) => Promise<unknown>): Promise<Weights> {
  const slot = 'momentum';
  const program = new OnnxTrainingProgram({ ...model, train: { ...model.train, optimizer: { kind: 'sgd', rate: 0, momentum: 0.5 }, clip: { kind: 'none' } } }, backend, weights);
  try {
    await iterate(program);
    return new Map([...(await program.optimizerState())].map(([name, tensor]) => [name.slice(slot.length + 1), tensor]));
  } finally {
    await program.dispose();
  }
}

function difference(after: FloatTensor, before: FloatTensor | undefined): FloatTensor {
  return { ...after, data: after.data.map((value, i) => value - (before?.data[i] ?? 0)) };
}
