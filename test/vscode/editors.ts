// The VS Codes that test files share, one per worker: a server with the packed extension and a browser, started once before the tests.
// Every file has a folder and windows of its own in them. Not for a test that needs another browser or server (`openTestbed` of scripts/testbed).
// What is tested is what would ship, but not a production build: the bundles are those of `npm run build`.
// Invariant: a file meets the settings it asked for, and no window, process or file of the one before.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Browser, chromium } from 'playwright-core';
import type { TestProject } from 'vitest/node';
import { ensureBrowser, serveBrowser } from '../../scripts/testbed/browser.mjs';
import { calmSettings, installCodeServer, installExtension, startCodeServer } from '../../scripts/testbed/code-server.mjs';
import { packedExtension, type Testbed } from '../../scripts/testbed/testbed.mjs';
import { projectRoot } from '../house/project-files';

interface Editor { readonly home: string; readonly address: string; readonly port: number; readonly browser: string }

const variable = 'UNROLL_EDITORS';

/** Runs once, in the process that starts the tests; what it returns runs at the end. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const missing = ensureBrowser();
  if (missing !== undefined) throw new Error(missing);
  installCodeServer();
  execFileSync(process.execPath, ['scripts/package.mjs', '--development', '--platform-only'], { cwd: projectRoot, stdio: ['ignore', 'ignore', 'inherit'] });
  const ends: (() => Promise<void>)[] = [];
  const end = async (): Promise<void> => {
    for (const one of ends.reverse()) await one();
  };
  const editors: Editor[] = [];
  try {
    for (let worker = 0; worker < Number(project.vitest.config.maxWorkers ?? 1); worker++) {
      const home = mkdtempSync(join(tmpdir(), 'unroll-testbed-'));
      ends.push(async () => rmSync(home, { recursive: true, force: true, maxRetries: 5 }));
      const profile = { userData: join(home, 'user'), extensions: join(home, 'extensions') };
      installExtension(profile, packedExtension());
      const server = await startCodeServer(profile);
      ends.push(server.stop);
      const browser = await serveBrowser();
      ends.push(() => browser.close());
      editors.push({ home, address: server.address, port: server.port, browser: browser.wsEndpoint() });
    }
  } catch (error) {
    await end();
    throw error;
  }
  process.env[variable] = JSON.stringify(editors);
  return end;
}

/** What a file of tests works with. */
export interface SharedTestbed extends Pick<Testbed, 'browser' | 'folder' | 'changeSettings' | 'close'> {
  readonly server: { readonly address: string };
  /** Ids of the processes that this editor's extension has started and whose command line holds a text. */
  readonly processes: (text: string) => readonly number[];
}

/** Processes of an editor by a text in their command lines, which name the folder that the extension is installed in. */
function processes(home: string, text: string): readonly number[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number).filter((pid) => {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      return command.includes(home) && command.includes(text);
    } catch {
      return false;
    }
  });
}

/** The editor of this worker, with a copy of the examples to be written to; in its own browser, or in one that the file has started. */
export async function joinEditor(settings: Readonly<Record<string, unknown>> = {}, own?: Browser): Promise<SharedTestbed> {
  const editors = JSON.parse(process.env[variable] ?? '[]') as readonly Editor[];
  const editor = editors[Number(process.env['VITEST_POOL_ID']) - 1];
  if (editor === undefined) throw new Error(`no editor was started for worker ${process.env['VITEST_POOL_ID']}`);
  const { home } = editor;
  const folder = mkdtempSync(join(home, 'examples-'));
  cpSync(join(projectRoot, 'examples'), folder, { recursive: true, filter: (path) => !path.includes('.unroll') });
  const current: Record<string, unknown> = {};
  const changeSettings = (changed: Readonly<Record<string, unknown>>): void => {
    Object.assign(current, changed);
    writeFileSync(join(home, 'user/User/settings.json'), JSON.stringify({ ...calmSettings, ...current }, null, 2));
  };
  changeSettings(settings);
  const browser = own ?? (await chromium.connect(editor.browser));
  return {
    browser, folder, changeSettings, server: { address: editor.address },
    processes: (text) => processes(home, text),
    close: async () => {
      // Left as a person leaves a page, a window ends its extension host at once; the server waits for one whose connection is cut.
      for (const page of browser.contexts().flatMap((context) => context.pages())) await page.goto('about:blank', { timeout: 10_000 }).catch((error: unknown) => console.warn(`a window was not left, and is closed: ${String(error)}`));
      await browser.close();
      for (let waited = 0; processes(home, '-host.cjs').length > 0; waited++) {
        if (waited === 200) throw new Error('processes of the extension outlive their window by 20 s');
        await delay(100);
      }
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
