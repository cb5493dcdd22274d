// *RNN: Compare with Run…* in a real VS Code: chosen from the list, shown on both pages with the numbers of `unroll trace`, and left again.
// Not the sentences' cases (test/webview/debugger) and not what can be compared (test/adapter).
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clickLine } from '../../scripts/testbed/debugging.mjs';
import { openFile, openWorkbench, runAndPick, runCommand, screenshot, waitForMessage, webview } from '../../scripts/testbed/workbench.mjs';
import { readSafetensors, type TensorFile } from '../../engine/weights/safetensors';
import { projectRoot } from '../house/project-files';
import { joinEditor, type SharedTestbed } from './editors';

let testbed: SharedTestbed;
let page: Page;
const hidden = 24;
const cli = join(projectRoot, 'dist/cli/unroll.mjs');
const unroll = (...args: readonly string[]): string => execFileSync(process.execPath, [cli, ...args], { cwd: testbed.folder, stdio: ['ignore', 'pipe', 'ignore'], encoding: 'utf8' });

/** The trace file of a run's newest checkpoint, or of fresh weights, over the sequence that the session shows. */
function trace(file: string, run: string | undefined): TensorFile {
  const checkpoints = run === undefined ? [] : readdirSync(join(testbed.folder, run, 'checkpoints')).sort();
  const out = `${file}-${run === undefined ? 'fresh' : 'trained'}.safetensors`;
  unroll('trace', file, ...(run === undefined ? [] : ['--weights', `${run}/checkpoints/${checkpoints.at(-1) ?? ''}`]), '--set', `r.hidden=${hidden}`, '--sequence', '2', '--out', out, '--backend', 'cpu');
  return readSafetensors(readFileSync(join(testbed.folder, out)), out);
}

beforeAll(async () => {
  testbed = await joinEditor();
  const text = readFileSync(join(testbed.folder, 'moby-dick.rnn'), 'utf8');
  writeFileSync(join(testbed.folder, 'elman.rnn'), text.replace('model MobyDick', 'model MobyElman').replace('LSTM(e', 'RNN(e'));
  for (const [file, run] of [['moby-dick.rnn', 'lstm'], ['elman.rnn', 'rnn']] as const) unroll('train', file, '--backend', 'cpu', '--set', 'iterations=40', '--set', `r.hidden=${hidden}`, '--out', `.unroll/runs/${run}`);
  mkdirSync(join(testbed.folder, '.vscode'), { recursive: true });
  const launch = { type: 'rnn', request: 'launch', name: 'A trained novel', program: join(testbed.folder, 'moby-dick.rnn'), run: join(testbed.folder, '.unroll/runs/lstm'), sequence: 2, backend: 'cpu' };
  writeFileSync(join(testbed.folder, '.vscode/launch.json'), JSON.stringify({ version: '0.2.0', configurations: [launch] }));
  page = await openWorkbench(testbed.browser, testbed.server, testbed.folder);
  await openFile(page, 'moby-dick.rnn');
});
afterAll(() => testbed?.close());

const bar = () => webview(page).locator('.compare-bar');
const says = async (): Promise<string> => (await bar().isVisible().catch(() => false)) ? ((await bar().textContent()) ?? '') : '';
const untilSays = (text: RegExp) => expect.poll(says, { timeout: 60_000, interval: 200 }).toMatch(text);
const shown = (text: string): number => Number(text.replace('−', '-').replace('e−', 'e-').replace(',', ''));
/** Two decimals near one, three digits otherwise: half a unit of the last place shown. */
const isShownAs = (text: string, want: number): void => expect(Math.abs(shown(text) - want), `${text} for ${want}`).toBeLessThanOrEqual(Math.max(0.0051, 0.0051 * Math.abs(want)));
const lossOf = ({ tensors }: TensorFile): number => tensors.get('loss')?.data[0] ?? NaN;

