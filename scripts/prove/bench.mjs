// Proves how long a training iteration takes beside PyTorch's, at four sizes, with one thread on every side.
// Not a test: no time fails it, but a machine without PyTorch does. Invariant: every side is measured in the same run, in turns.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { root } from './train-run.mjs';

export const name = 'bench';

/** How many times faster than PyTorch the LSTM is meant to be on `cpu`, by size, and how much slower `wasm` may be. */
const targets = { lstmPytorchOverCpu: [4, 1.8, 1.3, 1], wasmOverCpu: 5, lstmNodesPerStep: 24 };

export function run() {
  const out = join(root, 'out/prove/bench.json');
  mkdirSync(join(root, 'out/prove'), { recursive: true });
  const before = loadavg()[0];
  execFileSync(process.execPath, [join(root, 'dist/cli/unroll.mjs'), 'bench', '--threads', '1', '--out', out], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  const figures = JSON.parse(readFileSync(out, 'utf8'));
  if (figures.versions.pytorch === undefined) throw new Error('there is no Python with torch here, so there is nothing to compare with');
  const lstm = figures.rows.filter((/** @type {{ cell: string }} */ row) => row.cell === 'LSTM');
  const met = {
    lstmPytorchOverCpu: lstm.map((/** @type {any} */ row, /** @type {number} */ index) => row.ratios.pytorchOverCpu >= (targets.lstmPytorchOverCpu[index] ?? 0)),
    lstmWasmOverCpu: lstm.map((/** @type {any} */ row) => row.ratios.wasmOverCpu <= targets.wasmOverCpu),
    lstmNodesPerStep: lstm.map((/** @type {any} */ row) => row.nodesPerStep <= targets.lstmNodesPerStep),
  };
  return { claim: 'ratios above 1: how many times faster than PyTorch (or than wasm) we are', bench: 'unroll bench --threads 1', loadAverage: { before, after: loadavg()[0], meaning: 'above 1 the processor was shared with other work, so milliseconds are too long; ratios suffer less' }, targets, met, ...figures };
}
