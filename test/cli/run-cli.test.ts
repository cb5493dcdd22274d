// The command line as a person and a script meet it: results, sentences, exit codes.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readFile, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { type Tensor, floats, ints } from '../../engine/runtime/tensor';
import { readSafetensors, writeSafetensors } from '../../engine/weights/safetensors';
import { commands } from '../../cli/run-cli';
import { TestFolder, characterText, poem, probeText } from './test-terminal';

let folder: TestFolder;
beforeEach(async () => {
  folder = await TestFolder.create({ 'probe.rnn': probeText, 'lm.rnn': characterText, 'poem.txt': poem, 'two.rnn': `${probeText}${probeText.replace('Probe', 'Other')}` });
});
afterEach(() => folder.remove());

const x = floats([2, 5, 3], Float32Array.from({ length: 30 }, (_, i) => Math.sin(i)));
const y = ints([2, 5], Int32Array.of(0, 1, 0, 1, 1, 0, 0, 1, 1, 0));

describe('help', () => {
  it('lists every command, and every command its options', async () => {
    const { code, out } = await folder.call(['--help']);
    expect(code).toBe(0);
    for (const name of ['train', 'trace', 'compare', 'gradcheck', 'check', 'export', 'import', 'print', 'bench', 'dap']) {
      expect(out.join('\n')).toContain(`  ${name}`);
      const help = await folder.call([name, '--help']);
      expect([help.code, help.err]).toEqual([0, []]);
      expect(help.out.join('\n')).toContain(`unroll ${name}`);
    }
    expect(commands.length).toBe(10);
  });
});

describe('check --start-up', () => {
  it('says what starts badly, and only when asked', async () => {
    const quiet = await folder.call(['check', 'lm.rnn']);
    const asked = await folder.call(['check', 'lm.rnn', '--start-up', '--backend', 'wasm']);
    expect([quiet.code, quiet.out, asked.code, asked.out]).toEqual([0, [], 0, []]);
    await folder.write('dead.rnn', `cell Dead(hidden) {\n  input x\n  state h[hidden]\n  param W[hidden, x], V[hidden, hidden]\n  let v = V @ h\n  h' = tanh(W @ x)\n}\n${characterText.replace('LSTM(', 'Dead(')}`);
    expect((await folder.call(['check', 'dead.rnn'])).out.filter((line) => line.includes('start-'))).toEqual([]);
    const found = await folder.call(['check', 'dead.rnn', '--start-up', '--backend', 'wasm']);
    expect(found.out.join('\n')).toMatch(/dead\.rnn:4:\d+ start-\S+ .*V/);
  });
});

describe('a wrong call', () => {
  it.each([
    [[], 'unroll COMMAND FILE.rnn'],
    [['trian', 'lm.rnn'], 'unroll: there is no command "trian"; there are train,'],
    [['train'], 'unroll train: train needs MODEL.rnn: unroll train MODEL.rnn [options]'],
    [['train', 'none.rnn'], 'unroll train: There is no file "none.rnn".'],
    [['train', 'lm.rnn', '--epocs', '3'], 'unroll train: train has no option --epocs'],
    [['train', 'lm.rnn', '--set', 'rate'], 'unroll train: --set needs key=value, for example --set rate=0.01; "rate" was given.'],
    [['train', 'lm.rnn', '--set', 'rat=1'], 'Did you mean rate?'],
    [['train', 'lm.rnn', '--set', 'batch=0'], '`batch` must be a whole number from 1; "0" was given.'],
    [['train', 'lm.rnn', '--set', 'batch=100'], 'unroll train: "poem.txt" has'],
    [['train', 'lm.rnn', '--backend', 'cuda'], '--backend is cpu, wasm, auto; "cuda" was given.'],
    [['train', 'lm.rnn', '--backend', 'webgpu'], 'runs in a page'],
    [['train', 'lm.rnn', '--resume'], 'There is no run of Poem in .unroll/runs to go on with; name its folder with --out.'],
    [['train', 'lm.rnn', '--resume', '--out', 'r'], '"r" holds no run; leave --resume out to begin one there.'],
    [['train', 'probe.rnn'], 'Model Probe declares its input on tensors; give it a data line to train it'],
    [['train', 'two.rnn'], 'two.rnn: The file has several models; name one of Probe, Other. Use --model NAME.'],
    [['trace', 'two.rnn', '--model', 'Prob', '--summary'], 'two.rnn: There is no model'],
    [['trace', 'probe.rnn'], 'trace needs a place for its result: --out T.safetensors, or --summary.'],
    [['trace', 'probe.rnn', '--summary'], 'Model Probe declares its input on tensors; name a file with --inputs X.safetensors.'],
    [['trace', 'probe.rnn', '--summary', '--inputs', 'X'], 'There is no file "X".'],
    [['trace', 'lm.rnn', '--summary', '--sequence', '999'], '--sequence is below'],
    [['export', 'lm.rnn'], 'unroll export does not exist in this version yet'],
  ] as const)('%j: exit code 2 and a sentence', async (args, message) => {
    const { code, out, err } = await folder.call(args);
    expect([code, out]).toEqual([2, []]);
    expect(err.join('\n')).toContain(message);
  });
});

