// A browser with one tab in which the gallery's pages are found: what a test of pages begins with.
// Not a test. Who opens it closes the browser.
import type { Browser, Page } from 'playwright-core';
import { startBrowser } from '../../scripts/testbed/browser.mjs';
import { bundleGallery, showGallery } from '../../scripts/testbed/page-gallery.mjs';

export async function openGallery(pages: readonly string[], width: number, height: number): Promise<{ readonly browser: Browser; readonly tab: Page }> {
  const gallery = await bundleGallery(pages);
  const browser = await startBrowser();
  const tab = await browser.newPage({ viewport: { width, height } });
  await showGallery(tab, gallery);
  return { browser, tab };
}

/** What the page has asked of the host that plays, in order. */
export async function askedBy(tab: Page): Promise<readonly string[]> {
  return tab.evaluate(() => (window as unknown as { asked: string[] }).asked);
}
