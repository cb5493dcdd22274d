// Options: what is not in the table, lacks its value or stands too often is refused in one sentence.
import { describe, expect, it } from 'vitest';
import { CallError, type CommandSpec, helpLines, readOptions } from '../../cli/options';

const spec: CommandSpec = {
  name: 'train',
  summary: 'Trains a model.',
  operands: ['MODEL.rnn'],
  options: {
    out: { value: 'DIR', help: 'The folder.' },
    set: { value: 'KEY=VALUE', repeated: true, help: 'A setting.' },
    threads: { value: 'N', help: 'Threads.' },
    backend: { value: 'B', help: 'cpu or wasm.' },
    json: { help: 'Lines.' },
  },
};

describe('options', () => {
  it('are read', () => {
    const read = readOptions(spec, ['m.rnn', '--out', 'd', '--set', 'a=1', '--set=b=2', '--json', '--threads', '2', '--backend', 'cpu']);
    expect(read.operands).toEqual(['m.rnn']);
    expect([read.text('out'), read.texts('set'), read.has('json'), read.has('help'), read.count('threads'), read.word('backend', ['cpu', 'wasm'])]).toEqual(['d', ['a=1', 'b=2'], true, false, 2, 'cpu']);
    expect([read.text('nothing'), read.count('nothing')]).toEqual([undefined, undefined]);
  });

  it('ask for help without operands', () => {
    expect(readOptions(spec, ['--help']).has('help')).toBe(true);
    expect(readOptions(spec, ['-h']).has('help')).toBe(true);
    expect(helpLines(spec)).toEqual([
      'Trains a model.', '', '  unroll train MODEL.rnn [options]', '',
      '  --out DIR        The folder.', '  --set KEY=VALUE  A setting.', '  --threads N      Threads.', '  --backend B      cpu or wasm.', '  --json           Lines.', '  --help           Prints this help.',
    ]);
  });

  it.each([
    [['m.rnn', '--otu', 'd'], 'train has no option --otu; `unroll train --help` lists them. Did you mean --out?'],
    [['m.rnn', '-x'], 'train has no option -x; `unroll train --help` lists them.'],
    [['m.rnn', '--toString'], 'train has no option --toString; `unroll train --help` lists them.'],
    [['m.rnn', '--out'], '--out needs a value: --out DIR.'],
    [['m.rnn', '--out', '--json'], '--out needs a value: --out DIR.'],
    [['m.rnn', '--json=yes'], '--json takes no value; "yes" was given.'],
    [['m.rnn', '--out', 'a', '--out', 'b'], '--out is given twice.'],
    [['m.rnn', 'n.rnn'], 'train takes MODEL.rnn; "n.rnn" is one too many.'],
    [[], 'train needs MODEL.rnn: unroll train MODEL.rnn [options]'],
  ] as const)('%j is refused', (args, message) => {
    expect(() => readOptions(spec, args)).toThrow(CallError);
    expect(() => readOptions(spec, args)).toThrow(message);
  });

  it('refuse values that do not fit', () => {
    expect(() => readOptions(spec, ['m', '--threads', '0']).count('threads')).toThrow('--threads is a whole number from 1 on; "0" was given.');
    expect(() => readOptions(spec, ['m', '--threads', 'two']).count('threads')).toThrow('"two" was given');
    expect(() => readOptions(spec, ['m', '--backend', 'wsam']).word('backend', ['cpu', 'wasm'])).toThrow('--backend is cpu, wasm; "wsam" was given. Did you mean wasm?');
  });
});
