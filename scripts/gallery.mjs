// Shows the pages outside VS Code with a host that plays (test/webview/gallery), as screenshots in every theme and width.
// Not a test and never shipped. `node scripts/gallery.mjs [page[:scene] …] [--themes dark,light,hc] [--widths 600,1280] [--out FOLDER] [--axe] [--serve]`.
// Invariant: what is wrong on a page (an error, a barrier that axe finds serious) is printed and makes the exit code 1.
import { createServer } from 'node:http';
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { bundleGallery, galleryAddress, seriousBarriers, showGallery, themeClass } from './testbed/page-gallery.mjs';

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
const gallery = await bundleGallery([...new Set(wanted.map((name) => name.split(':')[0] ?? ''))]);
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
        const tab = await browser.newPage({ viewport: { width, height: 800 }, deviceScaleFactor: 2 });
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
        await tab.screenshot({ path: `${options.out}/${page}-${scene}-${theme}-${width}.png`, fullPage: true });
        if (options.axe) for (const barrier of await seriousBarriers(tab)) complain(barrier);
        await tab.close();
      }
    }
  }
  await browser.close();
  console.log(`${options.out}: done, ${problems} problems`);
  process.exitCode = problems > 0 ? 1 : 0;
}
