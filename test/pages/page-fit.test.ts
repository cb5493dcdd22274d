// That everything on the pages can be read and reached, in Chromium with a host that plays: contrast of letters on fills, toolbars of narrow pages.
// Not what the numbers are, and not axe (accessibility.test.ts), which does not look into pictures.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { galleryAddress } from '../../scripts/testbed/page-gallery.mjs';
import { openGallery } from './open-gallery';

let browser: Browser;
let tab: Page;

beforeAll(async () => {
  ({ browser, tab } = await openGallery(['debugger', 'inspector', 'training'], 1280, 800));
});
afterAll(() => browser?.close());

const open = async (scene: string, width: number, theme: 'dark' | 'light' = 'dark'): Promise<void> => {
  await tab.setViewportSize({ width, height: 800 });
  await tab.goto(`${galleryAddress}/?page=debugger&scene=${scene}&theme=${theme}`);
  await tab.locator('.timeline .chip').first().waitFor({ state: 'attached' });
};

describe('guesses', () => {
  it.each(['dark', 'light'] as const)('beyond the cursor have fainter fills and the same letters, which can be read on every fill, %s', async (theme) => {
    await open('forward', 1280, theme);
    const { letters, fills } = await tab.evaluate(() => {
      const channels = (color: string): readonly number[] => (color.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number);
      const luminance = (color: readonly number[]): number => color.reduce((sum, channel, i) => sum + ([0.2126, 0.7152, 0.0722][i] ?? 0) * (channel / 255 <= 0.04045 ? channel / 255 / 12.92 : ((channel / 255 + 0.055) / 1.055) ** 2.4), 0);
      const background = channels(getComputedStyle(document.body).backgroundColor);
      const under = new Map<string, { readonly color: readonly number[]; readonly opacity: number }>();
      // A path is all rectangles of an opacity: where each begins, how wide it is.
      const read = (side: string): readonly number[] => [...document.querySelectorAll<SVGPathElement>(`.side-${side} .fill-bars path`)].flatMap((path) => {
        const opacity = Number(getComputedStyle(path).fillOpacity);
        const color = channels(getComputedStyle(path).fill).map((channel, i) => channel * opacity + (background[i] ?? 0) * (1 - opacity));
        return [...(path.getAttribute('d') ?? '').matchAll(/M([\d.]+),([\d.]+)h([\d.]+)/g)].map(([, x, y, width]) => {
          const place = `${Math.round(Number(x) + Number(width) / 2)}/${Math.round(Number(y))}`;
          // The stronger of the two sides: the letter must be read on both.
          if ((under.get(place)?.opacity ?? -1) < opacity) under.set(place, { color, opacity });
          return opacity;
        });
      });
      const fills = { reached: read('reached'), beyond: read('beyond') };
      const letters = [...document.querySelectorAll<SVGTextElement>('.timeline text.guess')].flatMap((text) => {
        const own = luminance(channels(getComputedStyle(text).fill));
        // Plain letters share a text, each with a place of its own.
        return (text.getAttribute('x') ?? '').split(' ').map((x) => {
          const fill = under.get(`${Math.round(Number(x))}/${Math.round(Number(text.getAttribute('y')) - 12)}`)?.color ?? [];
          const [a = 0, b = 0] = [own, luminance(fill)].sort((one, other) => other - one);
          return (a + 0.05) / (b + 0.05);
        });
      });
      return { letters, fills };
    });
    expect(letters.length).toBeGreaterThan(150);
    expect(Math.min(...letters)).toBeGreaterThanOrEqual(4.5);
    expect(fills.beyond).toHaveLength(fills.reached.length);
    expect(new Set(fills.beyond.map((opacity, i) => Math.round((100 * opacity) / (fills.reached[i] ?? NaN))))).toEqual(new Set([44]));
    expect(await tab.locator('.timeline .guess.quiet').count()).toBe(0);
  });

  it('and tokens stand in the middle of their columns, whatever stands beside them', async () => {
    await open('forward', 1280);
    /** How far the drawn letters are from where they belong: the middle of each, by the browser's own measure. */
    const off = async (name: string): Promise<{ readonly letters: number; readonly most: number }> => tab.evaluate((of) => {
      const far = [...document.querySelectorAll<SVGTextElement>(`.timeline > svg text.${of}`)].flatMap((text) => {
        const places = (text.getAttribute('x') ?? '').split(' ').map(Number);
        if (places.length === 1) return [Math.abs(text.getBBox().x + text.getBBox().width / 2 - (places[0] ?? NaN))];
        return places.map((x, i) => Math.abs(text.getExtentOfChar(i).x + text.getExtentOfChar(i).width / 2 - x));
      });
      return { letters: far.length, most: Math.max(...far) };
    }, name);
    for (const name of ['token', 'guess']) {
      const { letters, most } = await off(name);
      expect(letters).toBeGreaterThan(20);
      expect(most).toBeLessThan(0.5);
    }
  });
});

