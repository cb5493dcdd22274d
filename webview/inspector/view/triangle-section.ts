// The section of the triangle: whose it is, triangle or stacked bars, how far its computation is with its buttons, and the plot.
// Not the marks (triangle.ts, loss-bars.ts) and not the computation, which is followed elsewhere (../triangle-fetching.ts).
// Invariant: what is said to be shown is what is drawn: without a comparison it is this run's.
import type { InspectorView, Triangle, TriangleOf, TriangleRow } from '../../../protocol/inspector-page';
import { button, dressButton } from '../../controls';
import { element, setText, show } from '../../elements';
import type { Table } from '../../export/csv';
import { showRich } from '../../rich-text';
import type { Store } from '../../store';
import { inSentence } from '../../theme/numbers';
import type { InspectorFrame } from '../layout/frame';
import { bandAt, mostBars } from '../layout/loss-bars';
import { reachedSteps, triangleDifference, withRow, type TriangleDifference } from '../layout/triangle';
import { differenceSentence, linkSentence, needsSteps, rowProgress, triangleProgress } from '../sentences';
import { chosenLoss, type InspectorState, type TriangleShown } from '../state';
import { triangleTable } from '../tables';
import { figure, type Figure } from './figure';
import { barsAt, barsLeft, drawLossBars } from './loss-bars';
import { drawTriangle, pictureOfDifference, pictureOfTriangle, triangleAt, type TrianglePicture } from './triangle';

export interface TriangleActions {
  stopTriangle(of: TriangleOf): void;
  goOnWithTriangle(of: TriangleOf): void;
}

export interface TriangleSection {
  readonly figure: Figure;
  draw(state: InspectorState, frame: InspectorFrame): void;
  /** What stands under the pointer; the row is that of what is shown. */
  hoverText(state: InspectorState): string;
  table(state: InspectorState): Table | undefined;
  listen(frame: () => InspectorFrame | undefined): void;
}

type Content = { readonly kind: 'norms'; readonly triangle: Triangle } | { readonly kind: 'difference'; readonly difference: TriangleDifference };

export function shownTriangle({ view, triangleShown }: InspectorState): TriangleShown {
  return view?.compared ? triangleShown : 'run';
}

