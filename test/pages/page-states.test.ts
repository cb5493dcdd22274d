// The states of the pages in Chromium, with a host that plays: what each says, that it says it in no other state, and that its buttons do what they say.
// Not how they look (docs/pictures) and not the barriers (accessibility.test.ts).
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { galleryAddress } from '../../scripts/testbed/page-gallery.mjs';
import { askedBy, openGallery } from './open-gallery';

let browser: Browser;
let tab: Page;

beforeAll(async () => {
  ({ browser, tab } = await openGallery(['debugger', 'inspector', 'training'], 600, 800));
});
afterAll(() => browser?.close());

const open = async (page: 'debugger' | 'inspector' | 'training', scene: string): Promise<void> => {
  await tab.goto(`${galleryAddress}/?page=${page}&scene=${scene}&theme=dark`);
};
const asked = () => askedBy(tab);
const bars = async (): Promise<readonly string[]> => tab.locator('div.bar').evaluateAll((all) => all.filter((bar) => !(bar as HTMLElement).hidden && bar.getClientRects().length > 0).map((bar) => (bar.textContent ?? '').replace(/\s+/g, ' ').trim()));
const untilBars = (want: readonly string[]) => expect.poll(bars).toEqual(want);
const press = (name: string) => tab.getByRole('button', { name, exact: true }).first().click();
const untilAsked = (what: string) => expect.poll(async () => (await asked()).at(-1)).toBe(what);

const killed = 'The debugger’s process was killed, perhaps for lack of memory; what it recorded stays.';

describe.each(['debugger', 'inspector'] as const)('the %s page', (page) => {
  const usual = page === 'debugger' ? 'forward' : 'lstm';

  it('says that the model was edited since, that the session is over or was lost, and begins it again', async () => {
    await open(page, usual);
    await tab.locator('.toolbar').waitFor();
    await untilBars([]);
    expect(await tab.locator('.session-word').isVisible()).toBe(false);
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
    if (page === 'debugger') expect((await tab.locator('.timeline > svg .token').allTextContents()).join('').length).toBeGreaterThan(3);
    else expect(await tab.locator('.curves-plot path').count()).toBeGreaterThan(3);
    await press('Restart');
    await untilAsked('runAgain');
  });
});

