// Debug sessions that cannot begin or die, in a real VS Code: one clear message, nothing left behind, and the next F5 works. And training under the debugger.
// Not every reason that a launch is refused for (test/adapter/session.test.ts).
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addConditionalBreakpoint, callStack, clickLine, consoleText, pressDebug, typeIntoConsole } from '../../scripts/testbed/debugging.mjs';
import { messages, openFile, openWorkbench, pick, runCommand, screenshot, waitForMessage, webview } from '../../scripts/testbed/workbench.mjs';
import { exact } from '../../engine/debug/statistics';
import { floats } from '../../engine/runtime/tensor';
import { writeSafetensors } from '../../engine/weights/safetensors';
import { projectRoot } from '../house/project-files';
import { joinEditor, type SharedTestbed } from './editors';

interface Iteration { readonly kind: string; readonly iteration: number; readonly loss: number }

let testbed: SharedTestbed;
let page: Page;
/** What `unroll train` measures without a debugger. */
let iterations: readonly Iteration[];

const soon = { timeout: 20_000, interval: 100 };
const dialog = () => page.locator('.monaco-dialog-box');
const toolbar = () => page.locator('.debug-toolbar');

async function start(name: string): Promise<void> {
  await runCommand(page, 'Debug: Select and Start Debugging');
  await pick(page, name);
}

async function stop(): Promise<void> {
  await pressDebug(page, 'stop');
  await toolbar().waitFor({ state: 'hidden', timeout: 20_000 });
}