describe('comparing', () => {
  it('needs a debug session', async () => {
    await runCommand(page, 'RNN: Compare with Run…');
    expect(await waitForMessage(page, 'There is no recorded pass to compare')).toContain('RNN: Debug RNN');
  });

  it('shows another cell’s losses and lanes beside this one’s, with the numbers of both trace files', async () => {
    await runCommand(page, 'View: Show Run and Debug');
    await runCommand(page, 'Debug: Start Debugging');
    await webview(page).locator('.toolbar .place').waitFor({ timeout: 60_000 });
    expect(await says()).toBe('');
    await runAndPick(page, 'RNN: Compare with Run…', 'MobyElman, iteration 40');
    await page.setViewportSize({ width: 2570, height: 1000 });
    await untilSays(/^Compared with RNN \(run rnn after iteration 40\)\./);
    const [own, other] = [trace('moby-dick.rnn', '.unroll/runs/lstm'), trace('elman.rnn', '.unroll/runs/rnn')];
    const losses = /Loss (\S+), the RNN (\S+)\./.exec(await says());
    isShownAs(losses?.[1] ?? '', lossOf(own));
    isShownAs(losses?.[2] ?? '', lossOf(other));
    expect(await says()).not.toContain('first part');
    // The other's lane stands below this pass's own: every value under the pointer is the file's.
    const plot = webview(page).locator('.plot.timeline');
    const { height = 0 } = (await plot.boundingBox()) ?? {};
    const h = other.tensors.get('value/r.h')?.data ?? new Float32Array(0);
    for (const [x, up] of [[140, 20], [300, 40], [520, 60]] as const) {
      await plot.hover({ position: { x, y: height - up }, force: true });
      const hovered = /^RNN h' · u(\d+) · t = (\d+) · (\S+)$/.exec((await webview(page).locator('.hover-line').textContent()) ?? '');
      expect(hovered).not.toBeNull();
      isShownAs(hovered?.[3] ?? '', h[(Number(hovered?.[2]) - 1) * hidden + Number(hovered?.[1])] ?? NaN);
    }
    await screenshot(page, 'compare-debugger-rnn');
  });

  it('shows both in the gradient inspector', async () => {
    await runCommand(page, 'RNN: Open Gradient Inspector');
    await expect.poll(() => webview(page).locator('.verdict-box').textContent(), { timeout: 60_000 }).toMatch(/\(RNN: \d+\)/);
    expect(await webview(page).locator('.curves path.compared').count()).toBeGreaterThan(0);
    await expect.poll(() => webview(page).locator('.compared-points circle').count(), { timeout: 60_000 }).toBe(hidden);
    await screenshot(page, 'compare-inspector-rnn');
  });

  it('marks where two passes of one cell part, as `unroll compare` says, and goes there', async () => {
    await runAndPick(page, 'RNN: Compare with Run…', 'fresh weights');
    await untilSays(/^Compared with untrained LSTM/);
    trace('moby-dick.rnn', undefined);
    const { stdout } = spawnSync(process.execPath, [cli, 'compare', 'moby-dick.rnn-trained.safetensors', 'moby-dick.rnn-fresh.safetensors', '--json'], { cwd: testbed.folder, encoding: 'utf8' });
    const first = JSON.parse(stdout.split('\n')[0] ?? '') as { readonly name: string; readonly step: number; readonly unit: number; readonly a: number; readonly b: number };
    const part = /They first part at t = (\d+), in (\S+), unit u(\d+): (\S+) here, (\S+) there\./.exec(await says());
    expect([Number(part?.[1]), part?.[2], Number(part?.[3])]).toEqual([first.step, first.name.replace('value/', ''), first.unit]);
    isShownAs(part?.[4] ?? '', first.a);
    isShownAs(part?.[5] ?? '', first.b);
    await webview(page).locator('input.scrub').fill('30');
    await expect.poll(() => webview(page).locator('.toolbar .place').innerText(), { timeout: 20_000 }).toBe('t = 30 / 64');
    await webview(page).locator('.first-divergence .sign').press('Enter');
    await expect.poll(() => webview(page).locator('.toolbar .place').innerText(), { timeout: 20_000 }).toBe(`t = ${first.step} / 64`);
    await screenshot(page, 'compare-debugger-fresh');
  });

  it('stays when the session is run again', async () => {
    await webview(page).locator('input.scrub').fill('30');
    await expect.poll(() => webview(page).locator('.toolbar .place').innerText(), { timeout: 20_000 }).toBe('t = 30 / 64');
    await clickLine(page, 'model MobyDick');
    await page.keyboard.press('End');
    await page.keyboard.type(' ');
    await webview(page).locator('.bar').getByText('Run again').click({ timeout: 20_000 });
    await expect.poll(() => webview(page).locator('.toolbar .place').innerText(), { timeout: 60_000 }).toBe('t = 1 / 64');
    await untilSays(/^Compared with untrained LSTM/);
  });

  it('is left again', async () => {
    await bar().getByText('Leave').click();
    await expect.poll(says, { timeout: 20_000 }).toBe('');
    expect(await webview(page).locator('.first-divergence .sign').count()).toBe(0);
  });
});