describe('check', () => {
  it('passes a sound file', async () => {
    expect(await folder.call(['check', 'lm.rnn'])).toMatchObject({ code: 0, out: [] });
    expect(await folder.call(['check', 'lm.rnn', '--json'])).toEqual({ code: 0, out: [], err: [] });
  });

  it('names the place of what is wrong, in the text and in the data', async () => {
    await folder.write('lm.rnn', characterText.replace('LSTM', 'LTSM'));
    await folder.write('poem.txt', 'short');
    const { code, out } = await folder.call(['check', 'lm.rnn']);
    expect(code).toBe(1);
    expect(out).toContain('lm.rnn:2:10 data-too-short "poem.txt" has 5 characters; a window of 8 needs at least 9.');
    expect(out.some((line) => line.startsWith('lm.rnn:5:14 unknown-name `LTSM`'))).toBe(true);
    const json = await folder.call(['check', 'lm.rnn', '--json']);
    expect(json.out.map((line) => JSON.parse(line) as Record<string, unknown>)).toContainEqual(expect.objectContaining({ kind: 'problem', severity: 'error', code: 'data-too-short', file: 'lm.rnn', line: 2, column: 10 }));
  });

  it.each([['nothing', ''], ['noise', '}{ ((( "'], ['binary', '\u0001\u0002']])('survives %s', async (_what, text) => {
    await folder.write('bad.rnn', text);
    for (const command of ['check', 'print', 'gradcheck', 'train']) expect([0, 1, 2]).toContain((await folder.call([command, 'bad.rnn'])).code);
  });
});

describe('gradcheck and print', () => {
  it('prove a model, and a cell without one', async () => {
    expect(await folder.call(['gradcheck', 'probe.rnn'])).toMatchObject({ code: 0 });
    await folder.write('cell.rnn', 'cell Mine(hidden) {\n  input x\n  state h[hidden]\n  param W[hidden, x], u[hidden]\n  h\' = tanh(W @ x + u * h)\n}\n');
    const { code, out } = await folder.call(['gradcheck', 'cell.rnn', '--json']);
    expect(code).toBe(0);
    expect(out.map((line) => JSON.parse(line) as unknown)).toMatchObject([{ kind: 'gradcheck', model: 'Mine', passed: true }]);
  });

  it.each([['ast', 'layer r = GRU(x, hidden: 4)'], ['graph', '= sigmoid %'], ['backward', 'cotangent'], ['onnx', '= Sigmoid(']])('print the stage %s', async (stage, expected) => {
    const { code, out } = await folder.call(['print', 'probe.rnn', '--stage', stage]);
    expect(code).toBe(0);
    expect(out.join('\n')).toContain(expected);
  });
});

