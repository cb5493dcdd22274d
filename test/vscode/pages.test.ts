// The visual debugger and the gradient inspector in a real VS Code, on a trained network: in step with the editor both ways, with the trace's own numbers.
// Not the pictures themselves (test/webview) and not the stops (test/adapter).
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { barriersInWebview } from '../../scripts/testbed/barriers.mjs';
import { clickLine, valueAt } from '../../scripts/testbed/debugging.mjs';
import { changeTheme, openFile, openWorkbench, runCommand, screenshot, webview } from '../../scripts/testbed/workbench.mjs';
import { defined } from '../../engine/base/invariant';
import { readSafetensors, type TensorFile } from '../../engine/weights/safetensors';
import { Client } from '../adapter/client';
import { projectRoot } from '../house/project-files';
import { joinEditor, type SharedTestbed } from './editors';

let testbed: SharedTestbed;
let page: Page;
/** The same session without an editor: what the page shows is held to what it answers. */
let peer: Client;
/** The file that `unroll trace` writes of the same sequence and weights. */
let trace: TensorFile;
const refused: string[] = [];
const lengthOfSequence = 64;

const launch = () => ({ type: 'rnn', request: 'launch', name: 'A trained novel', program: join(testbed.folder, 'moby-dick.rnn'), run: join(testbed.folder, '.unroll/runs/short'), sequence: 2, backend: 'cpu' });

beforeAll(async () => {
  testbed = await joinEditor();
  const cli = join(projectRoot, 'dist/cli/unroll.mjs');
  execFileSync(process.execPath, [cli, 'train', 'moby-dick.rnn', '--backend', 'cpu', '--set', 'iterations=150', '--set', 'r.hidden=48', '--out', '.unroll/runs/short'], { cwd: testbed.folder, stdio: 'ignore' });
  const checkpoints = join(testbed.folder, '.unroll/runs/short/checkpoints');
  const newest = defined(readdirSync(checkpoints).filter((file) => file.endsWith('.safetensors')).sort().at(-1), 'a checkpoint');
  execFileSync(process.execPath, [cli, 'trace', 'moby-dick.rnn', '--backend', 'cpu', '--set', 'r.hidden=48', '--weights', join(checkpoints, newest), '--sequence', '2', '--out', 'trace.safetensors'], { cwd: testbed.folder, stdio: 'ignore' });
  trace = readSafetensors(readFileSync(join(testbed.folder, 'trace.safetensors')), 'trace.safetensors');
  mkdirSync(join(testbed.folder, '.vscode'), { recursive: true });
  writeFileSync(join(testbed.folder, '.vscode/launch.json'), JSON.stringify({ version: '0.2.0', configurations: [launch()] }));
  peer = new Client(testbed.folder);
  await peer.launch(launch());
  page = await openWorkbench(testbed.browser, testbed.server, testbed.folder);
  page.on('console', (message) => {
    if (/Content Security Policy/i.test(message.text()) && /debugger|inspector/.test(message.text() + message.location().url)) refused.push(message.text());
  });
  await openFile(page, 'moby-dick.rnn');
});
afterAll(async () => {
  await peer?.ask('disconnect');
  await testbed?.close();
});

const place = () => webview(page).locator('.toolbar .place');
const shownStep = async (): Promise<number> => Number(/t = (\d+)/.exec(await place().innerText())?.[1] ?? NaN);
const untilStep = (step: number) => expect.poll(shownStep, { timeout: 20_000, interval: 100 }).toBe(step);
const topFrame = () => page.locator('.debug-call-stack .monaco-list-row .stack-frame .label').first();
const untilFrame = (text: string) => expect.poll(() => topFrame().innerText(), { timeout: 20_000, interval: 100 }).toContain(text);

/** Presses a button of the debug toolbar. */
async function debug(name: 'step-into' | 'step-over' | 'step-back' | 'stop'): Promise<void> {
  await page.locator(`.debug-toolbar .action-label.codicon-debug-${name}:not(.disabled)`).click();
  // Its tooltip would lie over the page.
  await page.mouse.move(5, 5);
}

