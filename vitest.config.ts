// Which tests run together: fast ones by room, properties, whole-program tests, pages in a browser, and tests in a real VS Code.
// Not the order of `npm test` (scripts/test.mjs). Two workers: the machine that runs them has two cores.
// Invariant: every *.test.ts belongs to exactly one project, so none is listed by hand and none is forgotten.
import { defineConfig } from 'vitest/config';
import type { Plugin } from 'vite';

/** `import text from './cell.rnn'` gives the file's text, as the bundles have it (scripts/build.mjs). */
const rnnText: Plugin = {
  name: 'rnn-text',
  transform: (code, id) => (id.endsWith('.rnn') ? { code: `export default ${JSON.stringify(code)};`, map: null } : undefined),
};

const slow = ['test/e2e/**', 'test/pages/**', 'test/vscode/**'];
/** What a browser draws is waited for longer than what a function returns: other work may run on the same two cores. */
const patient = { poll: { timeout: 15_000, interval: 50 } };
const shared = { exclude: ['node_modules/**', 'dist/**', 'out/**'], environment: 'node' as const };

export default defineConfig({
  plugins: [rnnText],
  test: {
    maxWorkers: 2,
    minWorkers: 1,
    allowOnly: false,
    projects: [
      { extends: true, test: { ...shared, globalSetup: ['test/temporary-folder.ts'], name: 'unit', include: ['test/**/*.test.ts'], exclude: [...shared.exclude, ...slow, 'test/**/*.property.test.ts'], testTimeout: 20_000 } },
      { extends: true, test: { ...shared, globalSetup: ['test/temporary-folder.ts'], name: 'property', include: ['test/**/*.property.test.ts'], exclude: [...shared.exclude, ...slow], testTimeout: 120_000 } },
      { extends: true, test: { ...shared, name: 'e2e', include: ['test/e2e/**/*.test.ts'], testTimeout: 180_000, hookTimeout: 180_000, fileParallelism: false } },
      { extends: true, test: { ...shared, name: 'pages', include: ['test/pages/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 120_000, expect: patient } },
      { extends: true, test: { ...shared, name: 'vscode', include: ['test/vscode/**/*.test.ts'], globalSetup: ['test/vscode/editors.ts'], testTimeout: 180_000, hookTimeout: 180_000, expect: { poll: { ...patient.poll, interval: 150 } } } },
    ],
  },
});
