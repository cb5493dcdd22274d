// The groups of units as a row of buttons under the lanes: what a bracket does, for keys and screen readers, and for groups too thin to be hit.
// Not the brackets. Without groups it says so, and why.
import { element, setText, show } from '../../elements';
import type { Derived } from '../derive';
import { fewest, type Group, leastOf } from '../lanes/clusters';
import type { DebuggerState } from '../state';
import { groupWords } from './groups';

export interface GroupList {
  readonly root: HTMLElement;
  draw(derived: Derived, state: DebuggerState): void;
}

export function groupList(choose: (group: Group, only: boolean) => void): GroupList {
  const title = element('span', 'legend-title');
  const note = element('span', 'note');
  const list = element('div', 'groups');
  list.setAttribute('role', 'group');
  list.setAttribute('aria-label', 'Groups of units');
  const root = element('div', 'legend-item group-list', element('div', '', element('div', '', title, ' ', note), list));
  let buttons: readonly HTMLButtonElement[] = [];
  let shown: readonly Group[] = [];
  return {
    root,
    draw: (derived, state) => {
      const { groups, order } = derived;
      show(root, state.order === 'groups');
      if (state.order !== 'groups') return;
      const ready = state.arranged?.tree?.order === order;
      const grouped = groups.reduce((sum, { units }) => sum + units.length, 0);
      setText(title, groups.length > 0 ? `${groups.length} ${groups.length === 1 ? 'group' : 'groups'}` : ready ? 'no groups' : '');
      setText(note, !ready ? '' : order.length < fewest ? `fewer than ${fewest} units` : `${order.length - grouped} of ${order.length} units in none; Shift+click: only its mean`);
      if (ready && groups.length === 0 && order.length >= fewest) setText(note, `no ${leastOf(order.length)} units correlate with ${state.alike} or more`);
      if (shown !== groups) {
        shown = groups;
        buttons = groups.map((group, index) => {
          const made = element('button', 'group-button', groupWords(index, group));
          made.addEventListener('click', (event) => choose(group, event.shiftKey));
          return made;
        });
        list.replaceChildren(...buttons);
      }
      buttons.forEach((button, index) => {
        const group = groups[index];
        button.setAttribute('aria-pressed', String(group !== undefined && state.meansOf.includes(group)));
      });
    },
  };
}
