// Draws the strip of the largest gradients and the table of four with their buttons.
// Not the choice of the four: they come with the state.
import { select } from 'd3-selection';
import { button, dressButton } from '../../controls';
import { count, difference, fixed, number, setting } from '../../theme/numbers';
import { largestLayout, rowOf, type Bar, type LargestRow } from '../layout/largest';
import type { RunData } from '../run-data';
import { stripHeight } from '../strip-pointing';
import { group, plot } from './plot';

/** Nearer to the top than this, the threshold's label stands below its line. */
const labelHeight = 14;

export interface LargestActions {
  select(iteration: number): void;
  debug(iteration: number): void;
}

export function drawLargest(strip: HTMLElement, body: HTMLElement, run: RunData, width: number, selected: number | undefined, act: LargestActions): void {
  const height = stripHeight;
  const layout = largestLayout(run, width, height);
  const { svg, canvas } = plot(strip, width, height + 16);
  canvas.hidden = true;
  const isSelected = (bar: Bar): boolean => selected !== undefined && selected >= bar.from && selected <= bar.to;
  group(svg, 'bars').selectAll<SVGRectElement, Bar>('rect').data(layout.bars, (bar) => String(bar.from)).join('rect')
    .attr('class', (bar) => `bar-mark${bar.clipped ? ' clipped' : ''}${isSelected(bar) ? ' selected' : ''}`)
    .attr('x', (bar) => bar.x).attr('width', (bar) => bar.width).attr('y', (bar) => height - bar.height).attr('height', (bar) => bar.height);
  const threshold = layout.threshold === undefined ? [] : [layout.threshold];
  const limit = group(svg, 'limit');
  limit.selectAll('line').data(threshold).join('line').attr('class', 'threshold').attr('x1', 0).attr('x2', width).attr('y1', (y) => y).attr('y2', (y) => y);
  // Bars that reach the end would run through the words; the note above says the threshold, too.
  const free = threshold.filter(() => layout.bars.every((bar) => bar.x + bar.width < width - 52));
  limit.selectAll('text').data(free).join('text').attr('class', 'tick halo').attr('x', width).attr('y', (y) => (y < labelHeight ? y + 12 : y - 4)).attr('text-anchor', 'end').text(`clip ${setting(run.header.clip?.threshold ?? NaN)}`);
  const total = run.header.iterations;
  const ticks = [0, Math.round(total / 3), Math.round((2 * total) / 3), total];
  group(svg, 'axis').selectAll('text').data(ticks).join('text').attr('class', 'tick').attr('x', (t) => (t / Math.max(1, total)) * width).attr('y', height + 13)
    .attr('text-anchor', (_, i) => (i === 0 ? 'start' : i === 3 ? 'end' : 'middle')).text((t) => count(t));
  drawRows(body, rowsWith(run, layout.rows, selected), run, selected, act);
}

/** The four largest; a chosen iteration that is not among them takes the last place. */
function rowsWith(run: RunData, rows: readonly LargestRow[], selected: number | undefined): readonly LargestRow[] {
  if (selected === undefined || rows.some(({ iteration }) => iteration === selected)) return rows;
  const own = rowOf(run, selected, rows[0]?.norm ?? 0);
  return own ? [...rows.slice(0, 3), own] : rows;
}

function drawRows(body: HTMLElement, rows: readonly LargestRow[], run: RunData, selected: number | undefined, act: LargestActions): void {
  select(body).selectAll<HTMLTableRowElement, LargestRow>('tr').data(rows, (row) => String(row.iteration)).join((enter) => {
    const tr = enter.append('tr');
    tr.append('td').attr('class', 'iteration');
    const norm = tr.append('td').attr('class', 'norm-cell');
    norm.append('span').attr('class', 'norm-bar');
    norm.append('span').attr('class', 'norm-text');
    tr.append('td').attr('class', 'loss-cell');
    tr.append('td').attr('class', 'action').each(function (row) {
      this.append(button(() => act.debug(row.iteration)));
    });
    return tr;
  }).order()
    .classed('selected', (row) => row.iteration === selected)
    .on('click', (_, row) => act.select(row.iteration))
    .each(function (row) {
      const cell = (name: string): HTMLElement | null => this.querySelector(`.${name}`);
      const text = (name: string, words: string): void => {
        const found = cell(name);
        if (found) found.textContent = words;
      };
      text('iteration', count(row.iteration));
      text('norm-text', `${number(row.norm)}${row.multiple === undefined ? '' : ` ${fixed(row.multiple, 1)}×`}`);
      text('loss-cell', `${number(row.loss)} ${difference(row.distance, decimalsBeside(row.loss))}`);
      const bar = cell('norm-bar');
      if (bar) {
        bar.style.width = `${Math.round(Math.max(0.02, Math.min(1, row.part)) * 64)}px`;
        bar.classList.toggle('clipped', (row.multiple ?? 0) > 1);
      }
      const press = cell('action')?.firstElementChild;
      if (press instanceof HTMLElement) dressButton(press, { label: 'Debug', icon: 'debug', look: row.iteration === selected ? 'primary' : 'quiet' });
      press?.setAttribute('aria-label', `Debug iteration ${count(row.iteration)}`);
    });
  show(body, rows.length > 0);
}

/** So many that a distance from the average is told from none. */
function decimalsBeside(loss: number): number {
  return loss >= 1 || !(loss > 0) ? 2 : Math.min(6, 2 - Math.floor(Math.log10(loss)));
}

function show(body: HTMLElement, visible: boolean): void {
  const table = body.closest('table');
  if (table) table.hidden = !visible;
}
