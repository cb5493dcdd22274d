// Packs the extension of this checkout before the tests in a real VS Code begin, so that they test what would ship.
// Not a production build: the bundles are those of `npm run build`.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ensureBrowser } from '../../scripts/testbed/browser.mjs';
import { installCodeServer } from '../../scripts/testbed/code-server.mjs';

export default function setup(): void {
  const missing = ensureBrowser();
  if (missing !== undefined) throw new Error(missing);
  installCodeServer();
  const root = fileURLToPath(new URL('../..', import.meta.url));
  execFileSync(process.execPath, ['scripts/package.mjs', '--development', '--platform-only'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
}
