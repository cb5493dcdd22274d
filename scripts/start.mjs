// What `npm start` does: installs, builds, packs, and ends with VS Code open on a copy of the examples.
// Not a development host (.vscode/launch.json): what runs is the packed extension.
// Invariant: a desktop `code` is used if there is one, else VS Code is served on this machine only and its address printed; `--served` asks for
// the served one, `--port N` names the port, `--installed` leaves the packages as they are. What ends this program ends what it serves.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({ options: { installed: { type: 'boolean', default: false }, served: { type: 'boolean', default: false }, port: { type: 'string' } } });
const node = process.execPath;
const firstExample = 'moby-dick.rnn';

/** Whether package-lock.json is newer than what is installed. */
function installed() {
  const mark = join(root, 'node_modules/.package-lock.json');
  return existsSync(mark) && statSync(mark).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs;
}

/** @param {string} program @param {readonly string[]} args */
const desktop = (program, args) => spawnSync(program, args, { encoding: 'utf8', shell: process.platform === 'win32' });

if (!values.installed && (!existsSync(join(root, 'node_modules/esbuild')) || !installed())) {
  console.log('npm start: installing packages');
  execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: root, stdio: 'inherit', shell: process.platform === 'win32', env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' } });
}
console.log('npm start: building and packing');
execFileSync(node, [join(root, 'scripts/package.mjs'), '--development', '--platform-only'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });

// Loaded only now: on a fresh machine their packages have just been installed.
const { packedExtension } = await import('./testbed/testbed.mjs');
const { cacheFolder } = await import('./testbed/versions.mjs');
const vsix = packedExtension();

// A copy that outlives this start, so that runs are still there the next time; files of the person's own are never written over.
const examples = join(cacheFolder, 'examples');
mkdirSync(examples, { recursive: true });
cpSync(join(root, 'examples'), examples, { recursive: true, force: false, filter: (path) => !path.includes('.unroll') });

const code = process.env['UNROLL_CODE'] ?? 'code';
if (!values.served && desktop(code, ['--version']).status === 0) {
  const install = desktop(code, ['--install-extension', vsix, '--force']);
  if (install.status !== 0) {
    console.error(`npm start: ${code} could not install the extension:\n${install.stdout}${install.stderr}\nnpm start -- --served serves VS Code in the browser instead.`);
    process.exit(1);
  }
  desktop(code, [examples, '--goto', join(examples, firstExample)]);
  console.log(`npm start: VS Code is open on ${examples}. Run "RNN: Train RNN" from the command palette (F1).`);
  process.exit(0);
}

const { installCodeServer, installExtension, startCodeServer, whyNoCodeServer } = await import('./testbed/code-server.mjs');
const reason = whyNoCodeServer();
if (reason !== undefined) {
  console.error(`npm start: there is no desktop VS Code (\`${code}\` was not found; install its shell command, or set UNROLL_CODE to its path), and ${reason}.`);
  process.exit(1);
}
installCodeServer((line) => console.log(`npm start: ${line}`));
const profile = { userData: join(cacheFolder, 'start/user'), extensions: join(cacheFolder, 'start/extensions') };
mkdirSync(profile.extensions, { recursive: true });
installExtension(profile, vsix);
const server = await startCodeServer(profile, values.port === undefined ? {} : { port: Number(values.port) });
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
// A served VS Code takes from its address what the desktop's command line would say.
const first = JSON.stringify([['openFile', `vscode-remote://127.0.0.1:${server.port}${join(examples, firstExample)}`]]);
console.log(`npm start: VS Code with Unroll ${version} is at\n\n  ${server.address}/?folder=${encodeURI(examples)}&payload=${encodeURIComponent(first)}\n`);
console.log('npm start: click “Train” above the model there, or run "RNN: Train RNN" from the command palette (F1); Ctrl+C here ends it.');
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.once(signal, () => void server.stop().then(() => process.exit(0)));
