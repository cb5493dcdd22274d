// Packs the extension: `out/unroll-VERSION.vsix` (universal: wasm and webgpu) and one for this platform that adds `cpu`.
// Not the build, which it runs first, and not a publisher.
// Invariant: what ships is listed here, folder by folder; the finished archives are opened, listed and checked, before they are kept for the next time.
import { createVSIX, listFiles, PackageManager } from '@vscode/vsce';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { problems, shipped, texts } from './package-contents.mjs';
import { thirdPartyNotices } from './third-party-notices.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = join(root, 'out/package');
/** @type {{ readonly version: string } & Record<string, unknown>} */
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** VS Code's name of this platform. @type {Readonly<Record<string, string>>} */
const targets = { 'linux-x64': 'linux-x64', 'linux-arm64': 'linux-arm64', 'darwin-arm64': 'darwin-arm64', 'win32-x64': 'win32-x64', 'win32-arm64': 'win32-arm64' };

/** @param {string} folder @returns {string[]} paths below it, with `/` */
const below = (folder) => (existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => statSync(join(folder, path)).isFile()).map((path) => path.replaceAll('\\', '/')).sort() : []);

/** @param {string} from @param {string} to */
function copy(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to);
}

/** Lays out a folder that is exactly what ships. @param {string} stage @param {string | undefined} target */
function layOut(stage, target) {
  rmSync(stage, { recursive: true, force: true });
  mkdirSync(stage, { recursive: true });
  const { scripts: _scripts, devDependencies: _dev, dependencies: _dependencies, optionalDependencies: _optional, private: _private, bin: _bin, ...published } = manifest;
  // The folder is laid out file by file: everything in it ships.
  writeFileSync(join(stage, 'package.json'), `${JSON.stringify({ ...published, files: ['**'] }, null, 2)}\n`);
  for (const text of texts) copy(join(root, text), join(stage, text));
  for (const [folder, wanted] of shipped) {
    for (const path of below(join(root, folder))) if (wanted.test(path) && !path.startsWith('.unroll/')) copy(join(root, folder, path), join(stage, folder, path));
  }
  const natives = target === undefined ? [] : layOutNative(stage);
  writeFileSync(join(stage, 'ThirdPartyNotices.txt'), thirdPartyNotices(root, ['onnxruntime-web', ...natives]));
}

/** onnxruntime-node with this platform's binary only, where `require` of a bundle in dist/extension finds it. @param {string} stage @returns {string[]} */
function layOutNative(stage) {
  const native = join(root, 'node_modules/onnxruntime-node');
  if (!existsSync(native)) throw new Error('onnxruntime-node is not installed; run npm ci');
  const binary = `bin/napi-v6/${process.platform}/${process.arch}`;
  if (!existsSync(join(native, binary))) throw new Error(`onnxruntime-node has no binary for ${process.platform}-${process.arch}`);
  const wanted = [/^package\.json$/, /^dist\/.*\.js$/, new RegExp(`^${binary}/`)];
  for (const path of below(native)) if (wanted.some((pattern) => pattern.test(path))) copy(join(native, path), join(stage, 'dist/node_modules/onnxruntime-node', path));
  const common = join(root, 'node_modules/onnxruntime-common');
  for (const path of below(common)) if (/^package\.json$|^dist\/cjs\/.*\.(js|json)$/.test(path)) copy(join(common, path), join(stage, 'dist/node_modules/onnxruntime-common', path));
  return ['onnxruntime-node', 'onnxruntime-common'];
}

/** Of the names and the contents of a folder's files. @param {string} folder @returns {string} */
function digestOf(folder) {
  const hash = createHash('sha256');
  for (const path of below(folder)) hash.update(`${path}\0${statSync(join(folder, path)).size}\0`).update(readFileSync(join(folder, path)));
  return hash.digest('hex');
}

/** @param {string | undefined} target @returns {Promise<string>} the archive */
async function pack(target) {
  const name = `unroll-${manifest.version}${target === undefined ? '' : `-${target}`}`;
  const stage = join(out, name);
  layOut(stage, target);
  const archive = join(root, 'out', `${name}.vsix`);
  // Compressing takes most of the time: an archive of these very files is kept.
  const [digest, digestFile] = [digestOf(stage), join(out, `${name}.sha256`)];
  if (existsSync(archive) && existsSync(digestFile) && readFileSync(digestFile, 'utf8') === digest) {
    console.log(`out/${name}.vsix: as it was`);
    return archive;
  }
  rmSync(digestFile, { force: true });
  const listed = await listFiles({ cwd: stage, packageManager: PackageManager.None });
  await createVSIX({ cwd: stage, packagePath: archive, dependencies: false, allowMissingRepository: true, rewriteRelativeLinks: false, ...(target === undefined ? {} : { target }) });
  const wrong = problems(listed.map((path) => path.replaceAll('\\', '/')), target !== undefined, Object.keys(JSON.parse(readFileSync(join(root, 'out/bundles.json'), 'utf8'))));
  if (wrong.length > 0) throw new Error(`${name}.vsix: ${wrong.join('; ')}`);
  const lines = below(stage).map((path) => `${String(statSync(join(stage, path)).size).padStart(10)}  ${path}`);
  writeFileSync(join(out, `${name}.txt`), `${lines.join('\n')}\n`);
  writeFileSync(digestFile, digest);
  console.log(`out/${name}.vsix: ${(statSync(archive).size / 1e6).toFixed(1)} MB, ${lines.length} files (listed in out/package/${name}.txt)`);
  return archive;
}

if (!process.argv.includes('--no-build')) execFileSync(process.execPath, [join(root, 'scripts/build.mjs'), ...(process.argv.includes('--development') ? [] : ['--production'])], { stdio: 'inherit' });
const target = targets[`${process.platform}-${process.arch}`];
if (!process.argv.includes('--platform-only')) await pack(undefined);
if (target === undefined) console.log(`no package with cpu: onnxruntime-node has no binary for ${process.platform}-${process.arch}`);
else await pack(target);
