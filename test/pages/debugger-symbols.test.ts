// What the debugger page's pictures show of values that are not finite, in Chromium with a host that plays: symbols in their cells, in red.
// Not where the symbols stand (test/webview/debugger/broken-cells.test.ts) and not how the session finds the values.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { galleryAddress } from '../../scripts/testbed/page-gallery.mjs';
import { openGallery } from './open-gallery';

let browser: Browser;
let tab: Page;
const complaints: string[] = [];

beforeAll(async () => {
  ({ browser, tab } = await openGallery(['debugger'], 1280, 900));
  tab.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
});
afterAll(() => browser?.close());

const open = async (scene: string): Promise<void> => {
  complaints.length = 0;
  await tab.goto(`${galleryAddress}/?page=debugger&scene=${scene}&theme=dark`);
  await tab.locator('.timeline .chip').first().waitFor({ state: 'attached' });
};
/** The symbols of a block of the timeline, by the step whose column they stand in. */
const symbols = async (): Promise<readonly { readonly step: number; readonly y: number; readonly text: string }[]> => tab.evaluate(() => {
  const numbers = [...document.querySelectorAll<SVGTextElement>('.axis-stage .axis text')].map((text) => ({ step: Number(text.textContent), x: Number(text.getAttribute('x')) }));
  const [first, last] = [numbers[0], numbers.at(-1)];
  const column = first && last ? (last.x - first.x) / (last.step - first.step) : NaN;
  return [...document.querySelectorAll<SVGTextElement>('.symbols text')].map((text) => ({ step: Math.round((Number(text.getAttribute('x')) - (first?.x ?? NaN)) / column) + 1, y: Number(text.getAttribute('y')), text: text.textContent }));
});
const color = (selector: string): Promise<string> => tab.locator(selector).first().evaluate((node) => getComputedStyle(node)[node instanceof SVGElement ? 'fill' : 'color']);
const alarm = 'rgb(248, 81, 73)';

describe('where rows have room', () => {
  it('a value that is not finite is × or I or −I in its cell, in losses, guesses and features, and breaks no line', async () => {
    await open('few');
    await expect.poll(async () => (await symbols()).length).toBe(10);
    const found = (await symbols()).map(({ step, text }) => `${step} ${text}`).sort();
    expect(found).toEqual([...['24 I', '26 −I', '28 ×'].flatMap((cell) => [cell, cell]), '26 I', '28 ×', '31 I', '32 −I'].sort());
    expect(await tab.locator('.symbols rect').count()).toBe(0);
    expect(await color('.symbols text')).toBe(alarm);
    expect(await tab.locator('.tokens path.feature').evaluateAll((paths) => paths.map((path) => [/NaN|Infinity/.test(path.getAttribute('d') ?? ''), (path.getAttribute('d') ?? '').split('M').length - 1]))).toEqual([[false, 2], [false, 2]]);
    expect(await tab.locator('.edge text.mean').allTextContents()).toEqual(['mean', '1 inf']);
    expect(complaints).toEqual([]);
    // The unit's row of the profile, at the cursor's step; and the line of a unit that is picked.
    expect(await tab.locator('.profile-symbols text').allTextContents()).toEqual(['I', 'I']);
    await tab.locator('.plot.timeline').focus();
    await tab.keyboard.press('ArrowRight');
    await expect.poll(() => tab.locator('.profile-symbols text').count()).toBe(0);
  });

  it('its count is red in the cell and in the equations', async () => {
    expect(await tab.locator('.cell-plot .value.broken-word').count()).toBe(0);
    await tab.locator('.plot.timeline').focus();
    await tab.keyboard.press('ArrowLeft');
    await expect.poll(() => tab.locator('.cell-plot .value.broken-word').allTextContents()).toEqual(['1 infinite', '1 infinite']);
    expect(await color('.cell-plot .value.broken-word')).toBe(alarm);
    expect(await color('.equation .value.broken-word')).toBe(alarm);
  });
});

describe('where rows are low', () => {
  it('a step that is partly broken has a tick, one that is wholly so three symbols, and a broken line its own', async () => {
    await open('nonfinite');
    await expect.poll(() => tab.locator('.symbols rect').count()).toBe(2);
    const all = await symbols();
    // Six lanes and three symbols each, the loss, the guess, and the line of a picked unit from step 36 on.
    expect([36, 37, 42, 43].map((step) => all.filter((symbol) => symbol.step === step).length)).toEqual([1 + 1 + 1, 6 * 3 + 3, 6 * 3 + 3, 0]);
    expect(await tab.locator('.edge text.mean').allTextContents()).toEqual(['mean', '7 NaN']);
  });

  it('nothing broken has no symbol, tick or red word', async () => {
    await open('forward');
    expect(await tab.locator('.symbols :is(text, rect), .broken, .broken-word').count()).toBe(0);
  });
});
