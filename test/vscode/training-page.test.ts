// The training page in a real VS Code, before there is a run: it opens under its content security policy, looks right in every theme, and its buttons lead on.
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestbed, type Testbed } from '../../scripts/testbed/testbed.mjs';
import { changeTheme, openFile, openWorkbench, pick, runCommand, screenshot, webview } from '../../scripts/testbed/workbench.mjs';

let testbed: Testbed;
let page: Page;
const refused: string[] = [];

beforeAll(async () => {
  testbed = await openTestbed();
  page = await openWorkbench(testbed.browser, testbed.server, testbed.folder);
  page.on('console', (message) => {
    if (/Content Security Policy/i.test(message.text()) && /training/.test(message.text() + message.location().url)) refused.push(message.text());
  });
  await openFile(page, 'moby-dick.rnn');
});
afterAll(() => testbed?.close());

describe('the training page', () => {
  it('opens without a run and says how to begin', async () => {
    await runCommand(page, 'RNN: Open Training Page');
    const content = webview(page);
    await content.getByText('Nothing recorded yet.').waitFor({ timeout: 30_000 });
    expect(await content.getByText('Open an example').count()).toBe(1);
    expect(refused).toEqual([]);
  });

  it.each([['dark', 'vscode-dark'], ['light', 'vscode-light'], ['high contrast', 'vscode-high-contrast'], ['high contrast light', 'vscode-high-contrast-light']] as const)('can be looked at in the theme %s', async (name, bodyClass) => {
    await changeTheme(page, name);
    await webview(page).locator(`body.${bodyClass}`).waitFor({ timeout: 20_000 });
    const path = await screenshot(page, `training-empty-${name.replaceAll(' ', '-')}`);
    expect(existsSync(path)).toBe(true);
  });

  it('leads to an example, with its data', async () => {
    rmSync(join(testbed.folder, 'moby-dick.txt'));
    await webview(page).getByText('Open an example').click();
    await pick(page, 'moby-dick.rnn');
    await expect.poll(() => existsSync(join(testbed.folder, 'moby-dick.txt')), { timeout: 10_000 }).toBe(true);
  });

  it('opens again after it was closed', async () => {
    await runCommand(page, 'View: Close All Editors');
    await runCommand(page, 'RNN: Open Training Page');
    await webview(page).getByText('Nothing recorded yet.').waitFor({ timeout: 30_000 });
    expect(refused).toEqual([]);
  });
});
