// A machine without a graphics adapter: what is asked for on webgpu trains elsewhere, and the reason is in view everywhere.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { startBrowser } from '../../scripts/testbed/browser.mjs';
import { openFile, openWorkbench, runCommand, screenshot, waitForMessage, webview } from '../../scripts/testbed/workbench.mjs';
import { joinEditor, type SharedTestbed } from './editors';

let testbed: SharedTestbed;
let page: Page;

beforeAll(async () => {
  testbed = await joinEditor({ 'rnn.backend': 'webgpu' }, await startBrowser({ webgpu: false }));
  page = await openWorkbench(testbed.browser, testbed.server, testbed.folder);
});
afterAll(() => testbed?.close());

it('falls back to cpu and shows why', async () => {
  await openFile(page, 'moby-dick.rnn');
  await runCommand(page, 'RNN: Train RNN');
  expect(await waitForMessage(page, 'instead of webgpu', 60_000)).toMatch(/Training on cpu instead of webgpu: .*adapter/);
  const backend = webview(page).locator('.toolbar .backend');
  await expect.poll(() => backend.locator('strong').innerText(), { timeout: 30_000 }).toBe('cpu');
  expect(await backend.getAttribute('class')).toContain('fallback');
  expect(await backend.getAttribute('title')).toMatch(/webgpu.*adapter/s);
  await expect.poll(async () => Number((await webview(page).locator('.toolbar .iterations strong').innerText()).replace(/\D/g, '')), { timeout: 60_000 }).toBeGreaterThan(3);
  await screenshot(page, 'training-no-adapter');
});

it('proves the gradients of the open model, in one message', async () => {
  await runCommand(page, 'RNN: Stop Training');
  await openFile(page, 'own-cell.rnn');
  await runCommand(page, 'RNN: Check Gradients');
  expect(await waitForMessage(page, 'gradients agree', 120_000)).toMatch(/gradients agree; \d+ tensors/);
});
