// Picking units on the debugger page in Chromium, with a host that plays: groups that act alike, and a threshold over brushed steps; by pointer and by keys.
// Not how groups are found (test/webview/debugger/clusters.test.ts) and not VS Code around the page (pages.test.ts).
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startBrowser } from '../../scripts/testbed/browser.mjs';
import { bundleGallery, galleryAddress, showGallery, type Gallery } from '../../scripts/testbed/page-gallery.mjs';
import { groupOf } from '../webview/gallery/grouped-trace';

let browser: Browser;
let gallery: Gallery;
let tab: Page;

beforeAll(async () => {
  gallery = await bundleGallery(['debugger']);
  browser = await startBrowser();
  tab = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
  await showGallery(tab, gallery);
});
afterAll(() => browser?.close());

const asked = async (): Promise<readonly string[]> => tab.evaluate(() => (window as unknown as { asked: string[] }).asked);
const texts = async (selector: string): Promise<readonly string[]> => tab.locator(selector).allTextContents();
const said = () => tab.locator('.outcome-of-choice').textContent();
const open = async (scene: string): Promise<void> => {
  await tab.goto(`${galleryAddress}/?page=debugger&scene=${scene}&theme=dark`);
  await tab.locator('.timeline .chip').first().waitFor({ state: 'attached' });
};

describe('groups of units', () => {
  beforeEach(async () => {
    await open('groups');
    await tab.locator('.group-button').first().waitFor();
  });

  it('stand beside every lane with name and size, and as buttons', async () => {
    const names = await texts('.group-button');
    expect(names.map((text) => Number(/· (\d+) units/.exec(text)?.[1])).sort((a, b) => a - b)).toEqual([6, 7, 13, 14, 18]);
    const brackets = await texts('.timeline .group-bracket text');
    expect(brackets.slice(0, 5)).toEqual(names);
    expect(brackets).toHaveLength(6 * 5);
  });

  it('are picked by their bracket: chips and a mean among the lines; a large one is shown alone', async () => {
    const names = await texts('.group-button');
    const small = names.findIndex((text) => text.includes('6 units'));
    await tab.locator('.timeline .group-bracket').nth(small).click();
    await expect.poll(() => texts('.timeline .chip text')).toHaveLength(6);
    const units = (/select (.*)/.exec((await asked()).at(-1) ?? '')?.[1] ?? '').split(' ').map(Number);
    expect(new Set(units.map(groupOf)).size).toBe(1);
    expect(await texts('.timeline .lines .end.mean')).toEqual([`g${small + 1} mean`]);
    expect(await said()).toBe(`${names[small] ?? ''}: picked`);
    const large = names.findIndex((text) => text.includes('18 units'));
    await tab.locator('.timeline .group-bracket').nth(large).click();
    await expect.poll(() => texts('.legend .legend-title')).toContain('rows: 18 of 64 units, one a unit, alike in every lane');
    expect((await asked()).filter((text) => text.startsWith('select'))).toHaveLength(1);
    expect(await texts('.timeline .lines .end.mean')).toEqual([`g${large + 1} mean`]);
    await tab.keyboard.press('0');
    await expect.poll(() => texts('.legend .legend-title')).toContain('rows: one a unit, alike in every lane');
  });

  it('are reached by keys, and say what they did', async () => {
    const button = tab.locator('.group-button').filter({ hasText: '7 units' });
    await button.focus();
    await tab.keyboard.press('Shift+Enter');
    await expect.poll(() => button.getAttribute('aria-pressed')).toBe('true');
    expect(await said()).toMatch(/7 units: mean shown/);
    expect((await asked()).filter((text) => text.startsWith('select'))).toEqual([]);
    await tab.keyboard.press('Enter');
    await expect.poll(() => button.getAttribute('aria-pressed')).toBe('false');
    expect(await texts('.timeline .lines .end.mean')).toEqual([]);
    // The group of the unit under the cell cursor.
    await tab.locator('.plot.timeline').focus();
    await tab.keyboard.press('Enter');
    await tab.keyboard.press('g');
    await expect.poll(said).toMatch(/^g1 · 14 units: shown alone/);
  });

  it('follow the correlation that is asked for, and are not there in another order', async () => {
    const alike = tab.locator('vscode-dropdown[aria-label="Units are alike from this correlation on"]');
    const choose = async (list: string, value: string): Promise<void> => tab.locator(`vscode-dropdown[aria-label="${list}"]`).evaluate((control, chosen) => { Object.assign(control, { value: chosen }); control.dispatchEvent(new Event('change')); }, value);
    await choose('Units are alike from this correlation on', '0.9');
    await expect.poll(() => texts('.group-list .note')).not.toEqual(['6 of 64 units in none; Shift adds a mean']);
    const fewer = (await texts('.group-button')).reduce((sum, text) => sum + Number(/· (\d+) units/.exec(text)?.[1]), 0);
    expect(fewer).toBeLessThan(58);
    expect(await texts('.group-list .note')).toEqual([`${64 - fewer} of 64 units in none; Shift adds a mean`]);
    expect(await alike.isVisible()).toBe(true);
    await choose('Order of rows', 'similar');
    await expect.poll(() => alike.isVisible()).toBe(false);
    expect(await tab.locator('.group-list').isVisible()).toBe(false);
    expect(await texts('.timeline .group-bracket')).toEqual([]);
    // Units that do not go alike.
    await open('forward');
    await choose('Order of rows', 'groups');
    await expect.poll(() => texts('.group-list .note')).toEqual(['no three units correlate with 0.5 or more']);
    expect(await texts('.group-list .legend-title, .timeline .group-bracket')).toEqual(['no groups']);
  });
});
