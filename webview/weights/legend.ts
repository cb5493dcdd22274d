// The legend under the matrices as places and words: for each role where its colours end, and how many numbers lie beyond.
// Not its drawing. Invariant: a count of numbers beyond is said only when there are some.
import type { PlacedTensor } from '../../protocol/run';
import type { ByRole } from '../../protocol/weights-view';
import { count, number } from '../theme/numbers';

export interface LegendItem {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  /** A bar of the colours stands before it. */
  readonly bar: boolean;
}

/** Of a word's letter, at most; the words are small. */
const letter = 6.4;
const bar = 64;
const gap = 20;
const lineHeight = 18;

export const roleWords: Readonly<Record<PlacedTensor['role'], string>> = { input: 'from the input', recurrent: 'from the old state', other: 'alone' };

export function legendItems(roles: readonly PlacedTensor['role'][], bounds: ByRole, beyond: ByRole, root: boolean, width: number): { readonly items: readonly LegendItem[]; readonly height: number } {
  const texts = [
    ...roles.map((role) => ({ bar: true, text: `±${number(bounds[role])} ${roleWords[role]}${beyond[role] > 0 ? `, ${count(beyond[role])} beyond` : ''}` })),
    { bar: false, text: `blue negative, orange positive${root ? ', √ scale' : ''}` },
    { bar: false, text: '× NaN, ±I infinite' },
  ];
  let [x, y] = [0, 0];
  const items = texts.map((item): LegendItem => {
    const wide = (item.bar ? bar : 0) + item.text.length * letter;
    if (x > 0 && x + wide > width) [x, y] = [0, y + lineHeight];
    const placed = { ...item, x, y };
    x += wide + gap;
    return placed;
  });
  return { items, height: y + lineHeight };
}
