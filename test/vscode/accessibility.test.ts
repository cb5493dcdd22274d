// The pages in Chromium under axe, with a host that plays: nothing serious or critical in any theme, beside an editor and wide; every state a person meets.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBrowser } from '../../scripts/testbed/browser.mjs';
import { bundleGallery, galleryAddress, seriousBarriers, showGallery, themeClass, type Gallery } from '../../scripts/testbed/page-gallery.mjs';

const scenes: Readonly<Record<string, readonly string[]>> = {
  training: ['running', 'finished', 'failed', 'nonfinite', 'empty'],
  debugger: ['forward', 'backward', 'nonfinite', 'empty'],
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
