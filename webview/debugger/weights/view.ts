// The weights of the pass on the debugger page: which numbers, of which layer, in which order; the picture and what is said of it.
// Not the picture's marks (../../weights/picture.ts) and not asking for numbers (fetching.ts).
// Invariant: title, sentence and picture belong to one answer, also while the next one is under way.
import { dressDropdown, dropdown } from '../../controls';
import { element, heading, setNote, setText, show } from '../../elements';
import { type Save, saveMenu } from '../../export/save-menu';
import type { Table } from '../../export/csv';
import { plain, showRich } from '../../rich-text';
import type { Store } from '../../store';
import type { WeightQuantity } from '../../../protocol/weights-view';
import { matrixPicture } from '../../weights/picture';
import { layersOf } from '../../weights/names';
import type { Derived } from '../derive';
import type { DebuggerState } from '../state';
import { editedSentence, noneWords, quantityWords, weightsNote, weightsSentence, weightsTitle } from './sentences';
import { layerShown, layoutShown, type RowOrder, type WeightsQuestion, type WeightsState, weightsWidth, whyNone } from './state';

const quantities = Object.keys(quantityWords) as readonly WeightQuantity[];

export interface WeightsActions {
  backward(): void;
  /** Every number of what is shown. */
  table(question: WeightsQuestion): Promise<Table | undefined>;
  readonly save: Save;
}

export interface WeightsBlock {
  readonly root: HTMLElement;
  draw(derived: Derived, state: DebuggerState): void;
}

export function weightsBlock(store: Store<DebuggerState>, act: WeightsActions): WeightsBlock {
  const change = (next: Partial<WeightsState>): void => store.update((state) => ({ ...state, weights: { ...state.weights, ...next } }));
  const choices = quantities.map((of) => {
    const made = element('button', 'segment', quantityWords[of]);
    made.addEventListener('click', () => change({ of }));
    return { of, made };
  });
  const segments = element('div', 'segments', ...choices.map(({ made }) => made));
  segments.setAttribute('role', 'group');
  segments.setAttribute('aria-label', 'Which numbers of the weights');
  const layers = dropdown('Layer of the weights', (layer) => change({ layer }));
  const order = dropdown('Order of rows', (value) => change({ order: value as RowOrder }));
  const bar = element('div', 'weights-bar', segments, layers, order);
  const note = element('span', 'note');
  const title = heading('', note);
  const name = title.querySelector('.title') as HTMLElement;
  const how = element('p', 'note how');
  const says = element('p', 'shows');
  says.setAttribute('role', 'status');
  const edited = element('p', 'shows');
  const none = element('p', 'waiting-words');
  const plot = element('div', 'plot matrices');
  plot.tabIndex = 0;
  plot.setAttribute('role', 'img');
  const picture = matrixPicture(plot);
  const section = element('section', 'saveable', title, how, says, edited, plot, picture.legend, picture.readout);
  section.append(saveMenu('the weights', () => {
    const { view, weights } = store.state;
    const { answer, header } = weights;
    if (!view || !answer?.picture || !header) return undefined;
    const titleNow = `${view.trace.model}: ${weightsTitle(answer.question, view.trace, header)}`;
    return { name: titleNow.replace(/[:,#]/g, ''), picture: { title: titleNow, plots: [plot, picture.legend] }, table: () => act.table(answer.question) };
  }, act.save));
  const root = element('main', 'weights', bar, none, section);
  const look = (): void => {
    if (store.state.shown !== 'weights') return;
    const top = -plot.getBoundingClientRect().top;
    const step = 200;
    const sight = [Math.floor(top / step) * step, Math.ceil((top + store.state.height) / step) * step] as const;
    const [from, to] = store.state.weights.sight;
    if (sight[0] !== from || sight[1] !== to) change({ sight });
  };
  window.addEventListener('scroll', look, { passive: true });
  return {
    root,
    draw: (derived, state) => {
      const { weights } = state;
      const { header } = weights;
      for (const choice of choices) {
        choice.made.classList.toggle('on', choice.of === weights.of);
        choice.made.setAttribute('aria-pressed', String(choice.of === weights.of));
      }
      const width = weightsWidth(state.width);
      const layer = layerShown(weights, derived);
      const layout = layoutShown(weights, derived, { width, scale: state.scale });
      show(layers, layer !== undefined);
      if (header && layer !== undefined) dressDropdown(layers, layersOf(header.tensors).map((value) => ({ value, label: value })), layer);
      dressDropdown(order, [{ value: 'source', label: 'rows as in the source' }, { value: 'lanes', label: 'rows as in the lanes' }], weights.order);
      show(order, layer === derived.layer.name);
      const why = header && whyNone(weights.of, header, derived.view);
      const { answer } = weights;
      const current = answer?.picture && header && layout && !why && answer.question.traceId === header.traceId && answer.question.layer === layer && answer.question.of === weights.of ? answer : undefined;
      show(none, current === undefined);
      if (current === undefined) showRich(none, why ? noneWords(why) : [state.over ? 'The debug session has ended; its weights can no longer be asked for.' : 'Loading the weights…'], act.backward);
      show(section, current !== undefined);
      if (!current?.picture || !header || !layout || layer === undefined) return;
      const { question, picture: received } = current;
      const { trace } = derived.view;
      setText(name, weightsTitle(question, trace, header));
      setNote(note, layer === derived.layer.name ? derived.layer.call : '');
      setText(how, `How to read: ${weightsNote(question.of, header, layer)}`);
      const said = weightsSentence(question, received, trace, header);
      show(says, said !== undefined);
      if (said) showRich(says, said);
      const by = editedSentence(header, layer);
      show(edited, by !== undefined);
      if (by) showRich(edited, by);
      const cells = new Map(received.cells.map((one) => [one.name, one]));
      picture.show({
        layout, cells: (tensor) => cells.get(tensor), bounds: received.bounds, beyond: received.beyond, root: question.of !== 'value', edited: header.edited,
        says: ` · ${quantityWords[question.of].toLowerCase()}${question.of === 'step' || question.of === 'sum' ? `, t = ${question.step}` : ''}`,
      }, state.theme, width);
      const label = `${weightsTitle(question, trace, header)}${said ? `. ${plain(said)}` : ''}`;
      if (plot.getAttribute('aria-label') !== label) plot.setAttribute('aria-label', label);
      look();
    },
  };
}
