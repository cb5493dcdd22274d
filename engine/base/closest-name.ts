// Finds the name a person probably meant: the "did you mean" of every message.
// Not a search: one candidate or none.
// Invariant: a suggestion is at most a third of the longer name away, and never the name itself.

/** The closest candidate by edits (a swap of neighbours counts one; case counts a fifth), or undefined when none is close. */
export function closestName(name: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Infinity;
  for (const candidate of candidates) {
    if (candidate === name) continue;
    const limit = Math.max(1, Math.floor(Math.max(name.length, candidate.length) / 3));
    if (Math.abs(name.length - candidate.length) > limit) continue;
    const distance = editDistance(name, candidate);
    if (distance <= limit && distance < least) {
      best = candidate;
      least = distance;
    }
  }
  return best;
}

/** ` Did you mean x?`, or nothing: to be put behind a sentence. */
export function didYouMean(name: string, candidates: Iterable<string>): string {
  const meant = closestName(name, candidates);
  return meant === undefined ? '' : ` Did you mean ${meant}?`;
}

/** Damerau & Levenshtein's distance (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const [x, y] = [a.charAt(i - 1), b.charAt(j - 1)];
      const cost = x === y ? 0 : x.toLowerCase() === y.toLowerCase() ? 0.2 : 1;
      let least = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && x === b.charAt(j - 2) && a.charAt(i - 2) === y) least = Math.min(least, (beforeLast[j - 2] ?? 0) + 1);
      row.push(least);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
