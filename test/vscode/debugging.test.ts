// Step-through debugging in a real VS Code by mouse and keyboard: forwards, into the library's cell, back, what-if, and backwards through the gradients.
// Every number that is read off the screen is held to `unroll trace` of the same sequence and weights. Not the adapter's answers (test/adapter) and not the pages.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addConditionalBreakpoint, addWatch, begin, callStack, clickGutter, clickLine, consoleText, hoverWord, inlineValue, pressDebug, row, typeIntoConsole, valueAt } from '../../scripts/testbed/debugging.mjs';
import { openFile, openWorkbench, pick, runCommand, screenshot, themes, webview } from '../../scripts/testbed/workbench.mjs';
import { defined } from '../../engine/base/invariant';
import { saturatedShare, short, statisticsOf } from '../../engine/debug/statistics';
import { readSafetensors, type TensorFile } from '../../engine/weights/safetensors';
import { projectRoot } from '../house/project-files';
import { tolerances } from '../tolerances';
import { joinEditor, type SharedTestbed } from './editors';

let testbed: SharedTestbed;
let page: Page;
let trace: TensorFile;

/** A value of the trace at a step, from 1. */
function at(name: string, step: number): Float32Array {
  const { dims, data } = defined(trace.tensors.get(name), `the trace holds ${name}`);
  const width = dims[2] ?? 1;
  return Float32Array.from(data).slice((step - 1) * width, step * width);
}
const norm = (values: Float32Array): number => statisticsOf(values).norm;
const lossOfTrace = (): number => defined(trace.tensors.get('loss'), 'the trace holds its loss').data[0] ?? NaN;

const soon = { timeout: 20_000, interval: 100 };
const untilFrame = (text: string) => expect.poll(async () => (await callStack(page))[0] ?? '', soon).toBe(text);
const untilWatch = (name: string, number: number) => expect.poll(async () => Math.abs(Number(await valueAt(page, 'watch', name)) - number), soon).toBeLessThanOrEqual(tolerances.sameInFloat64 * Math.max(1, number));
const gateInline = (step: number): string => `mean ${short(statisticsOf(at('value/r.f', step)).mean)} sat ${Math.round(100 * saturatedShare(at('value/r.f', step), [0, 1]))} %`;
const untilInline = (line: string, text: string) => expect.poll(() => inlineValue(page, line), soon).toBe(text);

async function look(name: string): Promise<void> {
  await page.mouse.move(5, 5);
  expect(existsSync(await screenshot(page, `debugging-${name}`))).toBe(true);
}

beforeAll(async () => {
  testbed = await joinEditor({ 'workbench.colorTheme': themes.dark });
  const file = join(testbed.folder, 'trace.safetensors');
  const unroll = (...args: readonly string[]) => execFileSync(process.execPath, [join(projectRoot, 'dist/cli/unroll.mjs'), ...args], { cwd: testbed.folder, stdio: 'ignore' });
  unroll('trace', 'moby-dick.rnn', '--sequence', '0', '--backend', 'cpu', '--out', file);
  unroll('train', 'moby-dick.rnn', '--backend', 'cpu', '--set', 'iterations=2', '--out', '.unroll/runs/short');
  trace = readSafetensors(readFileSync(file), file);
  page = await openWorkbench(testbed.browser, testbed.server, testbed.folder, { width: 1500, height: 950 });
  await openFile(page, 'moby-dick.rnn');
  await runCommand(page, 'View: Show Run and Debug');
  await clickLine(page, 'model MobyDick');
});
afterAll(() => testbed?.close());

