// Draws the pictures of parameters and saturation from their layouts.
// Not the geometry (layout/): it remembers nothing and computes no place.
import { line } from 'd3-shape';
import { showImage } from '../../picture/pixels';
import { logPlace } from '../../picture/log-axis';
import type { Point } from '../layout/curve';
import { placeOf, type Frame, type IterationAxis } from '../layout/frame';
import { customaryRatio, type RatioLayout } from '../layout/ratios';
import type { SaturationLayout } from '../layout/saturation';
import type { SpreadLayout } from '../layout/spread';
import { spreadPixels } from '../raster/spread';
import type { Pointing, TrainingState } from '../state';
import { drawEndLabels, drawLines, drawLogAxis, drawNow, group, placeCanvas, plot, type Svg } from './plot';

export function drawRatios(host: HTMLElement, layout: RatioLayout, x: IterationAxis, frame: Frame): void {
  const { svg, canvas } = plot(host, frame.width, layout.height);
  canvas.hidden = true;
  drawLogAxis(svg, layout.y, x.left, x.right);
  const guide = group(svg, 'guide');
  guide.selectAll('line').data([layout.guide]).join('line').attr('class', 'guide').attr('x1', x.left).attr('x2', x.right).attr('y1', (y) => y).attr('y2', (y) => y);
  drawLines(group(svg, 'lines'), 'ratio', layout.lines.map(({ points }) => points));
  drawLines(group(svg, 'picked'), 'ratio-picked', layout.lines.filter(({ picked }) => picked).map(({ points }) => points));
  drawNow(svg, layout.now, layout.height);
  drawEndLabels(svg, layout.labels);
  const places = layout.y.ticks.includes(customaryRatio) ? [] : [logPlace(layout.y, customaryRatio)];
  group(svg, 'axis-guide').selectAll('text').data(places).join('text').attr('class', 'tick').attr('x', x.left - 8).attr('y', (y) => y + 4).attr('text-anchor', 'end').text('10⁻³');
}

export function drawSpread(host: HTMLElement, state: TrainingState, layout: SpreadLayout, x: IterationAxis, frame: Frame): void {
  const { svg, canvas } = plot(host, frame.width, layout.height);
  const image = spreadPixels(layout, state.theme.palette.magnitude, x.left, state.scale);
  canvas.hidden = false;
  showImage(canvas, image);
  placeCanvas(canvas, x.left, 0, image.width / state.scale, layout.height);
  drawRowWords(svg, layout.rows, x);
  const rows = group(svg, 'frames');
  rows.selectAll('rect').data(layout.rows).join('rect').attr('class', 'strip').attr('x', x.left).attr('width', x.right - x.left).attr('y', (row) => row.top).attr('height', layout.strip);
  rows.selectAll('line').data(layout.rows).join('line').attr('class', 'zero').attr('x1', x.left - 6).attr('x2', x.left).attr('y1', (row) => row.top + layout.strip / 2).attr('y2', (row) => row.top + layout.strip / 2);
  group(svg, 'axis').selectAll('text').data(layout.rows).join('text').attr('x', x.left - 9).attr('y', (row) => row.top + layout.strip / 2 + 4).attr('text-anchor', 'end').text('0');
  drawNowInStrips(svg, layout);
}

const outline = line<Point>((point) => point[0], (point) => point[1]);

export function drawSaturation(host: HTMLElement, layout: SaturationLayout, x: IterationAxis, frame: Frame): void {
  const { svg, canvas } = plot(host, frame.width, layout.height);
  canvas.hidden = true;
  drawRowWords(svg, layout.rows, x);
  group(svg, 'frames').selectAll('rect').data(layout.rows).join('rect').attr('class', 'strip').attr('x', x.left).attr('width', x.right - x.left).attr('y', (row) => row.top).attr('height', layout.strip);
  for (const side of ['low', 'high'] as const) {
    group(svg, `areas-${side}`).selectAll<SVGPathElement, SaturationLayout['rows'][number]>('path').data(layout.rows).join('path')
      .attr('class', `saturated-${side}`).attr('d', (row) => `${outline([...row[side]]) ?? ''}Z`);
  }
  drawNowInStrips(svg, layout);
}

/** Not over the words between the strips. */
function drawNowInStrips(svg: Svg, { rows, strip, now }: { readonly rows: readonly { readonly top: number }[]; readonly strip: number; readonly now: number }): void {
  group(svg, 'now-line').selectAll('line').data(rows).join('line').attr('class', 'now').attr('x1', now).attr('x2', now).attr('y1', (row) => row.top).attr('y2', (row) => row.top + strip);
}

function drawRowWords(svg: Svg, rows: readonly { readonly name: string; readonly y: number; readonly label: string; readonly numbers: string }[], x: IterationAxis): void {
  const words = group(svg, 'row-words');
  words.selectAll('text.row-name').data(rows).join('text').attr('class', 'row-name').attr('x', x.left).attr('y', (row) => row.y + 13).text((row) => row.label);
  words.selectAll('text.tick').data(rows).join('text').attr('class', 'tick').attr('x', x.right).attr('y', (row) => row.y + 13).attr('text-anchor', 'end').text((row) => row.numbers);
}

/** The column that is pointed at, and the row in it. */
export function drawDetailCross(host: HTMLElement, axis: IterationAxis, pointing: Pointing | undefined, height: number): void {
  const { svg } = plot(host, Number(host.style.width.replace('px', '')), height);
  const column = pointing ? [Math.round(placeOf(axis, pointing.iteration)) + 0.5] : [];
  group(svg, 'cross-hair').selectAll('line').data(column).join('line').attr('class', 'cross').attr('x1', (d) => d).attr('x2', (d) => d).attr('y1', 0).attr('y2', height);
}
