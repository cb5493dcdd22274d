// The training page: its parts put together once, drawn anew from the state whenever it changes.
// Not the wire (entry.ts) and not the pictures (view/). It decides nothing about a run: it asks the host.
// Invariant: what is drawn is a function of the state; the page never runs a model.
import type { Beginning } from '../../protocol/training-page';
import { tabs } from '../controls';
import { type Save, saveMenu } from '../export/save-menu';
import type { Table } from '../export/csv';
import { element, setNote, setText, show } from '../elements';
import { showRich, plain, link, type Rich } from '../rich-text';
import { spoken } from '../picture/spoken';
import { publishMarks } from '../theme/environment';
import { count, setting } from '../theme/numbers';
import { keyList } from '../key-list';
import type { Store } from '../store';
import { waiting } from '../waiting';
import { WhenChanged } from '../when-changed';
import { hoverLine } from './hover';
import { listenToPicture } from './keyboard';
import { frame, iterationAxis, trainingBlocks, type Frame, type IterationAxis } from './layout/frame';
import type { EndLabel } from './layout/end-labels';
import { normLayout } from './layout/gradient-norm';
import { horizonLayout, type HorizonLayout } from './layout/horizon';
import { lossLayout } from './layout/loss';
import type { RunData } from './run-data';
import { lossNote, normNote, validationNote, verdict, whatHappened } from './sentences';
import type { SideTab, TrainingState } from './state';
import { horizonTable, largestTable, lossTable, normTable, samplesTable, validationTable } from './tables';
import { drawAxis } from './view/axis';
import { drawNorm } from './view/gradient-norm';
import { details } from './view/details';
import { drawHorizon, drawHorizonLegend } from './view/horizon';
import { drawLargest } from './view/largest';
import { drawLoss } from './view/loss';
import { crossStrip, listenToStrip } from './strip-pointing';
import { drawSamples } from './view/samples';
import { sections } from './view/sections';
import { crossHair } from './view/plot';
import type { MatrixActions } from './view/matrices';
import { toolbar, type RunActions } from './view/toolbar';
import { drawValidation } from './view/validation';
import { emptyPage } from './view/empty';
import { trainingKeys } from './view/keys';

export interface PageActions extends RunActions, MatrixActions {
  runAgain(): void;
  /** Asks the host once more for what there is to show. */
  again(): void;
  debugIteration(iteration: number): void;
  begin(what: Beginning): void;
  readonly save: Save;
}

