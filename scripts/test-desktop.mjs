// What `npm run test:desktop` does: the extension-host suite in a desktop VS Code, which @vscode/test-electron downloads.
// Not part of `npm test`: it needs the internet and a display. UNROLL_CODE_EXECUTABLE names a VS Code to use instead of a download.
// Invariant: the same suite, the same packed extension as in the served VS Code.
import { downloadAndUnzipVSCode, resolveCliArgsFromVSCodeExecutablePath, runTests } from '@vscode/test-electron';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleHostSuite, emptyExtension } from './testbed/host-suite.mjs';
import { packedExtension } from './testbed/testbed.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'unroll-desktop-'));
try {
  execFileSync(process.execPath, [join(root, 'scripts/package.mjs'), '--development', '--platform-only'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  const executable = process.env['UNROLL_CODE_EXECUTABLE'] ?? (await downloadAndUnzipVSCode('stable'));
  const [cli = 'code', ...cliArgs] = resolveCliArgsFromVSCodeExecutablePath(executable);
  const folders = ['--user-data-dir', join(home, 'user'), '--extensions-dir', join(home, 'extensions')];
  const install = spawnSync(cli, [...cliArgs, ...folders, '--install-extension', packedExtension(), '--force'], { encoding: 'utf8', shell: process.platform === 'win32' });
  if (install.status !== 0) throw new Error(`the extension could not be installed with ${cli}: ${install.error?.message ?? `${install.stdout}${install.stderr}`}`);
  const extensionTestsPath = await bundleHostSuite();
  const examples = join(home, 'examples');
  cpSync(join(root, 'examples'), examples, { recursive: true });
  await runTests({ vscodeExecutablePath: executable, extensionDevelopmentPath: emptyExtension(), extensionTestsPath, launchArgs: [examples, ...folders, '--disable-workspace-trust', '--skip-welcome'] });
} catch (error) {
  console.error(`npm run test:desktop: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
}
