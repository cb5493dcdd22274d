// The disk: runs, data and tensors are kept and found there, and what cannot be done is said with the file's name.
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dataFolder } from '../../cli/files/data-folder';
import { runFolder } from '../../cli/files/run-folder';
import { readTensorFile, writeTensorFile } from '../../cli/files/tensor-files';
import { floats } from '../../engine/runtime/tensor';
import { run } from '../training/training-run';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'unroll-files-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a run on the disk', () => {
  it('is stopped and resumed, and holds the files of the contract', async () => {
    const whole = runFolder('whole', folder);
    await run(whole);
    const storage = runFolder('runs/one', folder);
    await run(storage, { stopAt: 8 });
    await run(storage, { resume: true });
    expect(await storage.read('metrics.jsonl')).toBeDefined();
    const lines = async (of: typeof storage): Promise<string> => new TextDecoder().decode(await of.read('metrics.jsonl')).replaceAll(of.path, 'RUN');
    expect(await lines(storage)).toBe(await lines(whole));
    expect((await readdir(join(folder, 'runs/one'))).sort()).toEqual(['checkpoints', 'metrics.jsonl', 'model.rnn', 'run.json']);
    expect((await storage.list('checkpoints')).every((name) => name.endsWith('.safetensors'))).toBe(true);
  });

  it('says what it cannot write', async () => {
    await writeFile(join(folder, 'taken'), '');
    await expect(runFolder('taken', folder).write('run.json', new Uint8Array(1))).rejects.toMatchObject({ code: 'run-unwritable', message: expect.stringContaining('"taken/run.json" cannot be written') });
  });

  it('never leaves its folder', async () => {
    await expect(runFolder('r', folder).read('../secret')).rejects.toThrow("outside the run's folder");
  });

  it('knows a file and a folder that are not there', async () => {
    expect(await runFolder('r', folder).read('run.json')).toBeUndefined();
    expect(await runFolder('r', folder).list('checkpoints')).toEqual([]);
  });
});

describe('data on the disk', () => {
  it('is found beside the model', async () => {
    await mkdir(join(folder, 'models'));
    await writeFile(join(folder, 'models/t.txt'), 'text');
    const files = dataFolder(folder);
    expect(await files.read('t.txt', 'models/lm.rnn', 100)).toEqual({ kind: 'bytes', bytes: Buffer.from('text') });
    expect(await files.read('t.txt', 'lm.rnn', 100)).toEqual({ kind: 'missing' });
    expect(await files.read('t.txt/u.txt', 'models/lm.rnn', 100)).toEqual({ kind: 'missing' });
    expect(await files.read('t.txt', 'models/lm.rnn', 3)).toEqual({ kind: 'tooLarge', size: 4 });
    expect(await files.read('models', 'lm.rnn', 100)).toEqual({ kind: 'unreadable', reason: 'it is a folder' });
    expect(await files.read('a\0b', 'lm.rnn', 100)).toMatchObject({ kind: 'unreadable' });
  });
});

describe('tensor files', () => {
  it('are written and read back', async () => {
    await writeTensorFile('w.safetensors', folder, new Map([['a', floats([1])]]), { k: 'v' });
    expect(await readTensorFile('w.safetensors', folder)).toEqual({ tensors: new Map([['a', floats([1])]]), metadata: { k: 'v' } });
    expect(await readdir(folder)).toEqual(['w.safetensors']);
  });

  it('are refused with their name', async () => {
    await expect(readTensorFile('none.safetensors', folder)).rejects.toMatchObject({ code: 'file-unreadable', message: 'There is no file "none.safetensors".' });
    await writeFile(join(folder, 'bad.safetensors'), 'nothing');
    await expect(readTensorFile('bad.safetensors', folder)).rejects.toMatchObject({ code: 'bad-safetensors' });
    await expect(writeTensorFile('no/folder/w', folder, new Map(), {})).rejects.toMatchObject({ code: 'file-unwritable' });
  });
});
