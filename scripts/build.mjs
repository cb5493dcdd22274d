// Builds everything that runs into dist/: the command line, the extension, its engine hosts, the debug adapter, the pages and their workers.
// Not a type checker (scripts/typecheck.mjs) and not a packager (scripts/package.mjs).
// Entries are found by name, so a new one needs no line here:
//   cli/main.ts → dist/cli/unroll.mjs          extension/extension.ts → dist/extension/extension.cjs
//   extension/engine-hosts/*-host.ts, extension/language/*-server.ts → dist/extension/<name>.cjs
//   webview/X/entry.ts → dist/webview/X.js (+ X.css)      webview/worker/*-worker.ts → dist/webview/<name>.js
// Invariant: the same sources give the same bytes; `--production` only minifies and leaves source maps out.
import { build } from 'esbuild';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const production = process.argv.includes('--production');

/** Files below `folder` whose name ends so; Node 20 has no glob of its own. @param {string} folder @param {string} ending @returns {string[]} */
function entries(folder, ending) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ending)).map((path) => join(folder, path)).sort();
}

/** @type {import('esbuild').BuildOptions} */
const shared = {
  absWorkingDir: root, bundle: true, minify: production, sourcemap: !production, legalComments: 'none', logLevel: 'warning',
  loader: { '.rnn': 'text' }, keepNames: true,
};
/** @type {import('esbuild').BuildOptions} */
const nodeCjs = { ...shared, platform: 'node', format: 'cjs', target: 'node20', external: ['vscode', 'onnxruntime-node'] };
/** @type {import('esbuild').BuildOptions} */
const page = { ...shared, platform: 'browser', format: 'iife', target: 'es2022', loader: { ...shared.loader, '.svg': 'text' } };

/** @param {string} path @param {string} extension */
const named = (path, extension) => basename(path).replace(/\.ts$/, extension);

/** @type {{ readonly entry: string, readonly out: string, readonly options: import('esbuild').BuildOptions }[]} */
const bundles = [
  {
    entry: 'cli/main.ts', out: 'dist/cli/unroll.mjs',
    options: {
      ...shared, platform: 'node', format: 'esm', target: 'node20', external: ['onnxruntime-node', 'onnxruntime-web', 'onnxruntime-web/*'],
      // Packages in CommonJS inside an ES module still call `require`.
      banner: { js: `#!/usr/bin/env node\nimport { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);` },
    },
  },
  { entry: 'extension/extension.ts', out: 'dist/extension/extension.cjs', options: nodeCjs },
  ...[...entries('extension/engine-hosts', '-host.ts'), ...entries('extension/language', '-server.ts')].map((entry) => ({
    entry, out: `dist/extension/${named(entry, '.cjs')}`,
    // onnxruntime-web's Node build asks for its own address; in CommonJS there is none but the file's.
    options: { ...nodeCjs, define: { 'import.meta.url': '__importMetaUrl' }, banner: { js: `const __importMetaUrl = require('node:url').pathToFileURL(__filename).href;` } },
  })),
  ...entries('webview', '/entry.ts').map((entry) => ({ entry, out: `dist/webview/${basename(dirname(entry))}.js`, options: page })),
  ...entries('webview/worker', '-worker.ts').map((entry) => ({
    entry, out: `dist/webview/${named(entry, '.js')}`, options: { ...page, define: { 'import.meta.url': 'self.location.href' } },
  })),
];

// In place, so that a program that runs from dist/ meanwhile keeps its files; a packaged build starts from nothing.
if (production) rmSync(join(root, 'dist'), { recursive: true, force: true });
const present = bundles.filter(({ entry }) => existsSync(join(root, entry)));
const results = await Promise.all(present.map(({ entry, out, options }) => build({ ...options, entryPoints: [entry], outfile: out, metafile: true })));
// Which files went into which bundle: the packager reads from it whose licences the bundles carry.
mkdirSync(join(root, 'out'), { recursive: true });
writeFileSync(join(root, 'out/bundles.json'), JSON.stringify(Object.fromEntries(results.map(({ metafile }, place) => [present[place]?.out, Object.keys(metafile.inputs)])), null, 1));

// ONNX Runtime's WebAssembly beside the bundles that load it by bytes: plain SIMD for `wasm`, the asynchronous one for `webgpu`.
const runtime = join(root, 'node_modules/onnxruntime-web/dist');
mkdirSync(join(root, 'dist/onnxruntime'), { recursive: true });
for (const name of ['ort-wasm-simd-threaded.wasm', 'ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.asyncify.wasm', 'ort-wasm-simd-threaded.asyncify.mjs']) {
  if (existsSync(join(runtime, name))) copyFileSync(join(runtime, name), join(root, 'dist/onnxruntime', name));
}
if (existsSync(join(root, 'dist/cli/unroll.mjs'))) chmodSync(join(root, 'dist/cli/unroll.mjs'), 0o755);
console.log(`build: ${present.map(({ out }) => out).join(', ') || 'nothing to build yet'}`);
