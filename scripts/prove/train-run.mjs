// Trains a model with the built `unroll train --json` and tells what came of it.
// Not a proof of its own. Invariant: figures are those of the program's own lines; the clock is the caller's, from start to end of the process.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const program = join(root, 'dist/cli/unroll.mjs');

/**
 * @typedef {{ kind: string, iteration: number, loss?: number, gradNorm?: number, validationLoss?: number, accuracy?: number, text?: string }} Line
 * @typedef {{ readonly command: string, readonly seconds: number, readonly lines: readonly Line[], readonly validations: readonly { iteration: number, seconds: number, loss: number, accuracy?: number }[] }} Run
 */

/**
 * Throws when the program is not built or the training fails.
 * @param {string} name of the run's folder below out/prove
 * @param {string} text of the model file
 * @param {readonly string[]} options of the command
 * @returns {Promise<Run>}
 */
export async function train(name, text, options) {
  if (!existsSync(program)) throw new Error('dist/cli/unroll.mjs is not there; build first: npm run build');
  const folder = join(root, 'out/prove');
  mkdirSync(folder, { recursive: true });
  rmSync(join(folder, name), { recursive: true, force: true });
  writeFileSync(join(folder, `${name}.rnn`), text);
  const args = ['train', `${name}.rnn`, '--out', name, '--json', ...options];
  const started = performance.now();
  const child = spawn(process.execPath, [program, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let lastWords = '';
  child.stderr.on('data', (bytes) => {
    lastWords = `${lastWords}${bytes}`.slice(-2000);
  });
  const ended = new Promise((resolve) => child.on('close', resolve));
  const lines = [];
  const validations = [];
  for await (const line of createInterface({ input: child.stdout })) {
    const event = JSON.parse(line);
    lines.push(event);
    if (event.kind !== 'validation') continue;
    const seconds = Number(((performance.now() - started) / 1000).toFixed(1));
    validations.push({ iteration: event.iteration, seconds, loss: event.validationLoss, ...(event.accuracy === undefined ? {} : { accuracy: event.accuracy }) });
    console.error(`  ${name}: iteration ${event.iteration}, ${seconds} s, validation ${event.validationLoss.toFixed(4)}`);
  }
  const code = await ended;
  if (code !== 0) throw new Error(`unroll ${args.join(' ')} ended with ${code}: ${lastWords.trim()}`);
  return { command: `unroll ${args.join(' ')}`, seconds: Number(((performance.now() - started) / 1000).toFixed(1)), lines, validations };
}

/** @param {Run} run the smallest validation loss, and when @returns {Run['validations'][number]} */
export function best({ validations }) {
  const sorted = [...validations].sort((a, b) => a.loss - b.loss);
  if (sorted[0] === undefined) throw new Error('the run has no validation');
  return sorted[0];
}
