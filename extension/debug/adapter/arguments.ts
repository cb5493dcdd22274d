// Reads the arguments of requests: they come from outside, so each is looked at before it is used.
// Not their meaning.
// Invariant: a wrong argument is an OperationalError that names it and says what was expected.
import { OperationalError } from '../../../engine/base/operational-error';

export class Arguments {
  private readonly fields: Readonly<Record<string, unknown>>;

  constructor(args: unknown) {
    this.fields = typeof args === 'object' && args !== null ? (args as Readonly<Record<string, unknown>>) : {};
  }

  text(name: string): string | undefined {
    return this.typed(name, 'a text', (value): value is string => typeof value === 'string');
  }

  neededText(name: string): string {
    return this.needed(name, this.text(name), 'a text');
  }

  flag(name: string): boolean | undefined {
    return this.typed(name, 'true or false', (value): value is boolean => typeof value === 'boolean');
  }

  count(name: string): number | undefined {
    return this.typed(name, 'a whole number from 0 on', (value): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0);
  }

  neededCount(name: string): number {
    return this.needed(name, this.count(name), 'a whole number');
  }

  object(name: string): Arguments {
    return new Arguments(this.fields[name]);
  }

  has(name: string): boolean {
    return this.fields[name] !== undefined && this.fields[name] !== null;
  }

  /** Empty when it is not there. */
  list(name: string): readonly Arguments[] {
    return (this.typed(name, 'a list', (value): value is readonly unknown[] => Array.isArray(value)) ?? []).map((item) => new Arguments(item));
  }

  texts(name: string): readonly string[] {
    return (this.typed(name, 'a list', (value): value is readonly unknown[] => Array.isArray(value)) ?? []).filter((item): item is string => typeof item === 'string');
  }

  word<W extends string>(name: string, words: readonly W[]): W | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const word = words.find((candidate) => candidate === text);
    if (word === undefined) throw new OperationalError('bad-argument', `\`${name}\` is one of ${words.join(', ')}, not "${text}".`);
    return word;
  }

  private typed<T>(name: string, what: string, is: (value: unknown) => value is T): T | undefined {
    const value = this.fields[name];
    if (value === undefined || value === null) return undefined;
    if (!is(value)) throw new OperationalError('bad-argument', `\`${name}\` must be ${what}.`);
    return value;
  }

  private needed<T>(name: string, value: T | undefined, what: string): T {
    if (value === undefined) throw new OperationalError('bad-argument', `The request needs \`${name}\`, ${what}.`);
    return value;
  }
}
