// Picking units on the debugger page in Chromium, with a host that plays: groups that act alike, and a threshold over brushed steps; by pointer and by keys.
// Not how groups are found (test/webview/debugger/clusters.test.ts) and not VS Code around the page (test/vscode/pages.test.ts).
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { galleryAddress } from '../../scripts/testbed/page-gallery.mjs';
import { groupOf } from '../webview/gallery/grouped-trace';
import { askedBy, openGallery } from './open-gallery';

let browser: Browser;
let tab: Page;

beforeAll(async () => {
  ({ browser, tab } = await openGallery(['debugger'], 1280, 1000));
});
afterAll(() => browser?.close());

const asked = () => askedBy(tab);
const texts = async (selector: string): Promise<readonly string[]> => tab.locator(selector).allTextContents();
const said = () => tab.locator('.outcome-of-choice').textContent();
const open = async (scene: string): Promise<void> => {
  await tab.goto(`${galleryAddress}/?page=debugger&scene=${scene}&theme=dark`);
  await tab.locator('.timeline .chip').first().waitFor({ state: 'attached' });
};

describe('picked units', () => {
  it('are none after Escape, in place of those that the page proposed', async () => {
    await open('forward');
    expect(await texts('.timeline .chip text')).toHaveLength(3);
    await tab.keyboard.press('Escape');
    await expect.poll(() => texts('.timeline .chip text')).toEqual([]);
    expect((await asked()).at(-1)?.trim()).toBe('select');
  });

  it('are walked to by keys, and heard as words', async () => {
    const heard = tab.locator('.unseen:not(.outcome-of-choice)').first();
    await tab.locator('.plot.timeline').focus();
    await tab.keyboard.press('Enter');
    await expect.poll(() => heard.textContent()).toMatch(/^h', unit \d+, step 24, −?\d/);
    const before = await heard.textContent();
    await tab.keyboard.press('ArrowDown');
    await expect.poll(() => heard.textContent()).not.toBe(before);
    await tab.keyboard.press('Enter');
    await expect.poll(() => texts('.timeline .chip text')).toHaveLength(1);
  });

  it('keep tokens and axis at the top while the lanes pass below, and nothing over the headings that follow', async () => {
    await tab.setViewportSize({ width: 600, height: 420 });
    const head = tab.locator('.stuck svg');
    await tab.evaluate(() => window.scrollTo(0, 400));
    await expect.poll(() => head.isVisible()).toBe(true);
    await tab.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
    await expect.poll(() => head.isVisible()).toBe(false);
    await tab.setViewportSize({ width: 1280, height: 1000 });
  });
});

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
    await expect.poll(() => texts('.legend .legend-title')).toContain('rows: 18 of 64 units, one a unit in every lane');
    expect((await asked()).filter((text) => text.startsWith('select'))).toHaveLength(1);
    expect(await texts('.timeline .lines .end.mean')).toEqual([`g${large + 1} mean`]);
    await tab.keyboard.press('0');
    await expect.poll(() => texts('.legend .legend-title')).toContain('rows: one a unit in every lane');
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
    const alike = tab.locator('.legend vscode-dropdown[aria-label="Units are alike from this correlation on"]');
    const choose = async (list: string, value: string): Promise<void> => tab.locator(`.legend vscode-dropdown[aria-label="${list}"]`).evaluate((control, chosen) => { Object.assign(control, { value: chosen }); control.dispatchEvent(new Event('change')); }, value);
    await choose('Units are alike from this correlation on', '0.9');
    await expect.poll(() => texts('.group-list .note')).not.toEqual(['6 of 64 units in none; Shift+click: only its mean']);
    const fewer = (await texts('.group-button')).reduce((sum, text) => sum + Number(/· (\d+) units/.exec(text)?.[1]), 0);
    expect(fewer).toBeLessThan(58);
    expect(await texts('.group-list .note')).toEqual([`${64 - fewer} of 64 units in none; Shift+click: only its mean`]);
    expect(await alike.isVisible()).toBe(true);
    await choose('Order of rows', 'similar');
    await expect.poll(() => alike.isVisible()).toBe(false);
    expect(await tab.locator('.group-list').isVisible()).toBe(false);
    expect(await texts('.timeline .group-bracket')).toEqual([]);
    // Units that do not go alike.
    await open('forward');
    await choose('Order of rows', 'groups');
    await expect.poll(() => texts('.group-list .note')).toEqual(['no 3 units correlate with 0.5 or more']);
    expect(await texts('.group-list .legend-title, .timeline .group-bracket')).toEqual(['no groups']);
  });
});