describe('the debugger page', () => {
  const sentence = () => tab.locator('.verdict').innerText();
  const block = async (): Promise<string> => (await tab.locator('.first-block').innerText()).replace(/\s+/g, ' ').trim();

  it('says what there is to do before anything was recorded, and shows no axes', async () => {
    await open('debugger', 'empty');
    await tab.getByText('Nothing recorded yet.').waitFor();
    expect(await tab.locator('.plot.timeline').isVisible()).toBe(false);
    await press('Open an example');
    await untilAsked('begin example');
  });

  it('waits with toolbar and axes, and shows that it waits only after a while', async () => {
    await open('debugger', 'loading');
    await tab.locator('.timeline .token').first().waitFor();
    expect(await tab.locator('.toolbar .place').innerText()).toBe('t = 24 / 48');
    await expect.poll(() => tab.locator('.loading-line').isVisible()).toBe(true);
    await open('debugger', 'forward');
    await tab.locator('.timeline .chip').first().waitFor({ state: 'attached' });
    await tab.waitForTimeout(400);
    expect(await tab.locator('.loading-line').isVisible()).toBe(false);
  });

  it('runs a backward pass that was not recorded', async () => {
    await open('debugger', 'unfinished');
    await tab.locator('.timeline .token').first().waitFor();
    await press('Backward');
    await untilAsked('runBackward');
    await open('debugger', 'forward');
    await tab.locator('.timeline .token').first().waitFor();
    await press('Backward');
    await untilAsked('cursor backward 24');
  });

  it('marks the step of a what-if, and shows the pass that it was made from beside it', async () => {
    await open('debugger', 'compareFork');
    await tab.locator('.compare-bar', { hasText: 'LSTM as recorded' }).waitFor();
    expect([await tab.locator('.timeline path.edit').count(), await tab.locator('.timeline .compared-loss path').count() > 0]).toEqual([1, true]);
    await open('debugger', 'forward');
    await tab.locator('.timeline .token').first().waitFor();
    expect([await tab.locator('.timeline path.edit').count(), await tab.locator('.compare-bar').isVisible()]).toEqual([0, false]);
  });

  it('draws numbers as curves and what a network without classes says, one output at the end of a sequence included', async () => {
    await open('debugger', 'regression');
    await tab.locator('.timeline path.feature').first().waitFor({ state: 'attached' });
    expect(await sentence()).toBe('At t = 50 the network says 0.83; the target is 1.02 (loss 0.11).');
    expect(await block()).toBe('Output after t = 50 0.83, target 1.02, off by −0.19');
    // A point on its own is a dot, its target a ring, on either side of the cursor.
    expect([await tab.locator('.timeline circle.output-course').count(), await tab.locator('.timeline circle.target-course').count()]).toEqual([2, 2]);
    await tab.keyboard.press('Home');
    await expect.poll(block).toBe('Output after t = 1 None at this step: the only one is at t = 50.');
    expect(await sentence()).not.toContain('the network says');
    await open('debugger', 'forecast');
    await tab.locator('.timeline path.output-course').first().waitFor({ state: 'attached' });
    expect(await tab.locator('.timeline circle.output-course').count()).toBe(0);
  });

  it('expects nothing where one class is told at the end, and says where', async () => {
    await open('debugger', 'classifier');
    await tab.locator('.timeline .token').first().waitFor();
    expect(await block()).toBe('Prediction after “nobody” None at this step: the only one is at t = 15.');
    expect(await sentence()).not.toContain('expects');
    await tab.keyboard.press('End');
    await expect.poll(block).toBe('Prediction after “away” ✓ target “positive” positive 83 % negative 17 %');
    expect(await sentence()).toBe('After “away” the network expects “positive” with 83 %; that is right (loss 0.70).');
  });

  it('names the first value that is not finite, and goes there, back before it and to what fed it', async () => {
    await open('debugger', 'nonfinite');
    await tab.locator('.first-block', { hasText: 'exception filter: non-finite' }).waitFor();
    expect(await sentence()).toMatch(/^Stopped: c is not finite\. First at t = 36, layer r1, unit u3\./);
    await press('What fed it');
    await untilAsked('reveal 16');
    await press('Go back before it');
    await untilAsked('cursor forward 35');
    // No longer where it stopped.
    await expect.poll(sentence).toBe('c is not finite. First at t = 36, layer r1, unit u3. Go to t = 36');
    await press('Go to t = 36');
    await untilAsked('cursor forward 36');
    await expect.poll(sentence).toBe('c is not finite. First at t = 36, layer r1, unit u3.');
    await open('debugger', 'forward');
    await tab.locator('.timeline .token').first().waitFor();
    expect(await sentence()).not.toContain('not finite');
  });

  it('hatches masked steps in every lane and says how many they are', async () => {
    await open('debugger', 'nonfinite');
    await tab.locator('.timeline .token').first().waitFor();
    // Tokens and six lanes.
    expect(await tab.locator('.plot.timeline .masks rect').count()).toBe(7);
    expect((await tab.locator('.legend').innerText()).replace(/\s+/g, ' ')).toContain('masked 6 of 48 steps');
    await tab.keyboard.press('End');
    await expect.poll(sentence).toMatch(/not finite|masked/);
    await open('debugger', 'forward');
    await tab.locator('.timeline .token').first().waitFor();
    expect(await tab.locator('.plot.timeline .masks rect').count()).toBe(0);
  });

  it('stands one step and one unit, and a sequence of 1,200 steps', async () => {
    for (const scene of ['one', 'oneBackward']) {
      await open('debugger', scene);
      await tab.locator('.timeline .token').first().waitFor();
      expect(await tab.locator('.toolbar .place').innerText()).toBe('t = 1 / 1');
    }
    await open('debugger', 'long');
    await tab.locator('.timeline .overview path').waitFor({ state: 'attached' });
    await tab.keyboard.press('End');
    await expect.poll(() => tab.locator('.toolbar .place').innerText()).toBe('t = 1200 / 1200');
    await expect.poll(() => tab.locator('.timeline .cursor text').textContent()).toBe('1200');
  });
});

describe('the training page', () => {
  const verdict = async (): Promise<string> => (await tab.locator('.verdict').first().innerText()).replace(/\s+/g, ' ');
  const toolbar = async (): Promise<string> => (await tab.locator('.toolbar').first().innerText()).replace(/\s+/g, ' ');
  const ready = () => tab.locator('.verdict').first().waitFor();

  it('keeps the place of what has no value yet, and says when it will', async () => {
    await open('training', 'early');
    await ready();
    const early = await tab.locator('#page').innerText();
    expect(early).toContain('first value at iteration 20');
    expect(early).toContain('first value at iteration 25');
    await open('training', 'running');
    await ready();
    expect(await tab.locator('#page').innerText()).not.toContain('first value at iteration');
  });

  it('says in a word, and why, that the engine was lost or another one is used; the data stays and it is begun again', async () => {
    await open('training', 'running');
    await ready();
    expect(await toolbar()).toMatch(/^Running/);
    await open('training', 'failed');
    await ready();
    expect([await toolbar(), await verdict()]).toEqual([expect.stringMatching(/^Failed/), expect.stringContaining('The engine ended without a word twice within a minute')]);
    expect(await tab.locator('.plot path').count()).toBeGreaterThan(2);
    await press('Restart');
    await untilAsked('restart');
    await open('training', 'fallback');
    await ready();
    expect(await tab.locator('.toolbar [title*="no GPU adapter"]').count()).toBe(1);
    await open('training', 'running');
    await ready();
    expect(await tab.locator('.toolbar [title*="no GPU adapter"]').count()).toBe(0);
  });

  it('names the iteration and the name that is not finite, and debugs it', async () => {
    await open('training', 'nonfinite');
    await ready();
    expect(await verdict()).toBe('r1.c is not finite. First at iteration 1,240. Debug this iteration');
    await press('Debug this iteration');
    await untilAsked('debug 1240');
  });

  it('says that the model was edited since, and runs it again', async () => {
    await open('training', 'stale');
    await untilBars(['shakespeare.rnn has changed since this run. Run again']);
    await press('Run again');
    await untilAsked('runAgain');
    await open('training', 'finished');
    await ready();
    expect(await bars()).toEqual([]);
  });
});
