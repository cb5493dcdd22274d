// One folder for what the fast tests write, made before them and removed after them, whatever became of them.
// Not the tests' own folders: those lie in it. Files of tests share their modules (`--no-isolate`), so that no module may clean up after itself.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const variable = 'UNROLL_TEST_FOLDER';

/** Where tests may write. */
export const temporaryFolder = (): string => process.env[variable] ?? tmpdir();

/** Runs once, in the process that starts the tests; what it returns runs at the end. */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'unroll-tests-'));
  process.env[variable] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
