// Golden texts beside their sources: read, compared, and written only when asked to (`UPDATE_GOLDENS=1 npx vitest run test/…`).
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

/** Compares `text` with the file at `url`; a missing golden is a failure. Read the diff before committing an update. */
export function expectGolden(url: URL, text: string): void {
  const path = fileURLToPath(url);
  if (process.env['UPDATE_GOLDENS'] !== undefined) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  expect(existsSync(path), `${path} is missing; write it with UPDATE_GOLDENS=1 and read it`).toBe(true);
  expect(text).toBe(readFileSync(path, 'utf8'));
}
