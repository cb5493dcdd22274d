// The weights on the debugger page in Chromium, with a host that plays: numbers under the cursor against the made-up pass, sentences that follow the cursor, what is saved;
// and on the training page a replay that is cancelled.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBrowser } from '../../scripts/testbed/browser.mjs';
import { bundleGallery, galleryAddress, showGallery, type Gallery } from '../../scripts/testbed/page-gallery.mjs';
import { simulateTrace, steps } from '../webview/gallery/simulated-trace';

let browser: Browser;
let gallery: Gallery;
beforeAll(async () => {
  gallery = await bundleGallery(['debugger', 'training']);
  browser = await startBrowser();
}, 60_000);
afterAll(() => browser?.close());

async function opened(page: string, scene: string, width = 1280): Promise<{ readonly tab: Page; readonly errors: readonly string[] }> {
  const tab = await browser.newPage({ viewport: { width, height: 800 } });
  const errors: string[] = [];
  tab.on('pageerror', (error) => errors.push(String(error)));
  await showGallery(tab, gallery);
  await tab.goto(`${galleryAddress}/?page=${page}&scene=${scene}&theme=dark`);
  return { tab, errors };
}

const said = (tab: Page, what: string): Promise<string> => tab.locator(`.weights ${what}`).first().innerText();
const press = (tab: Page, text: string): Promise<void> => tab.locator('.segment', { hasText: new RegExp(`^${text}$`) }).click();
const number = (text: string): number => Math.fround(Number(text.replace('−', '-')));

