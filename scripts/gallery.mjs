// Shows the pages outside VS Code with a host that plays (test/webview/gallery), as screenshots in every theme and width.
// Not a test and never shipped. `node scripts/gallery.mjs [page[:scene] …] [--themes dark,light,hc,hcl] [--widths 600,1280] [--out FOLDER] [--sheets FOLDER] [--axe] [--serve]`.
// `--sheets` puts all pictures of a page and scene on one sheet, a row a theme: what docs/pictures/views holds is made by `npm run pictures:views`.
// Invariant: what is wrong on a page (an error, a barrier that axe finds serious) is printed and makes the exit code 1.
import { createServer } from 'node:http';
import { mkdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { seriousBarriers } from './testbed/barriers.mjs';
import { bundleGallery, galleryAddress, showGallery, themeClass } from './testbed/page-gallery.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    themes: { type: 'string', default: 'dark,light,hc' },
    widths: { type: 'string', default: '600,1280' },
    out: { type: 'string', default: `${root}out/gallery` },
    serve: { type: 'boolean', default: false },
    sheets: { type: 'string' },
    axe: { type: 'boolean', default: false },
    port: { type: 'string', default: '0' },
    chromium: { type: 'string', default: process.env['CHROMIUM'] ?? '/usr/bin/chromium' },
  },
});
const wanted = positionals.length > 0 ? positionals : ['training:running'];
const gallery = await bundleGallery([...new Set(wanted.map((name) => name.split(':')[0] ?? ''))], { maps: options.serve });
if (options.serve) serve();
else await screenshots();

function serve() {
  const server = createServer(async (request, response) => {
    const { status, type, body } = await gallery(new URL(request.url ?? '/', `http://${request.headers.host}`));
    response.writeHead(status, { 'content-type': type });
    response.end(body);
  });
  server.listen(Number(options.port), '127.0.0.1', () => {
    const address = server.address();
    console.log(`http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/?page=training&scene=running&theme=dark`);
  });
}

async function screenshots() {
  await mkdir(options.out, { recursive: true });
  const browser = await chromium.launch({ executablePath: options.chromium, args: ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking'] });
  let problems = 0;
  for (const name of wanted) {
    const [page = 'training', scene = 'running'] = name.split(':');
    for (const theme of options.themes.split(',')) {
      for (const width of options.widths.split(',').map(Number)) {
        const height = width >= 1920 ? 1080 : 800;
        // A sheet is looked at as a whole: its pictures are made smaller again.
        const tab = await browser.newPage({ viewport: { width, height }, deviceScaleFactor: options.sheets === undefined ? 2 : 1 });
        /** @param {string} text */
        const complain = (text) => {
          problems++;
          console.log(`${name} ${theme} ${width}: ${text}`);
        };
        tab.on('pageerror', (error) => complain(String(error.stack ?? error)));
        tab.on('console', (message) => message.type() === 'error' && complain(message.text()));
        await showGallery(tab, gallery);
        await tab.goto(`${galleryAddress}/?page=${page}&scene=${scene}&theme=${themeClass[/** @type {keyof typeof themeClass} */ (theme)]}`);
        await tab.waitForTimeout(scene === 'loading' ? 600 : 350);
        // A page beside an editor scrolls; the others are seen as they fit.
        await tab.screenshot({ path: `${options.out}/${page}-${scene}-${theme}-${width}.png`, fullPage: options.sheets === undefined || width < 900 });
        if (options.axe) for (const barrier of await seriousBarriers(tab)) complain(barrier);
        await tab.close();
      }
    }
    if (options.sheets !== undefined) await sheet(browser, page, scene, options.sheets);
  }
  await browser.close();
  console.log(`${options.out}: done, ${problems} problems`);
  process.exitCode = problems > 0 ? 1 : 0;
}

/** All pictures of a scene side by side, in rows of one theme, as one JPEG. @param {import('playwright-core').Browser} browser @param {string} page @param {string} scene @param {string} folder */
async function sheet(browser, page, scene, folder) {
  await mkdir(folder, { recursive: true });
  const widths = options.widths.split(',').map(Number);
  const rows = await Promise.all(options.themes.split(',').map(async (theme) => {
    const pictures = await Promise.all(widths.map(async (width) => `<img width="${Math.round(width * 0.36)}" src="data:image/png;base64,${(await readFile(`${options.out}/${page}-${scene}-${theme}-${width}.png`)).toString('base64')}">`));
    return `<div style="display:flex;gap:8px;align-items:flex-start">${pictures.join('')}</div>`;
  }));
  const tab = await browser.newPage({ viewport: { width: Math.round(widths.reduce((sum, width) => sum + width * 0.36 + 8, 8)), height: 600 }, deviceScaleFactor: 1 });
  await tab.setContent(`<body style="margin:8px;display:grid;gap:8px;background:#808080">${rows.join('')}</body>`);
  await tab.waitForTimeout(300);
  await tab.screenshot({ path: `${folder}/${page}-${scene}.jpg`, type: 'jpeg', quality: 60, fullPage: true });
  await tab.close();
}
