// Draws the next token from a network's logits.
// Not the network: whoever samples runs it one step at a time.
// Invariant: one draw of the generator per token, whatever the temperature; non-finite logits are never chosen.
import type { Random } from '../base/random';

/**
 * Index of one of the logits, drawn with probability softmax(logits / temperature); 0 takes the largest (the first of equals).
 * Undefined when no logit is finite.
 */
export function sampleToken(logits: ArrayLike<number>, temperature: number, random: Random): number | undefined {
  const threshold = random.uniform();
  let best: number | undefined;
  for (let i = 0; i < logits.length; i++) {
    const logit = logits[i] ?? NaN;
    if (Number.isFinite(logit) && (best === undefined || logit > (logits[best] ?? -Infinity))) best = i;
  }
  if (best === undefined || temperature <= 0) return best;
  const largest = logits[best] ?? 0;
  const weights = Array.from(logits, (logit) => (Number.isFinite(logit) ? Math.exp((logit - largest) / temperature) : 0));
  let rest = threshold * weights.reduce((sum, weight) => sum + weight, 0);
  for (let i = 0; i < weights.length; i++) {
    rest -= weights[i] ?? 0;
    if (rest < 0) return i;
  }
  return best;
}
