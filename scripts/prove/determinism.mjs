// Proves that a seed settles everything: two runs give the same losses and the same parameters to the last bit, on `wasm` and on `cpu`, with one thread.
// Not the quick test of the same (test/e2e/determinism.test.ts); this one trains longer, on text, with dropout and carried state.
// Invariant: throws at the first number that differs.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root, train } from './train-run.mjs';

export const name = 'determinism';

const model = `model Writer {
  data   text("../../examples/moby-dick.txt", unit: char, length: 48)
  embed  e  = Embedding(x, size: 24)
  layer  r1 = LSTM(e, hidden: 48)
  let    d  = dropout(r1, 0.2)
  layer  r2 = GRU(d, hidden: 48)
  output y  = Linear(r2)
  loss   crossEntropy(y)
}

train { optimizer adam(rate: 0.003)  batch 16  epochs 1  iterations 300  clip norm 1.0  carry state  seed 7 }
`;

export async function run() {
  const backends = [];
  for (const backend of ['cpu', 'wasm']) {
    const pair = [];
    for (const turn of ['first', 'second']) {
      const folder = `determinism-${backend}-${turn}`;
      const trained = await train(folder, model, ['--backend', backend, '--threads', '1']);
      const events = trained.lines.filter(({ kind }) => kind !== 'done').map((line) => JSON.stringify(line));
      pair.push({ command: trained.command, events, parameters: fingerprint(folder) });
    }
    const [first, second] = pair;
    const at = first?.events.findIndex((event, index) => event !== second?.events[index]) ?? 0;
    if (at !== -1 || first?.events.length !== second?.events.length) throw new Error(`${backend}: line ${at + 1} differs: ${first?.events[at]} and ${second?.events[at]}`);
    if (first?.parameters !== second?.parameters) throw new Error(`${backend}: the last checkpoints differ`);
    backends.push({ backend, threads: 1, commands: pair.map(({ command }) => command), equalLines: first?.events.length, lastCheckpoint: first?.parameters });
  }
  return { claim: 'two runs with one seed give the same lines and the same last checkpoint, to the last bit', model, backends };
}

/** @param {string} folder of a run @returns {string} the last checkpoint's SHA-256 */
function fingerprint(folder) {
  const checkpoints = join(root, 'out/prove', folder, 'checkpoints');
  const last = readdirSync(checkpoints).filter((file) => file.endsWith('.safetensors')).sort().at(-1);
  if (last === undefined) throw new Error(`${folder} has no checkpoint`);
  return createHash('sha256').update(readFileSync(join(checkpoints, last))).digest('hex');
}
