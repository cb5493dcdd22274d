// Proves what `npm run package` yields: the archives, their sizes and how many files each holds.
// Not a check of the contents, which the packer does itself.
// Invariant: the archives are packed anew.
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

export const name = 'package';

export function run() {
  execFileSync(process.execPath, [join(root, 'scripts/package.mjs')], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return readdirSync(join(root, 'out')).filter((file) => file.startsWith(`unroll-${version}`) && file.endsWith('.vsix')).sort().map((file) => ({
    archive: file,
    megabytes: Number((statSync(join(root, 'out', file)).size / 1e6).toFixed(1)),
    files: readFileSync(join(root, 'out/package', file.replace(/vsix$/, 'txt')), 'utf8').trim().split('\n').length,
  }));
}