const editorHasKeyboard = () => page.evaluate(() => document.activeElement?.matches('.part.editor .monaco-editor *') === true);

/** Counts from now on how often the text editor gets the keyboard. */
const watchEditorFocus = () => page.evaluate(() => {
  document.body.dataset['editorFocused'] = '0';
  document.addEventListener('focusin', ({ target }) => {
    if (target instanceof Element && target.closest('.part.editor .monaco-editor')) document.body.dataset['editorFocused'] = String(Number(document.body.dataset['editorFocused']) + 1);
  });
});
const editorFocused = () => page.evaluate(() => Number(document.body.dataset['editorFocused']));

/** A key several times, as fast as a person presses it, with letters between. */
async function quickly(key: string, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    await page.keyboard.press(key);
    await page.waitForTimeout(40);
    await page.keyboard.press('q');
    await page.waitForTimeout(40);
  }
}

/** The variables are those of a step, as the adapter has them. */
async function untilVariables(step: number, pass: 'forward' | 'backward'): Promise<void> {
  await peer.move('rnn/goto', { step, pass });
  const want = defined((await peer.scope('Inputs')).find(({ name }) => name === 'x'), 'the input of the step').value;
  await expect.poll(() => valueAt(page, 'variables', 'x'), { timeout: 20_000, interval: 100 }).toBe(want);
}

/** Leaves the two editors alone in the window. */
async function clear(panel: boolean): Promise<void> {
  await page.locator('.part.titlebar').click({ position: { x: 5, y: 5 } });
  if (panel) await runCommand(page, 'View: Hide Panel');
  await runCommand(page, 'View: Close Primary Side Bar');
  await page.mouse.move(5, 5);
}

