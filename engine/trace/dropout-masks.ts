// Draws the masks of dropout for one pass: 0 with the rate's probability, else 1 / (1 − rate).
// Not the multiplication, which is an ordinary equation; in evaluation the masks are ones.
// Invariant: masks depend on seed, line and position only, so that a trace of an iteration sees the masks that training saw.
import { Random } from '../base/random';

/** Time-major `[rows, ...shape]`. */
export function dropoutMask(seed: number | undefined, label: string, rate: number, length: number): Float32Array {
  const mask = new Float32Array(length);
  if (seed === undefined || rate <= 0) return mask.fill(1);
  const random = Random.for(seed, label);
  const keep = 1 / (1 - rate);
  const threshold = rate * 4294967296;
  for (let i = 0; i < length; i++) mask[i] = random.uint32() < threshold ? 0 : keep;
  return mask;
}

/** The label under which a line's mask is drawn. */
export function dropoutLabel(prefix: string, index: number): string {
  return `${prefix}.dropout.${index}`;
}
