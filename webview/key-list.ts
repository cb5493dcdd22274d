// The list of a page's keys, shown on `?`: a dialog that begins hidden.
// Not the keys, which each page lists beside what they do.
import { element } from './elements';

/** A key, or several that do the like, and what it does. */
export type Keys = readonly (readonly [key: string, does: string])[];

export function keyList(keys: Keys): HTMLElement {
  const list = element('dl', '', ...keys.flatMap(([key, does]) => [element('dt', '', key), element('dd', '', does)]));
  const box = element('div', 'keys', element('h2', '', 'Keys'), list);
  box.hidden = true;
  box.setAttribute('role', 'dialog');
  box.setAttribute('aria-label', 'Keys');
  return box;
}
