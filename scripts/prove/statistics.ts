// Proves what looking at the parameters costs a training: iterations with a look beside those without, in one run.
// Not a benchmark of training. Invariant: a run without looks has the same losses to the last bit; throws when it has not.
import { performance } from 'node:perf_hooks';
import { openNodeBackend } from '../../cli/backends/open-backend';
import { dataFolder } from '../../cli/files/data-folder';
import { loadProgram } from '../../engine/language/program';
import { loadModel } from '../../engine/training/load-model';
import { OnnxTrainingProgram } from '../../engine/training/onnx-training-program';
import { lookInterval, train } from '../../engine/training/trainer';
import { freshWeights } from '../../engine/weights/initialise';

export const name = 'statistics';

const text = `model M {
  data   copyMemory(length: 50, symbols: 8)
  embed  e = Embedding(x, size: 32)
  layer  r = LSTM(e, hidden: 128)
  output y = Linear(r)
  loss   crossEntropy(y)
}
train { optimizer adam(rate: 0.002)  batch 32  iterations 400  clip norm 1.0  seed 1 }
`;
export async function run(): Promise<unknown> {
  const program = loadProgram('m.rnn', text);
  const [syntax] = program.main.models;
  const { model, source } = syntax ? await loadModel(program, syntax, dataFolder('.')) : {};
  if (!model || !source) throw new Error('the model compiles');
  const backend = await openNodeBackend('cpu', { threads: 1 });
  const plan = source.plan({ batch: model.train.batch, carry: false, seed: 1 });
  const interval = lookInterval(model, plan);
  const once = async (statistics: boolean): Promise<{ readonly times: readonly number[]; readonly losses: readonly number[] }> => {
    const network = new OnnxTrainingProgram(model, backend, freshWeights(model));
    const [losses, times]: [number[], number[]] = [[], []];
    await train({ model, program: network, plan, backend, statistics, validateEvery: Infinity, onEvent: (event) => {
      if (event.kind !== 'iteration') return;
      losses.push(event.loss);
      times.push(performance.now());
    } });
    await network.dispose();
    return { times, losses };
  };
  const [plain, looked] = [await once(false), await once(true)];
  await backend.dispose();
  if (plain.losses.some((loss, i) => !Object.is(loss, looked.losses[i]))) throw new Error('Looking changed the losses.');
  // A look lies partly before and partly after its iteration: two iterations around it against two that have none. Medians, since the machine does other things.
  const { times } = looked;
  const pairs = (has: boolean): number => median(times.flatMap((time, i) => (i > 1 && (i % interval === 0) === has && (has || (i + 1) % interval !== 0) ? [time - (times[i - 2] ?? NaN)] : [])));
  const iteration = pairs(false) / 2;
  const look = pairs(true) - 2 * iteration;
  return { model: 'LSTM 128, batch 32, length 110', interval, iterations: times.length, millisecondsOfAnIteration: Number(iteration.toFixed(2)), millisecondsOfALook: Number(look.toFixed(2)), share: Number((look / (interval * iteration)).toFixed(4)) };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
}
