// The states of the pages in Chromium, with a host that plays: what each says, that it says it in no other state, and that its buttons do what they say.
// Not how they look (docs/pictures) and not the barriers (accessibility.test.ts).
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBrowser } from '../../scripts/testbed/browser.mjs';
import { bundleGallery, galleryAddress, showGallery, type Gallery } from '../../scripts/testbed/page-gallery.mjs';

let browser: Browser;
let gallery: Gallery;
let tab: Page;

beforeAll(async () => {
  gallery = await bundleGallery(['debugger', 'inspector', 'training']);
  browser = await startBrowser();
  tab = await browser.newPage({ viewport: { width: 600, height: 800 } });
  await showGallery(tab, gallery);
});
afterAll(() => browser?.close());

const open = async (page: 'debugger' | 'inspector' | 'training', scene: string): Promise<void> => {
  await tab.goto(`${galleryAddress}/?page=${page}&scene=${scene}&theme=dark`);
};
const asked = async (): Promise<readonly string[]> => tab.evaluate(() => (window as unknown as { asked: string[] }).asked);
const bars = async (): Promise<readonly string[]> => tab.locator('.bar').evaluateAll((all) => all.filter((bar) => !(bar as HTMLElement).hidden && bar.getClientRects().length > 0).map((bar) => (bar.textContent ?? '').replace(/\s+/g, ' ').trim()));
const untilBars = (want: readonly string[]) => expect.poll(bars).toEqual(want);
const press = (name: string) => tab.getByRole('button', { name, exact: true }).first().click();
const untilAsked = (what: string) => expect.poll(async () => (await asked()).at(-1)).toBe(what);

const killed = 'The debugger’s process was killed, perhaps for lack of memory; what it recorded stays.';

describe.each(['debugger', 'inspector'] as const)('the %s page', (page) => {
  const usual = page === 'debugger' ? 'forward' : 'lstm';

  it('says that the model was edited since, that the session is over or was lost, and begins it again', async () => {
    await open(page, usual);
    await tab.locator('.toolbar').waitFor();
    expect([await bars(), await tab.locator('.session-word').isVisible()]).toEqual([[], false]);
    await open(page, 'stale');
    await untilBars(['lstm.rnn has changed since this run. Run again']);
    expect(await tab.locator('.session-word').isVisible()).toBe(false);
    await press('Run again');
    await untilAsked('runAgain');
    await open(page, 'ended');
    await untilBars(['The debug session has ended; what it recorded stays. Run again']);
    expect(await tab.locator('.session-word').innerText()).toBe('Ended');
    await open(page, 'lost');
    await untilBars([`${killed} Restart`]);
    const word = tab.locator('.session-word');
    expect([await word.innerText(), await word.getAttribute('title')]).toEqual(['Lost', killed]);
    // The last data is kept.
    expect(await tab.locator(page === 'debugger' ? '.timeline .token' : '.curves-plot path').count()).toBeGreaterThan(3);
    await press('Restart');
    await untilAsked('runAgain');
  });
});
