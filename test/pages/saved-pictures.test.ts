// Every picture of every page, saved as SVG, PNG and CSV by the keyboard: the files stand by themselves, and the numbers are those that the page was sent.
// In Chromium with a host that plays (test/webview/gallery), not in VS Code, which only writes the bytes (links-and-pictures.test.ts).
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBrowser } from '../../scripts/testbed/browser.mjs';
import { bundleGallery, galleryAddress, showGallery, themeClass, type Gallery } from '../../scripts/testbed/page-gallery.mjs';
import { simulateTrace, steps } from '../webview/gallery/simulated-trace';

interface Saved {
  readonly name: string;
  readonly kind: string;
  readonly text: string;
  /** Of a PNG, or as an SVG says it. */
  readonly size: readonly [number, number];
}

let browser: Browser;
let gallery: Gallery;

beforeAll(async () => {
  gallery = await bundleGallery(['debugger', 'inspector', 'training']);
  browser = await startBrowser();
});
afterAll(() => browser?.close());

async function open(page: string, scene: string, theme: keyof typeof themeClass = 'dark'): Promise<Page> {
  const tab = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await showGallery(tab, gallery);
  await tab.goto(`${galleryAddress}/?page=${page}&scene=${scene}&theme=${themeClass[theme]}`);
  await tab.locator('.save-button').first().waitFor({ state: 'attached' });
  await tab.waitForTimeout(250);
  return tab;
}

/** Saves what stands behind a button, by keys alone: Enter, arrows, Enter. */
async function save(tab: Page, title: string, place: number): Promise<Saved> {
  const before = await tab.evaluate('window.saved.length') as number;
  await tab.locator(`.save-button[aria-label="Save ${title}"]`).focus();
  await tab.keyboard.press('Enter');
  for (let i = 0; i < place; i++) await tab.keyboard.press('ArrowDown');
  await tab.keyboard.press('Enter');
  await expect.poll(() => tab.evaluate('window.saved.length'), { timeout: 10_000, interval: 20 }).toBe(before + 1);
  const [file] = await read(tab, before);
  if (!file) throw new Error(`${title} was not saved`);
  return file;
}

/** What was saved from the n-th file on. */
const read = (tab: Page, from: number): Promise<readonly Saved[]> => tab.evaluate(`window.saved.slice(${from}).map(({ name, kind, bytes }) => {
  const number = (at) => ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
  const text = kind === 'png' ? '' : new TextDecoder().decode(bytes);
  const root = kind === 'svg' ? new DOMParser().parseFromString(text, 'image/svg+xml').documentElement : undefined;
  return { name, kind, text: root?.querySelector('parsererror') ? 'not well-formed' : text, size: kind === 'png' ? [number(16), number(20)] : [Number(root?.getAttribute('width')), Number(root?.getAttribute('height'))] };
})`);

/** Saves all three at once, by clicks. */
async function saveAll(tab: Page, title: string): Promise<readonly Saved[]> {
  const before = await tab.evaluate('window.saved.length') as number;
  await tab.evaluate(`document.querySelectorAll('[role="menu"][aria-label="Save ${title}"] > .save-item').forEach((item) => item.click())`);
  await expect.poll(() => tab.evaluate('window.saved.length'), { timeout: 20_000, interval: 20 }).toBe(before + 3);
  const kinds = ['svg', 'png', 'csv'];
  return [...(await read(tab, before))].sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind));
}

const visibleTitles = (tab: Page): Promise<readonly string[]> => tab.evaluate(`[...document.querySelectorAll('.save-button')].filter((button) => button.getClientRects().length > 0).map((button) => button.getAttribute('aria-label').replace('Save ', ''))`);
/** The axis that three pictures share goes with each of them. */
const withoutSaving = (tab: Page): Promise<readonly string[]> => tab.evaluate(`[...document.querySelectorAll('.plot:not(.axis-strip)')].filter((plot) => plot.getClientRects().length > 0 && !plot.closest('.saveable')).map((plot) => plot.className)`);

