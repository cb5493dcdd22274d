// Reads the arguments of a `data` line, each with its type and its limits.
// Not the sources themselves: each asks for the arguments it knows.
// Invariant: an argument that nobody asked for is reported, never ignored; asking never throws.
import { didYouMean } from '../base/closest-name';
import type { Diagnostic } from '../base/diagnostic';
import type { DataArgument, DataSpec } from '../ir/model';

export class SourceArguments {
  private readonly found: Diagnostic[] = [];
  private readonly known = new Set<string>();
  private positional = 0;

  constructor(private readonly spec: DataSpec) {}

  /** The next argument without a name: a file's name in double quotes. */
  file(): string {
    const value = this.spec.positional[this.positional++];
    if (typeof value === 'string' && value !== '') return value;
    this.report('bad-argument', value === undefined
      ? `\`${this.spec.source}\` needs the name of a file: ${this.spec.source}("file.txt").`
      : `\`${this.spec.source}\` needs the name of a file in double quotes; ${shown(value)} was found.`);
    return '';
  }

  /** A whole number from `least` on. */
  count(name: string, fallback: number, least = 1): number {
    const value = this.named(name);
    if (value === undefined) return fallback;
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= largestCount) return value;
    this.report('bad-argument', `\`${name}\` is a whole number from ${least} to ${largestCount}; ${shown(value)} was found.`);
    return fallback;
  }

  /** One of a few words. */
  word<W extends string>(name: string, words: readonly W[], fallback: W): W {
    const value = this.named(name);
    if (value === undefined) return fallback;
    const word = words.find((candidate) => candidate === value);
    if (word !== undefined) return word;
    this.report('bad-argument', `\`${name}\` is ${words.join(' or ')}; ${shown(value)} was found.${typeof value === 'string' ? didYouMean(value, words) : ''}`);
    return fallback;
  }

  /** A share of the data (0 up to, not including, 1) or a file's name. */
  validation(fallback: number): number | string {
    const value = this.named('validation');
    if (value === undefined) return fallback;
    if ((typeof value === 'string' && value !== '') || (typeof value === 'number' && value >= 0 && value < 1)) return value;
    this.report('bad-argument', `\`validation\` is a share from 0 up to 1, such as 0.1, or the name of a file; ${shown(value)} was found.`);
    return fallback;
  }

  /** Everything that is wrong, once the source has asked for all it knows. */
  problems(): readonly Diagnostic[] {
    const unknown = Object.keys(this.spec.named).filter((name) => !this.known.has(name));
    for (const name of unknown) {
      this.report('unknown-argument', `\`${this.spec.source}\` has no argument \`${name}\`; it has ${[...this.known].join(', ') || 'none with a name'}.${didYouMean(name, this.known)}`);
    }
    const surplus = this.spec.positional[this.positional];
    if (surplus !== undefined) {
      this.report('unknown-argument', `\`${this.spec.source}\` takes ${this.positional === 0 ? 'only arguments with a name' : `${this.positional} without a name`}; ${shown(surplus)} is one too many.`);
    }
    return this.found;
  }

  private named(name: string): DataArgument | undefined {
    this.known.add(name);
    return Object.hasOwn(this.spec.named, name) ? this.spec.named[name] : undefined;
  }

  private report(code: string, message: string): void {
    this.found.push({ code, severity: 'error', message, span: this.spec.span });
  }
}

/** A million steps or symbols: beyond it nothing here would fit in memory. */
const largestCount = 1_000_000;

function shown(value: DataArgument): string {
  return typeof value === 'number' ? String(value) : JSON.stringify(value);
}