describe('forwards', () => {
  it('begins with F5 on an open file, without a launch.json', async () => {
    await begin(page);
    await expect.poll(() => callStack(page), soon).toEqual(['sequence 0, forward pass', 'iteration 0']);
    expect(existsSync(join(testbed.folder, '.vscode/launch.json'))).toBe(false);
    expect(await consoleText(page)).toContain('fresh weights, seed 1; backend cpu');
    await webview(page).locator('.toolbar .place').waitFor({ timeout: 60_000 });
  });

  it('steps over a time step', async () => {
    await page.keyboard.press('F11');
    await expect.poll(async () => (await callStack(page))[0], soon).toMatch(/^step 1 of 64: "."$/);
    const state = (step: number): string => `norm ${short(norm(at('value/r.h', step)))} mean ${short(statisticsOf(at('value/r.h', step)).mean)}`;
    await untilInline('layer  r = LSTM', state(1));
    await page.keyboard.press('F10');
    await expect.poll(async () => (await callStack(page))[0], soon).toMatch(/^step 2 of 64: "."$/);
    await untilInline('layer  r = LSTM', state(2));
  });

  it('steps into the LSTM, whose text opens under its name', async () => {
    await page.keyboard.press('F11');
    await untilFrame('embed  e = Embedding(x, size: 32)');
    await page.keyboard.press('F10');
    await untilFrame('layer  r = LSTM(e, hidden: 128)');
    await page.keyboard.press('F11');
    await untilFrame('r.i, step 2');
    expect(await page.locator('.tabs-container .tab.active[data-resource-name="lstm.rnn"]').count()).toBe(1);
    await untilInline('f = sigmoid', gateInline(2));
  });

  it('stops at a breakpoint on the forget gate, set beside its line, and steps back from it', async () => {
    await clickGutter(page, 'f = sigmoid');
    await page.locator('.part.editor .codicon-debug-breakpoint').first().waitFor({ timeout: 10_000 });
    await page.keyboard.press('F5');
    await untilFrame('r.f, step 2');
    await page.keyboard.press('F5');
    await untilFrame('r.f, step 3');
    await untilInline('f = sigmoid', gateInline(3));
    await pressDebug(page, 'step-back');
    await untilFrame('r.i, step 3');
    await page.keyboard.press('F5');
    await untilFrame('r.f, step 3');
  });

  it('watches an expression, which changes with the step and comes back with it', async () => {
    await addWatch(page, 'norm(h)');
    await untilWatch('norm(h)', norm(at('value/r.h', 2)));
    await page.keyboard.press('F5');
    await untilFrame('r.f, step 4');
    await untilWatch('norm(h)', norm(at('value/r.h', 3)));
    expect(norm(at('value/r.h', 2))).not.toBe(norm(at('value/r.h', 3)));
    await pressDebug(page, 'reverse-continue');
    await untilFrame('r.f, step 3');
    await untilWatch('norm(h)', norm(at('value/r.h', 2)));
  });

  it('says over a name what it holds, with a chart', async () => {
    const { mean, min, max } = statisticsOf(at('value/r.f', 3));
    const said = await hoverWord(page, "c' = f * c", 'f');
    expect(said).toContain(`[128] mean ${short(mean)}`);
    expect(said).toMatch(/[▁▂▃▄▅▆▇█]{24}/);
    expect(said).toContain(`${short(min)}…${short(max)}`);
    expect(existsSync(await screenshot(page, 'debugging-hover-dark'))).toBe(true);
    await page.mouse.move(5, 5);
  });

  it('completes and evaluates in the console', async () => {
    await typeIntoConsole(page, 'norm(c)');
    await expect.poll(() => consoleText(page), soon).toContain(String(norm(at('value/r.c', 2))).slice(0, 12));
    await page.keyboard.type('gradN');
    await page.locator('.suggest-widget .monaco-list-row').filter({ hasText: 'gradNorm' }).waitFor({ timeout: 20_000 });
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+A');
    await page.keyboard.press('Delete');
  });
});

describe('what if', () => {
  it('a value were another: Set Value forks the run and tells the difference in loss', async () => {
    await addWatch(page, 'loss');
    await expect.poll(() => valueAt(page, 'watch', 'loss'), soon).not.toBe('');
    expect(Math.fround(Number(await valueAt(page, 'watch', 'loss')))).toBe(lossOfTrace());
    for (const name of ['Gates', 'f', '[0..99]']) await row(page, 'variables', name).click();
    await expect.poll(async () => Math.fround(Number(await valueAt(page, 'variables', '[0]'))), soon).toBe(at('value/r.f', 3)[0]);
    await row(page, 'variables', '[0]').dblclick();
    await page.locator('.debug-variables .monaco-inputbox input').waitFor({ timeout: 10_000 });
    await page.keyboard.press('Control+A');
    await page.keyboard.type('0');
    await page.keyboard.press('Enter');
    await expect.poll(() => consoleText(page), soon).toMatch(/Fork 1: r\.f\[0\] = 0 at step 3\. Loss \S+, [+−]\S+ against the recorded pass\./);
    const [, loss, sign, difference] = /Loss (\S+), ([+−])(\S+) against/.exec(await consoleText(page)) ?? [];
    const change = Number(difference) * (sign === '+' ? 1 : -1);
    expect(change).not.toBe(0);
    expect(Math.abs(Number(loss) - lossOfTrace() - change)).toBeLessThanOrEqual(tolerances.shownDigits * lossOfTrace());
  });

  it('shows the fork everywhere at once, and leaves it', async () => {
    await expect.poll(async () => (await callStack(page)).join(), soon).toContain('fork 1: r.f[0] = 0 at step 3');
    await expect.poll(() => valueAt(page, 'variables', '[0]'), soon).toBe('0');
    const edited = at('value/r.f', 3);
    edited[0] = 0;
    await untilInline('f = sigmoid', `mean ${short(statisticsOf(edited).mean)} sat ${Math.round(100 * saturatedShare(edited, [0, 1]))} %`);
    expect(Math.fround(Number(await valueAt(page, 'watch', 'loss')))).not.toBe(lossOfTrace());
    await look('what-if-dark');
    await typeIntoConsole(page, ':leave');
    await expect.poll(async () => Math.fround(Number(await valueAt(page, 'watch', 'loss'))), soon).toBe(lossOfTrace());
    await untilInline('f = sigmoid', gateInline(3));
    expect((await callStack(page)).join()).not.toContain('fork');
  });
});