/** All three files of a picture, looked at. */
async function check(tab: Page, title: string): Promise<readonly Saved[]> {
  const files = await saveAll(tab, title);
  const [svg, png, csv] = files;
  if (!svg || !png || !csv) throw new Error(`${title} was saved in part`);
  expect(files.map(({ kind }) => kind), title).toEqual(['svg', 'png', 'csv']);
  expect(svg.text, title).toMatch(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n<svg xmlns=[^>]*><title>\S/);
  // Nothing but itself: every reference is to a mark of its own or to data inside; no style that a sheet would have to resolve.
  expect([...svg.text.matchAll(/href="(?!data:image\/png;base64,)[^"]*"|url\((?!#)[^)]*\)|var\(|<style|<script|class="/g)].map(([found]) => found), title).toEqual([]);
  const ids = [...svg.text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size, title).toBe(ids.length);
  expect([...svg.text.matchAll(/url\(#([^)]+)\)/g)].map(([, id]) => id).filter((id) => !ids.includes(id)), title).toEqual([]);
  expect(png.size, title).toEqual(svg.size.map((side) => 2 * side));
  const [head, first] = csv.text.split('\r\n');
  expect(first?.split(',').length ?? 0, title).toBeGreaterThan(1);
  expect(head, title).toMatch(/step t|iteration|steps back k|gate|loss at j|parameter|what/);
  return files;
}

/** Cells of a table whose texts hold no comma in the columns asked for. */
const columnsOf = (csv: string, name: string): readonly number[] => {
  const [head = '', ...rows] = csv.trimEnd().split('\r\n');
  const cells = (line: string): readonly string[] => [...line.matchAll(/(?:^|,)("(?:[^"]|"")*"|[^,]*)/g)].map(([, cell]) => cell ?? '');
  const at = cells(head).findIndex((cell) => cell.replace(/^"|"$/g, '') === name);
  expect(at, name).toBeGreaterThanOrEqual(0);
  // A token may be a line end: rows begin with a number.
  return rows.join('\n').split(/\n(?=\d+,)/).map((row) => Number(cells(row)[at]));
};

describe('every picture is saved', () => {
  it.each([['compareRnn', 'dark'], ['compareBackward', 'light']] as const)('of the debugger, %s in %s', async (scene, theme) => {
    const tab = await open('debugger', scene, theme);
    expect(await withoutSaving(tab)).toEqual([]);
    expect(await visibleTitles(tab)).toEqual(['Timeline', 'this step', 'Cell', 'Equations']);
    for (const title of await visibleTitles(tab)) await check(tab, title);
    await tab.close();
  });

  it('of the inspector, with and without a highway', async () => {
    const tab = await open('inspector', 'lstm');
    expect(await withoutSaving(tab)).toEqual([]);
    expect(await visibleTitles(tab)).toEqual(['State gradient over time', 'Path of the gradient', 'Which loss reaches which step', 'Eigenvalues of one step', 'Parameter gradient by step', 'Gate saturation', 'Memory horizon']);
    for (const title of await visibleTitles(tab)) await check(tab, title);
    await tab.close();
    const plain = await open('inspector', 'rnn');
    await check(plain, 'Factors of the gradient');
    await plain.close();
  });

  it('of the training page, one picture of the parameters after another', async () => {
    const tab = await open('training', 'running');
    expect(await withoutSaving(tab)).toEqual([]);
    expect(await visibleTitles(tab)).toEqual(['Loss', 'Gradient norm', 'How far back the gradient reaches', 'Validation', 'Largest gradients', 'Samples', 'the picture of the parameters']);
    for (const title of await visibleTitles(tab)) await check(tab, title);
    const heads = new Set<string>();
    for (const tabName of ['Weights', 'Updates', 'Saturation', 'By gate']) {
      await tab.getByRole('button', { name: tabName, exact: true }).click();
      await tab.waitForTimeout(250);
      const title = tabName === 'By gate' ? 'the parameters by gate' : 'the picture of the parameters';
      const [svg] = await check(tab, title);
      heads.add(/<title>(.*?)<\/title>/.exec(svg?.text ?? '')?.[1] ?? '');
    }
    expect([...heads].slice(0, 3)).toEqual(['Shakespeare: Weights over iterations', 'Shakespeare: Updates over iterations', 'Shakespeare: Saturation over iterations']);
    expect(heads.size).toBe(4);
    await tab.close();
  });
});

describe('what is saved', () => {
  it('holds the numbers as they were sent, steps from 1, the compared pass beside', async () => {
    const tab = await open('debugger', 'compare');
    const { text, name } = await save(tab, 'Timeline', 2);
    const trace = simulateTrace();
    expect(name).toBe('Shakespeare r1 timeline');
    expect(columnsOf(text, 'step t')).toEqual(Array.from({ length: steps }, (_, t) => t + 1));
    for (const [column, lane, unit] of [["c' unit 3", "c'", 3], ['f unit 63', 'f', 63], ["h' unit 0", "h'", 0]] as const) {
      expect(columnsOf(text, column)).toEqual((trace.value[lane] ?? []).map((row) => Math.fround(row[unit] ?? NaN)));
    }
    // Before the two part nothing differs; afterwards something does.
    const apart = columnsOf(text, 'f − LSTM@500 unit 5');
    expect([apart.slice(0, 11).every((value) => value === 0), apart.slice(14).some((value) => value !== 0)]).toEqual([true, true]);
    await tab.close();
  });

  it('may be one part of the timeline, chosen by keys, with its own numbers', async () => {
    const tab = await open('debugger', 'compare');
    const whole = await save(tab, 'Timeline', 0);
    await tab.locator('.save-button[aria-label="Save Timeline"]').focus();
    await tab.keyboard.press('Enter');
    const parts = await tab.locator('.save-menu.open').getByRole('menuitemradio').allTextContents();
    expect(parts.slice(0, 6)).toEqual(['everything', 'losses and predictions', "h'", "h' − LSTM@500", "c'", "c' − LSTM@500"]);
    for (let i = 0; i < 3 + parts.indexOf("c'"); i++) await tab.keyboard.press('ArrowDown');
    await tab.keyboard.press('Enter');
    await tab.keyboard.press('Escape');
    const [svg, , csv] = await check(tab, 'Timeline');
    expect(svg?.text).toContain('<title>Shakespeare: r1, c\'</title>');
    expect((svg?.size[1] ?? NaN)).toBeLessThan(whole.size[1] / 2);
    expect(columnsOf(csv?.text ?? '', "c' unit 3")).toEqual((simulateTrace().value["c'"] ?? []).map((row) => Math.fround(row[3] ?? NaN)));
    expect(csv?.text).not.toMatch(/f unit|h' unit/);
    await tab.close();
  });

  it('holds what each equation gives at the cursor, what the other pass gives beside it, and its source and strips', async () => {
    const tab = await open('debugger', 'compare');
    const [svg, , csv] = await check(tab, 'Equations');
    const rows = (csv?.text ?? '').trimEnd().split('\r\n').map((line) => [...line.matchAll(/(?:^|,)("(?:[^"]|"")*"|[^,]*)/g)].map(([, cell]) => (cell ?? '').replace(/^"|"$/g, '')));
    expect(rows[0]).toEqual(['step t', 'line', 'equation', 'name', 'unit', 'value', 'value of LSTM@500']);
    const [value] = [simulateTrace().value];
    for (const [name, unit] of [["c'", 3], ['f', 63]] as const) {
      const row = rows.find((cells) => cells[3] === name && cells[4] === String(unit));
      expect([row?.[0], Number(row?.[5])], name).toEqual(['24', Math.fround(value[name]?.[23]?.[unit] ?? NaN)]);
      expect(row?.[2], name).toMatch(new RegExp(`^(?:gate|state|let)? ?${name} +=`));
      expect(row?.[6], name).not.toMatch(/^$|NaN/);
      expect(row?.[6]).not.toBe(row?.[5]);
    }
    // As many strips as equations, and each one's name among the words.
    const equations = await tab.locator('.equations .equation').count();
    expect(svg?.text.match(/<image /g)).toHaveLength(equations);
    expect(svg?.text).toContain('>sigmoid</text>');
    expect(svg?.text).toContain('<title>Shakespeare: equations of r1, values at t = 24</title>');
    await tab.locator('.plot.timeline').focus();
    await tab.keyboard.press('ArrowRight');
    await expect.poll(() => tab.locator('.toolbar .place').innerText()).toBe('t = 25 / 48');
    await tab.waitForTimeout(250);
    expect((await save(tab, 'Equations', 2)).text).toContain('\r\n25,');
    await tab.close();
    const alone = await open('debugger', 'forward');
    expect((await save(alone, 'Equations', 2)).text.split('\r\n')[0]).toBe('step t,line,equation,name,unit,value');
    await alone.close();
  });

  it('holds every sample of a run, and in its picture the lines that are in sight', async () => {
    const tab = await open('training', 'running');
    const [svg, , csv] = await check(tab, 'Samples');
    const [head, ...rows] = (csv?.text ?? '').trimEnd().split('\r\n');
    expect(head).toBe('iteration,loss (nats per character),text');
    const shown = await tab.locator('.sample').evaluateAll((all) => all.map((sample) => ({ iteration: (sample.querySelector('span')?.textContent ?? '').replace(/\D/g, ''), words: (sample.querySelector('pre')?.textContent ?? '').trim().split(/\s+/) })));
    expect(rows.length).toBeGreaterThanOrEqual(shown.length);
    for (const { iteration, words } of shown) {
      expect(csv?.text).toContain(`\r\n${iteration},`);
      expect(svg?.text).toContain(`${words[0] ?? ''} ${words[1] ?? ''}`);
    }
    await tab.close();
  });

  it('has the colours of its theme', async () => {
    const backgrounds = [];
    for (const theme of ['dark', 'light'] as const) {
      const tab = await open('inspector', 'lstm', theme);
      const { text } = await save(tab, 'Memory horizon', 0);
      backgrounds.push(/<rect [^>]*fill="(#\w+)"/.exec(text)?.[1]);
      await tab.close();
    }
    expect(backgrounds).toEqual(['#1f1f1f', '#ffffff']);
  });
});
