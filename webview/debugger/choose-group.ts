// What choosing a group of units does: its mean joins the lines; its units are picked, or shown alone where they are more than can be picked.
// Not where it is chosen (brackets, legend, key). It returns what is said of it to a screen reader.
// Invariant: choosing the same group once more takes its mean away again and shows all rows.
import type { Store } from '../store';
import { derive } from './derive';
import type { Group } from './lanes/clusters';
import type { DebuggerState } from './state';
import { groupWords } from './view/groups';

/** As many units as can be told apart by colour and dash. */
export const mostPicked = 8;

export function chooseGroup(store: Store<DebuggerState>, act: { select(units: readonly number[]): void }, group: Group, only: boolean): string {
  const derived = derive(store.state);
  const index = derived?.groups.indexOf(group) ?? -1;
  if (!derived || index < 0) return '';
  const words = groupWords(index, group);
  const { meansOf } = store.state;
  if (meansOf.includes(group)) {
    store.update(({ zoomedRows: _, ...state }) => ({ ...state, meansOf: meansOf.filter((other) => other !== group) }));
    return `${words}: mean no longer shown`;
  }
  if (only) {
    store.update((state) => ({ ...state, meansOf: [...meansOf, group] }));
    return `${words}: mean shown`;
  }
  const fits = group.units.length <= mostPicked;
  if (fits) act.select(group.units);
  store.update(({ zoomedRows: _, ...state }) => ({ ...state, meansOf: [group], ...(fits ? {} : { zoomedRows: { from: group.from, to: group.to + 1 } }) }));
  return fits ? `${words}: picked` : `${words}: shown alone, 0 shows all`;
}
