// What a person does in the workbench, as functions: open, palette, files, messages, pages, pictures.
// Not assertions: a test reads what these return.
// Invariant: every wait has an end, and its error says what was waited for.
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** @typedef {import('playwright-core').Page} Page */

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Where pictures land. */
export const screenshotFolder = join(root, 'out/screenshots');

/**
 * Opens the workbench on a folder and waits until it can be used.
 * @param {import('playwright-core').Browser} browser
 * @param {{ readonly address: string }} server
 * @param {string} folder
 * @param {{ readonly width?: number, readonly height?: number }} size
 */
export async function openWorkbench(browser, server, folder, size = {}) {
  const page = await browser.newPage({ viewport: { width: size.width ?? 1280, height: size.height ?? 800 } });
  await page.goto(`${server.address}/?folder=${encodeURIComponent(folder)}`, { waitUntil: 'domcontentloaded' });
  await page.locator('.monaco-workbench .part.editor').waitFor({ timeout: 60_000 });
  await page.locator('.explorer-folders-view .monaco-list-row').first().waitFor({ timeout: 60_000 });
  return page;
}

/** VS Code's own themes, for the setting `workbench.colorTheme`. */
export const themes = /** @type {const} */ ({ dark: 'Default Dark Modern', light: 'Default Light Modern', 'high contrast': 'Default High Contrast', 'high contrast light': 'Default High Contrast Light' });

/** The same themes as the list *Color Theme* calls them. @type {Readonly<Record<keyof typeof themes, string>>} */
const themeLabels = { dark: 'Dark Modern', light: 'Light Modern', 'high contrast': 'Dark High Contrast', 'high contrast light': 'Light High Contrast' };

const quickInput = '.quick-input-widget:not([style*="display: none"])';

/** Opens the palette with a text; the rows are those that VS Code offers for it. @param {Page} page @param {string} text */
export async function openPalette(page, text) {
  const input = page.locator(`${quickInput} input`).first();
  for (let attempt = 1; ; attempt += 1) {
    await page.keyboard.press('F1');
    try {
      await input.fill(`>${text}`, { timeout: 500 + 500 * attempt });
      break;
    } catch (error) {
      // A list that was just answered takes the key with it while it closes.
      if (attempt === 6) throw error;
    }
  }
  return page.locator(`${quickInput} .quick-input-list .monaco-list-row`);
}

/** Titles that the palette offers for a text. @param {Page} page @param {string} text @returns {Promise<string[]>} */
export async function paletteTitles(page, text) {
  const rows = await openPalette(page, text);
  await rows.first().waitFor({ timeout: 10_000 });
  const titles = await rows.locator('.label-name').allInnerTexts();
  await page.keyboard.press('Escape');
  return titles.map((title) => title.trim());
}

/** Runs a command by its title, for example `RNN: Train RNN`. @param {Page} page @param {string} title */
export async function runCommand(page, title) {
  for (let attempt = 1; ; attempt += 1) {
    const rows = await openPalette(page, title);
    const row = rows.filter({ has: page.locator('.label-name', { hasText: title }) }).first();
    try {
      await row.waitFor({ timeout: 10_000 });
      await row.click({ timeout: 5_000 });
      return;
    } catch (error) {
      // A page that takes the keyboard at that moment closes the list before the click; nothing was run then.
      if (attempt === 3) throw error;
      await page.keyboard.press('Escape');
    }
  }
}

/** Opens a file of the folder by its name. @param {Page} page @param {string} name */
export async function openFile(page, name) {
  const input = page.locator(`${quickInput} input`).first();
  for (let attempt = 1; ; attempt += 1) {
    await page.keyboard.press('Control+P');
    try {
      await input.fill(name, { timeout: 500 + 500 * attempt });
      await page.locator(`${quickInput} .quick-input-list .monaco-list-row`).filter({ hasText: name }).first().click({ timeout: 10_000 });
      break;
    } catch (error) {
      // As with the palette: a list that closes, or a page that takes the keyboard, takes the key with it.
      if (attempt === 6) throw error;
      await page.keyboard.press('Escape');
    }
  }
  await page.locator(`.tabs-container .tab.active[data-resource-name="${name}"]`).waitFor({ timeout: 20_000 });
}

/** Changes the theme while the workbench is open. @param {Page} page @param {keyof typeof themes} theme */
export async function changeTheme(page, theme) {
  await runCommand(page, 'Preferences: Color Theme');
  // The list of themes takes the place of the palette that was just answered, in the same box.
  const input = page.locator(`${quickInput} input[placeholder*="Color Theme"]`).first();
  await input.fill(themeLabels[theme], { timeout: 20_000 });
  await pick(page, themeLabels[theme]);
}

/** Answers a list that an extension asks from. @param {Page} page @param {string} label */
export async function pick(page, label) {
  const row = page.locator(`${quickInput} .quick-input-list .monaco-list-row`).filter({ hasText: label }).first();
  await row.waitFor({ timeout: 10_000 });
  await row.click();
}

/** Runs a command that asks from a list, and answers it. @param {Page} page @param {string} title @param {string} label */
export async function runAndPick(page, title, label) {
  for (let attempt = 1; ; attempt += 1) {
    await runCommand(page, title);
    const row = page.locator(`${quickInput} .quick-input-list .monaco-list-row`).filter({ hasText: label }).first();
    try {
      await row.waitFor({ timeout: 15_000 });
      await row.click({ timeout: 5_000 });
      return;
    } catch (error) {
      // A page that takes the keyboard at that moment closes the list; nothing was chosen then.
      if (attempt === 3) throw error;
      await page.keyboard.press('Escape');
    }
  }
}

/** Answers a question with a text. @param {Page} page @param {string} text */
export async function answer(page, text) {
  const input = page.locator(`${quickInput} input`).first();
  await input.waitFor({ timeout: 10_000 });
  await input.fill(text);
  await page.keyboard.press('Enter');
}

/** The messages that are shown now. @param {Page} page @returns {Promise<string[]>} */
export async function messages(page) {
  return (await page.locator('.notifications-toasts .notification-list-item-message').allInnerTexts()).map((text) => text.trim());
}

/** Waits for a message that contains a text and returns all of it. @param {Page} page @param {string | RegExp} text */
export async function waitForMessage(page, text, timeout = 20_000) {
  const message = page.locator('.notifications-toasts .notification-list-item-message').filter({ hasText: text }).first();
  await message.waitFor({ timeout });
  return (await message.innerText()).trim();
}

/** The language shown in the status bar for the open file. @param {Page} page */
export async function languageOfEditor(page) {
  return (await page.locator('#status\\.editor\\.mode').innerText({ timeout: 20_000 })).trim();
}

/** The content of the webview in front. @param {Page} page */
export function webview(page) {
  return page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
}

/** Takes a picture into out/screenshots/ and returns its path. @param {Page} page @param {string} name */
export async function screenshot(page, name) {
  const path = join(screenshotFolder, `${name}.png`);
  mkdirSync(dirname(path), { recursive: true });
  await page.screenshot({ path });
  return path;
}
