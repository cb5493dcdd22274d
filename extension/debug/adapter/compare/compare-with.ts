// Reads what to compare with out of a request: plain data from a page or another client, looked at before it is used.
// Not whether it is there (comparisons.ts).
import { OperationalError } from '../../../../engine/base/operational-error';
import type { CompareWith } from '../../../../protocol/comparison';
import type { Arguments } from '../arguments';

/** Throws OperationalError `bad-argument`. */
export function readCompareWith(args: Arguments, absolute: (path: string) => string): CompareWith {
  const kind = args.word('kind', ['fork', 'run', 'weights', 'fresh']);
  switch (kind) {
    case 'fork':
      return { kind, id: args.neededCount('id') };
    case 'run': {
      const iteration = args.count('iteration');
      return { kind, path: absolute(args.neededText('path')), ...(iteration === undefined ? {} : { iteration }) };
    }
    case 'weights':
      return { kind, path: absolute(args.neededText('path')) };
    case 'fresh':
      return { kind };
    case undefined:
      throw new OperationalError('bad-argument', 'A comparison is with a fork, a run, weights or fresh weights: `kind`.');
  }
}
