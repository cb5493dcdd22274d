// Finds, installs (Debian, as root) and starts the browser that shows the served VS Code.
// Not Playwright's own download: any Chromium or Chrome of the machine will do; UNROLL_BROWSER names another.
// Invariant: the browser starts without background traffic, so that a machine without a network is quiet.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

const candidates = [
  '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/usr/bin/google-chrome-stable', '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** @returns {string | undefined} */
export function findBrowser() {
  const named = process.env['UNROLL_BROWSER'];
  if (named !== undefined && named !== '') return named;
  return candidates.find((path) => existsSync(path));
}

/** Installs Debian's chromium where that is possible. @param {(line: string) => void} say @returns {string | undefined} why there is no browser, or undefined */
export function ensureBrowser(say = console.log) {
  if (findBrowser() !== undefined) return undefined;
  if (process.platform !== 'linux' || spawnSync('apt-get', ['--version']).status !== 0) return 'no Chromium or Chrome was found; install one or set UNROLL_BROWSER to its path';
  if (process.getuid?.() !== 0) return 'no Chromium was found and only root can install it: run `apt-get install chromium`, or set UNROLL_BROWSER';
  say('installing chromium with apt-get, once');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const update = spawnSync('apt-get', ['update', '-q'], { env, encoding: 'utf8' });
  const install = spawnSync('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'], { env, encoding: 'utf8' });
  if (findBrowser() !== undefined) return undefined;
  return `apt-get could not install chromium: ${(update.stderr + install.stderr).trim().split('\n').slice(-3).join(' ')}`;
}

/** @param {{ readonly webgpu?: boolean }} options */
function launchOptions(options) {
  const executablePath = findBrowser();
  if (executablePath === undefined) throw new Error('no browser; ensureBrowser() says why');
  const args = ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
  // SwiftShader gives an adapter only when it is asked for.
  if (options.webgpu !== false) args.push('--enable-unsafe-webgpu');
  return { executablePath, args, timeout: 60_000 };
}

/**
 * Starts the browser. `webgpu: false` leaves WebGPU without an adapter, as on a machine without a GPU.
 * @param {{ readonly webgpu?: boolean }} options
 */
export async function startBrowser(options = {}) {
  return chromium.launch(launchOptions(options));
}

/** Starts a browser that other processes join by its address; each has its own windows in it. @param {{ readonly webgpu?: boolean }} options */
export async function serveBrowser(options = {}) {
  return chromium.launchServer(launchOptions(options));
}