describe('trace', () => {
  const inputs = (extra: readonly (readonly [string, Tensor])[] = []): Uint8Array => writeSafetensors(new Map<string, Tensor>([['x', x], ['y', y], ...extra]));

  it.each(['cpu', 'wasm'])('writes the tensors of the contract on %s', async (backend) => {
    await folder.write('X.safetensors', inputs());
    expect(await folder.call(['trace', 'probe.rnn', '--inputs', 'X.safetensors', '--out', 'T.safetensors', '--backend', backend])).toMatchObject({ code: 0, out: [] });
    const { tensors } = readSafetensors(await readFile(join(folder.path, 'T.safetensors')), 'T');
    expect(tensors.get('loss')?.dims).toEqual([]);
    for (const name of ['value/r.r', 'value/r.h', 'value/r', 'grad/r.h', 'grad/r']) expect(tensors.get(name)?.dims, name).toEqual([2, 5, 4]);
    expect(tensors.get('value/y')?.dims).toEqual([2, 5, 2]);
    expect(tensors.get('grad/x')?.dims).toEqual([2, 5, 3]);
    expect(tensors.get('grad/param/r.U_n')?.dims).toEqual([4, 4]);
    expect([...tensors.values()].every((tensor) => tensor.kind === 'f32')).toBe(true);
  });

  it('prints norms per step as JSON', async () => {
    await folder.write('X.safetensors', inputs());
    const { code, out } = await folder.call(['trace', 'probe.rnn', '--inputs', 'X.safetensors', '--summary']);
    expect(code).toBe(0);
    const lines = out.map((line) => JSON.parse(line) as { name?: string; norms?: number[]; loss?: number });
    expect(lines[0]?.loss).toBeGreaterThan(0);
    expect(lines.find((line) => line.name === 'grad/r.h')?.norms).toHaveLength(5);
    expect(lines.find((line) => line.name === 'grad/param/r.U_n')?.norms).toHaveLength(1);
  });

  it.each([
    ['an id out of range', [['y', ints([2, 5], Int32Array.of(0, 0, 0, 0, 0, 0, 0, 7, 0, 0))]], 'y[1, 2] is 7; ids must lie in 0…1.'],
    ['a sequence without a valid step', [['mask', floats([2, 5], Float32Array.of(1, 1, 0, 0, 0, 0, 0, 0, 0, 0))]], 'Sequence 1 has no valid step'],
    ['a tensor that means nothing', [['z', x]], '"X.safetensors" has z, which means nothing'],
  ] as const)('refuses %s', async (_what, extra, message) => {
    await folder.write('X.safetensors', inputs(extra));
    const { code, err } = await folder.call(['trace', 'probe.rnn', '--inputs', 'X.safetensors', '--out', 'T.safetensors']);
    expect(code).toBe(2);
    expect(err.join('\n')).toContain(message);
    expect(await readdir(folder.path)).not.toContain('T.safetensors');
  });

  it('names everything wrong with the weights', async () => {
    await folder.write('W.safetensors', writeSafetensors(new Map([['r.W_r', floats([4, 2])], ['q', floats([1])]])));
    await folder.write('X.safetensors', inputs());
    const { code, err } = await folder.call(['trace', 'probe.rnn', '--weights', 'W.safetensors', '--inputs', 'X.safetensors', '--summary']);
    expect(code).toBe(2);
    expect(err.join('\n')).toMatch(/missing: r\.U_r \[4, 4\].*of another shape: r\.W_r is \[4, 2\] and should be \[4, 3\].*not in the model: q\./);
  });
});

