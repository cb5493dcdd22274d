// A person's first minute with the packed extension in a real VS Code: a coloured file, a palette that knows the commands, a new model;
// then the training page before there is a run: it opens under its content security policy, has the colours of every theme, and its buttons lead on.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answer, changeTheme, languageOfEditor, openFile, openWorkbench, paletteTitles, pick, runCommand, screenshot, webview } from '../../scripts/testbed/workbench.mjs';
import { joinEditor, type SharedTestbed } from './editors';

const themes = [['light', 'vscode-light'], ['high contrast light', 'vscode-high-contrast-light'], ['high contrast', 'vscode-high-contrast'], ['dark', 'vscode-dark']] as const;

let testbed: SharedTestbed;
let page: Page;
const refused: string[] = [];
/** Colours of the equations in the editor and of the words on the page beside it. */
const colours = async (): Promise<readonly string[]> => {
  const inEditor = await page.locator('.part.editor .view-line span span').evaluateAll((spans) => spans.map((span) => getComputedStyle(span).color));
  return [[...new Set(inEditor)].join(' '), await webview(page).locator('body').evaluate((body) => getComputedStyle(body).color)];
};

beforeAll(async () => {
  testbed = await joinEditor();
  page = await openWorkbench(testbed.browser, testbed.server, testbed.folder);
  page.on('console', (message) => {
    if (/Content Security Policy/i.test(message.text()) && /training/.test(message.text() + message.location().url)) refused.push(message.text());
  });
});
afterAll(() => testbed?.close());

describe('the first minute', () => {
  it('opens an example as a recurrent network', async () => {
    await openFile(page, 'own-cell.rnn');
    expect(await languageOfEditor(page)).toBe('Recurrent network');
    const colours = await page.locator('.view-line').filter({ hasText: /^\s*h'/ }).first().locator('span span').evaluateAll((spans) =>
      spans.map((span) => ({ text: span.textContent, colour: getComputedStyle(span).color })));
    // The last bracket still stands on its own: no prime has swallowed the rest of the line as a string.
    expect(new Set(colours.map(({ colour }) => colour)).size).toBeGreaterThan(1);
  });

  it('offers Train RNN in the palette', async () => {
    expect(await paletteTitles(page, 'RNN: ')).toEqual(expect.arrayContaining(['RNN: Train RNN', 'RNN: New Model…', 'RNN: Check Gradients', 'RNN: Debug RNN', 'RNN: Open Run…']));
  });

  it('writes a new model from a template', async () => {
    await runCommand(page, 'RNN: New Model…');
    await pick(page, 'Characters of a text');
    await pick(page, 'moby-dick.txt');
    await answer(page, 'mine.rnn');
    await page.locator('.tabs-container .tab.active[data-resource-name="mine.rnn"]').waitFor({ timeout: 20_000 });
    expect(existsSync(join(testbed.folder, 'mine.rnn'))).toBe(true);
    expect(readFileSync(join(testbed.folder, 'mine.rnn'), 'utf8')).toContain('data   text("moby-dick.txt", unit: char');
  });
});

describe('the training page', () => {
  it('opens without a run and says how to begin', async () => {
    await runCommand(page, 'RNN: Open Training Page');
    const content = webview(page);
    await content.getByText('Nothing recorded yet.').waitFor({ timeout: 30_000 });
    expect(await content.getByText('Open an example').count()).toBe(1);
    await content.getByText('Open a run').click();
    await page.getByText('There is no run in this workspace.').or(page.getByPlaceholder('There is no run in this workspace.')).first().waitFor({ timeout: 20_000 });
    await page.keyboard.press('Escape');
    expect(refused).toEqual([]);
  });

  it.each(themes)('and the equations beside it change to the theme %s', async (name, bodyClass) => {
    const before = await colours();
    await changeTheme(page, name);
    await webview(page).locator(`body.${bodyClass}`).waitFor({ timeout: 20_000 });
    await expect.poll(async () => (await colours()).map((now, place) => now !== before[place])).toEqual([true, true]);
    await screenshot(page, `first-minute-${name.replaceAll(' ', '-')}`);
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
