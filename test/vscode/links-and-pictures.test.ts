// A link copied in a real VS Code opens the same file, run, sequence, step, pass and units again; pictures and their numbers are saved where the person says.
// Not what a link may hold (test/extension/links) and not how a picture is written (test/webview/export).
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { begin, callStack, clickLine, pressDebug } from '../../scripts/testbed/debugging.mjs';
import { openFile, openWorkbench, runAndPick, runCommand, screenshot, waitForMessage, webview } from '../../scripts/testbed/workbench.mjs';
import { defined } from '../../engine/base/invariant';
import { readSafetensors } from '../../engine/weights/safetensors';
import { projectRoot } from '../house/project-files';
import { joinEditor, type SharedTestbed } from './editors';

let testbed: SharedTestbed;
let page: Page;

const soon = { timeout: 20_000, interval: 100 };
const unroll = (...args: readonly string[]) => execFileSync(process.execPath, [join(projectRoot, 'dist/cli/unroll.mjs'), ...args], { cwd: testbed.folder, stdio: 'ignore' });
const place = (window = page) => webview(window).locator('.toolbar .place');
const chips = (window = page) => webview(window).locator('g.chip text');
const compared = (window = page) => webview(window).locator('.compare-bar').textContent();
const list = (name: string, window = page) => webview(window).locator(`.legend vscode-dropdown[aria-label="${name}"]`);
const chosenIn = (name: string, window = page) => list(name, window).evaluate((made) => (made as HTMLElement & { value: string }).value);
/** As the list does when a person has chosen. */
const choose = (name: string, value: string) => list(name).evaluate((made, chosen) => {
  (made as HTMLElement & { value: string }).value = chosen;
  made.dispatchEvent(new Event('change'));
}, value);
const [orders, cut] = ['Order of rows', 'Units are alike from this correlation on'];
/** What of time is in sight, and what stands in the lane of lines. */
const timeShown = (window: Page) => webview(window).locator('.plot.timeline').evaluate((plot) => {
  const ticks = [...plot.querySelectorAll('g.axis text:not(.covered)')].map((tick) => [Number(tick.textContent), Number(tick.getAttribute('x'))] as const);
  const [first = [0, 0], second = [0, 0]] = ticks;
  return { first: first[0], column: (second[1] - first[1]) / (second[0] - first[0]), threshold: plot.querySelector('g.threshold text')?.textContent ?? '' };
});
const clipboard = (window = page) => window.evaluate('navigator.clipboard.readText()') as Promise<string>;

/** Opens a link as the system hands it over, and lets the extension have it. */
async function follow(link: string, page: Page): Promise<void> {
  // A page that has the keyboard keeps the window from the clipboard.
  await page.locator('.part.titlebar').click({ position: { x: 5, y: 5 } });
  await page.evaluate((text) => navigator.clipboard.writeText(text), link);
  await runCommand(page, 'Developer: Open URL');
  await page.locator('.quick-input-widget input').first().waitFor({ timeout: 10_000 });
  await page.keyboard.press('Control+A');
  await page.keyboard.press('Control+V');
  await page.keyboard.press('Enter');
  const dialog = page.locator('.monaco-dialog-box');
  await dialog.getByText('to open this URI?').waitFor({ timeout: 20_000 });
  await dialog.getByRole('button', { name: 'Open', exact: true }).click();
}

async function untilEnded(page: Page): Promise<void> {
  await pressDebug(page, 'stop');
  await page.locator('.debug-toolbar').waitFor({ state: 'hidden', timeout: 20_000 });
}

beforeAll(async () => {
  testbed = await joinEditor();
  unroll('train', 'moby-dick.rnn', '--backend', 'cpu', '--set', 'iterations=3', '--set', 'r.hidden=16', '--out', '.unroll/runs/short');
  mkdirSync(join(testbed.folder, '.vscode'), { recursive: true });
  writeFileSync(join(testbed.folder, '.vscode/launch.json'), JSON.stringify({ version: '0.2.0', configurations: [{ type: 'rnn', request: 'launch', name: 'A run', program: '${workspaceFolder}/moby-dick.rnn', run: '.unroll/runs/short', sequence: 2, backend: 'cpu' }] }));
  page = await openWorkbench(testbed.browser, testbed.server, testbed.folder);
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await openFile(page, 'moby-dick.rnn');
  await clickLine(page, 'model MobyDick');
  await runCommand(page, 'View: Show Run and Debug');
  await clickLine(page, 'model MobyDick');
  await begin(page);
  await place().waitFor({ timeout: 60_000 });
});
afterAll(() => testbed?.close());

