// The gradient inspector in a real VS Code on networks whose weights are set by hand, held to what theory says of them; and a tour without a mouse.
// Not the measurements themselves (test/inspect/measurements.test.ts).
// Invariant: every number asserted here follows from the weights, not from a former run.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeTheme, openFile, openWorkbench, pick, runCommand, screenshot, webview } from '../../scripts/testbed/workbench.mjs';
import { defined } from '../../engine/base/invariant';
import { writeSafetensors } from '../../engine/weights/safetensors';
import { modelOf, type Problem, problemOf } from '../trace/random-problem';
import { joinEditor, type SharedTestbed } from './editors';

const [hidden, time] = [16, 40];
const weight = ({ weights }: Problem, name: string): Float32Array => defined(weights.get(name), name).data;
/** A number times Householder's reflection along a vector of ones: every eigenvalue is ± that number. */
const reflection = (problem: Problem, name: string, scale: number): void =>
  weight(problem, name).forEach((_, at, all) => (all[at] = scale * ((Math.floor(at / hidden) === at % hidden ? 1 : 0) - 2 / hidden)));

const cases: Readonly<Record<string, { readonly cell: string; readonly prepare: (problem: Problem) => void }>> = {
  small: { cell: 'RNN', prepare: (each) => reflection(each, 'r.U', 0.5) },
  large: { cell: 'RNN', prepare: (each) => { reflection(each, 'r.U', 1.6); weight(each, 'r.W').fill(0); weight(each, 'r.b').fill(0); } },
  holding: { cell: 'GRU', prepare: (each) => { weight(each, 'r.b_z').fill(4); weight(each, 'r.W_z').fill(0); for (const gate of ['r', 'z', 'n']) reflection(each, `r.U_${gate}`, 0.01); } },
  keeping: { cell: 'LSTM', prepare: (each) => { weight(each, 'r.b_f').fill(5); for (const gate of ['i', 'f', 'g', 'o']) reflection(each, `r.U_${gate}`, 0.01); } },
};

let testbed: SharedTestbed;
let page: Page;

beforeAll(async () => {
  testbed = await joinEditor();
  const configurations = Object.entries(cases).map(([name, { cell, prepare }]) => {
    const text = `model Theory {\n  input  x[3]\n  layer  r = ${cell}(x, hidden: ${hidden})\n  output y = Linear(r, size: 3)\n  loss   crossEntropy(y)\n}\n`;
    const problem = problemOf(modelOf(text), { seed: 4, batch: 1, time, masked: false });
    prepare(problem);
    const path = (file: string): string => join(testbed.folder, file);
    writeFileSync(path(`${name}.rnn`), text);
    writeFileSync(path(`${name}-weights.safetensors`), writeSafetensors(problem.weights));
    writeFileSync(path(`${name}-inputs.safetensors`), writeSafetensors(new Map([['x', problem.batch.x], ['y', problem.batch.y]])));
    return { type: 'rnn', request: 'launch', name: `Theory ${name}`, program: path(`${name}.rnn`), weights: path(`${name}-weights.safetensors`), inputs: path(`${name}-inputs.safetensors`), backend: 'cpu' };
  });
  mkdirSync(join(testbed.folder, '.vscode'), { recursive: true });
  writeFileSync(join(testbed.folder, '.vscode/launch.json'), JSON.stringify({ version: '0.2.0', configurations }));
  page = await openWorkbench(testbed.browser, testbed.server, testbed.folder, { width: 2570, height: 1400 });
  await openFile(page, 'small.rnn');
});
afterAll(() => testbed?.close());

const verdict = () => webview(page).locator('.verdict-box');
const text = () => webview(page).locator('#page').innerText();
const place = () => webview(page).locator('.toolbar .place');

/** Debugs one of the networks and opens the inspector on it; ends the session afterwards. */
async function inspected(name: string, said: RegExp, look: () => Promise<void>): Promise<void> {
  await runCommand(page, 'Debug: Select and Start Debugging');
  await pick(page, `Theory ${name}`);
  // Every session brings the debugger's page to the front, before it stops; only then is the inspector asked for.
  await page.locator('.debug-top-stack-frame-line').first().waitFor({ timeout: 60_000 });
  // The text does not open over the page.
  expect(await page.locator('.tabs-container .tab.active').filter({ hasText: 'Visual Debugger' }).count()).toBe(1);
  await runCommand(page, 'RNN: Open Gradient Inspector');
  try {
    await expect.poll(() => verdict().textContent().catch(() => ''), { timeout: 60_000 }).toMatch(said);
    // Every picture has its sentence before anything is asked of it.
    for (const sentence of [/ρ = /, /gets most\./]) await expect.poll(text, { timeout: 90_000 }).toMatch(sentence);
    await screenshot(page, `theory-${name}`);
    await look();
  } finally {
    await page.locator('.debug-toolbar .action-label.codicon-debug-stop:not(.disabled)').click();
    await page.locator('.debug-toolbar').waitFor({ state: 'hidden', timeout: 20_000 });
  }
}

const numberIn = async (pattern: RegExp): Promise<number> => Number(defined(pattern.exec(await text()), String(pattern))[1]);

