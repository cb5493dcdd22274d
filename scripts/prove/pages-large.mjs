// Proves that the debugger page keeps up with a large trace: 2 layers of 512 units over 1,000 steps, in Chromium, outside VS Code.
// Not a test: it measures. The page is driven as by a person, with wheel and keys sixty times a second, and traced by the browser.
// Invariant: work is all that the page's main thread did from one frame to the next, whoever asked for it; the host plays in another tab, as VS Code's
// is in another process; an empty page is driven alike in the same run.
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { ensureBrowser, startBrowser } from '../testbed/browser.mjs';
import { bundleGallery, galleryAddress, showGallery } from '../testbed/page-gallery.mjs';
import { quantile, rounded } from './quantiles.mjs';

export const name = 'pages-large';

const seconds = Number(process.env['UNROLL_PROVE_SECONDS'] ?? 6);
const rate = 60;
const limits = { medianMs: 8, p99Ms: 16, heapMb: 500 };

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('playwright-core').CDPSession} Session */
/** @typedef {{ readonly name: string, readonly ph: string, readonly pid: number, readonly tid: number, readonly ts: number, readonly dur?: number, readonly tdur?: number }} TraceEvent */

/** Does something sixty times a second, whatever the page has answered so far. @param {(turn: number) => Promise<unknown>} act @param {number} [every] turns between acts */
async function repeatedly(act, every = 1) {
  /** @type {Promise<unknown>[]} */
  const under = [];
  const began = performance.now();
  for (let turn = 0; turn < seconds * rate; turn += every) {
    await delay(Math.max(0, began + (turn * 1000) / rate - performance.now()));
    under.push(act(turn / every));
  }
  await Promise.all(under);
}

/** @param {Session} session @param {{ readonly x?: number, readonly y?: number, readonly control?: boolean }} wheel */
const turnWheel = (session, { x = 0, y = 0, control = false }) => session.send('Input.dispatchMouseEvent', { type: 'mouseWheel', x: 400, y: 500, deltaX: x, deltaY: y, modifiers: control ? 2 : 0 });

/** @param {Session} session @param {'ArrowLeft' | 'ArrowRight'} key */
const pressArrow = async (session, key) => {
  const code = { key, code: key, windowsVirtualKeyCode: key === 'ArrowLeft' ? 37 : 39 };
  await session.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...code });
  await session.send('Input.dispatchKeyEvent', { type: 'keyUp', ...code });
};

/** What a person does with the page. @type {Readonly<Record<string, (page: Page, session: Session) => Promise<void>>>} */
const phases = {
  'scrolling through the steps': (_, session) => repeatedly((turn) => turnWheel(session, { x: Math.floor(turn / 120) % 2 === 0 ? 24 : -24 })),
  'scrolling the page': (_, session) => repeatedly((turn) => turnWheel(session, { y: Math.floor(turn / 30) % 2 === 0 ? 12 : -12 })),
  'zooming': (_, session) => repeatedly((turn) => turnWheel(session, { y: Math.floor(turn / 12) % 2 === 0 ? -100 : 100, control: true }), 2),
  'replaying forward, 30 steps a second': replay,
  'scrubbing forward, 60 steps a second': (_, session) => repeatedly(() => pressArrow(session, 'ArrowRight')),
  'replaying backward, 30 steps a second': replay,
  'scrubbing backward, 60 steps a second': (_, session) => repeatedly(() => pressArrow(session, 'ArrowLeft')),
};

/** @param {Page} page */
async function replay(page) {
  await page.keyboard.press(' ');
  await delay(seconds * 1000);
  await page.keyboard.press(' ');
}

/** Until nothing is asked for and drawn any more. @param {Page} page */
async function settle(page) {
  await delay(2500);
  await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve, { timeout: 2000 })));
}

const categories = ['-*', 'devtools.timeline', 'disabled-by-default-devtools.timeline', 'disabled-by-default-devtools.timeline.frame'];

/** @param {import('playwright-core').Browser} browser @param {Page} page @param {() => Promise<void>} act */
async function traced(browser, page, act) {
  await browser.startTracing(page, { categories });
  await act();
  await delay(200);
  const text = String(await browser.stopTracing());
  /** @type {{ readonly traceEvents: readonly TraceEvent[] }} */
  const { traceEvents } = JSON.parse(text);
  return frames(traceEvents);
}

/** Work of the page's main thread by frame: all tasks after the one that handed over the frame before, up to the one that hands over this. @param {readonly TraceEvent[]} events */
function frames(events) {
  const commits = events.filter(({ name: is }) => is === 'BeginCommitCompositorFrame').sort((a, b) => a.ts - b.ts);
  const { pid, tid } = commits[0] ?? {};
  const own = events.filter((event) => event.pid === pid && event.tid === tid);
  const tasks = own.filter(({ name: is, ph }) => is === 'RunTask' && ph === 'X').sort((a, b) => a.ts - b.ts);
  /** @type {number[]} */
  const wall = [];
  /** @type {number[]} */
  const processor = [];
  let [sum, used, next] = [0, 0, 0];
  for (const { ts, dur = 0, tdur = 0 } of tasks) {
    sum += dur / 1000;
    used += tdur / 1000;
    const before = next;
    while (next < commits.length && (commits[next]?.ts ?? 0) <= ts + dur) next += 1;
    if (next === before) continue;
    wall.push(sum);
    processor.push(used);
    [sum, used] = [0, 0];
  }
  // Frames that the compositor drew: a cursor that glides needs no frame of the main thread.
  const presented = events.filter(({ name: is, pid: process }) => is === 'DrawFrame' && process === pid).map(({ ts }) => ts).sort((a, b) => a - b);
  const span = ((presented.at(-1) ?? 0) - (presented[0] ?? 0)) / 1e6;
  const longestTaskMs = rounded(Math.max(0, ...tasks.map(({ dur = 0 }) => dur / 1000)));
  return { wall, processor, longestTaskMs, presented: presented.length, presentedPerSecond: span > 0 ? rounded((presented.length - 1) / span) : 0 };
}