describe('the weights of a debug session', () => {
  it('show what a step adds, and the sum, and follow the cursor', async () => {
    const { tab, errors } = await opened('debugger', 'weights');
    await expect.poll(() => tab.locator('.weights .title').innerText(), { timeout: 10_000 }).toBe('r1: gradient added up from t = 48 to 31, sequence #17');
    expect(await tab.locator('.weights canvas.matrix').count()).toBe(12);
    const trace = simulateTrace();
    const at = (step: number): number => Math.fround(trace.added('W_i', step - 1)[0]?.[1] ?? NaN);
    const plot = tab.locator('.weights .matrices');
    const read = async (): Promise<{ readonly place: string; readonly value: number; readonly rest: string }> => {
      const [, place = '', value = '', rest = ''] = /^(\S+\[\d+, \d+\]) · (\S+)(.*)$/.exec(await said(tab, '.matrix-readout')) ?? [];
      return { place, value: number(value), rest };
    };
    await press(tab, 'This step');
    await expect.poll(() => said(tab, '.title'), { timeout: 10_000 }).toBe('r1: what t = 31 adds to the gradient, sequence #17');
    const before = await said(tab, '.shows');
    await plot.focus();
    await tab.keyboard.press('ArrowRight');
    expect(await read()).toEqual({ place: 'r1.W_i[0, 1]', value: at(31), rest: ' · this step, t = 31' });
    // The cell cursor stays where it is while the session moves.
    await tab.locator('.scrub').fill('30');
    await expect.poll(() => said(tab, '.title'), { timeout: 10_000 }).toBe('r1: what t = 30 adds to the gradient, sequence #17');
    expect(await said(tab, '.shows')).not.toBe(before);
    await plot.focus();
    await tab.keyboard.press('ArrowLeft');
    await tab.keyboard.press('ArrowRight');
    expect(await read()).toEqual({ place: 'r1.W_i[0, 1]', value: at(30), rest: ' · this step, t = 30' });
    await press(tab, 'Sum so far');
    await expect.poll(() => said(tab, '.title'), { timeout: 10_000 }).toContain('from t = 48 to 30');
    expect(await plot.getAttribute('aria-label')).toMatch(/^r1: gradient added up .*\. From t = 48 to 30 \S+ gets the largest gradient/);
    expect(await said(tab, '.matrix-legend')).toMatch(/from the input.*from the old state.*√ scale/s);
    expect(errors).toEqual([]);
    await tab.close();
  });

  it('say why there is nothing, lead to the backward pass, and are saved as they are', async () => {
    const { tab, errors } = await opened('debugger', 'weightsStep', 600);
    await expect.poll(() => said(tab, '.title'), { timeout: 10_000 }).toContain('t = 31');
    await press(tab, 'Last update');
    await expect.poll(() => said(tab, '.waiting-words'), { timeout: 10_000 }).toContain('no iteration of a training');
    expect(await tab.locator('.weights .matrices').isVisible()).toBe(false);
    await press(tab, 'Sum so far');
    await press(tab, 'Forward');
    await expect.poll(() => said(tab, '.waiting-words'), { timeout: 10_000 }).toContain('nothing is added to a gradient');
    await tab.locator('.waiting-words .link').click();
    await expect.poll(() => tab.locator('.weights .matrices').isVisible(), { timeout: 10_000 }).toBe(true);
    await tab.locator('.weights .saveable').hover();
    await tab.locator('.weights .save-button').click();
    await tab.locator('.weights .save-item', { hasText: 'CSV' }).click();
    const lines = () => tab.evaluate(() => {
      const file = (window as unknown as { readonly saved: readonly { readonly name: string; readonly bytes: Uint8Array }[] }).saved.at(-1);
      return file ? [file.name, ...new TextDecoder().decode(file.bytes).trim().split('\r\n')] : [];
    });
    await expect.poll(async () => (await lines()).length, { timeout: 10_000 }).toBe(2 + 4 * (64 * 32 + 64 * 64 + 64));
    const [name, head, first] = await lines();
    expect([name, head, first?.startsWith('r1.W_i,0,0,')]).toEqual(['Shakespeare r1 gradient added up from t = 48 to 31 sequence 17', 'parameter,row,column,number', true]);
    await tab.locator('.weights .matrices').focus();
    await tab.keyboard.press('w');
    await expect.poll(() => tab.locator('.plot.timeline').isVisible(), { timeout: 10_000 }).toBe(true);
    expect(errors).toEqual([]);
    await tab.close();
  });

  it('mark what was edited and what is not finite', async () => {
    const { tab } = await opened('debugger', 'weightsEdited', 600);
    await expect.poll(() => said(tab, '.title'), { timeout: 10_000 }).toBe('r1: values');
    expect(await tab.locator('.weights path.edited').count()).toBe(1);
    expect(await tab.locator('.weights .shows').allInnerTexts()).toEqual(['2 numbers of b_g are not finite, the first at [20, 0].', 'Edited: U_f[12, 3] from 0.073 to 3.00 (◇).']);
    expect(steps).toBe(48);
    await tab.close();
  });
});

describe('a replay on the training page', () => {
  it('says how far it is, and shows what was there when it is cancelled', async () => {
    const { tab } = await opened('training', 'replaying');
    await press(tab, 'By gate');
    await expect.poll(() => tab.locator('.details canvas.matrix').count(), { timeout: 10_000 }).toBe(12);
    expect(await tab.locator('.look-progress').isVisible()).toBe(false);
    await tab.locator('.largest tbody tr').first().click();
    await tab.locator('.details vscode-button', { hasText: 'Show iteration' }).click();
    await expect.poll(() => tab.locator('.look-progress .note').innerText(), { timeout: 10_000 }).toMatch(/^Replaying the run to iteration [\d,]+: 38 %$/);
    expect(await tab.locator('.look-progress [role=progressbar]').getAttribute('aria-valuenow')).toBe('38');
    await tab.locator('.look-progress vscode-button').click();
    await expect.poll(() => tab.locator('.look-progress').isVisible(), { timeout: 10_000 }).toBe(false);
    expect(await tab.locator('.details canvas.matrix').count()).toBe(12);
    expect(await tab.evaluate(() => (window as unknown as { readonly asked: readonly string[] }).asked)).toContain('cancelLook');
    await tab.close();
  });
});