describe('colours', () => {
  it('of targets are outlines: no fill covers the letter in the box', async () => {
    await open('forward', 1280);
    const targets = await tab.locator('.timeline .target').evaluateAll((nodes) => nodes.map((node) => [getComputedStyle(node).fill, getComputedStyle(node).stroke === 'none']));
    expect(targets.length).toBeGreaterThan(0);
    expect(targets.filter(([fill, isBare]) => fill !== 'none' || isBare === true)).toEqual([]);
    expect(await tab.locator('.timeline .loss-bars path').first().evaluate((node) => getComputedStyle(node).fill)).not.toBe('none');
  });

  it('of an equation’s words can be read in every theme', async () => {
    for (const theme of ['dark', 'light', 'high-contrast', 'high-contrast-light']) {
      await tab.goto(`${galleryAddress}/?page=debugger&scene=forward&theme=${theme}`);
      await tab.locator('.equation .token-function').first().waitFor({ state: 'attached' });
      const contrasts = await tab.evaluate(() => {
        const luminance = (color: string): number => (color.match(/[\d.]+/g) ?? []).slice(0, 3).map((channel) => Number(channel) / 255).reduce((sum, channel, i) => sum + ([0.2126, 0.7152, 0.0722][i] ?? 0) * (channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4), 0);
        const background = luminance(getComputedStyle(document.body).backgroundColor);
        return ['keyword', 'function', 'parameter'].map((kind) => {
          const word = document.querySelector(`.equation .token-${kind}`);
          const own = luminance(word ? getComputedStyle(word).color : '');
          return (Math.max(own, background) + 0.05) / (Math.min(own, background) + 0.05);
        });
      });
      expect([theme, Math.min(...contrasts) >= 4.5]).toEqual([theme, true]);
    }
  });
});

describe('the toolbar', () => {
  /** Controls of the toolbar that a pointer does not hit in their middle, or that reach over the page's edge; and how far the page does. */
  const unreachable = async (): Promise<{ readonly beyond: number; readonly missed: readonly string[]; readonly rows: number; readonly names: readonly string[] }> => tab.evaluate(() => {
    const controls = [...document.querySelectorAll<HTMLElement>('.toolbar :is(button, input, vscode-button, vscode-dropdown)')].filter((control) => control.checkVisibility());
    const name = (control: HTMLElement): string => control.getAttribute('aria-label') ?? control.textContent.trim();
    const missed = controls.filter((control) => {
      const box = control.getBoundingClientRect();
      const hit = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
      return box.left < 0 || box.right > window.innerWidth || hit === null || !(control === hit || control.contains(hit));
    });
    const rows = new Set(controls.map((control) => Math.round((control.getBoundingClientRect().top + control.getBoundingClientRect().height / 2) / 12))).size;
    return { beyond: document.documentElement.scrollWidth - window.innerWidth, missed: missed.map(name), rows, names: controls.map(name) };
  });

  it.each([['debugger', 'forward'], ['debugger', 'backward'], ['inspector', 'lstm'], ['training', 'running']])('of the %s page, %s, has every control in reach at every width', async (page, scene) => {
    await tab.setViewportSize({ width: 420, height: 800 });
    await tab.goto(`${galleryAddress}/?page=${page}&scene=${scene}&theme=dark`);
    await tab.locator('.toolbar vscode-button').first().waitFor();
    for (const width of [420, 460, 560, 600, 899, 900, 1180]) {
      await tab.setViewportSize({ width, height: 800 });
      await expect.poll(async () => {
        const { beyond, missed } = await unreachable();
        return { width, beyond, missed };
      }).toEqual({ width, beyond: 0, missed: [] });
    }
  });

  it('of the debugger page has two rows beside an editor and the side bar, one otherwise, with the same controls', async () => {
    await open('forward', 460);
    const narrow = await unreachable();
    expect(narrow.rows).toBe(2);
    expect(narrow.names).toEqual(expect.arrayContaining(['Sequence', 'Layer', 'Gradient inspector', 'Copy link to this state']));
    await open('forward', 600);
    const wider = await unreachable();
    expect(wider.rows).toBe(1);
    expect(wider.names).toEqual(narrow.names);
  });
});

