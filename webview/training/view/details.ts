// The part of the training page below the lead pictures: one picture of the parameters at a time, of one layer.
// Not the pictures (detail-pictures.ts) and not their sentences. Calm by choice: what is not asked for is not drawn.
// Invariant: every picture shares the iteration axis of the page.
import { dressDropdown, dropdown } from '../../controls';
import type { Table } from '../../export/csv';
import { saveMenu } from '../../export/save-menu';
import { element, setNote, setText, show } from '../../elements';
import { plain, showRich, type Rich } from '../../rich-text';
import type { Store } from '../../store';
import { count } from '../../theme/numbers';
import { WhenChanged } from '../../when-changed';
import { ratioNote, ratioSentence, saturationNote, saturationSentence, spreadNote, spreadSentence } from '../detail-sentences';
import { detailLine, listenToDetail } from '../detail-pointing';
import type { Frame, IterationAxis } from '../layout/frame';
import { layersOf, shownLayer, type Named } from '../../weights/names';
import { ratioLayout, type RatioLayout } from '../layout/ratios';
import { saturationLayout, type SaturationLayout } from '../layout/saturation';
import { spreadLayout, type SpreadLayout } from '../layout/spread';
import type { RunData } from '../run-data';
import type { DetailName, Pointing, TrainingState } from '../state';
import { parameterTable, saturationTable } from '../tables';
import { drawAxis } from './axis';
import { drawDetailCross, drawRatios, drawSaturation, drawSpread } from './detail-pictures';
import { matrices, type MatrixActions } from './matrices';
import { picture } from './sections';

const titles: Readonly<Record<DetailName, { readonly tab: string; readonly title: string }>> = {
  ratio: { tab: 'Update ratio', title: 'Update-to-weight ratio' },
  values: { tab: 'Weights', title: 'Weights over iterations' },
  changes: { tab: 'Updates', title: 'Updates over iterations' },
  saturation: { tab: 'Saturation', title: 'Saturation over iterations' },
};
const detailNames = Object.keys(titles) as readonly DetailName[];

export type DetailLayout = { readonly kind: 'ratio'; readonly layout: RatioLayout } | { readonly kind: 'spread'; readonly layout: SpreadLayout } | { readonly kind: 'saturation'; readonly layout: SaturationLayout };

export interface Details {
  readonly root: HTMLElement;
  draw(state: TrainingState, run: RunData, axis: IterationAxis, frame: Frame): void;
  /** The line beside the pointer; undefined when another picture is pointed at. */
  hover(run: RunData, pointing: Pointing): string | undefined;
}

