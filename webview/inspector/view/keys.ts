// The inspector's list of keys, shown on `?`.
// Not what the keys do (../entry.ts and the triangle's section): the two must say the same.
import { element } from '../../elements';

const keys: readonly (readonly [string, string])[] = [
  ['← →', 'time step'],
  ['Shift ← →', 'ten steps'],
  ['Home End', 'first, last step'],
  ['Space', 'replay backwards, pause'],
  ['↑ ↓', 'in the triangle: the loss before, the next one'],
  ['Esc', 'closes this list'],
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
