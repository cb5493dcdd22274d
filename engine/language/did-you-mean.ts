// The near name that a diagnostic proposes.
// Not the distance itself (../base/closest-name.ts).
// Invariant: pure; nothing is proposed for a name of one letter but its other case, for it is near every other one.
import { closestName } from '../base/closest-name';

export function nearest(name: string, known: Iterable<string>): string | undefined {
  if (name.length > 60) return undefined;
  const meant = closestName(name, known);
  return meant === undefined || (name.length === 1 && meant.toLowerCase() !== name.toLowerCase()) ? undefined : meant;
}
