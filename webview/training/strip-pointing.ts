// Pointer and keys on the strip of the largest gradients: from bar to bar, the iteration that made it, and the same iteration in every other picture.
// Not the table below it. The line beside the pointer tells the numbers that were received, never a bar's height.
// Invariant: every bar the pointer reaches, the keys reach; a bar stands for the iteration of its maximum.
import { select } from 'd3-selection';
import type { Store } from '../store';
import { count, fixed, number } from '../theme/numbers';
import { listenToLeaving, moved } from './keyboard';
import { barAt, largestLayout, type Bar } from './layout/largest';
import type { RunData } from './run-data';
import type { Pointing, TrainingState } from './state';
import { group, type Svg } from './view/plot';

export function listenToStrip(strip: HTMLElement, store: Store<TrainingState>): void {
  const bars = (): readonly Bar[] => (store.state.run ? largestLayout(store.state.run, strip.clientWidth, stripHeight).bars : []);
  const pointAt = (bar: Bar, place: Pick<Pointing, 'pageX' | 'pageY' | 'y'>): void =>
    store.update((state) => ({ ...state, pointing: { picture: 'largest', iteration: bar.iteration, row: `${count(bar.from)} … ${count(bar.to)}`, ...place } }));
  strip.addEventListener('pointermove', (event) => {
    const box = strip.getBoundingClientRect();
    const bar = barAt(bars(), event.clientX - box.left);
    if (bar) pointAt(bar, { y: event.clientY - box.top, pageX: event.clientX, pageY: event.clientY });
    else if (store.state.pointing?.picture === 'largest') store.update(({ pointing: _, ...state }) => state);
  });
  listenToLeaving(strip, store);
  strip.addEventListener('keydown', (event) => {
    const all = [...bars()].sort((a, b) => a.from - b.from);
    const { pointing } = store.state;
    const here = pointing ? all.findIndex(({ from, to }) => pointing.iteration >= from && pointing.iteration <= to) : all.length - 1;
    const bar = all[moved(event.key, event.shiftKey, here, all.length) ?? -1];
    if (bar) {
      event.preventDefault();
      const box = strip.getBoundingClientRect();
      pointAt(bar, { pageX: box.left + bar.x, pageY: box.top + 8 });
    } else if (event.key === 'Enter' && pointing) store.update((state) => ({ ...state, selected: pointing.iteration }));
    else if (event.key === 'Escape') store.update(({ pointing: _, selected: __, ...state }) => state);
  });
}

/** Height of the bars, without the axis below them. */
export const stripHeight = 56;

/** `iteration 2,787, largest of 2,761 … 2,800 · gradient 0.42, clipped · 2.1× the threshold · loss 1.73`; empty when nothing was received of it. */
export function stripLine({ series, header }: RunData, { iteration, row }: Pointing): string {
  const i = series.indexAt(iteration);
  if (i < 0 || series.iteration[i] !== iteration) return '';
  const norm = series.gradNorm[i] ?? NaN;
  const threshold = header.clip?.threshold;
  const times = threshold === undefined || !(threshold > 0) ? '' : ` · ${fixed(norm / threshold, 1)}× the threshold`;
  return `iteration ${count(iteration)}${row === undefined ? '' : `, largest of ${row}`} · gradient ${number(norm)}${series.clipped[i] ? ', clipped' : ''}${times} · loss ${number(series.loss[i] ?? NaN)}`;
}

/** The column of the iteration that is pointed at in any picture. */
export function crossStrip(strip: HTMLElement, run: RunData, width: number, pointing: Pointing | undefined): void {
  const svg: Svg = select(strip).select<SVGSVGElement>('svg');
  if (svg.empty()) return;
  const column = pointing ? [Math.round((pointing.iteration / Math.max(1, run.header.iterations)) * width) + 0.5] : [];
  const row = pointing?.picture === 'largest' && pointing.y !== undefined ? [Math.round(pointing.y) + 0.5] : [];
  const cross = group(svg, 'cross-hair');
  cross.selectAll('line.column').data(column).join('line').attr('class', 'cross column').attr('x1', (d) => d).attr('x2', (d) => d).attr('y1', 0).attr('y2', stripHeight);
  cross.selectAll('line.row').data(row).join('line').attr('class', 'cross row').attr('y1', (d) => d).attr('y2', (d) => d).attr('x1', 0).attr('x2', width);
}
