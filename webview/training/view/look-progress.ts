// How far the replay to an iteration has come, and the button that ends it.
// Not the replay, which the engine does. Invariant: the percentage is of iterations that were really replayed; without a report there is none.
import { button, dressButton } from '../../controls';
import { element, setText, show } from '../../elements';
import { replayedPart, replayWords } from '../matrix-sentences';
import type { LookState } from '../state';

export interface LookProgressBar {
  readonly root: HTMLElement;
  draw(look: LookState): void;
}

export function lookProgress(cancel: () => void): LookProgressBar {
  const words = element('span', 'note');
  words.setAttribute('role', 'status');
  const filled = element('div');
  const bar = element('div', 'progress', filled);
  bar.setAttribute('role', 'progressbar');
  bar.setAttribute('aria-label', 'iterations replayed');
  const stop = button(cancel);
  dressButton(stop, { label: 'Cancel', look: 'secondary' });
  const root = element('div', 'look-progress', words, bar, stop);
  return {
    root,
    draw: (look) => {
      show(root, look.kind === 'loading');
      if (look.kind !== 'loading') return;
      const part = replayedPart(look);
      setText(words, replayWords(look));
      show(bar, part !== undefined);
      filled.style.width = `${(part ?? 0) * 100}%`;
      bar.setAttribute('aria-valuenow', String(Math.floor((part ?? 0) * 100)));
    },
  };
}