describe('a threshold over the lines', () => {
  const words = () => texts('.timeline .threshold text');
  /** Place of a step within the lane of lines, at a part of its height from the top. */
  const at = async (step: number, part: number): Promise<{ readonly x: number; readonly y: number }> => {
    const frame = await tab.locator('.timeline .lines .frame').boundingBox();
    if (!frame) throw new Error('the lines are drawn');
    return { x: frame.x + ((step - 0.5) / 48) * frame.width, y: frame.y + part * frame.height };
  };
  const drag = async (from: { readonly x: number; readonly y: number }, to: { readonly x: number; readonly y: number }, before: () => Promise<void> = async () => undefined): Promise<void> => {
    await tab.mouse.move(from.x, from.y);
    await tab.mouse.down();
    await tab.mouse.move((from.x + to.x) / 2, to.y, { steps: 3 });
    await tab.mouse.move(to.x, to.y, { steps: 3 });
    await before();
    await tab.mouse.up();
  };
  const valueOf = (text: string): number => Number((/[≥≤] (\S+)/.exec(text)?.[1] ?? '').replace('−', '-'));
  const count = (text: string): number => Number(/: (\d+) of 64 units/.exec(text)?.[1]);
  beforeEach(() => open('groups'));

  it('brushed by the pointer finds the units that are on there; its line is dragged, its margin chosen, and it goes away', async () => {
    expect(await words()).toEqual([]);
    await drag(await at(4, 0.6), await at(6, 0.42), async () => {
      // Counted while it is dragged, picked at its end.
      await expect.poll(async () => (await words())[0]).toMatch(/^≥ \S+ at t = 4 … 6: \d+ of 64 units$/);
      expect((await asked()).filter((text) => text.startsWith('select'))).toEqual([]);
    });
    await expect.poll(asked).toContainEqual(expect.stringMatching(/^select/));
    const [first = '', beside, drop] = await words();
    expect([count(first) > 0, beside, drop]).toEqual([true, 'beside: anything', '×']);
    await expect.poll(async () => (await texts('.timeline .chip text')).length).toBe(Math.min(8, count(first)));
    expect(await said()).toContain('any value beside');
    await tab.locator('.timeline .threshold text', { hasText: 'beside' }).click();
    await expect.poll(async () => (await words())[1]).toBe('off 1 step beside');
    expect(count((await words())[0] ?? '')).toBeLessThan(count(first));
    // Its line, once the lane is as high as the chips that are left need it.
    const left = count((await words())[0] ?? '');
    if (left > 0) await expect.poll(async () => (await texts('.timeline .chip text')).length).toBe(left);
    await tab.waitForTimeout(50);
    const level = await tab.locator('.timeline .threshold .level').boundingBox();
    const middle = await at(5, 0);
    await drag({ x: middle.x, y: level?.y ?? 0 }, { x: middle.x, y: (level?.y ?? 0) + 8 });
    await expect.poll(async () => valueOf((await words())[0] ?? '')).toBeLessThan(valueOf(first));
    expect((await words())[0]).toContain('at t = 4 … 6:');
    await tab.locator('.timeline .threshold text', { hasText: '×' }).click();
    await expect.poll(words).toEqual([]);
  });

  it('is drawn by keys, and says what it finds', async () => {
    await tab.locator('.plot.timeline').focus();
    await tab.keyboard.press('t');
    await expect.poll(async () => (await words())[0]).toMatch(/at t = 24: \d+ of 64 units$/);
    await tab.keyboard.press('ArrowRight');
    await tab.keyboard.press('Shift+ArrowLeft');
    await expect.poll(async () => (await words())[0]).toMatch(/at t = 23 … 25:/);
    const before = await words();
    // It begins where it is set; the arrows move the line, not the cursor.
    for (let i = 0; i < 6; i++) await tab.keyboard.press('ArrowDown');
    await expect.poll(async () => count((await words())[0] ?? '')).toBeGreaterThan(count(before[0] ?? ''));
    await tab.keyboard.press('o');
    await expect.poll(said).toContain('off 1 step beside');
    await tab.keyboard.press('o');
    await tab.keyboard.press('o');
    await tab.keyboard.press('o');
    await expect.poll(said).toContain('any value beside');
    expect(await tab.locator('.toolbar .place').innerText()).toBe('t = 24 / 48');
    expect((await asked()).filter((text) => text.startsWith('select'))).toEqual([]);
    await tab.keyboard.press('Enter');
    await expect.poll(async () => (await asked()).filter((text) => text.startsWith('select')).length).toBe(1);
    await tab.keyboard.press('ArrowRight');
    await expect.poll(() => tab.locator('.toolbar .place').innerText()).toBe('t = 25 / 48');
    // Escape takes the threshold away first, then the picks.
    await tab.keyboard.press('Escape');
    await expect.poll(words).toEqual([]);
    expect((await asked()).at(-1)).not.toBe('select ');
    await tab.keyboard.press('Escape');
    await expect.poll(async () => (await asked()).at(-1)).toBe('select ');
  });
});