beforeAll(async () => {
  testbed = await joinEditor();
  const { folder } = testbed;
  const sound = readFileSync(join(folder, 'moby-dick.rnn'), 'utf8');
  writeFileSync(join(folder, 'broken.rnn'), sound.replace('LSTM(e', 'LTSM(e'));
  writeFileSync(join(folder, 'small.safetensors'), writeSafetensors(new Map([['e.W', floats([5, 2], new Float32Array(10))]]), {}));
  const configuration = (name: string, more: object) => ({ type: 'rnn', request: 'launch', name, program: '${workspaceFolder}/moby-dick.rnn', backend: 'cpu', ...more });
  mkdirSync(join(folder, '.vscode'), { recursive: true });
  writeFileSync(join(folder, '.vscode/launch.json'), JSON.stringify({
    version: '0.2.0',
    configurations: [
      configuration('A sound one', {}), configuration('A broken model', { program: '${workspaceFolder}/broken.rnn' }), configuration('Weights that are missing', { weights: 'none.safetensors' }),
      configuration('Weights of another shape', { weights: 'small.safetensors' }), configuration('A sequence out of range', { sequence: 1_000_000 }), configuration('Train until it holds', { pass: 'train' }),
    ],
  }));
  const printed = execFileSync(process.execPath, [join(projectRoot, 'dist/cli/unroll.mjs'), 'train', 'moby-dick.rnn', '--json', '--backend', 'cpu', '--set', 'iterations=20', '--out', '.unroll/runs/plain'], { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  iterations = printed.trim().split('\n').map((line) => JSON.parse(line) as Iteration).filter(({ kind }) => kind === 'iteration');
  page = await openWorkbench(testbed.browser, testbed.server, folder, { width: 1400, height: 900 });
  await openFile(page, 'moby-dick.rnn');
  await runCommand(page, 'View: Show Run and Debug');
});
afterAll(() => testbed?.close());

describe('a session that cannot begin', () => {
  it.each([
    ['A broken model', /broken\.rnn:6:\d+ \S+ .*LTSM.*LSTM/],
    ['Weights that are missing', /^There is no file ".*none\.safetensors"\.$/],
    ['Weights of another shape', /small\.safetensors.*e\.W/s],
    ['A sequence out of range', /The validation split has \d+ sequences, from 0; sequence 1000000 was asked for\./],
  ])('says why in one message: %s', async (name, expected) => {
    await start(name);
    await dialog().waitFor({ timeout: 30_000 });
    expect(await dialog().count()).toBe(1);
    expect((await dialog().locator('.dialog-message-container').allInnerTexts()).join('\n').trim()).toMatch(expected);
    if (name === 'Weights of another shape') await screenshot(page, 'debugging-refused');
    await dialog().getByRole('button', { name: 'Cancel' }).click();
    await dialog().waitFor({ state: 'hidden', timeout: 10_000 });
    await expect.poll(() => toolbar().isVisible(), soon).toBe(false);
    expect(await messages(page)).toEqual([]);
  });
});

describe('a session whose adapter dies', () => {
  it('ends with one message, the page says so, and the next session works', async () => {
    await start('A sound one');
    await expect.poll(async () => (await callStack(page))[0], { timeout: 60_000 }).toBe('sequence 0, forward pass');
    await webview(page).locator('.toolbar .place').waitFor({ timeout: 60_000 });
    const mine = testbed.processes('debug-adapter-host.cjs');
    expect(mine).toHaveLength(1);
    process.kill(mine[0] ?? 0, 'SIGKILL');
    expect(await waitForMessage(page, 'was killed', 30_000)).toMatch(/and the session with it.*F5 begins another session\.$/);
    await toolbar().waitFor({ state: 'hidden', timeout: 20_000 });
    await webview(page).getByText('The debugger’s process was killed').waitFor({ timeout: 20_000 });
    expect(await messages(page)).toHaveLength(1);
    await runCommand(page, 'Notifications: Clear All Notifications');
    await start('A sound one');
    await expect.poll(async () => (await callStack(page))[0], { timeout: 60_000 }).toBe('sequence 0, forward pass');
    await page.keyboard.press('F11');
    await expect.poll(async () => (await callStack(page))[0], soon).toMatch(/^step 1 of 64/);
    await stop();
  });
});

describe('training under the debugger', () => {
  let stood = 0;
  let bound = 0;
  const iteration = async (): Promise<number> => Number(/^iteration (\d+)$/.exec((await callStack(page)).at(-1) ?? '')?.[1] ?? NaN);

  it('stops in the very iteration where a condition on the loss holds, with its loss', async () => {
    bound = Number(((iterations[8]?.loss ?? NaN) + 1e-3).toFixed(3));
    const first = iterations.find(({ loss }) => loss < bound);
    stood = first?.iteration ?? NaN;
    expect(stood).toBeGreaterThan(1);
    await openFile(page, 'moby-dick.rnn');
    await addConditionalBreakpoint(page, 'crossEntropy(y)', `loss < ${bound}`);
    await start('Train until it holds');
    await expect.poll(iteration, { timeout: 60_000 }).toBe(stood);
    expect((await callStack(page))[0]).toMatch(/^loss /);
    await typeIntoConsole(page, 'loss');
    await expect.poll(() => consoleText(page), soon).toContain(`loss\n${exact(first?.loss ?? NaN)}`);
    await screenshot(page, 'debugging-training');
  });

  it('goes on to the next one as if nothing had happened, and stands still when it is paused', async () => {
    const next = iterations.find(({ iteration: number, loss }) => number > stood && loss < bound);
    await page.keyboard.press('F5');
    await expect.poll(iteration, { timeout: 60_000 }).toBe(next?.iteration);
    await typeIntoConsole(page, 'loss');
    await expect.poll(() => consoleText(page), soon).toContain(`loss\n${exact(next?.loss ?? NaN)}`);
    await clickLine(page, 'crossEntropy(y)');
    await page.keyboard.press('F9');
    await page.keyboard.press('F5');
    await page.locator('.debug-toolbar .codicon-debug-pause').waitFor({ timeout: 20_000 });
    await pressDebug(page, 'pause');
    await expect.poll(iteration, { timeout: 60_000 }).toBeGreaterThan(next?.iteration ?? NaN);
    await stop();
  });
});