describe('backwards', () => {
  it('passes the loss', async () => {
    await clickLine(page, 'f = sigmoid');
    await page.keyboard.press('F9');
    await page.locator('.tabs-container .tab[data-resource-name="moby-dick.rnn"]').click();
    await clickLine(page, 'crossEntropy(y)');
    await page.keyboard.press('F9');
    await page.keyboard.press('F5');
    await untilFrame(`loss ${Number(lossOfTrace().toPrecision(6))}`);
    await untilInline('crossEntropy(y)', short(lossOfTrace()));
  });

  it('stops where a condition over a gradient begins to hold', async () => {
    const steps = Array.from({ length: 64 }, (_, index) => index + 1);
    const sizes = steps.map((step) => norm(at('grad/r.h', step)));
    // Larger than that of the last three steps, so that the walk passes some before it stops.
    const bound = Number((1.001 * Math.max(...sizes.slice(-3))).toPrecision(4));
    const expected = Math.max(...steps.filter((step) => (sizes[step - 1] ?? NaN) > bound));
    expect(expected).toBeGreaterThan(1);
    expect(expected).toBeLessThan(62);
    await page.locator('.tabs-container .tab[data-resource-name="lstm.rnn"]').click();
    await addConditionalBreakpoint(page, "h' = o", `norm(grad(h')) > ${bound}`);
    await page.keyboard.press('F5');
    await untilFrame(`r.h', step ${expected}`);
    expect(await callStack(page)).toContain('sequence 0, backward pass');
    await addWatch(page, "norm(grad(h'))");
    await untilWatch("norm(grad(h'))", sizes[expected - 1] ?? NaN);
    expect(Number(await valueAt(page, 'watch', "norm(grad(h'))"))).toBeGreaterThan(bound);
    expect(await consoleText(page)).not.toContain('cannot be evaluated');
    await untilInline("h' = o", `∂h' norm ${short(sizes[expected - 1] ?? NaN)} mean ${short(statisticsOf(at('grad/r.h', expected)).mean)}`);
    await look('backward-dark');
  });
});

describe('Debug This Sequence…', () => {
  it('is chosen by its text, and debugged with the weights of a run', async () => {
    await pressDebug(page, 'stop');
    await page.locator('.debug-toolbar').waitFor({ state: 'hidden', timeout: 20_000 });
    await page.locator('.tabs-container .tab[data-resource-name="moby-dick.rnn"]').click();
    await runCommand(page, 'RNN: Debug This Sequence…');
    const third = page.locator('.quick-input-list .monaco-list-row').filter({ hasText: /sequence 3(?!\d)/ });
    await third.waitFor({ timeout: 20_000 });
    expect(existsSync(await screenshot(page, 'debugging-sequences'))).toBe(true);
    const text = (await third.locator('.label-name').innerText()).trim();
    await page.keyboard.type(text.slice(8, 24));
    await pick(page, text);
    await page.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'Fresh weights' }).waitFor({ timeout: 20_000 });
    await pick(page, 'Run short');
    await expect.poll(async () => (await callStack(page))[0], { timeout: 60_000 }).toBe('sequence 3, forward pass');
    expect((await callStack(page)).at(-1)).toBe('iteration 2');
    await page.keyboard.press('F11');
    await untilFrame(`step 1 of 64: ${JSON.stringify(text[0])}`);
  });

  it('meets the breakpoints in the library that the session before left', async () => {
    await page.keyboard.press('F5');
    await expect.poll(async () => (await callStack(page))[0], soon).toMatch(/^r\.h', step \d+$/);
    await pressDebug(page, 'stop');
  });
});
