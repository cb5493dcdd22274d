// Draws the numbers of the validation: name, value, and a small line of its course.
// Not the rows (../validation-rows.ts): numbers arrive as they are in the run, and are written here.
import { select } from 'd3-selection';
import { line } from 'd3-shape';
import { percentFine, number } from '../../theme/numbers';
import { sparkline } from '../layout/sparkline';
import type { Point } from '../layout/curve';
import { validationRows } from '../validation-rows';
import type { RunData } from '../run-data';

const path = line<Point>((p) => p[0], (p) => p[1]);

/** `width` is that of the whole block; the line takes what name and number leave. */
export function drawValidation(host: HTMLElement, run: RunData, width: number): void {
  const rows = validationRows(run);
  const cells = rows.flatMap((row) => [
    { key: `${row.name} name`, className: 'name', text: row.name },
    { key: `${row.name} value`, className: 'value', text: row.format === 'share' ? percentFine(row.value) : number(row.value) },
    { key: `${row.name} line`, className: 'line', values: row.values },
  ]);
  select(host).selectAll<HTMLElement, (typeof cells)[number]>('div').data(cells, (cell) => cell.key).join('div')
    .attr('class', (cell) => cell.className)
    .each(function (cell) {
      if (cell.values === undefined) {
        if (this.textContent !== cell.text) this.textContent = cell.text;
        return;
      }
      const lineWidth = Math.floor(width * 0.45);
      const points = sparkline(cell.values, lineWidth, 28);
      const end = points.at(-1);
      const found = select(this).select<SVGSVGElement>('svg');
      const svg = found.empty() ? select(this).append('svg').attr('height', 28).attr('aria-hidden', 'true') : found;
      svg.attr('width', lineWidth);
      svg.selectAll('path').data(points.length > 0 ? [points] : []).join('path').attr('d', (p) => path(p));
      svg.selectAll('circle').data(end ? [end] : []).join('circle').attr('cx', (p) => p[0]).attr('cy', (p) => p[1]).attr('r', 2.5);
    });
}
