// *Train RNN* from the palette of a real VS Code, once per backend: the numbers of the command line, on the page and in the run's files; pause, stop, closing, death, fallback.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { barriersInWebview } from '../../scripts/testbed/barriers.mjs';
import { changeTheme, messages, openFile, openWorkbench, pick, runCommand, screenshot, waitForMessage, webview } from '../../scripts/testbed/workbench.mjs';
import { readSafetensors } from '../../engine/weights/safetensors';
import { projectRoot } from '../house/project-files';
import { tolerances } from '../tolerances';
import { joinEditor, type SharedTestbed } from './editors';

interface Line { readonly kind: string; readonly iteration: number; readonly loss?: number; readonly gradNorm?: number; readonly validationLoss?: number; readonly text?: string; readonly tensors?: readonly { readonly name: string; readonly rms: number }[] }

let testbed: SharedTestbed;
let page: Page;
let backendOfWindow: string | undefined;

/** Folders of the runs, oldest first. */
const runs = (): readonly string[] => {
  const folder = join(testbed.folder, '.unroll/runs');
  // The description is written last: it is what makes the folder a run.
  return existsSync(folder) ? readdirSync(folder).sort().map((name) => join(folder, name)).filter((run) => existsSync(join(run, 'run.json'))) : [];
};
const lines = (run: string): readonly Line[] => {
  const file = join(run, 'metrics.jsonl');
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return text.slice(0, text.lastIndexOf('\n') + 1).split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Line);
};
const iterations = (of: readonly Line[]): readonly Line[] => of.filter(({ kind }) => kind === 'iteration');
const description = (run: string) => JSON.parse(readFileSync(join(run, 'run.json'), 'utf8')) as { readonly model: string; readonly status: string; readonly iteration: number; readonly backend: { readonly name: string } };

/** What `unroll train --json` gives for the same file, up to an iteration. */
function commandLine(file: string, model: string, backend: string, count: number): readonly Line[] {
  const out = mkdtempSync(join(tmpdir(), 'unroll-cli-'));
  try {
    const printed = execFileSync(process.execPath, [join(projectRoot, 'dist/cli/unroll.mjs'), 'train', file, '--model', model, '--json', '--backend', backend, '--set', `iterations=${count}`, '--out', join(out, 'run')], { cwd: testbed.folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return iterations(printed.trim().split('\n').map((line) => JSON.parse(line) as Line));
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

const word = () => webview(page).locator('.toolbar .state');
const shownIteration = async (): Promise<number> => Number((await webview(page).locator('.toolbar .iterations strong').innerText()).replace(/\D/g, ''));
const untilIteration = (count: number, timeout = 60_000) => expect.poll(shownIteration, { timeout, interval: 200 }).toBeGreaterThanOrEqual(count);

/** A window that trains on a backend; a fresh one for another backend, since a window reads the settings when it opens. */
async function windowFor(backend: string): Promise<void> {
  if (backend === backendOfWindow) return closeEditors();
  testbed.changeSettings({ 'rnn.backend': backend });
  if (backendOfWindow !== undefined) await page.close();
  backendOfWindow = backend;
  page = await openWorkbench(testbed.browser, testbed.server, testbed.folder);
}

/** What the window has written down of its open editors, for when it comes back. */
const pagesWrittenDown = (): Promise<string> => page.evaluate(async () => {
  const found: string[] = [];
  for (const { name = '' } of await indexedDB.databases()) {
    if (!name.startsWith('vscode-web-state-db-') || name.endsWith('-global')) continue;
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const asked = indexedDB.open(name);
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error ?? new Error(name));
    });
    const value = await new Promise<unknown>((resolve, reject) => {
      const asked = database.transaction('ItemTable').objectStore('ItemTable').get('memento/workbench.parts.editor');
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error ?? new Error(name));
    });
    database.close();
    found.push(String(value));
  }
  return found.join('\n');
});

async function closeEditors(): Promise<void> {
  await page.locator('.part.titlebar').click({ position: { x: 5, y: 5 } });
  await runCommand(page, 'View: Close All Editors');
  await expect.poll(() => page.locator('.tabs-container .tab').count(), { timeout: 10_000 }).toBe(0);
}

