// Lists the project's own files for the house rules.
// Not a crawler of the disk: what git tracks or would track, so build outputs never count.
// Invariant: paths are relative to the project, with `/`.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const projectRoot = fileURLToPath(new URL('../../', import.meta.url));

export const projectFiles: readonly string[] = execFileSync(
  'git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: projectRoot, encoding: 'utf8', maxBuffer: 1 << 26 },
).split('\n').filter((path) => path !== '' && existsSync(`${projectRoot}${path}`));

/** Hand-written code: TypeScript and scripts, without what a generator wrote. */
export const sourceFiles = projectFiles.filter((path) => /\.(ts|mjs)$/.test(path) && !path.includes('/generated/'));
