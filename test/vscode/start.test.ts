// `npm start` without a desktop VS Code: a served one at the address it prints, open on a model one click from training, until it is told to end.
import { spawn, type ChildProcess } from 'node:child_process';
import type { Browser } from 'playwright-core';
import { afterAll, expect, it } from 'vitest';
import { startBrowser } from '../../scripts/testbed/browser.mjs';
import { projectRoot } from '../house/project-files';

let started: ChildProcess | undefined;
let browser: Browser | undefined;
afterAll(async () => {
  await browser?.close();
  started?.kill('SIGTERM');
});

it('npm start serves VS Code on the examples, prints where, and ends all of it on Ctrl+C', async () => {
  const child = spawn(process.execPath, ['scripts/start.mjs', '--installed'], { cwd: projectRoot, stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, UNROLL_CODE: 'no-such-code' } });
  started = child;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  let output = '';
  child.stdout.on('data', (chunk) => { output += String(chunk); });
  const find = () => /VS Code with Unroll \d+\.\d+\.\d+ is at\s+(http:\/\/127\.0\.0\.1:\d+\/\?folder=\S+)/.exec(output)?.[1];
  await expect.poll(find, { timeout: 120_000, interval: 200 }).toBeDefined();
  const address = find() ?? '';
  browser = await startBrowser();
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(address);
  await page.locator('.tabs-container .tab.active[data-resource-name="moby-dick.rnn"]').waitFor({ timeout: 60_000 });
  await page.locator('.editor-actions [aria-label="Train RNN"]').first().waitFor({ timeout: 30_000 });
  await page.locator('.codelens-decoration').getByText('Train', { exact: true }).waitFor({ timeout: 30_000 });
  await page.close();
  child.kill('SIGINT');
  expect(await ended).toBe(0);
  await expect(fetch(new URL('/healthz', address))).rejects.toThrow();
});
