// Takes the README's pictures from a real VS Code with the packed extension: `npm run pictures`, or some by name.
// Not a test: what is seen is looked at by a person before it is committed.
// Invariant: a picture is made by this script and nothing else; each entry below is one file in docs/pictures/.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openTestbed } from './testbed/testbed.mjs';
import { openFile, openPalette, openWorkbench, runCommand, themes, webview } from './testbed/workbench.mjs';

/** @typedef {{ readonly page: import('playwright-core').Page, readonly testbed: import('./testbed/testbed.mjs').Testbed }} Scene */

const root = fileURLToPath(new URL('..', import.meta.url));
const out = join(root, 'docs/pictures');

/** A debug session on a network that was trained for a moment, standing in the middle of a sequence, alone beside its text. @param {Scene} scene */
async function debugTrained({ page, testbed }) {
  if (!existsSync(join(testbed.folder, '.unroll/runs/trained'))) execFileSync(process.execPath, [join(root, 'dist/cli/unroll.mjs'), 'train', 'moby-dick.rnn', '--backend', 'cpu', '--set', 'iterations=600', '--set', 'r.hidden=64', '--out', '.unroll/runs/trained'], { cwd: testbed.folder, stdio: 'ignore' });
  mkdirSync(join(testbed.folder, '.vscode'), { recursive: true });
  const launch = { type: 'rnn', request: 'launch', name: 'A trained novel', program: join(testbed.folder, 'moby-dick.rnn'), run: join(testbed.folder, '.unroll/runs/trained'), sequence: 2, backend: 'cpu' };
  writeFileSync(join(testbed.folder, '.vscode/launch.json'), JSON.stringify({ version: '0.2.0', configurations: [launch] }));
  await openFile(page, 'moby-dick.rnn');
  await runCommand(page, 'View: Show Run and Debug');
  await runCommand(page, 'Debug: Start Debugging');
  await webview(page).locator('.toolbar .place').waitFor({ timeout: 60_000 });
  await runCommand(page, 'View: Hide Panel');
  await runCommand(page, 'View: Close Primary Side Bar');
  await page.setViewportSize({ width: 1920, height: 1000 });
  await page.locator('.debug-toolbar .action-label.codicon-debug-step-into:not(.disabled)').click();
  for (let step = 0; step < 30; step++) {
    await page.locator('.debug-toolbar .action-label.codicon-debug-step-over:not(.disabled)').click();
    await page.waitForTimeout(150);
  }
  await page.mouse.move(5, 5);
  await page.waitForTimeout(2500);
}
const wanted = process.argv.slice(2);

/** Name of the file → what to do before the shutter. @type {Readonly<Record<string, { readonly theme: keyof typeof themes, readonly pose: (scene: Scene) => Promise<void> }>>} */
const pictures = {
  'editor-dark': { theme: 'dark', pose: async ({ page }) => openFile(page, 'own-cell.rnn') },
  'palette-light': { theme: 'light', pose: async ({ page }) => { await openFile(page, 'moby-dick.rnn'); await openPalette(page, 'RNN: '); } },
  'training-dark': {
    theme: 'dark',
    pose: async ({ page, testbed }) => {
      const model = join(testbed.folder, 'moby-dick.rnn');
      // Short enough that most of the axis is behind us within a minute or two.
      writeFileSync(model, readFileSync(model, 'utf8').replace('epochs 20', 'epochs 6'));
      await openFile(page, 'moby-dick.rnn');
      await runCommand(page, 'View: Close Primary Side Bar');
      await page.setViewportSize({ width: 2160, height: 1000 });
      await runCommand(page, 'RNN: Train RNN');
      const iterations = webview(page).locator('.toolbar .iterations strong');
      for (let waited = 0; Number((await iterations.innerText({ timeout: 60_000 })).replace(/\D/g, '')) < 470; waited += 1) {
        if (waited > 240) throw new Error('the training did not reach iteration 470 within two minutes');
        await page.waitForTimeout(500);
      }
      await page.mouse.move(5, 5);
    },
  },
  'debugger-dark': { theme: 'dark', pose: debugTrained },
  'inspector-dark': {
    theme: 'dark',
    pose: async (scene) => {
      await debugTrained(scene);
      await runCommand(scene.page, 'RNN: Open Gradient Inspector');
      await scene.page.waitForTimeout(15_000);
    },
  },
};

const unknown = wanted.filter((name) => pictures[name] === undefined);
if (unknown.length > 0) {
  console.error(`pictures: none is called ${unknown.join(', ')}; there are ${Object.keys(pictures).join(', ')}`);
  process.exit(2);
}
mkdirSync(out, { recursive: true });
// What is shown is what stands in the sources now.
execFileSync(process.execPath, [join(root, 'scripts/package.mjs'), '--development', '--platform-only'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
const testbed = await openTestbed({ settings: { 'editor.minimap.enabled': false, 'window.commandCenter': false } });
try {
  for (const [name, { theme, pose }] of Object.entries(pictures)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    testbed.changeSettings({ 'workbench.colorTheme': themes[theme] });
    const page = await openWorkbench(testbed.browser, testbed.server, testbed.folder, { width: 1280, height: 720 });
    await pose({ page, testbed });
    // Colours and icons arrive a moment after the text.
    await page.waitForTimeout(1500);
    await page.screenshot({ path: join(out, `${name}.png`) });
    await page.close();
    console.log(`docs/pictures/${name}.png`);
  }
} finally {
  await testbed.close();
}
