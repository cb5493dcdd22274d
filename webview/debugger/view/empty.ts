// What the debugger page shows before there is a session: one sentence and what to do.
// Not an error: nothing is wrong when nothing was debugged yet.
import { button, dressButton } from '../../controls';
import { element } from '../../elements';

export function emptyPage(begin: (what: 'train' | 'debug' | 'example') => void): HTMLElement {
  const choice = (label: string, what: 'train' | 'debug' | 'example', primary: boolean): HTMLElement => {
    const made = button(() => begin(what));
    dressButton(made, { label, look: primary ? 'primary' : 'secondary' });
    return made;
  };
  return element(
    'main', 'empty',
    element('h1', '', 'Visual debugger'),
    element('p', '', 'Nothing recorded yet.'),
    element('div', 'choices', choice('Debug RNN', 'debug', true), choice('Train RNN', 'train', false), choice('Open an example', 'example', false)),
  );
}