export function details(store: Store<TrainingState>, act: MatrixActions): Details {
  const { save } = act;
  const byGate = matrices(store, act);
  const byGateTab = element('button', 'segment', 'By gate');
  byGateTab.addEventListener('click', () => {
    store.update((state) => ({ ...state, detail: 'matrices' }));
    if (store.state.look.kind === 'none') act.look(null);
  });
  const choices = detailNames.map((name) => {
    const button = element('button', 'segment', titles[name].tab);
    button.addEventListener('click', () => store.update((state) => ({ ...state, detail: name })));
    return { name, button };
  });
  const segments = element('div', 'segments', ...choices.map(({ button }) => button), byGateTab);
  segments.setAttribute('role', 'group');
  segments.setAttribute('aria-label', 'What is shown of the parameters');
  const layers = dropdown('Layer', (layer) => store.update((state) => ({ ...state, layer })));
  const bar = element('div', 'details-bar', segments, layers);
  const made = picture('', 'detail');
  const sentence = element('p', 'shows');
  const axisHost = element('div', 'plot axis-strip');
  made.section.insertBefore(sentence, made.plot);
  made.section.append(axisHost);
  const root = element('section', 'details', bar, made.section, byGate.root);
  const title = made.section.querySelector('.title');
  let drawn: { readonly axis: IterationAxis; readonly layout: DetailLayout | undefined } | undefined;
  listenToDetail(made.plot, store, () => drawn);
  made.section.classList.add('saveable');
  made.section.append(saveMenu('the picture of the parameters', () => {
    const { run, detail } = store.state;
    if (detail === 'matrices') return undefined;
    const name = titles[detail].title;
    const table = (of: RunData): Table => (detail === 'saturation' ? saturationTable(of) : parameterTable(of));
    return run && { name: `${run.header.model} ${name}`, picture: { title: `${run.header.model}: ${name}`, plots: [made.plot, axisHost] }, table: () => table(run) };
  }, save));
  const changes = new WhenChanged();
  return {
    root,
    hover: (run, pointing) => detailLine(run, pointing, drawn?.layout),
    draw: (state, run, axis, frame) => {
      const { header } = run;
      show(root, header.parameters !== undefined || header.saturation !== undefined);
      const { detail } = state;
      for (const { name, button } of choices) {
        button.classList.toggle('on', name === detail);
        button.setAttribute('aria-pressed', String(name === detail));
        show(button, (name === 'saturation' ? header.saturation : header.parameters) !== undefined);
      }
      byGateTab.classList.toggle('on', detail === 'matrices');
      byGateTab.setAttribute('aria-pressed', String(detail === 'matrices'));
      show(byGate.root, detail === 'matrices');
      show(made.section, detail !== 'matrices');
      if (detail === 'matrices') {
        const tensors: readonly Named[] = state.look.kind === 'here' ? state.look.look.tensors : (run.parameters.at(-1)?.tensors ?? []);
        const chosen = shownLayer(tensors, state.layer);
        show(layers, chosen !== undefined);
        if (chosen !== undefined) dressDropdown(layers, layersOf(tensors).map((value) => ({ value, label: value })), chosen);
        // They share no axis with what stands above them: all of the page is theirs.
        byGate.draw(state, run, chosen, frame.wide ? Math.floor(state.width) - 36 : frame.width - 4);
        return;
      }
      const named: readonly Named[] = (detail === 'saturation' ? run.saturation.at(-1)?.values : run.parameters.at(-1)?.tensors) ?? [];
      const layer = shownLayer(named, state.layer);
      show(layers, layer !== undefined);
      if (layer !== undefined) dressDropdown(layers, layersOf(named).map((value) => ({ value, label: value })), layer);
      if (title) setText(title, titles[detail].title);
      setNote(made.note, detail === 'ratio' ? ratioNote : detail === 'saturation' ? saturationNote(run) : spreadNote[detail]);
      const said = layer === undefined ? undefined : sentenceOf(run, detail, layer);
      show(sentence, said !== undefined);
      if (said) showRich(sentence, said);
      const pointing = state.pointing && detailNames.includes(state.pointing.picture as DetailName) ? state.pointing : undefined;
      const layout = layer === undefined ? undefined : layoutOf(run, detail, layer, axis, frame, pointing?.row);
      drawn = { axis, layout };
      show(made.plot, layout !== undefined);
      show(made.waiting, layout === undefined);
      made.waiting.style.height = '120px';
      const first = (detail === 'saturation' ? header.saturation : header.parameters)?.first ?? 0;
      setText(made.waiting, first > header.iterations ? `first value at iteration ${count(first)}, after this run’s end` : `first value at iteration ${count(first)}`);
      if (layout) {
        made.plot.dataset['picture'] = detail;
        changes.run('detail', [run.parameters, run.saturation, run.status.iteration, state.width, state.scale, state.theme, detail, layer, detail === 'ratio' ? pointing?.row : undefined], () => {
          made.plot.replaceChildren();
          if (layout.kind === 'ratio') drawRatios(made.plot, layout.layout, axis, frame);
          else if (layout.kind === 'spread') drawSpread(made.plot, state, layout.layout, axis, frame);
          else drawSaturation(made.plot, layout.layout, axis, frame);
        });
        drawDetailCross(made.plot, axis, state.pointing, layout.layout.height);
        const label = `${titles[detail].title} of ${layer ?? ''}${said ? `. ${plain(said)}` : ''}`;
        if (made.plot.getAttribute('aria-label') !== label) made.plot.setAttribute('aria-label', label);
      }
      drawAxis(axisHost, axis, run.status.iteration, frame);
    },
  };
}

function sentenceOf(run: RunData, detail: DetailName, layer: string): Rich | undefined {
  if (detail === 'ratio') return ratioSentence(run, layer);
  return detail === 'saturation' ? saturationSentence(run, layer) : spreadSentence(run, layer, detail);
}

function layoutOf(run: RunData, detail: DetailName, layer: string, axis: IterationAxis, frame: Frame, picked: string | undefined): DetailLayout | undefined {
  if (detail === 'ratio') {
    const layout = ratioLayout(run, layer, axis, frame.wide ? 200 : 160, picked);
    return layout && { kind: 'ratio', layout };
  }
  if (detail === 'saturation') {
    const layout = saturationLayout(run, layer, axis);
    return layout && { kind: 'saturation', layout };
  }
  const layout = spreadLayout(run, layer, detail, axis);
  return layout && { kind: 'spread', layout };
}
