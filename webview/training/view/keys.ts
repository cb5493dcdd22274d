// The list of keys, shown on `?`.
// Not what the keys do (../keyboard.ts): the two must say the same.
import { element } from '../../elements';

const keys: readonly (readonly [string, string])[] = [
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

export function keyList(): HTMLElement {
  const list = element('dl', '', ...keys.flatMap(([key, does]) => [element('dt', '', key), element('dd', '', does)]));
  const box = element('div', 'keys', element('h2', '', 'Keys'), list);
  box.hidden = true;
  box.setAttribute('role', 'dialog');
  box.setAttribute('aria-label', 'Keys');
  return box;
}
