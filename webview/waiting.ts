// What a page shows until the host's first answer: where its pictures will stand, after a second what is waited for, and what to do when the answer is an error.
// Not the toolbar, which stands above it from the beginning, and not a picture: no number is known yet, and nothing moves.
// Invariant: it is there exactly while there is neither something to show nor the word that there is nothing.
import { button, dressButton } from './controls';
import { element, setText, show } from './elements';

export interface FrameBlock {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface WaitingState {
  readonly phase: string;
  /** A second has passed without an answer. */
  readonly late: boolean;
  /** Why the answer was an error. */
  readonly failure?: string;
}

export interface Waiting {
  readonly root: HTMLElement;
  /** `blocks` is asked while the frame is shown. */
  draw(state: WaitingState, height: number, blocks: () => readonly FrameBlock[]): void;
}

/** Milliseconds until the page says what it waits for. */
export const patience = 1_000;

/** `what` is said after a while, as a sentence. */
export function waiting(what: string, again: () => void): Waiting {
  const says = element('p', 'waiting-for');
  says.setAttribute('role', 'status');
  const frame = element('div', 'waiting-frame');
  frame.setAttribute('aria-hidden', 'true');
  const reason = element('p');
  const retry = button(again);
  dressButton(retry, { label: 'Try again', look: 'primary' });
  const failed = element('div', 'empty', reason, element('p', 'quiet', 'The editor’s window can be reloaded with “Developer: Reload Window” if this goes on.'), element('div', 'choices', retry));
  failed.setAttribute('role', 'alert');
  const root = element('main', 'waiting-page', says, frame, failed);
  let drawn = '';
  return {
    root,
    draw: ({ phase, late, failure }, height, blocks) => {
      const loading = phase === 'loading';
      show(root, loading || failure !== undefined);
      show(frame, loading);
      show(failed, !loading && failure !== undefined);
      setText(says, loading && late ? what : '');
      if (!loading && failure !== undefined) setText(reason, `There is nothing to show: ${failure}`);
      if (!loading) return;
      frame.style.height = `${Math.max(0, height)}px`;
      const shown = blocks();
      const key = JSON.stringify(shown);
      if (key === drawn) return;
      drawn = key;
      frame.replaceChildren(...shown.map(({ x, y, width, height: high }) => {
        const block = element('div');
        Object.assign(block.style, { left: `${x}px`, top: `${y}px`, width: `${width}px`, height: `${high}px` });
        return block;
      }));
    },
  };
}
