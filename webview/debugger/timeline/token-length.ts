// How long the longest token of a sequence is, in letters: words are read in wider columns than characters.
// Not how wide a column becomes (layout.ts). Counted once for a sequence.
import type { TraceHeader } from '../../../protocol/trace-view';

const tokenLengths = new WeakMap<TraceHeader['reads'], number>();

/** Letters of the longest token; numbers have none. */
export function longestToken(reads: TraceHeader['reads']): number {
  const known = tokenLengths.get(reads) ?? (reads.kind === 'tokens' ? reads.text.reduce((most, text) => Math.max(most, text.length), 1) : 1);
  tokenLengths.set(reads, known);
  return known;
}