export function triangleSection(store: Store<InspectorState>, act: TriangleActions): TriangleSection {
  const plain = 'row = the loss at j, column = an earlier step t; colour = ‖∂L(j)/∂h(t)‖. A long row without fading is long memory.';
  const fig = figure('triangle-plot', 'Which loss reaches which step', plain);
  const segment = (title: string, press: () => void): HTMLButtonElement => {
    const made = element('button', 'segment', title);
    made.addEventListener('click', press);
    return made;
  };
  const kinds: readonly TriangleShown[] = ['run', 'compared', 'difference'];
  const choices = kinds.map((kind) => segment('', () => store.update((s) => ({ ...s, triangleShown: kind }))));
  const forms = (['triangle', 'bars'] as const).map((form) => [form, segment(form === 'triangle' ? 'Triangle' : 'Stacked bars', () => store.update((s) => ({ ...s, triangleForm: form })))] as const);
  const chosen = element('div', 'segments', ...choices);
  const formed = element('div', 'segments', ...forms.map(([, made]) => made));
  const bar = element('div', 'triangle-choices', chosen, formed);
  const cancel = button(() => act.stopTriangle(missing(store.state)));
  const goOn = button(() => act.goOnWithTriangle(missing(store.state)));
  dressButton(cancel, { label: 'Cancel', look: 'secondary' });
  dressButton(goOn, { label: 'Go on', look: 'secondary' });
  const words = element('span');
  words.setAttribute('role', 'status');
  const done = element('div');
  const far = element('div', 'far', element('div', 'far-words', words, cancel, goOn), element('div', 'far-line', done));
  fig.plot.before(bar, far);
  let last: { readonly run: Triangle; readonly other: Triangle; readonly difference: TriangleDifference } | undefined;

  const joined = new Map<TriangleOf, { readonly from: Triangle; readonly row: TriangleRow; readonly whole: Triangle }>();
  /** With the cursor's own row, once it is there. */
  const rowed = (of: TriangleOf, { received, view }: InspectorState): Triangle | null | undefined => {
    const [from, row] = of === 'run' ? [received.triangle, received.triangleRow] : [received.comparedTriangle, received.comparedTriangleRow];
    if (!from || !row || row.loss !== view?.cursor.step) return from;
    const known = joined.get(of);
    if (known?.from === from && known.row === row) return known.whole;
    const whole = withRow(from, row, view.trace.steps);
    joined.set(of, { from, row, whole });
    return whole;
  };
  const content = (state: InspectorState): Content | undefined => {
    const triangle = rowed('run', state);
    const comparedTriangle = rowed('compared', state);
    const shown = shownTriangle(state);
    if (shown !== 'difference') {
      const found = shown === 'run' ? triangle : comparedTriangle;
      return found ? { kind: 'norms', triangle: found } : undefined;
    }
    if (!triangle || !comparedTriangle || !state.view) return undefined;
    if (last?.run !== triangle || last.other !== comparedTriangle) last = { run: triangle, other: comparedTriangle, difference: triangleDifference(triangle, comparedTriangle, state.view.trace.steps) };
    return { kind: 'difference', difference: last.difference };
  };
  const asBars = (state: InspectorState): boolean => state.triangleForm === 'bars' && barsFit(state);

  const drawChoices = (state: InspectorState, view: InspectorView): void => {
    const shown = shownTriangle(state);
    show(chosen, view.compared !== undefined);
    show(formed, barsFit(state));
    const labels = [view.label, view.compared?.label ?? '', `${view.label} / ${view.compared?.label ?? ''}`];
    choices.forEach((made, i) => {
      setText(made, labels[i] ?? '');
      made.setAttribute('aria-pressed', String(kinds[i] === shown));
      made.classList.toggle('on', kinds[i] === shown);
    });
    for (const [form, made] of forms) {
      const on = (form === 'bars') === asBars(state);
      made.setAttribute('aria-pressed', String(on));
      made.classList.toggle('on', on);
    }
    show(bar, view.compared !== undefined || barsFit(state));
  };

  const drawProgress = (state: InspectorState): boolean => {
    const of = missing(state);
    const whole = state.triangleWork[of];
    const row = whole?.state === 'running' ? undefined : (state.rowWork[of] ?? (shownTriangle(state) === 'difference' ? state.rowWork.run : undefined));
    const now = whole?.state === 'complete' ? row : whole;
    const said = state.slow || now?.state === 'stopped' ? (row && now === row ? rowProgress(row) : triangleProgress(whole, state.received[of === 'run' ? 'triangle' : 'comparedTriangle'])) : undefined;
    show(far, said !== undefined);
    if (!said || !now) return false;
    showRich(words, said);
    show(cancel, now.state === 'running');
    show(goOn, now.state === 'stopped');
    done.style.width = whole && now === whole ? `${(whole.share * 100).toFixed(1)}%` : '0';
    return true;
  };

  const draw = (state: InspectorState, frame: InspectorFrame): void => {
    const { view, theme } = state;
    if (!view) return;
    const progress = drawProgress(state);
    const shown = content(state);
    const { steps } = view.trace;
    const loss = chosenLoss(state);
    show(fig.section, shown !== undefined || progress || (shownTriangle(state) !== 'run' && state.received.triangle !== null && state.received.triangle !== undefined));
    drawChoices(state, view);
    const needs = needsSteps(steps);
    show(fig.plot, shown !== undefined && needs === undefined);
    const compared = view.compared?.label ?? '';
    const whose = { run: view.compared ? view.label : '', compared, difference: `${view.label} / ${compared}` }[shownTriangle(state)];
    const title = `Which loss reaches which step${whose === '' ? '' : `: ${whose}`}`;
    if (!shown || needs) return fig.say(title, shown && needs);
    const { pointing } = state;
    const marks = { cursor: view.cursor.step, loss, pointing: pointing?.picture === 'triangle' && pointing.row !== undefined ? { step: pointing.step, row: pointing.row } : undefined };
    const form = asBars(state) && shown.kind === 'norms' ? 'bars' : 'triangle';
    // The two have no mark in common.
    if (fig.plot.dataset['form'] !== form) fig.svg.replaceChildren();
    fig.plot.dataset['form'] = form;
    if (shown.kind === 'difference') {
      fig.say(title, differenceSentence(view, shown.difference), `colour = ‖∂L(j)/∂h(t)‖ of ${view.label} / ${compared}, log; orange: larger in ${view.label}, blue: in ${compared}.`);
      drawTriangle(fig, pictureOfDifference(shown.difference, steps), steps, frame.triangleWidth, theme.palette, marks);
    } else if (form === 'bars') {
      fig.say(title, linkSentence(view, shown.triangle), 'a bar a step; each band is what one loss sends there, the first loss at the bottom. Point at a band to follow its loss back in time.');
      const pointed = marks.pointing && shown.triangle.losses[marks.pointing.row];
      drawLossBars(fig, shown.triangle, steps, frame.triangleWidth, theme.palette, view.cursor.step, pointed ?? null);
    } else {
      const { reaches } = shown.triangle;
      fig.say(title, linkSentence(view, shown.triangle), reaches === undefined ? undefined : plain.replace('an earlier step', reaches === 'later' ? 'a later step' : 'a step'));
      drawTriangle(fig, pictureOf(shown.triangle, steps), steps, frame.triangleWidth, theme.palette, marks);
    }
  };

  let drawn: { readonly triangle: Triangle; readonly picture: TrianglePicture } | undefined;
  const pictureOf = (triangle: Triangle, steps: number): TrianglePicture => {
    if (drawn?.triangle !== triangle) drawn = { triangle, picture: pictureOfTriangle(triangle, steps) };
    return drawn.picture;
  };

  const listen = (frame: () => InspectorFrame | undefined): void => {
    const at = (event: MouseEvent): { step: number; row: number } | undefined => {
      const { state } = store;
      const [shown, here] = [content(state), frame()];
      if (!state.view || !shown || !here) return undefined;
      const { steps } = state.view.trace;
      const box = fig.plot.getBoundingClientRect();
      const [x, y] = [event.clientX - box.left, event.clientY - box.top];
      if (shown.kind === 'norms' && asBars(state)) {
        const band = bandAt(barsAt(shown.triangle, steps, here.triangleWidth), x - barsLeft, y - 4);
        return band && { step: band.step, row: shown.triangle.losses.indexOf(band.loss) };
      }
      const losses = lossesOf(shown);
      const { layout, left } = triangleAt(losses, shown.kind === 'difference' ? losses.length : shown.triangle.chosen, steps, here.triangleWidth);
      const step = Math.floor(((x - left) / layout.width) * steps) + 1;
      const row = Math.floor((y / layout.height) * layout.rows);
      const loss = layout.lossAt(row);
      if (loss === undefined) return undefined;
      const [first, end] = reachedSteps(shown.kind === 'difference' ? shown.difference : shown.triangle, loss, steps);
      return step >= first && step <= end ? { step, row } : undefined;
    };
    fig.plot.addEventListener('pointermove', (event) => {
      const cell = at(event);
      store.update(({ pointing: _, ...s }) => (cell ? { ...s, pointing: { picture: 'triangle', ...cell, pageX: event.clientX, pageY: event.clientY } } : s));
    });
    fig.plot.addEventListener('click', (event) => {
      const cell = at(event);
      const shown = content(store.state);
      const loss = cell && shown ? lossesOf(shown)[cell.row] : undefined;
      if (loss !== undefined) store.update((s) => ({ ...s, loss }));
    });
    fig.plot.addEventListener('keydown', (event) => {
      if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
      const shown = content(store.state);
      const loss = chosenLoss(store.state);
      if (!shown || loss === null) return;
      event.preventDefault();
      const losses = lossesOf(shown);
      const row = losses.indexOf(loss) + (event.key === 'ArrowUp' ? -1 : 1);
      const next = losses[Math.max(0, Math.min(losses.length - 1, row))];
      if (next !== undefined) store.update((s) => ({ ...s, loss: next }));
    });
  };

  return {
    figure: fig, draw, listen,
    hoverText: (state) => {
      const { view, pointing } = state;
      const shown = content(state);
      if (!view || !shown || pointing?.row === undefined) return '';
      const losses = lossesOf(shown);
      const loss = losses[pointing.row];
      const value = (shown.kind === 'difference' ? shown.difference : shown.triangle).norm[pointing.row * view.trace.steps + pointing.step - 1];
      if (loss === undefined || value === undefined) return '';
      const place = `loss at ${loss} · t = ${pointing.step}`;
      if (shown.kind === 'norms') return `${place} · ${inSentence(value)}`;
      return Number.isNaN(value) ? `${place} · no ratio` : `${place} · ${view.label} ${inSentence(10 ** Math.abs(value))} times ${value >= 0 ? 'larger' : 'smaller'}`;
    },
    table: (state) => {
      const shown = content(state);
      const steps = state.view?.trace.steps ?? 0;
      return shown && (shown.kind === 'difference' ? triangleTable(shown.difference, steps, 'log₁₀ of the ratio of the norms') : triangleTable(shown.triangle, steps));
    },
  };

  function barsFit(state: InspectorState): boolean {
    const { view, received } = state;
    const losses = received.triangle?.losses.length ?? 0;
    return shownTriangle(state) !== 'difference' && (view?.trace.steps ?? Infinity) <= mostBars && losses > 1;
  }
}

function lossesOf(content: Content): Int32Array {
  return content.kind === 'difference' ? content.difference.losses : content.triangle.losses;
}

/** The triangle that what is shown waits for. */
function missing(state: InspectorState): TriangleOf {
  const shown = shownTriangle(state);
  if (shown !== 'difference') return shown;
  return state.triangleWork.run?.state === 'complete' ? 'compared' : 'run';
}
