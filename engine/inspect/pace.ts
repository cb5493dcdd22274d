// How long work is kept from standing in the way: asked between two runs, it lets others in, tells how far it is, or ends it.
// Not a clock and not a thread.
// Invariant: ending is an OperationalError `cancelled`, thrown from the pace itself.
import { OperationalError } from '../base/operational-error';

/** @param share done of the whole, 0 … 1. */
export type Pace = (share: number) => void | Promise<void>;

export const unpaced: Pace = () => undefined;

export function cancelledError(): OperationalError {
  return new OperationalError('cancelled', 'The measurement was cancelled.');
}

/** The pace of a part of a work: its 0 … 1 is `from` … `to` of the whole. */
export function within(pace: Pace, from: number, to: number): Pace {
  return (share) => pace(from + share * (to - from));
}