export function mountTrainingPage(root: HTMLElement, store: Store<TrainingState>, act: PageActions): void {
  const bar = toolbar(act, () => store.state.run);
  const loading = element('div', 'loading-line');
  const stale = element('div', 'bar');
  const notice = element('div', 'bar notice');
  notice.setAttribute('role', 'status');
  const problem = element('div', 'bar problem');
  problem.setAttribute('role', 'alert');
  const sentence = element('div', 'verdict');
  sentence.setAttribute('role', 'status');
  const parts = sections();
  const columns = element('main', 'columns', parts.pictures, parts.side);
  const below = details(store, act);
  const hover = element('div', 'hover-line');
  const announcement = element('div', 'unseen');
  announcement.setAttribute('aria-live', 'polite');
  const empty = emptyPage(act.begin);
  const before = waiting('Waiting for the run: its engine is being started, or its folder read…', act.again);
  const keys = keyList(trainingKeys);
  root.classList.add('training');
  root.replaceChildren(bar.root, loading, stale, notice, problem, sentence, columns, below.root, before.root, empty, hover, announcement, keys);

  const actOn = (action: string): void => {
    if (action.startsWith('debug:')) act.debugIteration(Number(action.slice('debug:'.length)));
    else if (action === 'restart') act.restart();
    else if (action === 'runAgain') act.runAgain();
    else if (action === 'dismiss') store.update(({ problem: _, ...state }) => state);
    else if (action === 'read') store.update((state) => ({ ...state, read: state.run?.status.sentence ?? '' }));
  };
  const axisNow = (): { axis: IterationAxis; frame: Frame } | undefined => {
    const { run, width, height } = store.state;
    if (!run) return undefined;
    const here = frame(width, height);
    return { axis: iterationAxis(run.header.iterations, here), frame: here };
  };
  listenToPicture(parts.loss.plot, 'loss', store, axisNow, act);
  listenToPicture(parts.norm.plot, 'norm', store, axisNow, act);
  listenToPicture(parts.horizon.plot, 'horizon', store, axisNow, act);
  listenToStrip(parts.strip, store);

  const saveable = (section: HTMLElement, title: string, plots: readonly HTMLElement[], table: (run: RunData) => Table): void => {
    section.classList.add('saveable');
    section.append(saveMenu(title, () => {
      const { run } = store.state;
      return run && { name: `${run.header.model} ${title}`, picture: { title: `${run.header.model}: ${title}`, plots }, table: () => table(run) };
    }, act.save));
  };
  // The three share one axis below them; each takes it along.
  saveable(parts.loss.section, 'Loss', [parts.loss.plot, parts.axis], lossTable);
  saveable(parts.norm.section, 'Gradient norm', [parts.norm.plot, parts.axis], normTable);
  saveable(parts.horizon.section, 'How far back the gradient reaches', [parts.horizon.plot, parts.axis, parts.horizonLegend], horizonTable);
  saveable(parts.validation, 'Validation', [parts.numbers], validationTable);
  saveable(parts.largest, 'Largest gradients', [parts.strip], largestTable);
  saveable(parts.samples, 'Samples', [parts.sampleList], samplesTable);

  const layWide = (): void => parts.side.replaceChildren(parts.validation, parts.largest, parts.samples);
  const layNarrow = (tab: SideTab): void =>
    parts.side.replaceChildren(
      tabs(
        [
          { id: 'validation', label: 'Validation', content: parts.validation },
          { id: 'largest', label: 'Largest gradients', content: parts.largest },
          { id: 'samples', label: 'Samples', content: parts.samples },
        ],
        tab,
        (id) => store.update((state) => ({ ...state, tab: id as SideTab })),
      ),
    );

  const changes = new WhenChanged();
  const draw = (state: TrainingState): void => {
    publishMarks(root, state.theme);
    const { run } = state;
    show(empty, state.phase === 'empty');
    show(loading, state.phase === 'loading' && state.slow);
    const waits = state.phase === 'loading';
    show(bar.root, run !== undefined || waits);
    bar.wait(waits);
    before.draw(state, state.height - 80, () => trainingBlocks(frame(state.width, state.height), state.width));
    if (waits) root.classList.toggle('narrow', !frame(state.width, state.height).wide);
    for (const part of [sentence, columns, below.root]) show(part, run !== undefined);
    show(problem, state.problem !== undefined);
    if (state.problem !== undefined) showRich(problem, [state.problem, ' ', link('Dismiss', 'dismiss')], actOn);
    show(stale, run?.stale === true);
    const news = run && whatHappened(run, state.read);
    show(notice, news !== undefined);
    if (news !== undefined) showRich(notice, news, actOn);
    show(keys, state.keysShown);
    if (!run) {
      show(hover, false);
      return;
    }
    showRich(stale, [`${run.header.file} has changed since this run.`, ' ', link('Run again', 'runAgain')], actOn);
    bar.draw(run);
    showRich(sentence, verdict(run) ?? opening(run), actOn);
    const here = frame(state.width, state.height);
    const axis = iterationAxis(run.header.iterations, here);
    const wasWide = root.dataset['form'];
    const form = here.wide ? 'wide' : 'narrow';
    if (wasWide !== form) {
      root.dataset['form'] = form;
      root.classList.toggle('narrow', !here.wide);
      if (here.wide) layWide();
      else layNarrow(state.tab);
    }
    const horizon = drawPictures(state, run, axis, here);
    changes.run('side', [run, state.width, state.height, state.selected, state.theme], () => drawSide(state, run, here));
    crossStrip(parts.strip, run, sideWidthOf(state, here), state.pointing);
    below.draw(state, run, axis, here);
    drawHover(state, run, horizon);
  };

  const drawPictures = (state: TrainingState, run: RunData, axis: IterationAxis, here: Frame): HorizonLayout | undefined => {
    const { loss, norm, horizon } = parts;
    const begun = run.series.length > 0;
    setNote(loss.note, lossNote(run.header, run.validation.length > 0));
    setNote(norm.note, normNote(run.header));
    parts.horizonLegend.style.paddingLeft = `${here.left}px`;
    parts.pictures.style.width = `${here.width + (here.wide ? 32 : 24)}px`;
    const from = [run, state.width, state.height, state.scale, state.theme];
    changes.run('loss', from, () => drawLoss(loss.plot, state, lossLayout(run, axis, here.lossHeight), axis, here));
    crossHair(loss.plot, 'loss', axis, state, here.lossHeight);
    label(loss.plot, 'Loss', verdict(run));
    show(norm.plot, begun);
    waitFor(norm.waiting, begun ? undefined : 'first value at iteration 1', here.normHeight);
    if (begun) {
      changes.run('norm', from, () => {
        const drawn = normLayout(run, axis, here.normHeight);
        drawNorm(norm.plot, state, drawn, axis, here);
        label(norm.plot, 'Gradient norm', besideTheLine(drawn.labels));
      });
    }
    if (begun) crossHair(norm.plot, 'norm', axis, state, here.normHeight);
    if (!begun) label(norm.plot, 'Gradient norm', undefined);
    const measured = run.header.horizon;
    const layout = measured ? horizonLayout(run, axis, here.horizonHeight) : undefined;
    show(horizon.section, measured !== undefined);
    show(horizon.plot, layout !== undefined);
    show(parts.horizonLegend, layout !== undefined);
    if (measured) {
      setNote(horizon.note, `share of the last step’s gradient k steps back, median of ${count(measured.sequences)} sequences; lines: 1 %, 0.1 %`);
      waitFor(horizon.waiting, layout ? undefined : `first value at iteration ${count(measured.first)}`, here.horizonHeight);
    }
    if (layout) {
      changes.run('horizon', from, () => {
        drawHorizon(horizon.plot, state, layout, axis, here);
        label(horizon.plot, 'How far back the gradient reaches', besideTheLine(layout.labels));
        drawHorizonLegend(parts.horizonBar, state.theme.palette.magnitude);
      });
      crossHair(horizon.plot, 'horizon', axis, state, here.horizonHeight);
    }
    drawAxis(parts.axis, axis, run.status.iteration, here);
    return layout;
  };

  const drawSide = (state: TrainingState, run: RunData, here: Frame): void => {
    const width = sideWidthOf(state, here);
    setNote(parts.validationNote, validationNote(run.header) ?? '');
    const first = run.header.validation;
    setText(parts.validationWaiting, run.validation.length > 0 ? '' : first ? `first value at iteration ${count(first.every)}` : 'This model has no validation split.');
    drawValidation(parts.numbers, run, width);
    const clips = run.header.clip ? `; red = above ${setting(run.header.clip.threshold)}` : '';
    setText(parts.normHead, run.header.clip ? 'norm before clipping' : 'norm');
    setNote(parts.largestNote, `largest of every ${count(Math.max(40, Math.ceil((run.header.iterations * 2) / width)))}${clips}`);
    drawLargest(parts.strip, parts.largestBody, run, Math.floor(width), state.selected, {
      select: (iteration) => store.update((s) => ({ ...s, selected: iteration })),
      debug: act.debugIteration,
    });
    parts.strip.setAttribute('aria-label', `Largest gradients, ${parts.largestNote.textContent ?? ''}`);
    setNote(parts.samplesNote, run.header.samples?.note ?? '');
    show(parts.samples, run.header.samples !== undefined);
    drawSamples(parts.sampleList, run);
  };

  const drawHover = (state: TrainingState, run: RunData, horizon: HorizonLayout | undefined): void => {
    const { pointing } = state;
    const text = pointing ? (below.hover(run, pointing) ?? hoverLine(run, pointing, horizon)) : '';
    show(hover, text !== '');
    if (!pointing || text === '') return;
    setText(hover, text);
    if (pointing.y === undefined) setText(announcement, spoken(text));
    const left = Math.min(pointing.pageX + 14, state.width - hover.offsetWidth - 8);
    hover.style.left = `${Math.max(8, left)}px`;
    hover.style.top = `${pointing.pageY > 40 ? pointing.pageY - 32 : pointing.pageY + 18}px`;
  };

  store.subscribe(draw);
  draw(store.state);
}

/** Width of what stands beside the pictures, or below them. */
function sideWidthOf(state: TrainingState, here: Frame): number {
  return Math.max(120, here.wide ? state.width - here.width - 32 - 33 : state.width - 24);
}

/** Before there is a sentence about the run, what it is. */
function opening({ header }: RunData): Rich {
  return [`${header.model} learns from ${header.data}.`];
}

function waitFor(place: HTMLElement, words: string | undefined, height: number): void {
  show(place, words !== undefined);
  place.style.height = `${height}px`;
  if (words !== undefined) setText(place, words);
}

/** What stands beside the line of now, as a sentence. */
function besideTheLine(labels: readonly EndLabel[]): Rich | undefined {
  return labels.length > 0 ? [labels.map(({ text }) => text.replace(/,$/, '')).join(', ')] : undefined;
}

function label(plot: HTMLElement, title: string, sentence: Rich | undefined): void {
  const text = sentence ? `${title}. ${plain(sentence)}` : title;
  if (plot.getAttribute('aria-label') !== text) plot.setAttribute('aria-label', text);
}
