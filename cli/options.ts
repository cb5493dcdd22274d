// Reads a command's options and prints its help, both from one table.
// Not the commands. Invariant: an option that is not in the table, lacks its value or is given one too many is refused, never ignored.
import { parseArgs } from 'node:util';
import { didYouMean } from '../engine/base/closest-name';
import { OperationalError } from '../engine/base/operational-error';

export interface OptionSpec {
  /** What the value is called in the help (`DIR`); left out = a switch. */
  readonly value?: string;
  readonly repeated?: boolean;
  readonly help: string;
}

export interface CommandSpec {
  readonly name: string;
  /** One line. */
  readonly summary: string;
  /** The arguments without a name (`FILE.rnn`), each needed. */
  readonly operands: readonly string[];
  readonly options: Readonly<Record<string, OptionSpec>>;
  /** More lines for the help. */
  readonly notes?: readonly string[];
}

/** What was wrong with a call; exit code 2. */
export class CallError extends OperationalError {
  constructor(message: string) {
    super('bad-call', message);
  }
}

export class ReadOptions {
  constructor(
    readonly operands: readonly string[],
    private readonly values: ReadonlyMap<string, readonly (string | true)[]>,
  ) {}

  has(name: string): boolean {
    return this.values.has(name);
  }

  text(name: string): string | undefined {
    const value = this.values.get(name)?.at(-1);
    return typeof value === 'string' ? value : undefined;
  }

  texts(name: string): readonly string[] {
    return (this.values.get(name) ?? []).filter((value): value is string => typeof value === 'string');
  }

  /** Throws CallError when the option is given and is not a whole number from `least` on. */
  count(name: string, least = 1): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least) throw new CallError(`--${name} is a whole number from ${least} on; "${text}" was given.`);
    return value;
  }

  /** Throws CallError when the option is given and is not one of the words. */
  word<W extends string>(name: string, words: readonly W[]): W | undefined {
    const text = this.text(name);
    const word = words.find((candidate) => candidate === text);
    if (text !== undefined && word === undefined) throw new CallError(`--${name} is ${words.join(', ')}; "${text}" was given.${didYouMean(text, words)}`);
    return word;
  }
}

const helpOption = { help: { help: 'Prints this help.' } } as const;

/** Throws CallError. */
export function readOptions(spec: CommandSpec, args: readonly string[]): ReadOptions {
  const options: Readonly<Record<string, OptionSpec>> = { ...spec.options, ...helpOption };
  const config = Object.fromEntries(Object.entries(options).map(([name, { value }]) => [name, { type: value === undefined ? 'boolean' : 'string', multiple: true } as const]));
  const { tokens } = parseArgs({ args: [...args], options: { ...config, help: { type: 'boolean', short: 'h', multiple: true } }, allowPositionals: true, strict: false, tokens: true });
  const operands: string[] = [];
  const values = new Map<string, (string | true)[]>();
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value);
    if (token.kind !== 'option') continue;
    const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
    if (option === undefined) {
      throw new CallError(`${spec.name} has no option ${token.rawName}; \`unroll ${spec.name} --help\` lists them.${didYouMean(`--${token.name}`, Object.keys(options).map((name) => `--${name}`))}`);
    }
    if (option.value === undefined && token.value !== undefined) throw new CallError(`${token.rawName} takes no value; "${token.value}" was given.`);
    if (option.value !== undefined && (token.value === undefined || (!token.inlineValue && token.value.startsWith('--')))) throw new CallError(`${token.rawName} needs a value: ${token.rawName} ${option.value}.`);
    const given = values.get(token.name) ?? [];
    if (given.length > 0 && option.repeated !== true) throw new CallError(`${token.rawName} is given twice.`);
    values.set(token.name, [...given, token.value ?? true]);
  }
  const read = new ReadOptions(operands, values);
  if (read.has('help')) return read;
  const surplus = operands[spec.operands.length];
  if (surplus !== undefined) throw new CallError(`${spec.name} takes ${spec.operands.join(' ') || 'no arguments'}; "${surplus}" is one too many.`);
  const missing = spec.operands[operands.length];
  if (missing !== undefined) throw new CallError(`${spec.name} needs ${missing}: ${usage(spec)}`);
  return read;
}

export function usage(spec: CommandSpec): string {
  return ['unroll', spec.name, ...spec.operands, '[options]'].join(' ');
}

export function helpLines(spec: CommandSpec): readonly string[] {
  const rows = Object.entries({ ...spec.options, ...helpOption }).map(([name, option]: [string, OptionSpec]) => [`--${name}${option.value === undefined ? '' : ` ${option.value}`}`, option.help] as const);
  const width = Math.max(...rows.map(([left]) => left.length));
  return [spec.summary, '', `  ${usage(spec)}`, '', ...rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`), ...(spec.notes === undefined ? [] : ['', ...spec.notes])];
}
