// What `npm test` runs: sets the machine up, then build, types, lint and every suite, one after the other, each with a time limit.
// Not a test runner (Vitest is): it sums up. `npm test -- unit e2e` runs only the named stages.
// Invariant: the last line is `N passed, N failed` (`, N skipped` when there are); a stage that hangs, crashes or leaves no counts is a failure.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const minutes = 60_000;
const started = Date.now();
/** The whole run takes less than a quarter of an hour on two idle cores; a slower machine is not a failure, a hang is. */
const budget = 45 * minutes;

/** @typedef {{ readonly name: string, readonly limit: number, readonly command: readonly string[], readonly suite?: true }} Stage */

const node = process.execPath;
/** @param {string} project @param {number} limit @returns {Stage} */
const suite = (project, limit) => ({
  name: project, limit, suite: true,
  command: [node, 'node_modules/vitest/vitest.mjs', 'run', '--project', project,
    // Fast tests share their modules: loading them anew for every file takes longer than the tests.
    ...(project === 'unit' || project === 'property' ? ['--no-isolate'] : []), '--passWithNoTests', '--reporter=dot', '--reporter=./scripts/test-reporter.mjs'],
});

/** @type {readonly Stage[]} */
const stages = [
  { name: 'build', limit: 5 * minutes, command: [node, 'scripts/build.mjs'] },
  { name: 'typecheck', limit: 10 * minutes, command: [node, 'scripts/typecheck.mjs'] },
  { name: 'lint', limit: 8 * minutes, command: [node, 'node_modules/eslint/bin/eslint.js', '.'] },
  suite('unit', 10 * minutes),
  suite('property', 10 * minutes),
  suite('e2e', 12 * minutes),
  suite('pages', 10 * minutes),
  suite('vscode', 20 * minutes),
];

/** @typedef {import('./test-reporter.mjs').SuiteCounts} SuiteCounts */

/** Runs one stage in its own process group. @param {Stage} stage @param {string} countsFile @returns {Promise<string | undefined>} what went wrong */
function runStage(stage, countsFile) {
  const limit = Math.min(stage.limit, started + budget - Date.now());
  if (limit <= 0) return Promise.resolve('the time of the whole run was used up');
  return new Promise((resolve) => {
    const [program, ...args] = stage.command;
    const child = spawn(program ?? node, args, { cwd: root, stdio: 'inherit', detached: true, env: { ...process.env, UNROLL_COUNTS: countsFile, ONNXRUNTIME_NODE_INSTALL: 'skip', CI: 'true', NO_COLOR: '1' } });
    let over = false;
    const timer = setTimeout(() => {
      over = true;
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    }, limit);
    child.once('error', (error) => { clearTimeout(timer); resolve(error.message); });
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      resolve(over ? `took longer than ${Math.round(limit / 1000)} s` : code === 0 ? undefined : `ended with ${code ?? signal}`);
    });
  });
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !stages.some((stage) => stage.name === name));
if (unknown.length > 0) {
  console.error(`npm test: no stage named ${unknown.join(', ')}; there are ${stages.map((stage) => stage.name).join(', ')}`);
  process.exit(2);
}
const chosen = stages.filter((stage) => wanted.length === 0 || wanted.includes(stage.name));

/** @type {SuiteCounts} */
const total = { passed: 0, failed: 0, skipped: [], failures: [] };

if (!existsSync(join(root, 'node_modules/vitest'))) {
  console.log('== npm ci');
  const install = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: root, stdio: 'inherit', env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' } });
  if (install.status !== 0) {
    console.error('npm ci failed; nothing could be tested');
    console.log('0 passed, 1 failed');
    process.exit(1);
  }
}

/** Why the tests in a browser, or those in a real VS Code, cannot run here, or undefined after setting up what they need. @param {string} stage */
async function setUp(stage) {
  const { ensureBrowser } = await import('./testbed/browser.mjs');
  if (stage === 'pages') return ensureBrowser();
  const { installCodeServer, whyNoCodeServer } = await import('./testbed/code-server.mjs');
  const reason = whyNoCodeServer() ?? ensureBrowser();
  if (reason === undefined) installCodeServer();
  return reason;
}

for (const stage of chosen) {
  console.log(`\n== ${stage.name}`);
  const begun = Date.now();
  const countsFile = join(root, `out/test/${stage.name}.json`);
  rmSync(countsFile, { force: true });
  if (stage.name === 'pages' || stage.name === 'vscode') {
    try {
      const reason = await setUp(stage.name);
      if (reason !== undefined) {
        total.skipped.push({ name: `${stage.name} (the whole suite)`, reason });
        continue;
      }
    } catch (error) {
      total.failed += 1;
      total.failures.push(`${stage.name}: could not be set up: ${error instanceof Error ? error.message : String(error)}`);
      continue;
    }
  }
  const wrong = await runStage(stage, countsFile);
  if (stage.suite && existsSync(countsFile)) {
    /** @type {SuiteCounts} */
    const counts = JSON.parse(readFileSync(countsFile, 'utf8'));
    total.passed += counts.passed;
    total.failed += counts.failed;
    total.skipped.push(...counts.skipped);
    total.failures.push(...counts.failures);
    // A suite that was stopped is a failure of its own, whatever it had counted.
    if (wrong !== undefined && (counts.failed === 0 || wrong.startsWith('took'))) {
      total.failed += 1;
      total.failures.push(`${stage.name}: ${wrong}`);
    }
  } else if (wrong !== undefined) {
    total.failed += 1;
    total.failures.push(`${stage.name}: ${wrong}`);
  } else if (!stage.suite) total.passed += 1;
  else console.log(`${stage.name}: no tests yet`);
  console.log(`== ${stage.name}: ${((Date.now() - begun) / 1000).toFixed(1)} s`);
}

console.log('');
for (const { name, reason } of total.skipped) console.log(`skipped: ${name}: ${reason}`);
for (const failure of total.failures) console.log(`FAILED: ${failure}`);
const skips = total.skipped.length > 0 ? `, ${total.skipped.length} skipped` : '';
console.log(`${total.passed} passed, ${total.failed} failed${skips}`);
process.exit(total.failed === 0 ? 0 : 1);
