// A Vitest reporter that leaves the counts of a suite and its skips, with their reasons, for scripts/test.mjs.
// Not what a person reads while tests run: that is Vitest's own reporter beside it.
// It writes after every file, so that a suite that is stopped has not lost what it had.
// Invariant: an error outside any test counts as a failure, so a suite that fell over cannot look green.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';

/** @typedef {{ passed: number, failed: number, skipped: { name: string, reason: string }[], failures: string[] }} SuiteCounts */

export default class CountsReporter {
  /** @type {import('vitest/node').TestModule[]} */
  modules = [];

  /** @param {import('vitest/node').TestModule} module */
  onTestModuleEnd(module) {
    this.modules.push(module);
    write(count(this.modules, []));
  }

  /** @param {readonly import('vitest/node').TestModule[]} modules @param {readonly unknown[]} unhandled */
  onTestRunEnd(modules, unhandled) {
    write(count(modules, unhandled));
  }
}

/** @param {readonly import('vitest/node').TestModule[]} modules @param {readonly unknown[]} unhandled @returns {SuiteCounts} */
function count(modules, unhandled) {
  /** @type {SuiteCounts} */
  const counts = { passed: 0, failed: unhandled.length, skipped: [], failures: unhandled.map(() => 'an error outside any test') };
  for (const module of modules) {
    const file = relative(process.cwd(), module.moduleId);
    // A file that does not load has no tests, only errors.
    for (const error of module.errors()) {
      counts.failed += 1;
      counts.failures.push(`${file}: ${error.message}`);
    }
    for (const test of module.children.allTests()) {
      const result = test.result();
      const name = `${file} > ${test.fullName}`;
      if (result.state === 'passed') counts.passed += 1;
      else if (result.state === 'skipped') counts.skipped.push({ name, reason: result.note ?? 'no reason given' });
      else {
        counts.failed += 1;
        counts.failures.push(name);
      }
    }
  }
  return counts;
}

/** @param {SuiteCounts} counts */
function write(counts) {
  const out = process.env['UNROLL_COUNTS'];
  if (out === undefined) return;
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(out, JSON.stringify(counts));
}