async function train(file: string, backend: string, model?: string): Promise<string> {
  const before = runs().length;
  await windowFor(backend);
  await openFile(page, file);
  await runCommand(page, 'RNN: Train RNN');
  if (model !== undefined) await pick(page, model);
  await expect.poll(() => runs().length, { timeout: 60_000 }).toBe(before + 1);
  // The page may come after the run's files.
  await word().waitFor({ timeout: 60_000 });
  return runs()[before] ?? '';
}

async function stop(run: string): Promise<void> {
  await runCommand(page, 'RNN: Stop Training');
  await expect.poll(() => description(run).status, { timeout: 60_000 }).toBe('stopped');
  await expect.poll(async () => word().innerText(), { timeout: 20_000 }).toBe('Stopped');
}

beforeAll(async () => {
  testbed = await joinEditor();
});
afterAll(() => testbed?.close());

describe.each(['cpu', 'wasm'] as const)('Train RNN on %s', (backend) => {
  /** In which the loss falls by three times as much as is asked for below. */
  const trained = 16;
  it('trains an example to a falling loss with the numbers of the command line', async () => {
    const run = await train('moby-dick.rnn', backend);
    await untilIteration(trained, 120_000);
    await stop(run);
    const measured = iterations(lines(run));
    expect(description(run).backend.name).toBe(backend);
    expect(measured.length).toBeGreaterThanOrEqual(trained);
    expect(measured.at(-1)?.loss).toBeLessThan((measured[0]?.loss ?? 0) - 0.5);
    const wanted = commandLine('moby-dick.rnn', 'MobyDick', backend, trained);
    expect(measured.slice(0, trained)).toEqual(wanted);
  });

  it('shows the numbers of the run’s files', async () => {
    const run = runs().at(-1) ?? '';
    const measured = lines(run);
    expect(await shownIteration()).toBe(iterations(measured).length);
    expect(await webview(page).locator('.toolbar .backend strong').innerText()).toBe(backend);
    const validation = measured.filter(({ kind }) => kind === 'validation').at(-1);
    if (validation !== undefined) expect(await webview(page).locator('#page').innerText()).toContain((validation.validationLoss ?? 0).toFixed(2));
    expect(await page.locator('.statusbar').innerText()).toContain(backend);
  });
});

