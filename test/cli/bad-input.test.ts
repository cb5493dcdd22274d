// What a call may get wrong besides its options: places that take no files, inputs with other names, runs that no longer fit. In words, and nothing is lost.
// The options are in options.test.ts, problems of the text in test/language.
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { processTerminal } from '../../cli/process-terminal';
import { floats, ints, type Tensor } from '../../engine/runtime/tensor';
import { writeSafetensors } from '../../engine/weights/safetensors';
import { TestFolder, characterText, poem, probeText } from './test-terminal';

let folder: TestFolder;
beforeEach(async () => {
  folder = await TestFolder.create({ 'lm.rnn': characterText, 'poem.txt': poem, 'probe.rnn': probeText });
});
afterEach(() => folder.remove());

describe('places that take no files', () => {
  it.skipIf(process.platform !== 'linux')('end a call at once, where making a folder would never end', async () => {
    const { code, err } = await folder.call(['train', 'lm.rnn', '--out', '/proc/unroll', '--backend', 'wasm']);
    expect(code).toBe(2);
    expect(err.join('\n')).toMatch(/"\/proc\/unroll\/model\.rnn[^"]*" cannot be written: its folder is not there\. Free the disk or name another folder with --out\./);
  });

  it('a file where the run\'s folder should be', async () => {
    const { code, err } = await folder.call(['train', 'lm.rnn', '--out', 'poem.txt', '--backend', 'wasm']);
    expect(code).toBe(2);
    expect(err.join('\n')).toContain('cannot be written: a file is where a folder should be.');
    expect(await readFile(join(folder.path, 'poem.txt'), 'utf8')).toBe(poem);
  });

  it('a folder where the trace should be: nothing half written stays', async () => {
    await folder.write('x.safetensors', inputs());
    await folder.write('taken/file', '');
    const before = await readdir(folder.path);
    const { code, err } = await folder.call(['trace', 'probe.rnn', '--inputs', 'x.safetensors', '--out', 'taken', '--backend', 'wasm']);
    expect(code).toBe(2);
    expect(err.join('\n')).toContain('"taken" cannot be written: it is a folder. Name another file with --out.');
    expect(await readdir(folder.path)).toEqual(before);
  });
});

describe('an inputs file', () => {
  it('with the initial state of no layer', async () => {
    await folder.write('x.safetensors', inputs({ 'initial/r.hh': floats([2, 4]) }));
    const { code, err } = await folder.call(['trace', 'probe.rnn', '--inputs', 'x.safetensors', '--summary', '--backend', 'wasm']);
    expect(code).toBe(2);
    expect(err.join('\n')).toContain('initial/r.hh is no state of model Probe; it has r.h. Did you mean r.h?');
  });

  it('with one that the model has', async () => {
    await folder.write('x.safetensors', inputs({ 'initial/r.h': floats([2, 4]) }));
    expect((await folder.call(['trace', 'probe.rnn', '--inputs', 'x.safetensors', '--summary', '--backend', 'wasm'])).code).toBe(0);
  });
});

describe('a run that cannot go on', () => {
  const resume = (...more: readonly string[]) => folder.call(['train', 'lm.rnn', '--out', 'run', '--resume', ...more]);
  const files = async (): Promise<readonly string[]> => Promise.all(['run.json', 'metrics.jsonl'].map((name) => readFile(join(folder.path, 'run', name), 'utf8')));
  beforeEach(async () => {
    expect((await folder.call(['train', 'lm.rnn', '--out', 'run', '--backend', 'wasm', '--set', 'iterations=2'])).code).toBe(0);
  });

  it('with another optimizer is left as it is', async () => {
    const before = await files();
    await folder.write('lm.rnn', characterText.replace('adam(rate: 0.01)', 'sgd(rate: 0.01)'));
    const { code, err } = await resume('--set', 'iterations=4');
    expect(code).toBe(2);
    expect(err.join('\n')).toContain('The checkpoint was written by another optimizer (its state: m, v; this one\'s: none)');
    expect(await files()).toEqual(before);
  });

  it('with other characters in its data is left as it is', async () => {
    const before = await files();
    await folder.write('poem.txt', poem.replaceAll('T', '#'));
    const { code, err } = await resume('--set', 'iterations=4');
    expect(code).toBe(2);
    expect(err.join('\n')).toContain('"run" holds a run on data with other characters');
    expect(await files()).toEqual(before);
  });

  it('goes on with more data of the same characters, and says so', async () => {
    const said = 'The data have changed since this run began';
    expect((await resume('--set', 'iterations=3')).err.join('\n')).not.toContain(said);
    await folder.write('poem.txt', poem + poem);
    const { code, err } = await resume('--set', 'iterations=4');
    expect(code, err.join('\n')).toBe(0);
    expect(err.join('\n')).toContain(said);
  });
});

it('a second Ctrl-C ends the program, but not the first one passed on twice', async () => {
  const exit = vi.spyOn(process, 'exit').mockImplementation((() => undefined) as () => never);
  const said = vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  let heard = 0;
  const forget = processTerminal().onInterrupt(() => (heard += 1));
  try {
    process.emit('SIGINT');
    process.emit('SIGINT');
    expect([heard, exit.mock.calls]).toEqual([1, []]);
    await new Promise((resolve) => setTimeout(resolve, 600));
    process.emit('SIGINT');
    expect([heard, exit.mock.calls]).toEqual([1, [[130]]]);
    expect(said.mock.calls.join()).toContain('Ended at once');
  } finally {
    forget();
    exit.mockRestore();
    said.mockRestore();
  }
});

function inputs(more: Readonly<Record<string, Tensor>> = {}): Uint8Array {
  return writeSafetensors(new Map<string, Tensor>([['x', floats([2, 3, 3])], ['y', ints([2, 3], new Int32Array(6))], ...Object.entries(more)]), {});
}
