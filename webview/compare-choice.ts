// What both pages choose the compared pass by: a list where there is room (nothing, a what-if, what was chosen before, another run), else a button.
// Not the comparison. The button, and another run, ask in the editor; the list stays as it was until there is one.
import type { CompareWith, ComparisonChoice } from '../protocol/comparison';
import { button, dressButton, dressDropdown, dropdown } from './controls';
import { element, show } from './elements';

export interface CompareActions {
  /** Null leaves the comparison. */
  compare(other: CompareWith | null): void;
  chooseComparison(): void;
}

export interface CompareChoice {
  readonly root: HTMLElement;
  draw(choices: readonly ComparisonChoice[], compared: string | undefined, asList: boolean): void;
}

const none = '';
const another = 'another run';

export function compareChoice(act: CompareActions): CompareChoice {
  let shown: readonly ComparisonChoice[] = [];
  let present = none;
  const ask = button(act.chooseComparison);
  const list = dropdown('Compare with', (value) => {
    const choice = shown.find(({ id }) => id === value);
    if (value === another) act.chooseComparison();
    else if (choice || value === none) act.compare(choice?.with ?? null);
    // Until the other pass is there, the list says what is shown.
    (list as HTMLElement & { value: string }).value = present;
  });
  const root = element('span', 'compare-choice', list, ask);
  return {
    root,
    draw: (choices, compared, asList) => {
      shown = choices;
      present = compared ?? none;
      show(list, asList);
      show(ask, !asList);
      dressButton(ask, { label: 'Compare with another run…', icon: 'compare', iconOnly: true, pressed: compared !== undefined });
      dressDropdown(list, [{ value: none, label: 'compare: none' }, ...choices.map((choice) => ({ value: choice.id, label: `compare: ${choice.label}` })), { value: another, label: 'another run…' }], present);
    },
  };
}
