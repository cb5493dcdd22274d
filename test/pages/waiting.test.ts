// The pages before the host's first answer, in Chromium with a host that plays: toolbar and frame at once, nothing that jumps when the answer comes, what is waited for, what to do when it is an error.
// Not the pages once they are filled (page-states.test.ts).
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { galleryAddress } from '../../scripts/testbed/page-gallery.mjs';
import { openGallery } from './open-gallery';

let browser: Browser;
let tab: Page;

beforeAll(async () => {
  ({ browser, tab } = await openGallery(['debugger', 'inspector', 'training'], 600, 800));
  await tab.addInitScript(() => {
    const shifts: unknown[] = [];
    Object.assign(window, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { readonly value: number; readonly sources?: readonly { readonly node: Node | null }[] })[]) {
        shifts.push({ value: entry.value, moved: entry.sources?.map(({ node }) => (node instanceof Element ? node.outerHTML.slice(0, 90) : String(node?.textContent))) });
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
});
afterAll(() => browser?.close());

/** Of layout, by the browser's own measure: from 0.1 on people notice that something jumped. */
const jump = 0.05;

const pages = [['debugger', 'forward', '.timeline .token', 'Waiting for the debug session to record the pass…'], ['inspector', 'lstm', '.curves-plot path', 'Waiting for the debug session to record the pass and its gradients…'], ['training', 'running', '.loss path', 'Waiting for the run: its engine is being started, or its folder read…']] as const;

describe.each(pages)('the %s page', (page, scene, filled, waitsFor) => {
  const open = async (first: string, width: number): Promise<void> => {
    await tab.setViewportSize({ width, height: 800 });
    await tab.goto(`${galleryAddress}/?page=${page}&scene=${scene}&theme=dark&first=${first}`);
  };
  const said = () => tab.locator('.waiting-for').innerText();

  it.each([460, 600, 1280])('has toolbar and frame at once, and nothing jumps when the answer comes, %i px wide', async (width) => {
    await open('late', width);
    await tab.locator('.waiting-frame > div').nth(2).waitFor();
    const bar = tab.locator('.toolbar');
    expect([await bar.isVisible(), await bar.evaluate((each) => (each as HTMLElement).inert)]).toEqual([true, true]);
    // No number that was not received.
    expect(await tab.locator('#page').innerText()).not.toMatch(/\d/);
    const before = await bar.evaluate((each) => each.getBoundingClientRect().height);
    await tab.evaluate('answerNow()');
    await tab.locator(filled).first().waitFor({ state: 'attached' });
    await tab.waitForTimeout(400);
    // Lists of the toolbar take the width of what is chosen in them, a hundredth of what may be felt as a jump.
    expect(await tab.evaluate('window.shifts.reduce((sum, { value }) => sum + value, 0)')).toBeLessThan(jump);
    // A toolbar is one row before and after, where it is one after.
    const after = await bar.evaluate((each) => each.getBoundingClientRect().height);
    if (after < 50) expect(before).toBe(after);
    expect([await bar.evaluate((each) => (each as HTMLElement).inert), await tab.locator('.waiting-page').isVisible()]).toEqual([false, false]);
  });

  it('says what it waits for after a second, and does not move where motion is reduced', async () => {
    await open('never', 600);
    await tab.locator('.waiting-frame').waitFor();
    const moves = () => tab.locator('.loading-line').evaluate((line) => getComputedStyle(line, '::after').animationName);
    await expect.poll(said, { timeout: 5_000 }).toBe(waitsFor);
    expect(await tab.locator('.loading-line').isVisible()).toBe(true);
    expect(await moves()).toBe('slide');
    await tab.emulateMedia({ reducedMotion: 'reduce' });
    expect(await moves()).toBe('none');
    expect(await tab.evaluate('document.getAnimations().length')).toBe(0);
    await tab.emulateMedia({ reducedMotion: null });
  });

  it('says why the answer was an error, and asks again', async () => {
    await open('refused', 600);
    const alert = tab.getByRole('alert').filter({ hasText: 'There is nothing to show' });
    await alert.waitFor();
    expect(await alert.innerText()).toContain('There is nothing to show: The debug adapter did not answer.');
    expect(await tab.locator('.waiting-frame').isVisible()).toBe(false);
    await tab.getByRole('button', { name: 'Try again' }).click();
    await tab.locator(filled).first().waitFor({ state: 'attached' });
    expect(await alert.isVisible()).toBe(false);
  });
});