describe('the words of the timeline', () => {
  const boxes = (selector: string) => tab.locator(selector).evaluateAll((nodes) => nodes.map((node) => { const { left, right, top, bottom } = node.getBoundingClientRect(); return { left, right, top, bottom, text: node.textContent }; }));

  it.each([600, 1000, 1280])('end before the triangles of picked units, and chips hold theirs, %i px', async (width) => {
    await open('classifier', width);
    const triangles = await boxes('.timeline .triangles path');
    expect(triangles.length).toBeGreaterThan(0);
    const words = await boxes('.timeline .gutter .note-word, .timeline .gutter .lane-name');
    expect(words.map(({ text }) => text)).toEqual(expect.arrayContaining(['hidden state', 'reset gate']));
    const covered = words.filter((word) => triangles.some((triangle) => word.right > triangle.left && word.bottom > triangle.top && word.top < triangle.bottom));
    expect(covered).toEqual([]);
    const [frame] = await boxes('.timeline .chip rect');
    const [said] = await boxes('.timeline .chip text');
    expect((frame?.right ?? 0) - (said?.right ?? 0)).toBeGreaterThanOrEqual(2);
  });

  it('name the number of guesses there is, cut words visibly, and show a list’s choice whole beside an editor', async () => {
    await open('classifier', 600);
    const gutter = async (): Promise<readonly (string | null)[]> => (await boxes('.timeline .gutter text')).map(({ text }) => text);
    expect(await gutter()).toContain('top 2 below;');
    expect((await boxes('.timeline .token')).map(({ text }) => text)).toEqual(expect.arrayContaining(['film', 'beg…']));
    await open('forward', 600);
    expect(await gutter()).toContain('top 5 below;');
    expect(await tab.locator('.toolbar vscode-dropdown[aria-label="Sequence"]').evaluate((list) => [...(list.shadowRoot?.querySelectorAll('.selected-value') ?? [])].map((value) => value.scrollWidth - value.clientWidth))).toEqual([0]);
  });

  it('stand beside the largest loss where its neighbours leave room, and above it otherwise', async () => {
    await open('forward', 1280);
    const place = async (): Promise<number> => {
      const [label] = await boxes('.timeline text.largest');
      const bars = await boxes('.timeline .side-reached .loss-bars path');
      return (label?.bottom ?? 0) - Math.min(...bars.map(({ top }) => top));
    };
    expect(await place()).toBeGreaterThan(6);
    await open('forecast', 1280);
    expect(await place()).toBeLessThanOrEqual(2);
  });

  it('have no gate in the legend of a layer without one', async () => {
    await tab.goto(`${galleryAddress}/?page=debugger&scene=one&theme=dark`);
    await tab.locator('.timeline .gutter text', { hasText: 'a line needs' }).waitFor({ state: 'attached' });
    const shown = (): Promise<readonly string[]> => tab.locator('.legend-item .legend-title').evaluateAll((nodes) => nodes.filter((node) => node.checkVisibility()).map((node) => node.textContent));
    expect(await shown()).not.toContain('gate');
    await open('forward', 1280);
    expect(await shown()).toContain('gate');
    expect(await tab.locator('.timeline .gutter').innerHTML()).not.toContain('a line needs');
  });
});

describe('at 1280 × 800', () => {
  it.each([['forward', 5 + 1], ['nonfinite', 5 + 1], ['backward', 4 + 1]])('the legend of %s is one row, and the timeline is as high as its window has room for', async (scene, items) => {
    await open(scene, 1280);
    const { middles, right, height } = await tab.evaluate(() => {
      const boxes = [...document.querySelectorAll<HTMLElement>('.legend-item')].filter((item) => item.checkVisibility()).map((item) => item.getBoundingClientRect());
      return { middles: boxes.map((box) => Math.round((box.top + box.bottom) / 2)), right: Math.max(...boxes.map((box) => box.right)), height: document.querySelector('.left')?.getBoundingClientRect().height };
    });
    expect(middles).toHaveLength(items);
    expect(Math.max(...middles) - Math.min(...middles)).toBeLessThanOrEqual(1);
    expect(right).toBeLessThanOrEqual(840);
    // Beneath the toolbar of 40 pixels and a sentence of one line, 32.
    expect(height).toBeLessThanOrEqual(729);
    // What is chosen stands there whole.
    expect(await tab.locator('.legend vscode-dropdown').first().evaluate((list) => [...(list.shadowRoot?.querySelectorAll('.selected-value') ?? [])].map((value) => value.scrollWidth - value.clientWidth))).toEqual([0]);
  });

  it('a legend with more to say has more rows', async () => {
    await open('compare', 1280);
    const tops = await tab.locator('.legend-item').evaluateAll((nodes) => nodes.filter((node) => node.checkVisibility()).map((node) => Math.round(node.getBoundingClientRect().top / 20)));
    expect(new Set(tops).size).toBeGreaterThan(1);
  });
});

describe('the sentence at the top', () => {
  const lines = async (): Promise<number> => Math.round((((await tab.locator('.heads .verdict').boundingBox())?.height ?? 0) - 11) / 20);

  it.each([[1280, '.toolbar', true], [1920, '.toolbar', true], [600, '.heads', false]] as const)('is one line at %i pixels, with the choice of what is shown in %s, in words: %s', async (width, place, inWords) => {
    await open('forward', width);
    const views = tab.locator(`${place} .shown-tabs`);
    expect(await views.locator('span').first().isVisible()).toBe(inWords);
    expect(await lines()).toBe(1);
    await views.getByRole('button', { name: 'Weights' }).click();
    await tab.locator('.weights-bar').waitFor();
    expect(await views.getByRole('button', { name: 'Weights' }).getAttribute('aria-pressed')).toBe('true');
    await views.getByRole('button', { name: 'Timeline' }).click();
    await tab.locator('.plot.timeline').waitFor();
  });

  it('has two lines where it needs them', async () => {
    await open('forward', 1000);
    expect(await lines()).toBe(2);
  });
});
