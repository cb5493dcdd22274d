// Every example and every template checks without a word, and the examples begin to train.
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { modelTemplates } from '../../extension/model-templates';
import { projectRoot } from '../house/project-files';

const run = promisify(execFile);
const unroll = (...args: string[]) => run(process.execPath, [join(projectRoot, 'dist/cli/unroll.mjs'), ...args], { maxBuffer: 1 << 26 });

const folder = mkdtempSync(join(tmpdir(), 'unroll-examples-'));
cpSync(join(projectRoot, 'examples'), folder, { recursive: true, filter: (path) => !path.includes('.unroll') });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const examples = readdirSync(folder).filter((name) => name.endsWith('.rnn'));

describe('examples', () => {
  it('are there', () => {
    expect(examples.length).toBeGreaterThanOrEqual(3);
  });

  it.each(examples)('%s checks', async (name) => {
    const { stdout, stderr } = await unroll('check', join(folder, name));
    expect(stdout).toBe('');
    expect(stderr).toContain('no errors');
  });

  it.each([
    ['moby-dick.rnn', []], ['own-cell.rnn', []], ['adding-problem.rnn', ['--model', 'AddingWithRNN']], ['adding-problem.rnn', ['--model', 'AddingWithLSTM']],
  ] as const)('%s %s trains to a falling loss', async (name, which) => {
    const { stdout } = await unroll('train', join(folder, name), ...which, '--json', '--set', 'epochs=1', '--out', join(folder, `run-${name}-${which.join('')}`));
    const losses = stdout.trim().split('\n').map((line) => JSON.parse(line) as { kind: string; loss?: number }).filter(({ kind }) => kind === 'iteration').map(({ loss }) => loss ?? Number.NaN);
    const mean = (part: readonly number[]) => part.reduce((sum, loss) => sum + loss, 0) / part.length;
    expect(losses.every(Number.isFinite)).toBe(true);
    expect(mean(losses.slice(-20))).toBeLessThan(mean(losses.slice(0, 20)));
  });
});

describe('templates', () => {
  it.each(modelTemplates.map((template) => [template.id, template] as const))('%s checks', async (id, template) => {
    const file = join(folder, `template-${id}.rnn`);
    writeFileSync(file, template.text('moby-dick.txt'));
    const { stdout, stderr } = await unroll('check', file);
    expect(stdout).toBe('');
    expect(stderr).toContain('no errors');
  });
});
