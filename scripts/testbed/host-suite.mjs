// Runs the extension-host suite (test/vscode/host/*.host.ts) inside a real VS Code, against the installed extension.
// Not a test framework: mocha runs in the extension host; this brings it there and its results back.
// Invariant: a suite that does not report within its time is an error, never an empty success.
import { build } from 'esbuild';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openTestbed } from './testbed.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** @typedef {{ readonly title: string, readonly state: 'passed' | 'failed' | 'skipped', readonly error?: string, readonly milliseconds: number }} HostResult */

/** Bundles the suite into out/host-tests/, one file per suite, found by name. @returns {Promise<string>} path of the module with `run()` */
export async function bundleHostSuite() {
  const source = join(root, 'test/vscode/host');
  const out = join(root, 'out/host-tests');
  rmSync(out, { recursive: true, force: true });
  const entryPoints = ['index.ts', ...readdirSync(source).filter((name) => name.endsWith('.host.ts'))].map((name) => join(source, name));
  await build({
    absWorkingDir: root, entryPoints, outdir: out, outExtension: { '.js': '.cjs' }, bundle: true, platform: 'node', format: 'cjs', target: 'node20',
    external: ['vscode', 'mocha'], sourcemap: 'inline', logLevel: 'warning', loader: { '.rnn': 'text' },
  });
  return join(out, 'index.cjs');
}

/** An extension that does nothing: what is tested is the installed one, not a development copy. @returns {string} */
export function emptyExtension() {
  const folder = join(root, 'out/host-tests/empty-extension');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'unroll-test-driver', publisher: 'unroll', version: '0.0.0', engines: { vscode: '^1.100.0' } }));
  return folder;
}

/**
 * @param {{ readonly limit?: number, readonly webgpu?: boolean }} options `limit` in milliseconds
 * @returns {Promise<readonly HostResult[]>}
 */
export async function runHostSuite(options = {}) {
  const limit = options.limit ?? 150_000;
  const tests = await bundleHostSuite();
  const development = emptyExtension();
  const resultsFile = join(root, 'out/host-tests/results.json');
  const testbed = await openTestbed({ smokeTestDriver: true, webgpu: options.webgpu ?? true });
  try {
    const remote = `vscode-remote://127.0.0.1:${testbed.server.port}`;
    const payload = [
      ['extensionDevelopmentPath', `${remote}${development}`], ['extensionTestsPath', `${remote}${tests}`],
      ['extensionEnvironment', JSON.stringify({ UNROLL_HOST_RESULTS: resultsFile })],
    ];
    const page = await testbed.browser.newPage({ viewport: { width: 1280, height: 800 } });
    /** @type {string[]} */
    const output = [];
    let exit = -1;
    await page.exposeFunction('codeAutomationLog', (/** @type {string} */ _level, /** @type {unknown[]} */ args) => { output.push(args.map(String).join(' ')); });
    await page.exposeFunction('codeAutomationExit', (/** @type {number} */ code) => { exit = code; });
    await page.goto(`${testbed.server.address}/?folder=${encodeURIComponent(testbed.folder)}&payload=${encodeURIComponent(JSON.stringify(payload))}`, { waitUntil: 'domcontentloaded' });
    for (const end = Date.now() + limit; exit < 0 && Date.now() < end;) await delay(100);
    if (!existsSync(resultsFile)) throw new Error(`the extension-host suite left no results (exit ${exit}) within ${limit / 1000} s:\n${output.join('\n')}\n${testbed.server.log().slice(-3000)}`);
    return JSON.parse(readFileSync(resultsFile, 'utf8'));
  } finally {
    await testbed.close();
  }
}
