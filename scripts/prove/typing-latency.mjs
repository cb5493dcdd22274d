// Proves that the editor does not stutter while a large model trains on `cpu`: time from key to screen in a real VS Code, training against paused.
// Not a test of the editor. Both kinds of phase have the same windows open, the training page among them; only the engine works or stands.
// Invariant: the kinds of phase alternate within one run, so that a machine that changes its mood changes all; `busy` is the control: the
// training is paused and another process of the engine's priority counts instead, so that what training costs is told from what any work costs.
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { installCodeServer } from '../testbed/code-server.mjs';
import { openTestbed } from '../testbed/testbed.mjs';
import { openFile, openWorkbench, runCommand, screenshot, webview } from '../testbed/workbench.mjs';
import { quantile, rounded } from './quantiles.mjs';

export const name = 'typing-latency';

const keysPerPhase = Number(process.env['UNROLL_PROVE_KEYS'] ?? 200);
const keysPerLine = 50;
const hidden = 256;
/** The line that is typed into; the probe knows it by its beginning. */
const marker = '// typed ';

/** @typedef {{ readonly painted: number, readonly presented?: number }} KeyTime milliseconds from the key event to the end of the page's work for the frame that shows it, and to the frame on the screen */

/**
 * Runs in the page. From the key event's own time stamp to the task after the first frame that shows a longer line; `presented` is the browser's own event timing, in steps of 8 ms.
 * @param {string} start of the line
 */
function installProbe(start) {
  const afterFrame = new MessageChannel();
  let armed = false;
  /** Keys whose letter is not on the screen yet, and how long the line is then. @type {{ readonly from: number, readonly length: number }[]} */
  let waiting = [];
  /** @type {{ from: number, painted: number, presented?: number }[]} */
  const times = [];
  const length = () => Array.from(document.querySelectorAll('.view-lines .view-line'), (line) => (line.textContent ?? '').replaceAll('\u00a0', ' ')).find((text) => text.startsWith(start))?.length ?? 0;
  const frame = () => requestAnimationFrame(() => afterFrame.port2.postMessage(null));
  afterFrame.port1.onmessage = () => {
    const end = performance.now();
    const shown = length();
    for (const { from } of waiting.filter((key) => key.length <= shown)) times.push({ from, painted: performance.measure('key to painted frame', { start: from, end }).duration });
    waiting = waiting.filter((key) => key.length > shown);
    if (waiting.length > 0) frame();
  };
  window.addEventListener('keydown', (event) => {
    if (!armed || event.key.length !== 1) return;
    waiting.push({ from: event.timeStamp, length: (waiting.at(-1)?.length ?? length()) + 1 });
    if (waiting.length === 1) frame();
  }, { capture: true });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (entry.name !== 'keydown') continue;
      const of = times.find(({ from }) => Math.abs(from - entry.startTime) < 1);
      if (of !== undefined) of.presented = entry.duration;
    }
  }).observe(/** @type {PerformanceObserverInit} */ ({ type: 'event', durationThreshold: 16 }));
  Object.assign(window, { keyTimes: { arm: (/** @type {boolean} */ on) => { armed = on; waiting = []; }, take: () => times.splice(0) } });
}

/** Type in bursts as a person does: 90 to 150 ms between keys, not in step with the frames. @param {import('playwright-core').Page} page @param {number} count @param {() => number} random @returns {Promise<KeyTime[]>} */
async function type(page, count, random) {
  for (let typed = 0; typed < count; typed += 1) {
    if (typed % keysPerLine === 0) {
      await page.evaluate('keyTimes.arm(false)');
      await page.keyboard.press('Home');
      await page.keyboard.press('Shift+End');
      await page.keyboard.type(marker, { delay: 20 });
      await delay(200);
      await page.evaluate('keyTimes.arm(true)');
    }
    const began = performance.now();
    await page.keyboard.press('abcdefghijklmnopqrstuvwxyz '[Math.floor(random() * 27)] ?? 'a');
    await delay(Math.max(0, 90 + 60 * random() - (performance.now() - began)));
  }
  await delay(300);
  await page.evaluate('keyTimes.arm(false)');
  return /** @type {Promise<KeyTime[]>} */ (page.evaluate('keyTimes.take()'));
}

/** The engine's process: seconds of processor time used so far, and its priority. @param {string} home the profile's folder @returns {{ readonly seconds: number, readonly nice: number }} */
function engineProcess(home) {
  for (const id of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const command = readFileSync(`/proc/${id}/cmdline`, 'utf8');
      if (!command.includes(home) || !command.includes('engine-cpu-host.cjs')) continue;
      const fields = readFileSync(`/proc/${id}/stat`, 'utf8').replace(/^.*\) /, '').split(' ').map(Number);
      return { seconds: ((fields[11] ?? 0) + (fields[12] ?? 0)) / 100, nice: fields[16] ?? 0 };
    } catch (error) {
      // A process that has just ended.
      if (!(error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH'))) throw error;
    }
  }
  throw new Error('the process of the engine was not found');
}

