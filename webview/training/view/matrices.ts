// Draws the parameters of a layer at one iteration, and asks for their numbers when they are wanted.
// Not the geometry (../layout/matrices.ts) and not the numbers, which the host sends one tensor at a time.
// Invariant: what is shown is of one iteration and one quantity; numbers of an older look are never mixed in.
import { button, dressButton } from '../../controls';
import { element, setNote, setText, show } from '../../elements';
import { type Save, saveMenu } from '../../export/save-menu';
import { plain, showRich } from '../../rich-text';
import type { Store } from '../../store';
import { count } from '../../theme/numbers';
import type { ParameterQuantity } from '../../../protocol/run';
import { cellsOf, domainsOf } from '../../weights/cells';
import { matrixLayout, type MatrixLayout } from '../../weights/layout';
import { matrixPicture } from '../../weights/picture';
import { numbersTable } from '../../weights/table';
import { lookSentence, matrixNote, matrixSentence, quantityWords } from '../matrix-sentences';
import { lookProgress } from './look-progress';
import { WhenChanged } from '../../when-changed';
import type { RunData } from '../run-data';
import type { LookState, TrainingState } from '../state';
import { picture } from './sections';

const quantities = Object.keys(quantityWords) as readonly ParameterQuantity[];

export interface MatrixActions {
  /** Null: the newest iteration that is kept. */
  look(iteration: number | null): void;
  /** Ends the replay under way; what was shown before is shown again. */
  cancelLook(): void;
  /** Numbers of a tensor that are not here yet. */
  fetch(name: string, of: ParameterQuantity): void;
  readonly save: Save;
}

export interface Matrices {
  readonly root: HTMLElement;
  draw(state: TrainingState, run: RunData, layer: string | undefined, width: number): void;
}

export const numbersKey = (name: string, of: ParameterQuantity): string => `${of}/${name}`;

export function matrices(store: Store<TrainingState>, act: MatrixActions): Matrices {
  const choices = quantities.map((of) => {
    const made = element('button', 'segment', quantityWords[of]);
    made.addEventListener('click', () => store.update((state) => ({ ...state, quantity: of })));
    return { of, made };
  });
  const segments = element('div', 'segments', ...choices.map(({ made }) => made));
  segments.setAttribute('role', 'group');
  segments.setAttribute('aria-label', 'Which numbers of the parameters');
  const selected = button(() => act.look(store.state.selected ?? null));
  const newest = button(() => act.look(null));
  const bar = element('div', 'details-bar', segments, newest, selected);
  const made = picture('Parameters by gate', 'matrices');
  const from = element('p', 'shows');
  const says = element('p', 'shows');
  made.section.insertBefore(from, made.plot);
  made.section.insertBefore(says, made.plot);
  const shown = matrixPicture(made.plot);
  made.section.append(shown.legend, shown.readout);
  made.section.classList.add('saveable');
  let drawn: { readonly layout: MatrixLayout; readonly numbers: (name: string) => Float32Array | undefined } | undefined;
  made.section.append(saveMenu('the parameters by gate', () => {
    const { run, quantity } = store.state;
    const of = drawn;
    return run && of && { name: `${run.header.model} ${quantityWords[quantity]}`, picture: { title: `${run.header.model}: ${quantityWords[quantity]}`, plots: [made.plot, shown.legend] }, table: () => numbersTable(of.layout.places.map(({ tensor }) => tensor), of.numbers) };
  }, act.save));
  const replay = lookProgress(act.cancelLook);
  const root = element('div', '', bar, replay.root, made.section);
  const changes = new WhenChanged();
  return {
    root,
    draw: (state, run, layer, width) => {
      const { look, quantity } = state;
      for (const choice of choices) {
        choice.made.classList.toggle('on', choice.of === quantity);
        choice.made.setAttribute('aria-pressed', String(choice.of === quantity));
      }
      const loading = look.kind === 'loading';
      dressButton(newest, { label: 'Show the newest', look: 'secondary', disabled: loading });
      show(selected, state.selected !== undefined && state.selected > 0);
      if (state.selected !== undefined) dressButton(selected, { label: `Show iteration ${count(state.selected)}`, look: 'secondary', disabled: loading });
      replay.draw(look);
      show(made.section, !loading);
      const here = look.kind === 'here' ? look : undefined;
      const has = here !== undefined && (quantity === 'value' || here.look.iteration > 0);
      setText(made.waiting, waitingWords(look, has));
      // A look is laid out once, however often the run reports: it may hold millions of numbers.
      changes.run('look', [look, layer, quantity, width, state.scale, state.theme], () => {
        const numbers = (name: string): Float32Array | undefined => here?.numbers.get(numbersKey(name, quantity));
        const own = here && layer !== undefined && has ? here.look.tensors.filter((tensor) => tensor.layer === layer) : [];
        for (const { name } of own) if (numbers(name) === undefined) act.fetch(name, quantity);
        const whole = own.length > 0 && own.every(({ name }) => numbers(name) !== undefined);
        const layout = here && layer !== undefined && whole ? matrixLayout(here.look.tensors, layer, width, width > 700 ? 128 : 96, state.scale) : undefined;
        drawn = layout && { layout, numbers };
        show(from, here !== undefined);
        if (here) showRich(from, lookSentence(here.look));
        const said = here && drawn && layer !== undefined ? matrixSentence(here.look, layer, quantity, numbers) : undefined;
        show(says, said !== undefined);
        if (said) showRich(says, said);
        setNote(made.note, layout ? matrixNote(quantity) : 'each gate’s input matrix, recurrent matrix and bias, side by side');
        show(made.plot, drawn !== undefined);
        for (const part of [shown.legend, shown.readout]) show(part, drawn !== undefined);
        show(made.waiting, drawn === undefined);
        made.waiting.style.height = '96px';
        if (!drawn) return;
        const cells = new Map(drawn.layout.places.flatMap((place) => {
          const data = numbers(place.tensor.name);
          return data ? [[place.tensor.name, cellsOf(place, data)] as const] : [];
        }));
        shown.show({ layout: drawn.layout, cells: (name) => cells.get(name), ...domainsOf(own, numbers), root: quantity !== 'value' }, state.theme, width);
        made.plot.setAttribute('aria-label', `Parameters of ${layer ?? ''} of ${run.header.model}, ${quantityWords[quantity]}${said ? `. ${plain(said)}` : ''}`);
      });
    },
  };
}

function waitingWords(look: LookState, has: boolean): string {
  if (look.kind === 'failed') return look.problem;
  if (look.kind === 'none') return 'Nothing shown yet.';
  return has ? 'Loading the numbers…' : 'There is no gradient and no update before the first iteration.';
}
