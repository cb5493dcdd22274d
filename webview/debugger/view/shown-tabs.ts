// The choice between the page's two views of a pass: over time, or the weights it is computed with.
// Not the views, which share the toolbar and the sentence. Where there is no room for its words, icons stand for them.
import { element } from '../../elements';
import { icon, type IconName } from '../../icons';
import type { DebuggerState } from '../state';

type Shown = DebuggerState['shown'];

const labels: readonly (readonly [Shown, string, IconName])[] = [['time', 'Timeline', 'lanes'], ['weights', 'Weights', 'matrix']];

export interface ShownTabs {
  readonly root: HTMLElement;
  draw(shown: Shown): void;
}

export function shownTabs(choose: (shown: Shown) => void): ShownTabs {
  const made = labels.map(([shown, label, drawn]) => {
    const segment = element('button', 'segment', icon(drawn), element('span', '', label));
    segment.setAttribute('aria-label', label);
    segment.title = label;
    segment.addEventListener('click', () => choose(shown));
    return { shown, segment };
  });
  const root = element('div', 'segments shown-tabs', ...made.map(({ segment }) => segment));
  root.setAttribute('role', 'group');
  root.setAttribute('aria-label', 'What the page shows of the pass');
  return {
    root,
    draw: (now) => {
      for (const { shown, segment } of made) {
        segment.classList.toggle('on', shown === now);
        segment.setAttribute('aria-pressed', String(shown === now));
      }
    },
  };
}
