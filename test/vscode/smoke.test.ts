// A person's first minute with the packed extension in a real VS Code: a coloured file, a palette that knows the commands, a new model.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestbed, type Testbed } from '../../scripts/testbed/testbed.mjs';
import { answer, languageOfEditor, openFile, openWorkbench, paletteTitles, pick, runCommand, screenshot } from '../../scripts/testbed/workbench.mjs';

let testbed: Testbed;
let page: Page;

beforeAll(async () => {
  testbed = await openTestbed();
  page = await openWorkbench(testbed.browser, testbed.server, testbed.folder);
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
    expect(await paletteTitles(page, 'RNN: ')).toEqual(expect.arrayContaining(['RNN: Train RNN', 'RNN: New Model…', 'RNN: Check Gradients', 'RNN: Debug RNN']));
    await screenshot(page, 'smoke-editor');
  });

  it('writes a new model from a template', async () => {
    await runCommand(page, 'RNN: New Model…');
    await pick(page, 'Characters of a text');
    await pick(page, 'moby-dick.txt');
    await answer(page, 'mine.rnn');
    await page.locator('.tabs-container .tab.active[data-resource-name="mine.rnn"]').waitFor({ timeout: 20_000 });
    expect(existsSync(join(testbed.folder, 'mine.rnn'))).toBe(true);
    expect(readFileSync(join(testbed.folder, 'mine.rnn'), 'utf8')).toContain('data   text("moby-dick.txt", unit: char');
    await screenshot(page, 'smoke-new-model');
  });
});
