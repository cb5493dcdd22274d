// Takes the README's pictures from a real VS Code with the packed extension: `npm run pictures`, or some by name.
// Not a test: what is seen is looked at by a person before it is committed.
// Invariant: a picture is made by this script and nothing else; each entry below is one file in docs/pictures/.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openTestbed } from './testbed/testbed.mjs';
import { openFile, openPalette, openWorkbench, themes } from './testbed/workbench.mjs';

/** @typedef {{ readonly page: import('playwright-core').Page, readonly testbed: import('./testbed/testbed.mjs').Testbed }} Scene */

const out = join(fileURLToPath(new URL('..', import.meta.url)), 'docs/pictures');
const wanted = process.argv.slice(2);

/** Name of the file → what to do before the shutter. @type {Readonly<Record<string, { readonly theme: keyof typeof themes, readonly pose: (scene: Scene) => Promise<void> }>>} */
const pictures = {
  'editor-dark': { theme: 'dark', pose: async ({ page }) => openFile(page, 'own-cell.rnn') },
  'palette-light': { theme: 'light', pose: async ({ page }) => { await openFile(page, 'moby-dick.rnn'); await openPalette(page, 'RNN: '); } },
};

const unknown = wanted.filter((name) => pictures[name] === undefined);
if (unknown.length > 0) {
  console.error(`pictures: none is called ${unknown.join(', ')}; there are ${Object.keys(pictures).join(', ')}`);
  process.exit(2);
}
mkdirSync(out, { recursive: true });
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