describe('the training page with a run', () => {
  it('finishes, and is alone in the window with something to show in every picture', async () => {
    const small = readFileSync(join(testbed.folder, 'moby-dick.rnn'), 'utf8').replace('hidden: 128', 'hidden: 32').replace('epochs 20', 'iterations 300');
    writeFileSync(join(testbed.folder, 'small.rnn'), small);
    const run = await train('small.rnn', 'auto');
    await expect.poll(() => word().innerText(), { timeout: 120_000 }).toBe('Finished');
    expect(description(run)).toMatchObject({ status: 'finished', iteration: 300 });
    await runCommand(page, 'View: Toggle Primary Side Bar Visibility');
    await page.locator('.tabs-container .tab[data-resource-name="small.rnn"]').click();
    await runCommand(page, 'View: Close Editor');
    await expect.poll(() => page.locator('.tabs-container .tab').count(), { timeout: 10_000 }).toBe(1);
    await expect.poll(() => webview(page).locator('.verdict').innerText(), { timeout: 10_000 }).toMatch(/^Validation loss \d\.\d\d.*The gradient now keeps 1 % for \d+ steps?/);
  });

  it.each(['dark', 'light', 'high contrast'] as const)('has no barrier in the theme %s, and its own form wide and narrow', async (theme) => {
    await changeTheme(page, theme);
    for (const width of [1280, 600]) {
      await page.setViewportSize({ width, height: 800 });
      await expect.poll(() => webview(page).locator('#page').getAttribute('data-form'), { timeout: 10_000 }).toBe(width === 600 ? 'narrow' : 'wide');
    }
    expect(await barriersInWebview(page)).toEqual([]);
    await screenshot(page, `training-${theme.replaceAll(' ', '-')}-600`);
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  afterAll(async () => {
    await changeTheme(page, 'dark');
    // A debug session may have shown the side bar already.
    await runCommand(page, 'View: Show Explorer');
  });

  it('shows what the updates do and each gate’s parameters, as they stand in the run’s files', async () => {
    const run = runs().at(-1) ?? '';
    const content = webview(page);
    const last = lines(run).filter(({ kind }) => kind === 'parameters').at(-1);
    const before = await content.locator('.details .shows').first().innerText();
    expect(before).toMatch(/^An iteration changes \S+ by /);
    await content.locator('.details .segment', { hasText: 'Weights' }).click();
    const named = last?.tensors?.find(({ name }) => name === 'r.U_f');
    await expect.poll(() => content.locator('.details .plot.detail').textContent(), { timeout: 10_000 }).toContain(`root mean square ${(named?.rms ?? NaN).toFixed(2)}`);
    await content.locator('.details .segment', { hasText: 'By gate' }).click();
    const plot = content.locator('.details .plot.matrices');
    await expect.poll(() => plot.locator('canvas').count(), { timeout: 60_000 }).toBe(12);
    const iteration = Number((/After iteration ([\d,]+)/.exec(await content.locator('.details').innerText())?.[1] ?? '').replaceAll(',', ''));
    expect(iteration).toBe(description(run).iteration);
    await plot.focus();
    await page.keyboard.press('ArrowRight');
    const [, name, row, column, shown] = /^(\S+)\[(\d+), (\d+)\] · (\S+)$/.exec(await content.locator('.matrix-readout').innerText()) ?? [];
    const checkpoint = readSafetensors(readFileSync(join(run, `checkpoints/iteration-${String(iteration).padStart(9, '0')}.safetensors`)), run).tensors.get(name ?? '');
    expect(Math.fround(Number(shown?.replace('−', '-')))).toBe(checkpoint?.data[Number(row) * (checkpoint.dims[1] ?? 1) + Number(column)]);
    await page.keyboard.press('ArrowDown');
    expect(await content.locator('.matrix-readout').innerText()).toMatch(new RegExp(`^\\S+\\[${Number(row) + 1}, ${column}\\]`));
  });

  it('debugs the iteration of a large gradient, replayed from the run’s checkpoints', async () => {
    // Beside the side bar the page is narrow, and the table behind a tab.
    if ((await webview(page).locator('#page').getAttribute('data-form')) === 'narrow') await webview(page).locator('#tab-largest').click();
    const iteration = (await webview(page).locator('.largest tbody tr td').first().innerText()).trim();
    await webview(page).locator('.largest tbody tr').first().locator('vscode-button').click();
    await page.locator('.debug-toolbar').waitFor({ timeout: 60_000 });
    await runCommand(page, 'Debug Console: Focus on Debug Console View');
    await expect.poll(() => page.locator('.repl').innerText(), { timeout: 30_000 }).toMatch(new RegExp(`to ${iteration.replace(',', '')}: loss .* to the last bit as in the run`));
    await expect.poll(() => page.locator('.repl').innerText(), { timeout: 30_000 }).toMatch(/Sequence \d+ of the batch's \d+ has the largest gradient/);
    await runCommand(page, 'Debug: Stop');
    await expect.poll(() => page.locator('.debug-toolbar').isVisible(), { timeout: 20_000 }).toBe(false);
    await closeEditors();
    rmSync(join(testbed.folder, 'small.rnn'));
  });
});

describe('a run on cpu', () => {
  it('pauses and resumes, goes on while its page is closed, and shows the run so far when it is opened again', async () => {
    const run = await train('moby-dick.rnn', 'auto');
    await untilIteration(5);
    await runCommand(page, 'RNN: Pause Training');
    await expect.poll(() => word().innerText(), { timeout: 20_000 }).toBe('Paused');
    const paused = await shownIteration();
    await page.waitForTimeout(700);
    expect(await shownIteration()).toBe(paused);
    await runCommand(page, 'RNN: Resume Training');
    await untilIteration(paused + 5);
    await closeEditors();
    const closed = iterations(lines(run)).length;
    await expect.poll(() => iterations(lines(run)).length, { timeout: 60_000 }).toBeGreaterThan(closed + 20);
    await runCommand(page, 'RNN: Open Training Page');
    await untilIteration(closed + 20);
    expect(await word().innerText()).toBe('Running');
  });

  it('survives the death of its engine, and says so; after a second one it is kept and can be started again', async () => {
    const run = runs().at(-1) ?? '';
    const kill = (): void => {
      const mine = testbed.processes('engine-cpu-host.cjs');
      expect(mine).toHaveLength(1);
      process.kill(mine[0] ?? 0, 'SIGKILL');
    };
    kill();
    const said = await waitForMessage(page, 'started again', 30_000);
    expect(said).toMatch(/The engine was lost .* and started again; the run went on from iteration \d+\./);
    await expect.poll(() => word().innerText(), { timeout: 20_000 }).toBe('Running');
    expect(await webview(page).locator('.bar.notice').innerText()).toContain(said);
    await webview(page).locator('.bar.notice').getByText('Dismiss').click();
    await expect.poll(() => webview(page).locator('.bar.notice').isVisible(), { timeout: 10_000 }).toBe(false);
    kill();
    expect(await waitForMessage(page, 'lost twice', 30_000)).toMatch(/The engine was lost twice \(.*SIGKILL.*\); the run is kept as it was after iteration \d+\./);
    expect(await word().innerText()).toBe('Failed');
    await webview(page).locator('.toolbar').getByText('Restart').click();
    await expect.poll(() => word().innerText(), { timeout: 30_000 }).toBe('Running');
    await stop(run);
    const measured = iterations(lines(run));
    expect(measured.map(({ iteration }) => iteration)).toEqual(measured.map((_, place) => place + 1));
    expect(measured.slice(0, 30)).toEqual(commandLine('moby-dick.rnn', 'MobyDick', 'cpu', 30));
  });

  it('asks which of several models is meant, also while another run goes on', async () => {
    const model = join(testbed.folder, 'adding-problem.rnn');
    // Long enough that neither ends by itself, however fast the machine is.
    writeFileSync(model, readFileSync(model, 'utf8').replace('epochs 20', 'epochs 2000'));
    const first = await train('adding-problem.rnn', 'auto', 'AddingWithLSTM');
    expect(description(first).model).toBe('AddingWithLSTM');
    const second = await train('adding-problem.rnn', 'auto', 'AddingWithRNN');
    expect(description(second).model).toBe('AddingWithRNN');
    await untilIteration(1);
    const inBar = page.locator('.statusbar [id="unroll.unroll.rnn.training"]');
    await expect.poll(() => inBar.innerText(), { timeout: 20_000 }).toMatch(/AddingWithRNN.*loss \d.*cpu.*\(\+1\)/s);
    await page.locator('.statusbar [id="unroll.unroll.rnn.stopTraining"]').click();
    await pick(page, 'AddingWithLSTM');
    await expect.poll(() => description(first).status, { timeout: 60_000 }).toBe('stopped');
    await expect.poll(() => inBar.innerText(), { timeout: 20_000 }).not.toContain('(+1)');
    expect(description(second).status).toBe('running');
  });

  it('ends with its window, keeps all it had done, and goes on in the next window from its folder', async () => {
    const run = runs().at(-1) ?? '';
    // A VS Code in a browser writes down which pages are open, and of which run, every five seconds, and hardly at its end.
    await expect.poll(pagesWrittenDown, { timeout: 60_000, interval: 250 }).toContain(basename(run));
    await page.reload();
    await page.locator('.explorer-folders-view .monaco-list-row').first().waitFor({ timeout: 60_000 });
    const said = await waitForMessage(page, 'ended with the window', 30_000);
    const { status, iteration } = description(run);
    expect(status).toBe('stopped');
    expect(said).toBe(`The training of AddingWithRNN ended with the window; it is kept as it was after iteration ${iteration}.`);
    expect(iterations(lines(run))).toHaveLength(iteration);
    // Its page came back with the window, as the run was.
    await expect.poll(() => word().innerText(), { timeout: 30_000 }).toBe('Stopped');
    expect(await shownIteration()).toBe(iteration);
    await page.locator('.notification-list-item').getByRole('button', { name: 'Go On' }).click();
    await untilIteration(iteration + 1);
    await stop(run);
    const measured = iterations(lines(run));
    expect(measured.map((line) => line.iteration)).toEqual(measured.map((_, place) => place + 1));
    expect(await shownIteration()).toBe(measured.length);
    expect(measured.slice(0, 20)).toEqual(commandLine('adding-problem.rnn', 'AddingWithRNN', 'cpu', 20));
  });

  it('of the command line is shown from its folder', async () => {
    const out = '.unroll/runs/by-hand';
    execFileSync(process.execPath, [join(projectRoot, 'dist/cli/unroll.mjs'), 'train', 'own-cell.rnn', '--backend', 'cpu', '--set', 'iterations=30', '--out', out], { cwd: testbed.folder, stdio: 'ignore' });
    await closeEditors();
    await runCommand(page, 'RNN: Open Run');
    await pick(page, 'finished, iteration 30 of 30');
    await expect.poll(() => word().innerText(), { timeout: 60_000 }).toBe('Finished');
    expect(await shownIteration()).toBe(30);
    const validation = lines(join(testbed.folder, out)).filter(({ kind }) => kind === 'validation').at(-1);
    if (validation !== undefined) expect(await webview(page).locator('#page').innerText()).toContain((validation.validationLoss ?? NaN).toPrecision(2));
    rmSync(join(testbed.folder, out), { recursive: true });
  });

  it('says in one message what is wrong with the data and with a model', async () => {
    const text = join(testbed.folder, 'moby-dick.rnn');
    const sound = readFileSync(text, 'utf8');
    const before = runs().length;
    const say = async (broken: string, expected: RegExp): Promise<void> => {
      writeFileSync(text, broken);
      await closeEditors();
      await openFile(page, 'moby-dick.rnn');
      await page.locator('.view-lines').first().waitFor();
      await page.waitForTimeout(500);
      await runCommand(page, 'Notifications: Clear All Notifications');
      await runCommand(page, 'RNN: Train RNN');
      expect(await waitForMessage(page, /moby-dick\.rnn:\d+:\d+/, 30_000)).toMatch(expected);
      expect((await messages(page)).filter((message) => message.includes('moby-dick.rnn:'))).toHaveLength(1);
    };
    await say(sound.replace('moby-dick.txt', 'none.txt'), /moby-dick\.rnn:4:\d+ There is no file "none\.txt"/);
    await say(sound.replace('LSTM(e', 'LTSM(e'), /moby-dick\.rnn:6:\d+ .*LTSM.*LSTM/);
    writeFileSync(text, sound);
    expect(runs()).toHaveLength(before);
    await runCommand(page, 'Notifications: Clear All Notifications');
  });
});

describe('Train RNN on webgpu', () => {
  it('trains an example in a worker of the page, with the numbers of the command line to a thousandth', async () => {
    const model = join(testbed.folder, 'own-cell.rnn');
    // A software GPU takes a second for a few steps.
    writeFileSync(model, readFileSync(model, 'utf8').replace('length: 50', 'length: 12'));
    const run = await train('own-cell.rnn', 'webgpu');
    await untilIteration(6, 170_000);
    await stop(run);
    const measured = iterations(lines(run));
    expect(description(run).backend.name).toBe('webgpu');
    const wanted = commandLine('own-cell.rnn', description(run).model, 'cpu', 6);
    wanted.forEach(({ loss }, place) => expect(Math.abs((measured[place]?.loss ?? NaN) - (loss ?? 0))).toBeLessThan(tolerances.webgpuLoss));
    expect(measured[5]?.loss).toBeLessThan(measured[0]?.loss ?? 0);
    await screenshot(page, 'training-webgpu');
  });

  it('ends with its page, keeps its last checkpoint, says so and goes on from there', async () => {
    const run = runs().at(-1) ?? '';
    await webview(page).locator('.toolbar').getByText('Resume').click();
    await expect.poll(() => word().innerText(), { timeout: 60_000 }).toBe('Running');
    await closeEditors();
    expect(await waitForMessage(page, 'was closed', 30_000)).toMatch(/The page that trained .* was closed; the run is kept as it was after iteration \d+\./);
    await page.locator('.notification-list-item').getByRole('button', { name: 'Go On' }).click();
    await expect.poll(() => word().innerText(), { timeout: 90_000 }).toBe('Running');
    expect(description(run).status).toBe('running');
    await stop(run);
  });
});
