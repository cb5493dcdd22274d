// The built command line as a process: clean standard output on both backends, Ctrl-C, and an installation without the native backend.
import { spawn } from 'node:child_process';
import { copyFile, mkdir, readFile, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestFolder, characterText, poem } from '../cli/test-terminal';
import { projectRoot } from '../house/project-files';

const built = join(projectRoot, 'dist/cli/unroll.mjs');
let folder: TestFolder;
beforeEach(async () => {
  folder = await TestFolder.create({ 'lm.rnn': characterText, 'poem.txt': poem });
});
afterEach(() => folder.remove());

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function unroll(args: readonly string[], options: { readonly program?: string; readonly interruptAt?: string } = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [options.program ?? built, ...args], { cwd: folder.path, stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, err, interrupted] = ['', '', false];
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      if (options.interruptAt !== undefined && !interrupted && out.includes(options.interruptAt)) {
        interrupted = true;
        child.kill('SIGINT');
      }
    });
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out, err }));
  });
}

const objects = (text: string): unknown[] => text.trimEnd().split('\n').map((line) => JSON.parse(line) as unknown);

describe.each(['cpu', 'wasm'])('training on %s', (backend) => {
  it('prints JSON and nothing else, ends cleanly on Ctrl-C, and goes on as if nothing had happened', async () => {
    const train = (out: string, more: readonly string[]): readonly string[] => ['train', 'lm.rnn', '--out', out, '--json', ...more];
    // After iteration 25 a validation is due; how far the run comes before it hears of the interrupt is open.
    const stopped = await unroll(train('run', ['--backend', backend, '--set', 'iterations=100000']), { interruptAt: '"iteration":25,' });
    expect(stopped.code, stopped.err).toBe(0);
    const before = objects(stopped.out);
    const done = before.at(-1) as { kind: string; iteration: number };
    expect(done.kind).toBe('done');
    expect(done.iteration).toBeLessThan(100000);
    expect(await readdir(join(folder.path, 'run/checkpoints'))).toContain(`iteration-${String(done.iteration).padStart(9, '0')}.safetensors`);
    // Past the next validation.
    const iterations = ['--set', `iterations=${done.iteration + 30}`];
    const resumed = await unroll(train('run', ['--resume', ...iterations]));
    expect(resumed.code, resumed.err).toBe(0);
    expect(resumed.err).toContain(`backend ${backend}:`);
    const undisturbed = await unroll(train('whole', ['--backend', backend, ...iterations]));
    expect(undisturbed.code, undisturbed.err).toBe(0);
    const whole = objects(undisturbed.out.replaceAll('"run":"whole"', '"run":"run"'));
    expect(whole.filter((line) => (line as { kind: string }).kind === 'sample').length).toBeGreaterThan(1);
    expect([...before.slice(0, -1), ...objects(resumed.out)]).toEqual(whole);
    const metrics = (run: string): Promise<string> => readFile(join(folder.path, run, 'metrics.jsonl'), 'utf8');
    expect(objects(await metrics('run'))).toEqual(whole);
    expect(await metrics('run')).toBe((await metrics('whole')).replaceAll('"run":"whole"', '"run":"run"'));
  });
});

describe('an installation without the native backend', () => {
  it('says what to use instead, and uses it visibly when nothing was named', async () => {
    const modules = join(folder.path, 'elsewhere/node_modules');
    await mkdir(join(folder.path, 'elsewhere/dist'), { recursive: true });
    await mkdir(modules);
    const program = join(folder.path, 'elsewhere/dist/unroll.mjs');
    await copyFile(built, program);
    // Everything but onnxruntime-node; links would be followed back to the project's own folder, which has it beside them, but only the bundle asks for it.
    for (const name of ['onnxruntime-web', 'onnxruntime-common']) await symlink(join(projectRoot, 'node_modules', name), join(modules, name));
    const args = ['train', 'lm.rnn', '--out', 'run', '--set', 'iterations=2'];
    const named = await unroll([...args, '--backend', 'cpu'], { program });
    expect([named.code, named.out]).toEqual([2, '']);
    expect(named.err).toContain('Backend cpu is not there:');
    expect(named.err).toContain('Use --backend wasm');
    const fallen = await unroll(args, { program });
    expect(fallen.code, fallen.err).toBe(0);
    expect(fallen.err).toContain('Backend wasm instead of cpu: Backend cpu is not there');
    expect(fallen.err).toContain('backend wasm: ONNX Runtime Web');
  });
});

describe('exit codes', () => {
  it.each([[['--help'], 0], [['check', 'lm.rnn'], 0], [['check', 'none.rnn'], 2], [['nothing'], 2], [[], 2]] as const)('%j → %i', async (args, code) => {
    expect((await unroll(args)).code).toBe(code);
  });
});
