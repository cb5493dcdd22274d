// One side of the benchmark: something that runs training iterations of a problem and says how long each took.
// Not a judgement. Invariant: times are those of whole iterations, everything that a training loop pays for included.
import type { Backend } from '../../engine/runtime/backend';
import { OnnxTrainingProgram } from '../../engine/training/onnx-training-program';
import { freshWeights } from '../../engine/weights/initialise';
import { benchBatch, benchModel, type BenchProblem } from './problems';

export interface Contender {
  /** Milliseconds of each of so many iterations. */
  run(iterations: number): Promise<readonly number[]>;
  dispose(): Promise<void>;
}

export interface OwnContender extends Contender {
  /** From a graph to a session, in milliseconds. */
  readonly sessionMs: number;
  /** Of the whole iteration. */
  readonly nodes: number;
}

/** Opens the training program on the backend and runs its first iteration. */
export async function openOwn(problem: BenchProblem, backend: Backend): Promise<OwnContender> {
  const model = benchModel(problem);
  const batch = benchBatch(problem);
  let sessionMs = 0;
  let nodes = 0;
  const timed: Backend = {
    ...backend,
    async open(program, options) {
      const start = performance.now();
      const session = await backend.open(program, options);
      sessionMs += performance.now() - start;
      return session;
    },
  };
  const program = new OnnxTrainingProgram(model, timed, freshWeights(model), { onSessionOpened: (_kind, count) => (nodes += count) });
  let iteration = 0;
  const iterate = (): Promise<unknown> => program.iterate(batch, { rate: 0.001, iteration: ++iteration, dropoutSeed: 0 });
  await iterate();
  return {
    sessionMs,
    nodes,
    async run(iterations) {
      const times: number[] = [];
      for (let i = 0; i < iterations; i++) {
        const start = performance.now();
        await iterate();
        times.push(performance.now() - start);
      }
      return times;
    },
    dispose: () => program.dispose(),
  };
}