describe('pictures', () => {
  const save = async (what: string): Promise<void> => {
    await webview(page).locator('.save-button[aria-label="Save Timeline"]').click({ force: true });
    await webview(page).locator('[role="menu"][aria-label="Save Timeline"]').getByRole('menuitem', { name: what }).click();
    await page.locator('.quick-input-widget input').first().waitFor({ timeout: 20_000 });
  };
  /** Answers the question where, once its proposal stands there; while the list of files is being read, a key is lost. */
  const into = async (name: string): Promise<void> => {
    const path = join(testbed.folder, name);
    const input = page.locator('.quick-input-widget input').first();
    await expect.poll(() => input.inputValue(), soon).toMatch(/\/[^/]+\.(svg|png|csv)$/);
    await input.fill(path);
    await expect.poll(async () => {
      if (await input.isVisible()) {
        if ((await input.inputValue()) !== path) await input.fill(path);
        else await page.keyboard.press('Enter');
      }
      return existsSync(path);
    }, { timeout: 20_000, interval: 500 }).toBe(true);
  };
  const saved = (): readonly string[] => readdirSync(testbed.folder).filter((name) => /\.(svg|png|csv)$/.test(name));

  it('are not saved when the question is left', async () => {
    await save('Save as SVG');
    await page.keyboard.press('Escape');
    await page.locator('.quick-input-widget').first().waitFor({ state: 'hidden', timeout: 10_000 });
    expect(saved()).toEqual([]);
  });

  it.each([['SVG', 'svg', /^<\?xml [^>]*>\s*<svg /], ['PNG', 'png', /^\x89PNG\r\n/]] as const)('are saved as %s in the place that was chosen', async (name, ending, content) => {
    await save(`Save as ${name}`);
    await into(`mine.${ending}`);
    expect(readFileSync(join(testbed.folder, `mine.${ending}`), 'latin1').slice(0, 60)).toMatch(content);
  });

  it('have their numbers saved exactly as they are in the trace', async () => {
    await save('Save data as CSV');
    await into('mine.csv');
    const [last] = readdirSync(join(testbed.folder, '.unroll/runs/short/checkpoints')).sort().reverse();
    unroll('trace', 'moby-dick.rnn', '--set', 'r.hidden=16', '--sequence', '2', '--backend', 'cpu', '--weights', join('.unroll/runs/short/checkpoints', last ?? ''), '--out', 'trace.safetensors');
    const { tensors } = readSafetensors(readFileSync(join(testbed.folder, 'trace.safetensors')), 'trace.safetensors');
    const [head = '', ...rows] = readFileSync(join(testbed.folder, 'mine.csv'), 'utf8').replace(/^\uFEFF/, '').trimEnd().split('\r\n');
    expect(rows).toHaveLength(64);
    for (const [column, name] of [["h' unit 3", 'value/r.h'], ['f unit 15', 'value/r.f']] as const) {
      const unit = Number(/\d+$/.exec(column)?.[0]);
      // From the right, where no text can hold a comma.
      const fromEnd = head.split(',').length - head.split(',').indexOf(column);
      const { data } = defined(tensors.get(name), `the trace holds ${name}`);
      expect(rows.map((row) => Math.fround(Number(row.split(',').at(-fromEnd)))), column).toEqual(rows.map((_, step) => data[step * 16 + unit]));
    }
    expect([...saved()].sort()).toEqual(['mine.csv', 'mine.png', 'mine.svg']);
  });
});

