// Runs the proofs: every module of scripts/prove/ that exports `name` and `run`, one after the other, and writes docs/proof/<name>.json.
// Not a test: a proof yields figures with the command that makes them; `npm run prove -- NAME` runs one.
// Invariant: a proof that throws leaves its old figures in place and makes the exit code 1.
import { build } from 'esbuild';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** What a module of scripts/prove/ exports. @typedef {{ readonly name: string, readonly run: () => Promise<unknown> | unknown }} Proof */

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'scripts/prove');
const wanted = process.argv.slice(2);

/** Proofs in TypeScript are bundled first, so that they may use the engine's sources. @param {string} file @returns {Promise<Proof>} */
async function load(file) {
  if (file.endsWith('.mjs')) return import(pathToFileURL(join(folder, file)).href);
  const out = join(root, 'out/prove', file.replace(/\.ts$/, '.mjs'));
  await build({ absWorkingDir: root, entryPoints: [join(folder, file)], outfile: out, bundle: true, platform: 'node', format: 'esm', target: 'node20', packages: 'external', loader: { '.rnn': 'text' }, logLevel: 'warning' });
  return import(pathToFileURL(out).href);
}

const files = existsSync(folder) ? readdirSync(folder).filter((file) => /\.(mjs|ts)$/.test(file)).sort() : [];
const proofs = (await Promise.all(files.map(load))).filter((proof) => typeof proof.run === 'function');
const names = proofs.map((proof) => proof.name);
const unknown = wanted.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`prove: no proof named ${unknown.join(', ')}; there are: ${names.join(', ') || 'none yet'}`);
  process.exit(2);
}

mkdirSync(join(root, 'docs/proof'), { recursive: true });
let failed = 0;
for (const proof of proofs.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  const started = Date.now();
  console.log(`prove: ${proof.name}`);
  try {
    const figures = await proof.run();
    const record = { name: proof.name, command: `npm run prove -- ${proof.name}`, date: new Date(started).toISOString().slice(0, 10), seconds: (Date.now() - started) / 1000, machine: { node: process.version, cores: cpus().length }, figures };
    writeFileSync(join(root, `docs/proof/${proof.name}.json`), `${JSON.stringify(record, null, 2)}\n`);
    console.log(JSON.stringify(figures, null, 2));
  } catch (error) {
    failed += 1;
    console.error(`prove: ${proof.name} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
}
process.exit(failed === 0 ? 0 : 1);