/** @param {ReturnType<typeof frames>} of */
const summary = ({ wall, processor, longestTaskMs, presented, presentedPerSecond }) => ({
  frames: wall.length, medianMs: rounded(quantile(wall, 0.5)), p99Ms: rounded(quantile(wall, 0.99)), longestMs: rounded(Math.max(...wall)),
  processorMedianMs: rounded(quantile(processor, 0.5)), processorP99Ms: rounded(quantile(processor, 0.99)), longestTaskMs, presented, presentedPerSecond,
});

/** The memory of the page's own process, in MB, where the system tells. @param {import('playwright-core').Browser} browser */
async function processMemory(browser) {
  if (process.platform !== 'linux') return undefined;
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const sizes = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => Number(/RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1] ?? 0) / 1000);
  return rounded(Math.max(...sizes));
}

/** @param {Session} session @returns {Promise<number>} MB of JavaScript's objects and array buffers after a collection */
async function heap(session) {
  await session.send('HeapProfiler.collectGarbage');
  const usage = /** @type {{ usedSize: number, backingStorageSize?: number }} */ (await session.send('Runtime.getHeapUsage'));
  return rounded((usage.usedSize + (usage.backingStorageSize ?? 0)) / 1e6);
}

/** @param {import('playwright-core').Browser} browser @param {Session} session @param {Page} page */
async function measurePage(browser, page, session) {
  /** @type {Record<string, ReturnType<typeof summary>>} */
  const measured = {};
  const all = { wall: /** @type {number[]} */ ([]), processor: /** @type {number[]} */ ([]) };
  let heapMb = 0;
  for (const [phase, act] of Object.entries(phases)) {
    await page.evaluate('window.scrollTo(0, 0)');
    // The other pass is loaded before it is looked at, as the first one is.
    if (phase === 'replaying backward, 30 steps a second') await page.keyboard.press('b');
    await settle(page);
    const of = await traced(browser, page, () => act(page, session));
    measured[phase] = summary(of);
    all.wall.push(...of.wall);
    all.processor.push(...of.processor);
    heapMb = Math.max(heapMb, await heap(session));
  }
  return { measured, all, heapMb };
}

export async function run() {
  const missing = ensureBrowser();
  if (missing !== undefined) throw new Error(missing);
  const gallery = await bundleGallery(['debugger']);
  const browser = await startBrowser();
  const size = { width: 1280, height: 800 };
  const load = rounded(loadavg()[0] ?? 0);
  try {
    const empty = await browser.newPage({ viewport: size });
    // One pixel changes for every turn of the wheel, at the next frame.
    await empty.setContent('<div id="dot" style="width:1px;height:1px"></div>');
    await empty.evaluate(`window.addEventListener('wheel', (event) => { event.preventDefault(); requestAnimationFrame(() => { dot.style.background = '#' + Math.random().toString(16).slice(2, 8); }); }, { passive: false })`);
    const emptySession = await empty.context().newCDPSession(empty);
    const beside = summary(await traced(browser, empty, () => repeatedly(() => turnWheel(emptySession, { x: 24 }))));
    await empty.close();

    const context = await browser.newContext({ viewport: size });
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    const host = await context.newPage();
    for (const tab of [page, host]) await showGallery(tab, gallery);
    await host.goto(`${galleryAddress}/?page=debugger&scene=large&host=here`);
    await page.bringToFront();
    const loading = summary(await traced(browser, page, async () => {
      await page.goto(`${galleryAddress}/?page=debugger&scene=large&theme=dark&host=elsewhere`);
      await settle(page);
    }));
    await page.locator('.plot.timeline').click({ position: { x: 400, y: 6 } });
    const choose = (/** @type {string} */ which, /** @type {string} */ value) => page.locator(`vscode-dropdown${which}`).first().evaluate((dropdown, chosen) => { Object.assign(dropdown, { value: chosen }); dropdown.dispatchEvent(new Event('change')); }, value);
    await choose('.speed', '30');
    // The other layer is looked at and stays in memory.
    await choose(':nth-of-type(3)', '1');
    await settle(page);
    await choose(':nth-of-type(3)', '0');
    await page.locator('.plot.timeline').focus();
    const { measured, all, heapMb } = await measurePage(browser, page, session);
    const medianMs = rounded(quantile(all.wall, 0.5));
    const p99Ms = rounded(quantile(all.wall, 0.99));
    return {
      claim: `2 layers of 512 units over 1,000 steps: main-thread work per frame below ${limits.medianMs} ms (median) and ${limits.p99Ms} ms (99th percentile) while scrolling, zooming and replaying; the page's heap below ${limits.heapMb} MB`,
      holds: medianMs < limits.medianMs && p99Ms < limits.p99Ms && heapMb < limits.heapMb,
      medianMs, p99Ms, processorMedianMs: rounded(quantile(all.processor, 0.5)), processorP99Ms: rounded(quantile(all.processor, 0.99)), heapMb, processMb: await processMemory(browser),
      phases: measured, emptyPage: beside, loading,
      what: 'work: all tasks of the page’s main thread from the end of one frame’s to the end of the next one’s, in wall-clock and in processor time; the host plays in another tab, as VS Code’s is in another process; presented: frames that the compositor drew, by the browser’s own trace; longest task: of the main thread, whatever frame it belongs to; heap: objects and array buffers after a collection, the largest after any phase; process: anonymous memory of the page’s process',
      size, loadBefore: load,
    };
  } finally {
    await browser.close();
  }
}
