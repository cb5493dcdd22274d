// Pointer and keys within the pictures of parameters and saturation: left and right over measurements, up and down over rows.
// Not those of the lead pictures (keyboard.ts), whose columns are iterations. Also the line beside the pointer.
// Invariant: every place the pointer can reach, the keys can reach; numbers are those received, never read off a picture.
import { unreachable } from '../must';
import type { Store } from '../store';
import { count, number, percent } from '../theme/numbers';
import { ratioLine } from './detail-sentences';
import { listenToLeaving, moved } from './keyboard';
import { placeOf, type IterationAxis } from './layout/frame';
import { columnNear } from './layout/parameters';
import { shortName } from '../weights/names';
import { lineNear } from './layout/ratios';
import { countsWithin, spreadAt, stripBins } from './layout/spread';
import type { RunData } from './run-data';
import type { DetailName, Pointing, TrainingState } from './state';
import type { DetailLayout } from './view/details';

export interface DrawnDetail {
  readonly axis: IterationAxis;
  readonly layout: DetailLayout | undefined;
}

export function listenToDetail(plot: HTMLElement, store: Store<TrainingState>, drawn: () => DrawnDetail | undefined): void {
  const columns = ({ run, detail }: TrainingState): readonly { readonly iteration: number }[] => (detail === 'saturation' ? run?.saturation : run?.parameters) ?? [];
  plot.addEventListener('pointermove', (event) => {
    const here = drawn();
    const { run, detail } = store.state;
    if (!here?.layout || !run || detail === 'matrices') return;
    const box = plot.getBoundingClientRect();
    const index = columnNear(columns(store.state), here.axis, event.clientX - box.left);
    const iteration = columns(store.state)[index]?.iteration;
    if (iteration === undefined) return;
    const y = event.clientY - box.top;
    const row = rowAt(here.layout, run, index, y);
    store.update((state) => ({ ...state, pointing: { picture: detail, iteration, y, pageX: event.clientX, pageY: event.clientY, ...(row === undefined ? {} : { row }) } }));
  });
  listenToLeaving(plot, store);
  plot.addEventListener('keydown', (event) => {
    const here = drawn();
    const { pointing, detail } = store.state;
    if (!here?.layout || detail === 'matrices') return;
    const known = columns(store.state);
    const now = pointing ? known.findIndex(({ iteration }) => iteration === pointing.iteration) : known.length;
    const rows = rowsOf(here.layout);
    const at = pointing?.row === undefined ? -1 : rows.indexOf(pointing.row);
    const up = event.key === 'ArrowUp';
    const row = up || event.key === 'ArrowDown' ? rows[Math.min(rows.length - 1, Math.max(0, at + (up ? -1 : 1)))] : (pointing?.row ?? rows[0]);
    const target = up || event.key === 'ArrowDown' ? Math.min(now, known.length - 1) : moved(event.key, event.shiftKey, now, known.length);
    const iteration = target === undefined ? undefined : known[target]?.iteration;
    if (iteration !== undefined) {
      event.preventDefault();
      const box = plot.getBoundingClientRect();
      const top = here.layout.kind === 'ratio' ? 8 : (here.layout.layout.rows.find(({ name }) => name === row)?.top ?? 8);
      store.update((state) => ({ ...state, pointing: { picture: detail, iteration, pageX: box.left + placeOf(here.axis, iteration), pageY: box.top + top, ...(row === undefined ? {} : { row }) } }));
    } else if (event.key === 'Enter' && pointing) store.update((state) => ({ ...state, selected: pointing.iteration }));
    else if (event.key === 'Escape') store.update(({ pointing: _, selected: __, ...state }) => state);
  });
}

function rowsOf(layout: DetailLayout): readonly string[] {
  return layout.kind === 'ratio' ? layout.layout.lines.map(({ name }) => name).sort() : layout.layout.rows.map(({ name }) => name);
}

function rowAt(layout: DetailLayout, run: RunData, index: number, y: number): string | undefined {
  switch (layout.kind) {
    case 'ratio':
      return lineNear(run, layout.layout, index, y);
    case 'spread':
      return spreadAt(layout.layout, y)?.name;
    case 'saturation':
      return layout.layout.rows.find(({ top }) => y >= top && y < top + layout.layout.strip)?.name;
    default:
      return unreachable(layout);
  }
}

const isDetail = (picture: Pointing['picture']): picture is DetailName => picture === 'ratio' || picture === 'values' || picture === 'changes' || picture === 'saturation';

/** Undefined when another picture is pointed at; empty where nothing was measured. */
export function detailLine(run: RunData, pointing: Pointing, layout: DetailLayout | undefined): string | undefined {
  const { picture, iteration, row, y } = pointing;
  if (!isDetail(picture)) return undefined;
  if (row === undefined) return '';
  if (picture === 'saturation') {
    const value = run.saturation.find((column) => column.iteration === iteration)?.values.find(({ name }) => name === row);
    return value ? `iteration ${count(iteration)} · ${row} · ${percent(value.high)} in the highest tenth · ${percent(value.low)} in the lowest` : '';
  }
  const size = run.parameters.find((column) => column.iteration === iteration)?.tensors.find(({ name }) => name === row);
  if (!size) return '';
  if (picture === 'ratio') return ratioLine(row, iteration, size.rms, size.change);
  const place = layout?.kind === 'spread' && y !== undefined ? spreadAt(layout.layout, y) : undefined;
  const spread = size[picture];
  const opening = `iteration ${count(iteration)} · ${shortName(row)}`;
  const closing = `root mean square ${number(picture === 'values' ? size.rms : size.change)}`;
  if (!place || layout?.kind !== 'spread') return `${opening} · ${closing}`;
  const exponent = layout.layout.rows.find(({ name }) => name === row)?.exponent ?? spread.exponent;
  const width = (2 * 2 ** exponent) / stripBins;
  const from = place.bin * width - 2 ** exponent;
  return `${opening} · ${count(countsWithin(spread, exponent, stripBins)[place.bin] ?? 0)} of ${count(spread.counts.reduce((a, b) => a + b, 0))} from ${number(from)} to ${number(from + width)} · ${closing}`;
}