/** @param {readonly KeyTime[]} keys */
function summary(keys) {
  const painted = keys.map((key) => key.painted);
  // What is not reported took less than the browser's threshold of 16 ms.
  const presented = keys.map((key) => key.presented ?? 16);
  return { keys: keys.length, medianMs: rounded(quantile(painted, 0.5)), p95Ms: rounded(quantile(painted, 0.95)), presentedMedianMs: rounded(quantile(presented, 0.5)), presentedP95Ms: rounded(quantile(presented, 0.95)) };
}

export async function run() {
  installCodeServer();
  let seed = 7;
  const random = () => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const loadBefore = rounded(loadavg()[0] ?? 0);
  const testbed = await openTestbed({ settings: { 'rnn.backend': 'cpu' } });
  try {
    const text = readFileSync(join(testbed.folder, 'moby-dick.rnn'), 'utf8').replace(/hidden: \d+/, `hidden: ${hidden}`).replace(/epochs \d+/, 'epochs 1000');
    writeFileSync(join(testbed.folder, 'large.rnn'), `${marker}\n${text}`);
    const page = await openWorkbench(testbed.browser, testbed.server, testbed.folder);
    await page.evaluate(installProbe, marker.trim());
    await openFile(page, 'large.rnn');
    await runCommand(page, 'RNN: Train RNN');
    const state = webview(page).locator('.toolbar .state');
    const iterations = async () => Number((await webview(page).locator('.toolbar .iterations strong').innerText({ timeout: 60_000 })).replace(/\D/g, ''));
    const become = async (/** @type {'Pause' | 'Resume'} */ command, /** @type {string} */ word) => {
      await runCommand(page, `RNN: ${command} Training`);
      for (let waited = 0; (await state.innerText()) !== word; waited += 1) {
        if (waited > 300) throw new Error(`the training did not become ${word}; the page says ${await state.innerText()}`);
        await delay(100);
      }
      await page.locator('.view-lines .view-line').first().click();
      await delay(1500);
    };
    for (let waited = 0; (await iterations()) < 3; waited += 1) {
      if (waited > 600) throw new Error('the training did not begin within a minute');
      await delay(100);
    }
    const home = dirname(testbed.folder);
    await become('Pause', 'Paused');
    await type(page, Math.min(40, keysPerPhase), random);

    const phases = [];
    /** @type {{ idle: KeyTime[], busy: KeyTime[], training: KeyTime[] }} */
    const all = { idle: [], busy: [], training: [] };
    let { nice } = engineProcess(dirname(testbed.folder));
    for (const kind of /** @type {const} */ (['idle', 'busy', 'training', 'idle', 'busy', 'training'])) {
      if (kind === 'training') await become('Resume', 'Running');
      else if (kind === 'idle' && phases.length > 0) await become('Pause', 'Paused');
      const other = kind === 'busy' ? spawn('nice', ['-n', String(nice), process.execPath, '-e', 'for (;;) Math.sqrt(2)'], { stdio: 'ignore' }) : undefined;
      const before = { iterations: await iterations(), engine: engineProcess(home), at: performance.now() };
      const keys = await type(page, keysPerPhase, random).finally(() => other?.kill('SIGKILL'));
      const seconds = (performance.now() - before.at) / 1000;
      const engine = engineProcess(home);
      nice = engine.nice;
      if (phases.length === 1) await screenshot(page, 'typing-while-training');
      if (keys.length < keysPerPhase * 0.98) throw new Error(`only ${keys.length} of ${keysPerPhase} keys were seen on the screen`);
      all[kind].push(...keys);
      phases.push({ kind, ...summary(keys), iterations: (await iterations()) - before.iterations, coresUsedByEngine: rounded((engine.seconds - before.engine.seconds) / seconds) });
    }
    const [idle, busy, training] = [summary(all.idle), summary(all.busy), summary(all.training)];
    const ratioOfMedians = rounded(training.medianMs / idle.medianMs);
    return {
      claim: 'while a large model trains on cpu, the median time from key to screen in the editor is within 20 % of that of a paused training',
      holds: ratioOfMedians <= 1.2, ratioOfMedians, ratioOf95th: rounded(training.p95Ms / idle.p95Ms),
      presentedRatioOfMedians: rounded(training.presentedMedianMs / idle.presentedMedianMs), ratioToBusy: rounded(training.medianMs / busy.medianMs), idle, busy, training, phases,
      what: 'VS Code in Chromium with the packed extension, editor and training page side by side; from the key event’s time stamp to the end of the page’s frame in which the line has grown; presented: the browser’s own time until the frame is on the screen, in steps of 8 ms, 16 for less; busy: the training paused and another process of the engine’s priority at work instead',
      model: text, backend: 'cpu', threads: 1, priorityOfEngine: nice, loadBefore,
    };
  } finally {
    await testbed.close();
  }
}
