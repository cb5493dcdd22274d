// Compares one tensor's gradient with finite differences, by the house's relative error.
// Not a decision about a model (gradient-check.ts).
// Invariant: an element is left out only for what the values themselves show (a kink), never for what the gradient says; left-out ones are counted.
import type { Random } from '../base/random';
import type { Derivative } from './finite-difference';

export interface Comparison {
  /** As in the trace: `grad/r1.h`, `grad/param/r1.W_i`. */
  readonly name: string;
  /** Elements compared, of how many. */
  readonly checked: number;
  readonly size: number;
  /** Elements left out because the function has a kink at or too near the point. */
  readonly kinks: number;
  /** max|got − want| / max|want| over the compared elements; a max|want| so small that rounding would decide is taken for `smallest`. */
  readonly relativeError: number;
  /** Where it is largest. */
  readonly worst: { readonly index: number; readonly got: number; readonly want: number } | undefined;
}

/** Share of the tensor's largest derivative up to which a finite difference may be uncertain before its element counts as a kink. */
const usableError = 1e-8;

/** @param smallest the smallest max|want| that finite differences can measure to six digits, in the unit of the gradient. */
export function compareGradients(
  name: string,
  got: Float64Array,
  elements: readonly number[],
  want: (element: number) => Derivative,
  smallest: number,
): Comparison {
  const measured = elements.map((index) => ({ index, got: got[index] as number, ...want(index) }));
  // A derivative that is itself uncertain must not widen what the others are allowed.
  const largest = measured.reduce((top, { kink, value, error }) => (kink || !(error <= 1e-3 * Math.abs(value)) ? top : Math.max(top, Math.abs(value))), 0);
  const sound = measured.filter(({ kink, error }) => !kink && error <= usableError * Math.max(largest, smallest));
  const scale = sound.reduce((top, { value }) => Math.max(top, Math.abs(value)), smallest);
  let worst: Comparison['worst'];
  let widest = 0;
  for (const { index, got: have, value } of sound) {
    const difference = Math.abs(have - value);
    // A gradient that is not a number is as wrong as can be.
    const width = Number.isNaN(difference) ? Infinity : difference;
    if (width > widest) {
      widest = width;
      worst = { index, got: have, want: value };
    }
  }
  return { name, checked: sound.length, size: got.length, kinks: measured.length - sound.length, relativeError: widest / scale, worst };
}

/** At most `count` elements of a tensor, drawn by `random`; the one with the largest gradient is always among them. */
export function sampledElements(got: Float64Array, count: number, random: Random): readonly number[] {
  const all = Array.from({ length: got.length }, (_, element) => element);
  if (got.length <= count) return all;
  const largest = all.reduce((best, element) => (Math.abs(got[element] as number) > Math.abs(got[best] as number) ? element : best), 0);
  random.shuffle(all);
  return [largest, ...all.filter((element) => element !== largest).slice(0, count - 1)];
}
