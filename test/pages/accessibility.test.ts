// The pages in Chromium under axe, with a host that plays: nothing serious or critical in any theme, beside an editor and wide; every state a person meets.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBrowser } from '../../scripts/testbed/browser.mjs';
import { seriousBarriers } from '../../scripts/testbed/barriers.mjs';
import { bundleGallery, galleryAddress, showGallery, themeClass, type Gallery } from '../../scripts/testbed/page-gallery.mjs';

const scenes: Readonly<Record<string, readonly string[]>> = {
  training: ['running', 'finished', 'failed', 'nonfinite', 'empty'],
  debugger: ['forward', 'backward', 'nonfinite', 'weights', 'weightsEdited', 'empty'],
  inspector: ['difference', 'stopped', 'rnn', 'exploding', 'nonfinite', 'norecord', 'empty'],
};
/** What is looked at in every theme, and wide as well as beside an editor; the other states in one. */
const usual: readonly string[] = ['running', 'forward', 'backward', 'lstm'];

let browser: Browser;
let gallery: Gallery;

beforeAll(async () => {
  gallery = await bundleGallery(Object.keys(scenes));
  browser = await startBrowser();
});
afterAll(() => browser?.close());

describe.each(Object.entries(scenes))('the %s page', (page, states) => {
  it.each(['dark', 'light', 'hc'] as const)('has no barrier that axe finds serious, in %s', async (theme) => {
    const found: string[] = [];
    for (const width of theme === 'dark' ? [600, 1280] : [600]) {
      const tab = await browser.newPage({ viewport: { width, height: 800 } });
      tab.on('pageerror', (error) => found.push(String(error)));
      await showGallery(tab, gallery);
      for (const scene of states.filter((state) => usual.includes(state) || (theme === 'dark' && width === 600))) {
        await tab.goto(`${galleryAddress}/?page=${page}&scene=${scene}&theme=${themeClass[theme]}`);
        await tab.locator('#page *').first().waitFor({ state: 'attached' });
        // Pictures arrive a moment after the words.
        await tab.waitForTimeout(350);
        expect((await tab.locator('#page').innerText()).trim()).not.toBe('');
        found.push(...(await seriousBarriers(tab)).map((barrier) => `${scene}, ${width} px: ${barrier}`));
      }
      await tab.close();
    }
    expect(found).toEqual([]);
  });
});

describe('what the pointer finds, the keys find too', () => {
  it('in the cell, the equations, the profile and the lanes: one line, and the same unit in every picture', async () => {
    const tab = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    await showGallery(tab, gallery);
    await tab.goto(`${galleryAddress}/?page=debugger&scene=forward&theme=dark`);
    const line = tab.locator('.hover-line');
    const asked = (): Promise<readonly string[]> => tab.evaluate('window.asked');
    const rows = tab.locator('.timeline .unit-row');
    const inCell = tab.locator('.cell-plot .unit-cross line');
    await tab.locator('.cell-plot .node').first().waitFor();
    await tab.locator('.equation .strip-place').nth(1).hover({ position: { x: 20, y: 5 } });
    await expect.poll(() => line.textContent()).toMatch(/^f · u\d+ · t = 24 · 0\.\d\d$/);
    const [, unit] = /u(\d+)/.exec((await line.textContent()) ?? '') ?? [];
    expect([await rows.count(), await inCell.count()]).toEqual([6, 11]);
    await tab.locator('.timeline .profile').hover({ position: { x: 10, y: 300 }, force: true });
    await expect.poll(() => line.textContent()).toMatch(/ · t = 24 · /);
    expect(await rows.count()).toBe(5);
    await tab.mouse.down();
    await tab.mouse.up();
    await expect.poll(asked).toContainEqual(expect.stringMatching(/^select .*\d+$/));
    await tab.mouse.move(2, 2);
    await expect.poll(() => line.isVisible()).toBe(false);
    expect([await rows.count(), await inCell.count()]).toEqual([0, 0]);

    await tab.locator('.cell-plot').focus();
    for (const key of ['Enter', 'ArrowRight']) await tab.keyboard.press(key);
    await expect.poll(() => tab.locator('.unseen').first().textContent()).toMatch(/, step 24, /);
    expect(await line.textContent()).not.toMatch(/u\d/);
    await tab.keyboard.press('Shift+ArrowRight');
    await expect.poll(() => line.textContent()).toMatch(/ · u\d+ · t = 24 · /);
    await tab.keyboard.press('Enter');
    await expect.poll(asked).toContainEqual(expect.stringMatching(/^reveal \d+$/));
    await tab.keyboard.press('Escape');
    await expect.poll(() => line.isVisible()).toBe(false);
    await tab.locator('.equation .source').nth(4).press('Enter');
    await expect.poll(asked).toContain('reveal 16');
    const shown = (): Promise<string | null> => tab.locator('.timeline .lane-name').last().textContent();
    const before = await shown();
    await tab.locator('.plot.timeline').press('l');
    await expect.poll(shown).not.toBe(before);
    expect(Number(unit)).toBeLessThan(64);
    await tab.close();
  });

  it('in the strip of the largest gradients, with the same iteration in every picture', async () => {
    const tab = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await showGallery(tab, gallery);
    await tab.goto(`${galleryAddress}/?page=training&scene=running&theme=dark`);
    const line = tab.locator('.hover-line');
    const columns = tab.locator('.cross.column, .details .cross');
    await tab.locator('.largest rect.bar-mark').nth(20).hover();
    await expect.poll(() => line.textContent()).toMatch(/^iteration [\d,]+, largest of [\d,]+ … [\d,]+ · gradient 0\.\d\d/);
    // Loss, norm, horizon, the picture below them, and the strip itself.
    await expect.poll(() => columns.count()).toBe(5);
    const pointed = await line.textContent();
    await tab.mouse.move(2, 2);
    await expect.poll(() => line.isVisible()).toBe(false);
    await tab.locator('.largest .plot').focus();
    for (const key of ['End', 'ArrowLeft']) await tab.keyboard.press(key);
    await expect.poll(() => tab.locator('.unseen').textContent()).toMatch(/largest of/);
    expect(await line.textContent()).not.toBe(pointed);
    const [, iteration = ''] = /^iteration ([\d,]*\d)/.exec((await line.textContent()) ?? '') ?? [];
    await tab.keyboard.press('Enter');
    await expect.poll(() => tab.locator('.largest tr.selected .iteration').textContent()).toBe(iteration);
    await tab.close();
  });
});
