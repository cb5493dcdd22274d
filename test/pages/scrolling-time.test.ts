// That nothing is missing where time was scrolled, zoomed or replayed to, in Chromium: what lies beyond the edges is drawn in turns.
// Not how long a frame takes (scripts/prove/pages-large.mjs).
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { galleryAddress } from '../../scripts/testbed/page-gallery.mjs';
import { openGallery } from './open-gallery';

let browser: Browser;
let tab: Page;

beforeAll(async () => {
  ({ browser, tab } = await openGallery(['debugger'], 1280, 800));
  await tab.goto(`${galleryAddress}/?page=debugger&scene=large&theme=dark`);
  await tab.locator('.timeline .loss-bars path').first().waitFor({ state: 'attached' });
});
afterAll(() => browser?.close());

interface Drawn {
  /** Pixels of the plot's edges, and of the first and last mark of each part, where they are seen. */
  readonly plot: readonly [number, number];
  readonly parts: Readonly<Record<string, readonly [number, number]>>;
  /** Number of the axis that is farthest left. */
  readonly firstTick: number;
}

const drawn = async (): Promise<Drawn> => tab.evaluate(() => {
  const svg = [...document.querySelectorAll('.plot.timeline > svg')][0] ?? document.body;
  const box = svg.getBoundingClientRect();
  const clip = svg.querySelector('#plot-clip rect');
  const left = Number(clip?.getAttribute('x')) + box.left;
  const reach = (selector: string): readonly [number, number] => {
    const boxes = [...svg.querySelectorAll(selector)].map((node) => node.getBoundingClientRect()).filter(({ width }) => width > 0);
    return [Math.min(...boxes.map((each) => each.left)), Math.max(...boxes.map((each) => each.right))];
  };
  const ticks = [...svg.querySelectorAll('.axis-stage .axis text')].filter((node) => node.getBoundingClientRect().left >= left).map((node) => Number(node.textContent));
  return {
    plot: [left, left + Number(clip?.getAttribute('width'))], firstTick: Math.min(...ticks),
    parts: { losses: reach('.loss-bars path'), reads: reach('.tokens text'), expects: reach('.predictions-bars path, .fill-bars path'), lines: reach('.line-curves path') },
  };
});

/** Every part reaches over the plot's edges, but for the room of a letter. */
async function untilWhole(): Promise<Drawn> {
  await expect.poll(async () => {
    const { plot: [left, right], parts } = await drawn();
    return Object.entries(parts).filter(([, [from, to]]) => !(from <= left + 40 && to >= right - 40)).map(([part, [from, to]]) => `${part} ${from}–${to} in ${left}–${right}`);
  }).toEqual([]);
  return drawn();
}

const wheel = async (deltaX: number, deltaY: number, times: number, control = false): Promise<void> => {
  if (control) await tab.keyboard.down('Control');
  for (let turn = 0; turn < times; turn++) await tab.mouse.wheel(deltaX, deltaY);
  if (control) await tab.keyboard.up('Control');
};

it('losses, tokens, guesses and lines are there after scrolling through time, zooming in to letters and out again, and at the end', async () => {
  const plot = tab.locator('.plot.timeline');
  await plot.click({ position: { x: 400, y: 12 } });
  await plot.hover({ position: { x: 500, y: 150 } });
  const began = await untilWhole();
  await wheel(300, 0, 3);
  const scrolled = await untilWhole();
  expect(scrolled.firstTick).toBeGreaterThan(began.firstTick);
  expect(await tab.locator('.timeline .guess').count()).toBe(0);
  await wheel(0, -200, 12, true);
  await tab.locator('.timeline > svg .guess').first().waitFor({ state: 'attached' });
  await untilWhole();
  await wheel(0, 200, 12, true);
  await expect.poll(() => tab.locator('.timeline > svg .guess').count()).toBe(0);
  await untilWhole();
  await plot.focus();
  await tab.keyboard.press('End');
  await expect.poll(async () => (await drawn()).firstTick).toBeGreaterThan(scrolled.firstTick);
  await untilWhole();
});
