// What runs in the extension host: loads every suite beside it into mocha and writes down how each test ended.
// Not a list of suites: every *.host.cjs of the folder is one. Both the served and the desktop VS Code call `run`.
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';

interface Result { readonly title: string; readonly state: 'passed' | 'failed' | 'skipped'; readonly error?: string; readonly milliseconds: number }

export function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', timeout: 60_000, reporter: 'spec', color: false });
  const suites = readdirSync(__dirname).filter((name) => name.endsWith('.host.cjs')).sort();
  for (const name of suites) mocha.addFile(join(__dirname, name));
  return new Promise((resolve, reject) => {
    const results: Result[] = [];
    const runner = mocha.run((failures) => {
      const file = process.env['UNROLL_HOST_RESULTS'];
      if (file !== undefined) writeFileSync(file, JSON.stringify(results));
      console.log(`${results.filter(({ state }) => state === 'passed').length} passed, ${failures} failed`);
      if (failures > 0) reject(new Error(`${failures} tests failed`));
      else if (results.length === 0) reject(new Error('no test ran'));
      else resolve();
    });
    runner.on('pass', (test) => results.push({ title: test.fullTitle(), state: 'passed', milliseconds: test.duration ?? 0 }));
    runner.on('pending', (test) => results.push({ title: test.fullTitle(), state: 'skipped', milliseconds: 0 }));
    runner.on('fail', (test, error: Error) => results.push({ title: test.fullTitle(), state: 'failed', error: error.stack ?? error.message, milliseconds: test.duration ?? 0 }));
  });
}
