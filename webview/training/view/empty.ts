// What the page shows before there is a run: one sentence and what to do. No empty axes.
// Not an error: nothing is wrong when nothing was trained yet.
import type { Beginning } from '../../../protocol/training-page';
import { button, dressButton } from '../../controls';
import { element } from '../../elements';

export function emptyPage(begin: (what: Beginning) => void): HTMLElement {
  const choice = (label: string, what: Beginning, primary: boolean): HTMLElement => {
    const made = button(() => begin(what));
    dressButton(made, { label, look: primary ? 'primary' : 'secondary' });
    return made;
  };
  return element(
    'main', 'empty',
    element('h1', '', 'Training'),
    element('p', '', 'Nothing recorded yet.'),
    element('div', 'choices', choice('Train RNN', 'train', true), choice('Debug RNN', 'debug', false), choice('Open a run', 'run', false), choice('Open an example', 'example', false)),
  );
}
