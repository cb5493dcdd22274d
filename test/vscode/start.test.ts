// `npm start` without a desktop VS Code ends with a healthy one that is served, and says where.
import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { projectRoot } from '../house/project-files';

it('npm start serves VS Code on the examples and prints its address', () => {
  const output = execFileSync(process.execPath, ['scripts/start.mjs', '--check'], { cwd: projectRoot, encoding: 'utf8', env: { ...process.env, UNROLL_CODE: 'no-such-code' } });
  expect(output).toMatch(/VS Code with Unroll \d+\.\d+\.\d+ is at http:\/\/127\.0\.0\.1:\d+\/\?folder=/);
});
