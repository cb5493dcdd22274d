// The gradient inspector in Chromium, with a host that plays: whose triangle it is, its stacked bars, its computation stopped and gone on with, the replay.
// Not the numbers (test/views) and not VS Code around the page (test/vscode/pages.test.ts).
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { galleryAddress } from '../../scripts/testbed/page-gallery.mjs';
import { askedBy, openGallery } from './open-gallery';

let browser: Browser;
let tab: Page;

beforeAll(async () => {
  ({ browser, tab } = await openGallery(['inspector'], 1280, 900));
});
afterAll(() => browser?.close());

const asked = () => askedBy(tab);
const triangle = () => tab.locator('.triangle-column');
const open = async (scene: string): Promise<void> => {
  await tab.goto(`${galleryAddress}/?page=inspector&scene=${scene}&theme=dark`);
  await triangle().locator('.title').waitFor();
};
const title = () => triangle().locator('.title').textContent();
const shows = () => triangle().locator('.shows').textContent();
const press = (text: string) => triangle().getByRole('button', { name: text, exact: true }).click();

describe('the triangle of two runs', () => {
  it('is this run’s, the compared one’s or their ratio, and says which', async () => {
    await open('lstm');
    await expect.poll(title).toBe('Which loss reaches which step: LSTM');
    expect((await asked()).filter((each) => each.startsWith('triangle'))).toEqual(['triangle of the run']);
    await press('RNN');
    await expect.poll(title).toBe('Which loss reaches which step: RNN');
    await expect.poll(asked).toContain('triangle of the compared');
    await press('LSTM / RNN');
    await expect.poll(shows).toMatch(/^In \d+ % of the pairs of a loss and an earlier step the gradient of the LSTM is the larger one\. Farthest apart: /);
    expect(await triangle().locator('.bar-words text').allTextContents()).toEqual([expect.stringMatching(/^10.* × less$/), expect.stringMatching(/^10.* × more$/)]);
    await triangle().locator('.plot').hover({ position: { x: 60, y: 200 } });
    await expect.poll(() => tab.locator('.hover-line').textContent()).toMatch(/^loss at \d+ · t = \d+ · LSTM .* times (larger|smaller)$/);
    await press('LSTM');
    await expect.poll(shows).toMatch(/^Strongest link/);
  });

  it('is not offered where nothing is compared', async () => {
    await open('alone');
    await expect.poll(title).toBe('Which loss reaches which step');
    expect(await triangle().getByRole('button', { name: 'RNN' }).count()).toBe(0);
  });
});

it('stacked bars bring out the loss whose band is pointed at; it is chosen by a click', async () => {
  await open('alone');
  await press('Stacked bars');
  await expect.poll(() => triangle().locator('.bands rect').count()).toBeGreaterThan(500);
  expect(await triangle().locator('.bands .chosen').count()).toBe(0);
  // The bottom of the bar at step 10 is its own loss.
  const band = triangle().locator('.bands rect').nth(0);
  const [left, bottom] = await band.evaluate((element) => [element.getBoundingClientRect().right, element.getBoundingClientRect().bottom]);
  await tab.mouse.move((left ?? 0) - 2, (bottom ?? 0) - 3);
  await expect.poll(() => tab.locator('.hover-line').textContent()).toMatch(/^loss at 1 · t = 1 · /);
  expect(await triangle().locator('.bands .chosen').count()).toBe(1);
  await tab.mouse.click((left ?? 0) - 2, (bottom ?? 0) - 3);
  await expect.poll(() => tab.locator('.toolbar .segment').first().textContent()).toBe('Loss at t = 1');
});