describe('train', () => {
  it('prints the lines of the contract and keeps the run', async () => {
    const { code, out, err } = await folder.call(['train', 'lm.rnn', '--out', 'run', '--json', '--validate-every', '10']);
    expect(code).toBe(0);
    const lines = out.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.filter((line) => line['kind'] === 'iteration')).toHaveLength(30);
    expect(lines.filter((line) => line['kind'] === 'validation').map((line) => line['iteration'])).toEqual([10, 20, 30]);
    expect(lines.filter((line) => line['kind'] === 'sample')).toHaveLength(3);
    expect(lines.at(-1)).toMatchObject({ kind: 'done', iteration: 30, run: 'run' });
    expect(err.join('\n')).toContain('backend cpu: ONNX Runtime');
    expect((await readdir(join(folder.path, 'run'))).sort()).toEqual(['checkpoints', 'metrics.jsonl', 'model.rnn', 'run.json']);
    expect(await readFile(join(folder.path, 'run/model.rnn'), 'utf8')).toBe(characterText);
    expect(await readFile(join(folder.path, 'run/metrics.jsonl'), 'utf8')).toBe(out.map((line) => `${line}\n`).join(''));
    const again = await folder.call(['train', 'lm.rnn', '--out', 'run']);
    expect([again.code, again.err.join('\n')]).toEqual([2, 'unroll train: "run" already holds a run; go on with it with --resume or name another folder with --out.']);
  });

  it.each(['cpu', 'wasm'])('on %s ends with a checkpoint on Ctrl-C and resumes to the last bit', async (backend) => {
    const args = ['train', 'lm.rnn', '--out', 'run', '--json', '--backend', backend, '--validate-every', '10'];
    const whole = await folder.call(args);
    await rename(join(folder.path, 'run'), join(folder.path, 'whole'));
    const stopped = await folder.call(args, { interruptAfter: 17 });
    expect(stopped.code).toBe(0);
    expect(stopped.err.join('\n')).toContain('go on with: unroll train lm.rnn --out run --resume');
    const resumed = await folder.call([...args, '--resume']);
    expect(resumed.code).toBe(0);
    expect([...stopped.out.slice(0, -1), ...resumed.out]).toEqual(whole.out);
    const file = 'checkpoints/iteration-000000030.safetensors';
    expect(await readFile(join(folder.path, 'run', file))).toEqual(await readFile(join(folder.path, 'whole', file)));
    expect(await readFile(join(folder.path, 'run/metrics.jsonl'), 'utf8')).toBe(await readFile(join(folder.path, 'whole/metrics.jsonl'), 'utf8'));
  });

  it('keeps runs beside the model and resumes the newest', async () => {
    await folder.call(['train', 'lm.rnn', '--set', 'iterations=3']);
    const [name = ''] = await readdir(join(folder.path, '.unroll/runs'));
    expect(name).toMatch(/^\d{8}-\d{6}-Poem$/);
    const { code, out } = await folder.call(['train', 'lm.rnn', '--set', 'iterations=5', '--resume', '--json']);
    expect(code).toBe(0);
    expect(out.map((line) => (JSON.parse(line) as { kind: string }).kind)).toContain('iteration');
    expect(JSON.parse(out[0] ?? '')).toMatchObject({ kind: 'iteration', iteration: 4 });
  });

  it('is wrong, not a bad call, when the model is', async () => {
    await folder.write('lm.rnn', characterText.replace('LSTM', 'LTSM'));
    const { code, out, err } = await folder.call(['train', 'lm.rnn', '--json']);
    expect([code, out]).toEqual([1, []]);
    expect(err.some((line) => line.startsWith('lm.rnn:5:14 unknown-name'))).toBe(true);
  });

  it('says when numbers are no longer finite, and keeps what was before', async () => {
    const { code, err } = await folder.call(['train', 'lm.rnn', '--out', 'run', '--set', 'rate=1e38', '--set', 'clip=none', '--set', 'optimizer=sgd']);
    expect(code).toBe(1);
    expect(err.join('\n')).toMatch(/In iteration \d+ .*so training stopped\. The run is kept as it was after iteration \d+\. Try a lower rate or clip norm 1\.0\./);
    const other = await folder.call(['train', 'lm.rnn', '--out', 'run', '--resume', '--set', 'optimizer=adam', '--set', 'iterations=5']);
    expect([other.code, other.err.join('\n')]).toEqual([2, expect.stringContaining('The checkpoint was written by another optimizer')]);
  });
});
