// What axe finds on a page: in a tab of its own, and in the frame of a webview of the workbench.
// Not the pages and not the themes: a test chooses what is shown.
// Invariant: only what axe calls serious or critical is told, a line each.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { webview } from './workbench.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** @param {Pick<import('playwright-core').Frame, 'evaluate'>} tab @returns {Promise<string[]>} */
export async function seriousBarriers(tab) {
  await tab.evaluate(await readFile(join(root, 'node_modules/axe-core/axe.min.js'), 'utf8'));
  /** @type {{ violations: readonly { impact: string, id: string, help: string, nodes: readonly { html: string, any: readonly { message: string }[] }[] }[] }} */
  const { violations } = await tab.evaluate('axe.run({ resultTypes: ["violations"] })');
  return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ impact, id, help, nodes }) => `${impact} ${id}: ${help}: ${nodes.slice(0, 3).map(({ html, any }) => `${html.slice(0, 120)} ${any[0]?.message ?? ''}`).join(' | ')}`);
}

/** The same of the webview in front, with the theme's own colours. @param {import('playwright-core').Page} page @returns {Promise<string[]>} */
export async function barriersInWebview(page) {
  // A theme and a width that were just changed reach the page, and its lists of choices, a few frames later.
  await page.waitForTimeout(600);
  const body = await webview(page).locator('body').elementHandle({ timeout: 20_000 });
  const frame = await body?.ownerFrame();
  if (!frame) throw new Error('no webview is in front');
  return seriousBarriers(frame);
}
