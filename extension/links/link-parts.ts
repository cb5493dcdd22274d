// How the parts of a link are looked at: a number within bounds, a word, a name; anything else is refused with a sentence.
// Not which parts there are (link-text.ts, shown-text.ts).
import { OperationalError } from '../../engine/base/operational-error';

export const mostLayers = 1023;
export const mostSteps = 10_000_000;
export const mostUnits = 1_000_000;

/** Throws OperationalError `bad-link`. */
export function count(text: string, name: string, low: number, high: number): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
  if (!(value >= low && value <= high)) throw bad(`its ${name} is not a number from ${low} to ${high}`);
  return value;
}

/** Several of them, joined by dots, none twice. Throws OperationalError `bad-link`. */
export function counts(text: string, name: string, most: number, high: number): readonly number[] {
  const values = text.split('.').map((part) => count(part, name, 0, high));
  if (values.length > most || new Set(values).size !== values.length) throw bad(`its ${name} are more than ${most}, or one is there twice`);
  return values;
}

/** A number as it is written by `String`. Throws OperationalError `bad-link`. */
export function decimal(text: string, name: string): number {
  const value = /^-?\d{1,25}(\.\d{1,25})?(e[+-]?\d{1,3})?$/.test(text) ? Number(text) : NaN;
  if (!Number.isFinite(value)) throw bad(`its ${name} is not a number`);
  return value;
}

export const isWord = (text: string): boolean => /^[A-Za-z]{1,32}$/.test(text);

/** Of a lane, or of a layer. */
export const isName = (text: string): boolean => /^[\p{L}_][\p{L}\p{N}_.]{0,63}$/u.test(text);

export function bad(reason: string): OperationalError {
  return new OperationalError('bad-link', `The link cannot be opened: ${reason}. Copy it again with "RNN: Copy Link to This State".`);
}