describe('the visual debugger', () => {
  it('opens with a debug session and shows the pass it stands in', async () => {
    await runCommand(page, 'View: Show Run and Debug');
    await runCommand(page, 'Debug: Start Debugging');
    await place().waitFor({ timeout: 60_000 });
    expect(await place().innerText()).toBe(`t = 1 / ${lengthOfSequence}`);
    expect(await webview(page).locator('.origin').textContent()).toBe('iteration 150 · cpu');
    expect(refused).toEqual([]);
  });

  it('goes where the editor steps', async () => {
    await debug('step-into');
    await untilFrame('step 1 of 64');
    await debug('step-over');
    await untilStep(2);
    await debug('step-over');
    await untilStep(3);
    await untilFrame('step 3 of 64');
    await debug('step-back');
    await untilStep(2);
  });

  it('takes the editor where a step is chosen', async () => {
    await webview(page).locator('.plot.timeline').press('ArrowRight');
    await untilStep(3);
    await untilFrame('step 3 of 64');
    const slider = webview(page).locator('input.scrub');
    await slider.fill('24');
    await untilStep(24);
    await untilFrame('step 24 of 64');
  });

  it('keeps the keyboard over quick moves in both passes, and lets no letter into the text', async () => {
    const text = () => readFileSync(join(testbed.folder, 'moby-dick.rnn'), 'utf8');
    const before = text();
    await watchEditorFocus();
    await webview(page).locator('.toolbar .place').click();
    await quickly('ArrowRight', 8);
    await untilStep(32);
    await untilFrame('step 32 of 64');
    await untilVariables(32, 'forward');
    await quickly('b', 1);
    await quickly('ArrowLeft', 4);
    await untilStep(28);
    await untilFrame('step 28 of 64');
    await untilVariables(28, 'backward');
    expect(await page.locator('.debug-top-stack-frame-line').count()).toBe(1);
    await quickly('f', 1);
    await quickly('ArrowLeft', 4);
    await untilStep(24);
    expect(await editorFocused()).toBe(0);
    expect([await page.locator('.tabs-container .tab.dirty').count(), text()]).toEqual([0, before]);
  });

  it('leaves the keyboard to a click into the editor right after a move, and the editor to its own steps', async () => {
    await page.keyboard.press('ArrowRight');
    await clickLine(page, 'model MobyDick');
    await untilFrame('step 25 of 64');
    await page.waitForTimeout(300);
    expect(await editorHasKeyboard()).toBe(true);
    await page.keyboard.press('F10');
    await untilStep(26);
    await untilFrame('step 26 of 64');
    expect(await editorHasKeyboard()).toBe(true);
    await webview(page).locator('input.scrub').fill('24');
    await untilStep(24);
    await untilFrame('step 24 of 64');
  });

  it('shows under the pointer the numbers of the trace’s file', async () => {
    const plot = webview(page).locator('.plot.timeline');
    const canvas = await plot.boundingBox();
    expect(canvas).not.toBeNull();
    let compared = 0;
    for (let row = 0; row < 40 && compared < 20; row++) {
      await plot.hover({ position: { x: 110 + ((row * 97) % 400), y: 200 + row * 11 }, force: true, timeout: 5_000 }).catch(() => undefined);
      const text = await webview(page).locator('.hover-line').textContent();
      const hovered = /^(\w+'?) · u(\d+) · t = (\d+) · (\S+)$/.exec(text ?? '');
      if (!hovered) continue;
      const [, name, unit, step, number] = hovered;
      const recorded = defined(trace.tensors.get(`value/r.${(name ?? '').replace("'", '')}`), name ?? '');
      const want = defined(recorded.data[(Number(step) - 1) * defined(recorded.dims.at(-1), 'its width') + Number(unit)], text ?? '');
      const shown = Number((number ?? '').replace('−', '-').replace('e−', 'e-'));
      // Two decimals near one, three digits otherwise: half a unit of the last place shown.
      expect(Math.abs(shown - want), text ?? '').toBeLessThanOrEqual(Math.max(0.0051, 0.0051 * Math.abs(want)));
      compared++;
    }
    expect(compared).toBe(20);
  });

  it('walks the gradient backwards with the editor', async () => {
    await webview(page).getByRole('button', { name: 'Backward', exact: true }).click();
    await untilFrame('step 24 of 64');
    await expect.poll(() => webview(page).locator('.verdict').textContent(), { timeout: 20_000 }).toMatch(/^At t = 24, \d+ % of ∂L\/∂h comes from later losses/);
    await debug('step-over');
    await untilStep(23);
  });

  it('shows what the step adds to each weight’s gradient, as the debugger evaluates it', async () => {
    const content = webview(page);
    const step = await shownStep();
    await content.locator('.shown-tabs .segment', { hasText: 'Weights' }).click();
    await content.locator('.weights .segment', { hasText: 'This step' }).click();
    await expect.poll(() => content.locator('.weights .title').first().innerText(), { timeout: 30_000 }).toContain(`what t = ${step} adds to the gradient`);
    const [, name, shown] = /^At t = \d+ (\S+) gets the largest gradient, norm ([^,]+),/.exec(await content.locator('.weights .shows').first().innerText()) ?? [];
    await peer.ask('rnn/goto', { step, pass: 'backward', layer: 'r', equation: "h'" });
    const want = Number(/norm (\S+)$/.exec(await peer.evaluate(`part(${name ?? ''})`))?.[1]);
    // In a sentence a small number is a power of ten.
    const number = Number((shown ?? '').replace(/·10⁻([⁰¹²³⁴-⁹]+)/, (_, power: string) => `e-${[...power].map((digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'.indexOf(digit)).join('')}`));
    expect(Math.abs(number - want), `${name} ${shown} ${want}`).toBeLessThanOrEqual(0.06 * want);
    await content.locator('.shown-tabs .segment', { hasText: 'Timeline' }).click();
  });

  it.each([['dark', 'vscode-dark'], ['light', 'vscode-light'], ['high contrast', 'vscode-high-contrast']] as const)('has no barrier in the theme %s, in both passes', async (name, bodyClass) => {
    await changeTheme(page, name);
    await webview(page).locator(`body.${bodyClass}`).waitFor({ timeout: 20_000 });
    if (name === 'dark') await clear(true);
    expect(await barriersInWebview(page)).toEqual([]);
    await screenshot(page, `pages-debugger-backward-${name.replaceAll(' ', '-')}`);
    await page.mouse.move(5, 5);
    await webview(page).getByRole('button', { name: 'Forward' }).click();
    await expect.poll(() => webview(page).locator('.verdict').textContent(), { timeout: 20_000 }).toMatch(/the network expects/);
    expect(await barriersInWebview(page)).toEqual([]);
    await webview(page).getByRole('button', { name: 'Backward', exact: true }).click();
    await expect.poll(() => webview(page).locator('.verdict').textContent(), { timeout: 20_000 }).toMatch(/comes from later losses/);
  });
});

describe('the gradient inspector', () => {
  it('opens on the same pass and tells how far the last loss reaches', async () => {
    await runCommand(page, 'RNN: Open Gradient Inspector');
    const says = webview(page).locator('.verdict-box');
    await expect.poll(() => says.textContent(), { timeout: 60_000 }).toMatch(/The loss at t = 64 reaches/);
    await expect.poll(() => webview(page).locator('#page').innerText(), { timeout: 60_000 }).toMatch(/The highway carries/);
    const { result } = await peer.ask<{ readonly result: { readonly trace: { readonly traceId: string } } }>('rnn/view', { name: 'header', params: {} });
    const curves = (await peer.ask<{ readonly result: { readonly states: readonly { readonly norm: { readonly data: string } }[] } }>('rnn/view', { name: 'curves', params: { traceId: result.trace.traceId, layer: 0, loss: 64 } })).result;
    const bytes = Buffer.from(curves.states[0]?.norm.data ?? '', 'base64');
    const norm = new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    let reach = 0;
    for (let k = 1; k < 64; k++) if ((norm[63 - k] ?? 0) >= 0.01 * (norm[63] ?? 0)) reach = k;
    expect(await says.textContent()).toContain(reach === 63 ? '63 steps' : `reaches ${reach} step`);
  });

  it('shares the cursor with the editor, both ways', async () => {
    const before = await shownStep();
    await debug('step-over');
    await untilStep(before - 1);
    // A click into the picture goes to the step under it, in the editor too.
    await webview(page).locator('.curves-plot').click({ position: { x: 200, y: 60 } });
    await expect.poll(shownStep, { timeout: 20_000 }).not.toBe(before - 1);
    const clicked = await shownStep();
    await page.locator('.part.titlebar').click({ position: { x: 5, y: 5 } });
    await runCommand(page, 'View: Show Run and Debug');
    await untilFrame(`step ${clicked} of 64`);
    await clear(false);
  });

  it('measures what takes long: eigenvalues, gates, and the horizon over the validation split', async () => {
    await page.setViewportSize({ width: 2570, height: 900 });
    for (const said of [/ρ = /, /Strongest link|strongest link/, /gets most\./, /fixed switch/, /Median reach above 1 %/]) await expect.poll(() => webview(page).locator('#page').innerText(), { timeout: 120_000 }).toMatch(said);
    expect(await webview(page).locator('.bar.problem').isVisible()).toBe(false);
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  it.each([['high contrast', 'vscode-high-contrast'], ['light', 'vscode-light'], ['dark', 'vscode-dark']] as const)('has no barrier in the theme %s', async (name, bodyClass) => {
    await changeTheme(page, name);
    await webview(page).locator(`body.${bodyClass}`).waitFor({ timeout: 20_000 });
    expect(await barriersInWebview(page)).toEqual([]);
    await screenshot(page, `pages-inspector-${name.replaceAll(' ', '-')}`);
  });
});

it('has no barrier in the light high contrast either', async () => {
  await changeTheme(page, 'high contrast light');
  await webview(page).locator('body.vscode-high-contrast-light').waitFor({ timeout: 20_000 });
  expect(await barriersInWebview(page)).toEqual([]);
  await changeTheme(page, 'dark');
});

describe('when the session ends', () => {
  it('what was recorded stays, and the page says so', async () => {
    await runCommand(page, 'RNN: Open Visual Debugger');
    await place().waitFor({ timeout: 20_000 });
    await debug('stop');
    await webview(page).getByText('The debug session has ended').waitFor({ timeout: 20_000 });
    expect(refused).toEqual([]);
  });
});