it('a triangle that is computed says how far it is; stopped it keeps its rows, and goes on', async () => {
  await open('computing');
  const far = triangle().locator('.far-words');
  const said = () => far.locator('[role=status]').textContent();
  await expect.poll(said).toBe('Computing: 42 %; 16 of 48 losses are there.');
  await far.getByRole('button', { name: 'Cancel' }).click();
  await expect.poll(said).toBe('Stopped: 16 of 48 losses are there.');
  expect(await asked()).toContain('stop the triangle of the run');
  expect(await triangle().locator('.axis text.y').last().textContent()).toBe('48');
  await far.getByRole('button', { name: 'Go on' }).click();
  await expect.poll(() => far.isVisible()).toBe(false);
  expect(await asked()).toContain('triangle of the run, going on');
  expect(await shows()).not.toContain('Shown');
});

it('every picture says what is under the pointer, and the keys are listed', async () => {
  await open('lstm');
  const said = () => tab.locator('.hover-line').textContent();
  const hover = (plot: string, x: number, y: number) => tab.locator(plot).hover({ position: { x, y } });
  await tab.locator('.parameters-plot .sums rect').first().waitFor();
  await hover('.parameters-plot', 80, 20);
  await expect.poll(said).toMatch(/^U_i · t = \d+ · /);
  const pointed = Number(/t = (\d+)/.exec((await said()) ?? '')?.[1]);
  // Pictures over time show the same step.
  expect(await tab.locator('.curves-plot .cross-hair line').count()).toBe(1);
  await hover('.horizon-plot', 34, 40);
  await expect.poll(said).toMatch(/^0 steps back · 1\.00 .* RNN 1\.00$/);
  expect(await tab.locator('.curves-plot .cross-hair line').count()).toBe(0);
  expect(pointed).toBeGreaterThan(1);
  const dot = tab.locator('.saturation-plot .unit-dots circle').nth(64 + 5);
  const box = await dot.boundingBox();
  await tab.mouse.move((box?.x ?? 0) + 2, (box?.y ?? 0) + 2);
  await expect.poll(said).toMatch(/^f · u\d+ · open \d+/);
  await tab.keyboard.press('?');
  await expect.poll(() => tab.locator('div.keys').isVisible()).toBe(true);
  await tab.keyboard.press('Escape');
  await expect.poll(() => tab.locator('div.keys').isVisible()).toBe(false);
});

it('replay plays backwards at the chosen speed, and is scrubbed', async () => {
  await open('alone');
  const place = () => tab.locator('.place').textContent();
  expect(await place()).toBe('t = 24 / 48');
  await tab.locator('.scrub').fill('40');
  await expect.poll(place).toBe('t = 40 / 48');
  await tab.getByRole('combobox', { name: 'Speed of the replay' }).click();
  await tab.getByRole('option', { name: '30/s' }).click();
  await tab.getByRole('button', { name: 'Replay backwards' }).click();
  await expect.poll(async () => Number(/t = (\d+)/.exec((await place()) ?? '')?.[1])).toBeLessThan(34);
  await tab.getByRole('button', { name: 'Pause the replay' }).click();
});

it('a cursor among more losses than the triangle takes has a row of its own, which comes when it is asked for', async () => {
  await open('long');
  await expect.poll(asked).toContain('row of the loss at 640 of the run');
  await expect.poll(shows).toContain('Shown: 129 of 1,000 losses.');
  const far = triangle().locator('.far-words');
  await tab.keyboard.press('ArrowRight');
  await expect.poll(() => far.innerText()).toContain('Computing the row of the loss at t = 641.');
  expect(await shows()).toContain('Shown: 128 of 1,000 losses.');
  await press('Cancel');
  await expect.poll(() => far.innerText()).toContain('Stopped: the loss at t = 641 has no row.');
  expect(await asked()).toContain('stop the triangle of the run');
  await press('Go on');
  await expect.poll(shows).toContain('Shown: 129 of 1,000 losses.');
  expect(await far.isVisible()).toBe(false);
  // The last loss is among those that are taken.
  await tab.keyboard.press('End');
  await expect.poll(shows).toContain('Shown: 128 of 1,000 losses.');
  expect((await asked()).filter((each) => each.startsWith('row'))).toHaveLength(3);
});
