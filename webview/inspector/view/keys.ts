// The inspector's list of keys, shown on `?`.
// Not what the keys do (../entry.ts and the triangle's section): the two must say the same.
import type { Keys } from '../../key-list';

export const inspectorKeys: Keys = [
  ['← →', 'time step'],
  ['Shift ← →', 'ten steps'],
  ['Home End', 'first, last step'],
  ['Space', 'replay backwards, pause'],
  ['↑ ↓', 'in the triangle: the loss before, the next one'],
  ['Esc', 'closes this list'],
  ['?', 'this list'],
];
