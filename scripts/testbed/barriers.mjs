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

/**
 * A theme and a width that were just changed reach the page, and its lists of choices, a few frames later: waits until places and colours are those of a moment ago.
 * @param {Pick<import('playwright-core').Frame, 'evaluate'>} frame
 */
async function untilStill(frame) {
  const still = await frame.evaluate(async () => {
    const looks = () => {
      /** @type {(string | number)[]} */
      const found = [];
      /** @param {Document | ShadowRoot} root */
      const read = (root) => {
        for (const element of Array.from(root.querySelectorAll('*'))) {
          const { color, backgroundColor } = getComputedStyle(element);
          const { x, y, width, height } = element.getBoundingClientRect();
          found.push(color, backgroundColor, x, y, width, height);
          if (element.shadowRoot) read(element.shadowRoot);
        }
      };
      read(document);
      return found.join();
    };
    let before = looks();
    for (let attempt = 0; attempt < 50; attempt += 1) {
      await new Promise((resolve) => { setTimeout(resolve, 150); });
      const now = looks();
      if (now === before) return true;
      before = now;
    }
    return false;
  });
  if (!still) throw new Error('the page in front does not come to rest');
}

/** The same of the webview in front, with the theme's own colours. @param {import('playwright-core').Page} page @returns {Promise<string[]>} */
export async function barriersInWebview(page) {
  const body = await webview(page).locator('body').elementHandle({ timeout: 20_000 });
  const frame = await body?.ownerFrame();
  if (!frame) throw new Error('no webview is in front');
  await untilStill(frame);
  return seriousBarriers(frame);
}