describe('a link', () => {
  let link = '';
  let picked: readonly string[] = [];
  let time: Awaited<ReturnType<typeof timeShown>>;
  /** Another window of the same folder, that has seen nothing of the first one. */
  let fresh: Page;
  let inspecting = '';
  const pressed = () => webview(fresh).locator('.toolbar .segment[aria-pressed="true"]').innerText();
  const inFront = () => webview(fresh).getByRole('tab', { selected: true }).innerText();

  it('is copied from where the session stands', async () => {
    await webview(page).locator('input.scrub').fill('24');
    await webview(page).getByRole('button', { name: 'Backward' }).click();
    await expect.poll(() => place().innerText(), soon).toBe('t = 24 / 64');
    await expect.poll(async () => (await callStack(page))[1], soon).toBe('sequence 2, backward pass');
    const before = await chips().allTextContents();
    await webview(page).locator('g.chip').first().click({ force: true });
    await expect.poll(() => chips().count(), soon).toBe(before.length - 1);
    picked = await chips().allTextContents();
    await choose(orders, 'groups');
    await choose(cut, '0.3');
    await runAndPick(page, 'RNN: Compare with Run…', 'fresh weights');
    await expect.poll(() => compared(), { timeout: 60_000 }).toMatch(/^Compared with untrained LSTM/);
    await webview(page).locator('.plot.timeline').focus();
    for (const key of ['+', '+', '+', '+', 'T', 'ArrowUp', 'ArrowRight', 'ArrowRight', 'o']) await page.keyboard.press(key);
    await expect.poll(async () => (await timeShown(page)).threshold, soon).toMatch(/^[≥≤] \S+ at t = 24 … 26: \d+ of 16 units$/);
    await webview(page).locator('.plot.timeline').evaluate((plot) => plot.dispatchEvent(new WheelEvent('wheel', { deltaX: 160, bubbles: true, cancelable: true })));
    await expect.poll(async () => (await timeShown(page)).first, soon).toBeGreaterThan(1);
    time = await timeShown(page);
    await page.locator('.part.titlebar').click({ position: { x: 5, y: 5 } });
    await runCommand(page, 'RNN: Copy Link to This State');
    await expect.poll(() => clipboard(), soon).toContain('unroll.unroll/debug?');
    link = await clipboard();
    await untilEnded(page);
  });

  it('opens the same state in a fresh window, as it was zoomed, scrolled, cut into groups and marked', async () => {
    fresh = await openWorkbench(testbed.browser, testbed.server, testbed.folder);
    await fresh.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await follow(link, fresh);
    await expect.poll(() => place(fresh).innerText(), { timeout: 60_000 }).toBe('t = 24 / 64');
    await runCommand(fresh, 'View: Show Run and Debug');
    await expect.poll(async () => (await callStack(fresh)).slice(0, 2), { timeout: 60_000 }).toEqual([expect.stringMatching(/^step 24 of 64: /), 'sequence 2, backward pass']);
    expect((await callStack(fresh)).at(-1)).toBe('iteration 3');
    expect(await fresh.locator('.tabs-container .tab[data-resource-name="moby-dick.rnn"]').count()).toBe(1);
    await expect.poll(() => chips(fresh).allTextContents(), soon).toEqual(picked);
    await expect.poll(() => compared(fresh), { timeout: 60_000 }).toMatch(/^Compared with untrained LSTM/);
    expect([await chosenIn(orders, fresh), await chosenIn(cut, fresh)]).toEqual(['groups', '0.3']);
    await expect.poll(() => timeShown(fresh), soon).toEqual(time);
    await screenshot(fresh, 'link-opened');
  });

  it('opens with the inspector in front, with its loss and its picture, when that was in front', async () => {
    await runCommand(fresh, 'RNN: Open Gradient Inspector');
    await webview(fresh).getByRole('button', { name: /^All/ }).click({ timeout: 60_000 });
    await webview(fresh).getByRole('tab', { name: 'Gates' }).click();
    await fresh.locator('.part.titlebar').click({ position: { x: 5, y: 5 } });
    await runCommand(fresh, 'RNN: Copy Link to This State');
    await expect.poll(() => clipboard(fresh), soon).toContain('inspector');
    inspecting = await clipboard(fresh);
    await untilEnded(fresh);
    await runCommand(fresh, 'View: Close All Editors');
    await follow(inspecting, fresh);
    await expect.poll(pressed, { timeout: 60_000 }).toBe('All');
    await expect.poll(inFront, soon).toBe('Gates');
    // The page behind it is as the link has it, too, once it is looked at.
    await runCommand(fresh, 'RNN: Open Visual Debugger');
    await expect.poll(() => timeShown(fresh).catch(() => undefined), { timeout: 30_000 }).toEqual(time);
    await untilEnded(fresh);
  });

  it('opens another state when it is changed', async () => {
    const changed = [['loss%3Dall', 'loss%3D30'], ['tab%3Dsaturation', 'tab%3Dhorizon'], ['alike%3D0.3', 'alike%3D0.9'], ['on%3D24.26', 'on%3D20.23'], [/first%3D\d+/, 'first%3D2']] as const;
    await follow(changed.reduce((text, [from, to]) => text.replace(from, to), inspecting), fresh);
    await expect.poll(pressed, { timeout: 60_000 }).toBe('Loss 30');
    await expect.poll(inFront, soon).toBe('Horizon');
    await runCommand(fresh, 'RNN: Open Visual Debugger');
    await expect.poll(() => timeShown(fresh).catch(() => undefined), { timeout: 30_000 }).toMatchObject({ column: time.column, threshold: expect.stringContaining('at t = 20 … 23: ') as string });
    expect((await timeShown(fresh)).first).toBeLessThan(time.first);
    expect(await chosenIn(cut, fresh)).toBe('0.9');
    await untilEnded(fresh);
    await fresh.context().close();
  });

  it('that names what is not there is answered in one sentence and opens nothing', async () => {
    await follow(link.replace('moby-dick.rnn', 'nowhere.rnn'), page);
    expect(await waitForMessage(page, 'nowhere.rnn')).toMatch(/^The link names \S+nowhere\.rnn, and there is no such file here\./);
    await follow(link.replace('step%3D24', 'step%3D0'), page);
    expect(await waitForMessage(page, 'cannot be opened')).toMatch(/its step is not a number from 1/);
    expect(await page.locator('.debug-toolbar').isVisible()).toBe(false);
  });
});
