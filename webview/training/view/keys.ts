// The list of keys, shown on `?`.
// Not what the keys do (../keyboard.ts): the two must say the same.
import type { Keys } from '../../key-list';

export const trainingKeys: Keys = [
  ['Tab', 'next picture or control'],
  ['← →', 'iteration in a picture'],
  ['Shift ← →', 'ten iterations'],
  ['↑ ↓', 'parameter, row, or cell of a matrix'],
  ['Home End', 'first, last iteration'],
  ['Enter', 'choose the iteration'],
  ['Space', 'pause, resume'],
  ['Esc', 'clear the choice'],
  ['?', 'this list'],
];
