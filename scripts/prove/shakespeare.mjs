// Proves that a character LSTM of 128 units learns Shakespeare: validation loss ≤ 1.75 nats a character within 10 minutes on `cpu`.
// Not a test: it takes minutes. The text lies outside the checkout and is never copied into it.
// Invariant: throws when the target is missed, so that only a reached one is written down.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { best, root, train } from './train-run.mjs';

export const name = 'shakespeare';

const limits = { validationLoss: 1.75, minutes: 10 };
const model = `model Shakespeare {
  data   text("../../../shared/data/tinyshakespeare.txt", unit: char, length: 64)
  embed  e = Embedding(x, size: 32)
  layer  r = LSTM(e, hidden: 128)
  output y = Linear(r)
  loss   crossEntropy(y)
}

train { optimizer adam(rate: 0.004)  schedule cosine(warmup: 50)  batch 32  epochs 12  clip norm 1.0  carry state  seed 1 }
`;

export async function run() {
  if (!existsSync(join(root, '../shared/data/tinyshakespeare.txt'))) throw new Error('../shared/data/tinyshakespeare.txt is not there (karpathy/char-rnn has it)');
  const trained = await train(name, model, ['--backend', 'cpu', '--threads', '1']);
  const smallest = best(trained);
  const reached = trained.validations.find(({ loss }) => loss <= limits.validationLoss);
  if (reached === undefined || trained.seconds > limits.minutes * 60) throw new Error(`validation ${smallest.loss} after ${trained.seconds} s; wanted ${limits.validationLoss} within ${limits.minutes} minutes`);
  const samples = trained.lines.filter(({ kind }) => kind === 'sample');
  const iterations = trained.lines.filter(({ kind }) => kind === 'iteration').length;
  return {
    claim: `validation loss at most ${limits.validationLoss} nats per character within ${limits.minutes} minutes on cpu`,
    command: trained.command,
    model,
    backend: 'cpu',
    threads: 1,
    iterations,
    seconds: trained.seconds,
    iterationsPerSecond: Number((iterations / trained.seconds).toFixed(1)),
    best: smallest,
    reached,
    sample: samples.at(-1)?.text,
    firstSample: samples[0]?.text,
    validations: trained.validations,
  };
}
