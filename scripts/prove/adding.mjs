// Proves what gates are for: on the adding problem at length 100 the LSTM's squared error falls below 0.01 and the vanilla RNN's does not.
// Not a test: it takes minutes. Invariant: both train with the same settings, on the same sequences; throws when either does otherwise.
import { best, train } from './train-run.mjs';

export const name = 'adding';

const limit = 0.01;
/** @param {string} cell */
const model = (cell) => `model Adding {
  data   adding(length: 100)
  layer  r = ${cell}(x, hidden: 64)
  output y = Linear(last(r))
  loss   squaredError(y)
}

train { optimizer adam(rate: 0.003)  batch 32  epochs 30  clip norm 1.0  seed 1 }
`;

export async function run() {
  const runs = [];
  for (const cell of ['LSTM', 'RNN']) {
    const trained = await train(`adding-${cell.toLowerCase()}`, model(cell), ['--backend', 'cpu', '--threads', '1']);
    runs.push({ cell, command: trained.command, model: model(cell), seconds: trained.seconds, best: best(trained), last: trained.validations.at(-1), reached: trained.validations.find(({ loss }) => loss < limit), validations: trained.validations });
  }
  const [lstm, rnn] = runs;
  if (lstm?.reached === undefined || !(lstm.last !== undefined && lstm.last.loss < limit)) throw new Error(`the LSTM ends at ${lstm?.last?.loss}; below ${limit} was wanted`);
  if (rnn === undefined || rnn.reached !== undefined) throw new Error(`the RNN reaches ${rnn?.best.loss}; it was not to fall below ${limit}`);
  return { claim: `length 100, ${limit} squared error: the LSTM falls below, the RNN does not (always saying 1 has 0.167)`, backend: 'cpu', threads: 1, runs };
}
