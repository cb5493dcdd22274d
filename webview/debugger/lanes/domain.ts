// What the colours of a lane mean: its palette, its domain, and the words for both.
// Not the pixels. Bounded values use their bounds; others the sequence's own spread; gradients a signed square root.
import type { LaneHeader } from '../../../protocol/trace-view';
import type { Pass } from '../../../protocol/debugger-page';
import { number } from '../../theme/numbers';
import { gateEntry, signedEntry, signedRootEntry } from '../../theme/scales';

export interface LaneDomain {
  readonly palette: 'signed' | 'gate';
  /** Entry of the palette's table. */
  readonly entry: (value: number) => number;
  readonly low: number;
  readonly high: number;
  /** `±1`, `0 … 1`, `±10.8`, `±4e−2`. */
  readonly words: string;
}

export function laneDomain(lane: LaneHeader, pass: Pass): LaneDomain {
  if (pass === 'backward') {
    const bound = oneDigitUp(lane.gradientSpread ?? 0);
    return { palette: 'signed', low: -bound, high: bound, words: `±${short(bound)}`, entry: (value) => signedRootEntry(value, bound) };
  }
  if (lane.bounds && lane.bounds[0] >= 0 && lane.kind === 'gate') {
    const [low, high] = lane.bounds;
    return { palette: 'gate', low, high, words: `${plainNumber(low)} … ${plainNumber(high)}`, entry: (value) => gateEntry((value - low) / (high - low || 1)) };
  }
  const bound = lane.bounds ? Math.max(Math.abs(lane.bounds[0]), Math.abs(lane.bounds[1])) : tenthUp(lane.spread);
  return { palette: 'signed', low: -bound, high: bound, words: `±${plainNumber(bound)}`, entry: (value) => signedEntry(value, bound) };
}

/** Rounded up to 0.1 as the pictures have it; small spreads keep one digit. */
function tenthUp(spread: number): number {
  if (!(spread > 0) || !Number.isFinite(spread)) return 1;
  return spread < 0.1 ? oneDigitUp(spread) : Math.ceil(spread * 10 - 1e-6) / 10;
}

function oneDigitUp(value: number): number {
  if (!(value > 0) || !Number.isFinite(value)) return 1;
  const exponent = Math.floor(Math.log10(value));
  return Number(`${Math.ceil(value / 10 ** exponent - 1e-6)}e${exponent}`);
}

function plainNumber(value: number): string {
  return Number.isInteger(value) ? String(value).replace('-', '−') : number(value);
}

function short(value: number): string {
  const exponent = Math.floor(Math.log10(value) + 1e-9);
  return value >= 0.1 && value < 100 ? String(value) : `${Math.round(value / 10 ** exponent)}e${String(exponent).replace('-', '−')}`;
}
