// A whole VS Code for a test: a fresh profile with the packed extension, a copy of the examples, a server and a browser.
// Not for many at a time: server, extension host and browser take about 2 GB.
// Invariant: everything lives in one temporary folder, and `close()` stops and removes all of it.
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startBrowser } from './browser.mjs';
import { calmSettings, installExtension, startCodeServer } from './code-server.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** The archive that `npm run package` leaves for this platform, else the universal one. @returns {string} */
export function packedExtension() {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const names = [`unroll-${version}-${process.platform}-${process.arch}.vsix`, `unroll-${version}.vsix`];
  const found = names.map((name) => join(root, 'out', name)).find((path) => existsSync(path));
  if (found === undefined) throw new Error('no .vsix in out/; run npm run package');
  return found;
}

/**
 * @typedef {object} Testbed
 * @property {import('./code-server.mjs').Server} server
 * @property {import('playwright-core').Browser} browser
 * @property {string} folder a copy of examples/, to be written to
 * @property {(settings: Readonly<Record<string, unknown>>) => void} changeSettings user settings, read by the next workbench that is opened
 * @property {() => Promise<void>} close
 */

/**
 * @param {{ readonly vsix?: string, readonly settings?: Readonly<Record<string, unknown>>, readonly webgpu?: boolean, readonly smokeTestDriver?: boolean }} options
 * @returns {Promise<Testbed>}
 */
export async function openTestbed(options = {}) {
  const home = mkdtempSync(join(tmpdir(), 'unroll-testbed-'));
  const profile = { userData: join(home, 'user'), extensions: join(home, 'extensions') };
  const folder = join(home, 'examples');
  cpSync(join(root, 'examples'), folder, { recursive: true, filter: (path) => !path.includes('.unroll') });
  installExtension(profile, options.vsix ?? packedExtension());
  const settings = { ...options.settings };
  const server = await startCodeServer(profile, { settings, smokeTestDriver: options.smokeTestDriver ?? false });
  const browser = await startBrowser({ webgpu: options.webgpu ?? true }).catch(async (error) => {
    await server.stop();
    throw error;
  });
  return {
    server, browser, folder,
    changeSettings: (changed) => {
      Object.assign(settings, changed);
      writeFileSync(join(profile.userData, 'User/settings.json'), JSON.stringify({ ...calmSettings, ...settings }, null, 2));
    },
    close: async () => {
      await browser.close();
      await server.stop();
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