describe('the inspector says what theory says of', () => {
  it('a vanilla RNN with small recurrent weights: the gradient vanishes within seven steps', async () => {
    await inspected('small', new RegExp(`The loss at t = ${time} reaches`), async () => {
      // Every step multiplies by at most 0.5: 0.5⁷ is below 1 %.
      expect(Number(defined(/reaches (\d+) step/.exec((await verdict().textContent()) ?? ''), 'a reach')[1])).toBeLessThanOrEqual(6);
      expect(await numberIn(/ρ = (\d\.\d+)/)).toBeLessThanOrEqual(0.5);
      expect(await numberIn(/: (\d+) of 16 directions/)).toBe(0);
      expect(await text()).not.toContain('The highway carries');
    });
  });

  it('one with large recurrent weights that stays at zero: it explodes as 1.6 to the power of the steps', async () => {
    await inspected('large', /The gradient grows by/, async () => {
      const said = (await verdict().textContent()) ?? '';
      expect(said).toContain('grows by 60 % a step');
      // 1.6^39 = 9.15·10⁷ times at the first step.
      expect(said).toContain('it is 9·10⁷ times larger at t = 1 ');
      expect(await numberIn(/ρ = (\d\.\d+)/)).toBe(1.6);
    });
  });

  it('a GRU that holds its state: the highway carries nearly all, and the loss reaches the first step', async () => {
    await inspected('holding', /reaches back to the first step/, async () => {
      expect(await numberIn(/The highway carries (\d+)/)).toBeGreaterThanOrEqual(95);
      expect(await numberIn(/: (\d+) of 16 directions/)).toBe(16);
      expect((await verdict().textContent()) ?? '').toContain(`${time - 1} steps`);
    });
  });

  it('an LSTM that keeps everything: c is a highway, although h alone forgets at once', async () => {
    await inspected('keeping', new RegExp(`The loss at t = ${time} reaches`), async () => {
      expect(await numberIn(/The highway carries (\d+)/)).toBeGreaterThanOrEqual(90);
      // σ(5) = 0.9933 for each of the 16 directions of c, and next to nothing for those of h.
      expect(await numberIn(/ρ = (\d\.\d+)/)).toBeGreaterThan(0.98);
      expect(await numberIn(/: (\d+) of 32 directions/)).toBe(16);
    });
  });
});

describe('without a mouse', () => {
  const shownStep = async (): Promise<number> => Number(/t = (\d+)/.exec((await place().innerText().catch(() => '')) ?? '')?.[1] ?? NaN);
  const untilStep = (step: number) => expect.poll(shownStep, { timeout: 20_000 }).toBe(step);
  /** What has the keyboard in the page: its label or its own text. */
  const focused = (): Promise<string> => webview(page).locator('body').evaluate((body) => {
    const at = body.ownerDocument.activeElement;
    return `${at?.tagName.toLowerCase() ?? ''} ${at?.getAttribute('aria-label') ?? at?.textContent ?? ''}`.slice(0, 160);
  });

  const hasKeyboard = (): Promise<boolean> => webview(page).locator('body').evaluate((body) => body.ownerDocument.hasFocus());
  /** VS Code turns to the editor at every stop; the page that asked for it takes the keyboard back. */
  const press = async (key: string): Promise<void> => {
    await expect.poll(hasKeyboard, { timeout: 20_000 }).toBe(true);
    await page.keyboard.press(key);
  };

  it('a session is started, walked, shown backwards, replayed and inspected', async () => {
    await changeTheme(page, 'light');
    await page.keyboard.press('Control+1');
    await openFile(page, 'keeping.rnn');
    await runCommand(page, 'Debug: Select and Start Debugging');
    // What is typed before the list is there goes into the source.
    await page.locator('.quick-input-widget .quick-input-list .monaco-list-row').filter({ hasText: 'Theory keeping' }).first().waitFor({ timeout: 20_000 });
    await page.keyboard.type('Theory keeping');
    await page.keyboard.press('Enter');
    await place().waitFor({ timeout: 60_000 });
    await untilStep(1);
    // The stop at the entry turns to the editor; only then is the page asked for.
    await page.locator('.debug-toolbar .action-label.codicon-debug-step-over:not(.disabled)').waitFor({ timeout: 20_000 });
    await page.locator('.monaco-editor .debug-top-stack-frame-line').first().waitFor({ timeout: 20_000 });
    await runCommand(page, 'RNN: Open Visual Debugger');
    // Tab reaches every control in reading order, and the timeline as one stop.
    const stops: string[] = [];
    const isTimeline = (): Promise<boolean> => webview(page).locator('.plot.timeline').evaluate((plot) => plot === plot.ownerDocument.activeElement);
    while (stops.length < 40 && !(await isTimeline())) {
      await press('Tab');
      stops.push(await focused());
    }
    expect(await isTimeline(), stops.join('\n')).toBe(true);
    expect(stops.findIndex((stop) => /Forward/.test(stop))).toBeLessThan(stops.findIndex((stop) => /Backward/.test(stop)));
    expect(new Set(stops).size).toBeGreaterThan(8);

    await press('ArrowRight');
    await untilStep(2);
    await press('Shift+ArrowRight');
    await untilStep(12);
    await press('End');
    await untilStep(time);
    await press('Home');
    await untilStep(1);
    // One key, one step: the workbench hears the page's keys, too.
    await press('F10');
    await untilStep(2);
    await page.waitForTimeout(300);
    expect(await shownStep()).toBe(2);
    await press('Shift+F10');
    await untilStep(1);
    await press('b');
    await expect.poll(() => webview(page).locator('.verdict').textContent(), { timeout: 20_000 }).toMatch(/^At t = \d+/);
    await press('End');
    await untilStep(time);
    // Replay walks on by itself until Space is pressed again.
    await press(' ');
    await expect.poll(shownStep, { timeout: 20_000 }).toBeLessThan(time - 2);
    await press(' ');
    const paused = await shownStep();
    await page.waitForTimeout(700);
    expect(Math.abs((await shownStep()) - paused)).toBeLessThanOrEqual(1);
    await press('?');
    await webview(page).getByRole('dialog', { name: 'Keys' }).waitFor({ timeout: 5_000 });
    await press('Escape');
    await screenshot(page, 'tour-keyboard-light');
  });
});
