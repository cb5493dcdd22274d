// Shows the pages outside VS Code with a host that plays (test/webview/gallery), as screenshots in every theme and width.
// Not a test and never shipped. `node scripts/gallery.mjs [page[:scene] …] [--themes dark,light,hc] [--widths 600,1280] [--out FOLDER] [--axe] [--serve]`.
// Invariant: the page runs under the same document and content security policy as in VS Code.
import { createServer } from 'node:http';
import { mkdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    themes: { type: 'string', default: 'dark,light,hc' },
    widths: { type: 'string', default: '600,1280' },
    out: { type: 'string', default: `${root}out/gallery` },
    serve: { type: 'boolean', default: false },
    axe: { type: 'boolean', default: false },
    port: { type: 'string', default: '0' },
    chromium: { type: 'string', default: process.env['CHROMIUM'] ?? '/usr/bin/chromium' },
  },
});
const wanted = positionals.length > 0 ? positionals : ['training:running'];
const themeClass = { dark: 'dark', light: 'light', hc: 'high-contrast' };
const bundles = `${root}out/gallery-bundles`;

const pages = [...new Set(wanted.map((name) => name.split(':')[0] ?? ''))];
await build({
  entryPoints: [...pages.map((page) => ({ in: `${root}webview/${page}/entry.ts`, out: page })), { in: `${root}test/webview/gallery/host.ts`, out: 'host' }],
  outdir: bundles, bundle: true, format: 'iife', target: 'es2022', logLevel: 'warning', sourcemap: 'inline',
});
await build({ entryPoints: [`${root}protocol/page-document.ts`], outfile: `${bundles}/page-document.mjs`, format: 'esm' });
const { pageDocument } = await import(`${bundles}/page-document.mjs`);
const host = await readFile(`${bundles}/host.js`, 'utf8');

const server = createServer(async (request, response) => {
  const url = new URL(request.url ?? '/', 'http://localhost');
  try {
    if (url.pathname === '/') {
      const page = url.searchParams.get('page') ?? 'training';
      const source = `http://${request.headers.host}`;
      const html = pageDocument({ title: page, script: `${source}/${page}.js`, style: `${source}/${page}.css`, source, nonce: 'gallery' });
      const theme = url.searchParams.get('theme') ?? 'dark';
      // VS Code puts the theme's variables on the document; here a style sheet does.
      response.setHeader('content-type', 'text/html');
      response.end(html.replace('<link rel', `<link rel="stylesheet" href="${source}/theme-${theme}.css"><link rel="stylesheet" href="${source}/webview-defaults.css"><script nonce="gallery" src="${source}/host.js"></script><link rel`));
    } else if (url.pathname.startsWith('/theme-') || url.pathname === '/webview-defaults.css') {
      response.setHeader('content-type', 'text/css');
      response.end(await readFile(`${root}test/webview/gallery${url.pathname}`));
    } else if (url.pathname === '/host.js') {
      response.setHeader('content-type', 'text/javascript');
      response.end(host);
    } else if (url.pathname === '/favicon.ico') {
      response.statusCode = 204;
      response.end();
    } else {
      response.setHeader('content-type', url.pathname.endsWith('.css') ? 'text/css' : 'text/javascript');
      response.end(await readFile(`${bundles}${url.pathname}`));
    }
  } catch {
    response.statusCode = 404;
    response.end();
  }
});
await new Promise((resolve) => server.listen(Number(options.port), '127.0.0.1', () => resolve(undefined)));
const address = server.address();
const origin = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
if (options.serve) console.log(`${origin}/?page=training&scene=running&theme=dark`);
else await screenshots();

/** What an accessibility checker finds serious. @param {import('playwright-core').Page} tab @param {(text: string) => void} complain */
async function check(tab, complain) {
  await tab.evaluate(await readFile(`${root}node_modules/axe-core/axe.min.js`, 'utf8'));
  const { violations } = await tab.evaluate('axe.run({ resultTypes: ["violations"] })');
  for (const { impact, id, help, nodes } of violations) {
    if (impact !== 'serious' && impact !== 'critical') continue;
    complain(`${impact} ${id}: ${help}: ${nodes.slice(0, 3).map((/** @type {{ html: string, any: { message: string }[] }} */ node) => `${node.html.slice(0, 120)} ${node.any[0]?.message ?? ''}`).join(' | ')}`);
  }
}

async function screenshots() {
  await mkdir(options.out, { recursive: true });
  const browser = await chromium.launch({ executablePath: options.chromium, args: ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking'] });
  let problems = 0;
  for (const name of wanted) {
    const [page = 'training', scene = 'running'] = name.split(':');
    for (const theme of options.themes.split(',')) {
      for (const width of options.widths.split(',').map(Number)) {
        const tab = await browser.newPage({ viewport: { width, height: 800 }, deviceScaleFactor: 2 });
        /** @param {string} text */
        const complain = (text) => {
          problems++;
          console.log(`${name} ${theme} ${width}: ${text}`);
        };
        tab.on('pageerror', (error) => complain(String(error.stack ?? error)));
        tab.on('console', (message) => message.type() === 'error' && complain(message.text()));
        await tab.goto(`${origin}/?page=${page}&scene=${scene}&theme=${themeClass[/** @type {keyof typeof themeClass} */ (theme)]}`);
        await tab.waitForTimeout(scene === 'loading' ? 600 : 350);
        await tab.screenshot({ path: `${options.out}/${page}-${scene}-${theme}-${width}.png`, fullPage: true });
        if (options.axe) await check(tab, complain);
        await tab.close();
      }
    }
  }
  await browser.close();
  server.close();
  console.log(`${options.out}: done, ${problems} problems`);
  process.exitCode = problems > 0 ? 1 : 0;
}
