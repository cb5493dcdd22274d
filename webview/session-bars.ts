// What a session's two pages say under their toolbar when what they show is old: the model was edited since, or the session is over.
// Not a dialog: what is shown stays, and each bar offers the one thing to do.
// Invariant: a bar is there only while its condition holds.
import type { SessionOver } from '../protocol/debugger-page';
import { element, setText, show } from './elements';
import { link, showRich } from './rich-text';

export interface SessionStanding {
  /** The cell's file. */
  readonly file: string;
  readonly stale: boolean;
  readonly over: SessionOver | undefined;
}

export interface SessionBars {
  readonly parts: readonly HTMLElement[];
  /** The state in a word, for the toolbar; not there while the session goes on. */
  readonly word: HTMLElement;
  draw(standing: SessionStanding | undefined): void;
}

export function sessionBars(runAgain: () => void): SessionBars {
  const stale = element('div', 'bar');
  const over = element('div', 'bar');
  for (const bar of [stale, over]) bar.setAttribute('role', 'status');
  const word = element('span', 'session-word');
  return {
    parts: [stale, over], word,
    draw: (standing) => {
      show(stale, standing?.stale === true);
      show(over, standing?.over !== undefined);
      show(word, standing?.over !== undefined);
      if (standing?.stale) showRich(stale, [`${standing.file} has changed since this run.`, ' ', link('Run again', 'runAgain')], runAgain);
      if (standing?.over === undefined) return;
      const lost = standing.over === 'lost';
      const reason = lost ? 'The debugger’s process was killed, perhaps for lack of memory; what it recorded stays.' : 'The debug session has ended; what it recorded stays.';
      showRich(over, [reason, ' ', link(lost ? 'Restart' : 'Run again', 'runAgain')], runAgain);
      over.classList.toggle('problem', lost);
      setText(word, lost ? 'Lost' : 'Ended');
      word.classList.toggle('lost', lost);
      word.title = reason;
    },
  };
}
