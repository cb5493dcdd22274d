// What a person does while debugging in the workbench: buttons, stack, variables, watches, breakpoints, the console.
// Not assertions, and not the pages (workbench.mjs has `webview`).
// Invariant: every wait has an end; what is read is what is on the screen.

import { runCommand } from './workbench.mjs';

/** @typedef {import('playwright-core').Page} Page */

/** Presses a button of the debug toolbar. @param {Page} page @param {'continue' | 'step-over' | 'step-into' | 'step-out' | 'step-back' | 'reverse-continue' | 'pause' | 'stop' | 'restart'} name */
export async function pressDebug(page, name) {
  await page.locator(`.debug-toolbar .action-label.codicon-debug-${name}:not(.disabled)`).click({ timeout: 20_000 });
  // Its tooltip would lie over what is looked at next.
  await page.mouse.move(5, 5);
}

/** Names of the frames, the top one first. @param {Page} page @returns {Promise<string[]>} */
export async function callStack(page) {
  return page.locator('.debug-call-stack .monaco-list-row .stack-frame .label').allInnerTexts();
}

/** Opens a section of the debug view and closes another. @param {Page} page @param {string} title @param {boolean} open */
export async function fold(page, title, open) {
  const header = page.locator('.pane-header').filter({ hasText: new RegExp(`^\\s*${title}`, 'i') }).first();
  if ((await header.getAttribute('aria-expanded')) !== String(open)) await header.click();
}

/** A row of the variables or of the watches. @param {Page} page @param {'variables' | 'watch'} view @param {string} name */
export function row(page, view, name) {
  const exactly = new RegExp(`^\\s*${name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\s*[:=]?\\s*$`);
  return page.locator(`.debug-${view} .monaco-list-row`).filter({ has: page.locator('.name, .scope', { hasText: exactly }) }).first();
}

/** The value that stands at a row. @param {Page} page @param {'variables' | 'watch'} view @param {string} name */
export async function valueAt(page, view, name) {
  return (await row(page, view, name).locator('.value').first().innerText({ timeout: 20_000 })).trim();
}

/** Adds an expression with the button of the watches. @param {Page} page @param {string} expression */
export async function addWatch(page, expression) {
  const header = page.locator('.pane-header').filter({ hasText: /^\s*watch/i }).first();
  await header.hover();
  await page.locator('.pane-header').filter({ hasText: /^\s*watch/i }).locator('.action-label[aria-label^="Add Expression"]').click();
  await page.locator('.debug-watch .monaco-inputbox input').waitFor({ timeout: 10_000 });
  await page.keyboard.type(expression);
  await page.keyboard.press('Enter');
}

/** Puts the cursor into a line of the editor in front that contains a text. @param {Page} page @param {string | RegExp} text */
export async function clickLine(page, text) {
  const line = page.locator('.part.editor .view-line').filter({ hasText: text }).first();
  await line.click({ position: { x: 4, y: 8 } });
  return line;
}

/** Sets or takes away a breakpoint by a click beside a line. @param {Page} page @param {string | RegExp} text */
export async function clickGutter(page, text) {
  const line = page.locator('.part.editor .view-line').filter({ hasText: text }).first();
  const box = await line.boundingBox();
  const margin = await page.locator('.part.editor .monaco-editor .margin').first().boundingBox();
  if (box === null || margin === null) throw new Error(`the line ${String(text)} is not in view`);
  await page.mouse.click(margin.x + 10, box.y + box.height / 2);
}

/** What the debug console shows, joined. @param {Page} page */
export async function consoleText(page) {
  return (await page.locator('.repl-tree .monaco-list-row').allInnerTexts()).join('\n');
}

/** Evaluates in the debug console. @param {Page} page @param {string} text */
export async function typeIntoConsole(page, text) {
  await page.locator('.repl-input-wrapper .monaco-editor').click();
  await page.keyboard.type(text);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Enter');
}

/** Holds the pointer over a word of a line and returns what the debugger says of it. @param {Page} page @param {string} text @param {string} word */
export async function hoverWord(page, text, word) {
  const line = page.locator('.part.editor .view-line').filter({ hasText: text }).first();
  const place = await line.evaluate((element, wanted) => {
    // Words are spans of their own, or parts of one.
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const at = new RegExp(`(?<![\\w.])${wanted}(?![\\w'])`).exec(node.textContent ?? '')?.index;
      if (at === undefined) continue;
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + wanted.length);
      const box = range.getBoundingClientRect();
      return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    }
    return undefined;
  }, word);
  if (place === undefined) throw new Error(`there is no ${word} in the line ${text}`);
  const hover = page.locator('.debug-hover-widget:visible').first();
  // An editor that is drawn anew just then forgets the pointer: it is moved there once more, as a person does.
  for (let tries = 1; ; tries++) {
    await page.mouse.move(place.x - 30, place.y + 60);
    await page.mouse.move(place.x, place.y, { steps: 4 });
    try {
      await hover.waitFor({ timeout: 6_000 });
      return (await hover.innerText()).trim();
    } catch (error) {
      if (tries === 4) throw error;
    }
  }
}

/** The values that stand behind the equation of a line. @param {Page} page @param {string} text */
export async function inlineValue(page, text) {
  return page.locator('.part.editor .view-line').filter({ hasText: text }).first().evaluate((element) =>
    Array.from(element.querySelectorAll('span')).map((span) => getComputedStyle(span, '::after').content).filter((content) => content !== 'none' && content !== 'normal' && content !== '""').map((content) => content.replace(/^"|"$/g, '').replaceAll('\\"', '"')).join(' | '));
}

/** Presses F5 until a session is there: what is pressed before VS Code knows the debugger is lost. @param {Page} page */
export async function begin(page) {
  for (let attempt = 1; ; attempt += 1) {
    await page.keyboard.press('F5');
    try {
      await page.locator('.debug-toolbar').waitFor({ timeout: 10_000 });
      return;
    } catch (error) {
      if (attempt === 4) throw error;
    }
  }
}

/** Sets a breakpoint with a condition on a line of the editor in front. @param {Page} page @param {string} text @param {string} condition */
export async function addConditionalBreakpoint(page, text, condition) {
  await clickLine(page, text);
  await runCommand(page, 'Debug: Add Conditional Breakpoint');
  const input = page.locator('.breakpoint-widget .monaco-editor.focused');
  await input.waitFor({ timeout: 10_000 });
  await page.keyboard.type(condition);
  for (let attempt = 1; ; attempt += 1) {
    // What was typed is drawn a little later.
    const typed = (await input.locator('.view-lines').innerText()).replaceAll('\u00a0', ' ').trim();
    if (typed === condition) break;
    if (attempt === 50) throw new Error(`the condition reads ${typed}`);
    await page.waitForTimeout(100);
  }
  await page.keyboard.press('Enter');
  await page.locator('.part.editor .codicon-debug-breakpoint-conditional').first().waitFor({ timeout: 10_000 });
}
