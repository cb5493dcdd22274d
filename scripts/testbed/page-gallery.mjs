// The pages outside VS Code: their bundles, the document they begin with, and a host that plays (test/webview/gallery).
// Not a server and never shipped: it answers addresses, for a server (scripts/gallery.mjs) or for a browser's requests (`showGallery`).
// Bundles are held in memory, so that several test files make theirs side by side.
// Invariant: the page runs under the same document and content security policy as in VS Code.
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** @typedef {{ readonly status: number, readonly type: string, readonly body: string | Buffer }} Answer */
/** @typedef {(address: URL) => Promise<Answer>} Gallery answers `/?page=…&scene=…&theme=dark|light|high-contrast|high-contrast-light` and what that document asks for; with `host=elsewhere` the tab with `host=here` plays the host */

/** The classes that VS Code gives its themes, by their short names. */
export const themeClass = /** @type {const} */ ({ dark: 'dark', light: 'light', hc: 'high-contrast', hcl: 'high-contrast-light' });

/** @param {readonly string[]} pages folders of webview/ @param {{ readonly maps?: boolean }} [options] `maps` of the sources, for a person's own browser: three quarters of the bytes @returns {Promise<Gallery>} */
export async function bundleGallery(pages, { maps = false } = {}) {
  const { outputFiles } = await build({
    write: false,
    entryPoints: [...pages.map((page) => ({ in: join(root, `webview/${page}/entry.ts`), out: page })), { in: join(root, 'test/webview/gallery/host.ts'), out: 'host' }],
    outdir: root, bundle: true, format: 'iife', target: 'es2022', logLevel: 'warning', sourcemap: maps && 'inline',
  });
  const bundles = new Map(outputFiles.map(({ path, contents }) => [basename(path), Buffer.from(contents)]));
  const made = await build({ write: false, entryPoints: [join(root, 'protocol/page-document.ts')], format: 'esm' });
  const { pageDocument } = await import(`data:text/javascript,${encodeURIComponent(made.outputFiles[0]?.text ?? '')}`);
  /** @type {Gallery} */
  return async ({ origin, pathname, searchParams }) => {
    if (pathname === '/') {
      const page = searchParams.get('page') ?? 'training';
      if (searchParams.get('host') === 'here') return { status: 200, type: 'text/html', body: `<!DOCTYPE html><title>host</title><body><script src="${origin}/host.js"></script>` };
      const html = pageDocument({ title: page, script: `${origin}/${page}.js`, style: `${origin}/${page}.css`, source: origin, nonce: 'gallery' });
      // VS Code puts the theme's variables on the document; here a style sheet does.
      const added = `<link rel="stylesheet" href="${origin}/theme-${searchParams.get('theme') ?? 'dark'}.css"><script nonce="gallery" src="${origin}/host.js"></script>`;
      return { status: 200, type: 'text/html', body: html.replace('<link rel', `${added}<link rel`) };
    }
    if (pathname === '/favicon.ico') return { status: 204, type: 'image/x-icon', body: '' };
    const type = pathname.endsWith('.css') ? 'text/css' : 'text/javascript';
    const bundle = bundles.get(pathname.slice(1));
    if (bundle) return { status: 200, type, body: bundle };
    if (!pathname.startsWith('/theme-')) return { status: 404, type: 'text/plain', body: '' };
    try {
      return { status: 200, type, body: await readFile(join(root, 'test/webview/gallery', pathname)) };
    } catch {
      return { status: 404, type: 'text/plain', body: '' };
    }
  };
}

/** Where a browser finds the gallery without a server. */
export const galleryAddress = 'http://gallery.unroll.test';

/** Lets a browser's page find the gallery at `galleryAddress`. @param {import('playwright-core').Page} tab @param {Gallery} gallery */
export async function showGallery(tab, gallery) {
  await tab.route(`${galleryAddress}/**`, async (route) => {
    const { status, type, body } = await gallery(new URL(route.request().url()));
    await route.fulfill({ status, contentType: type, body });
  });
}
