// Draws the map of how far back the gradient reaches, from its layout.
// Not the geometry (layout/horizon.ts): it remembers nothing and computes no place.
import { showImage } from '../../picture/pixels';
import type { Frame, IterationAxis } from '../layout/frame';
import type { HorizonLayout } from '../layout/horizon';
import { horizonPixels } from '../raster/horizon';
import type { TrainingState } from '../state';
import { drawEndLabels, drawLines, drawNow, group, placeCanvas, plot } from './plot';

export function drawHorizon(host: HTMLElement, state: TrainingState, layout: HorizonLayout, x: IterationAxis, frame: Frame): void {
  const { canvas, svg } = plot(host, frame.width, layout.height);
  const image = horizonPixels(layout, state.theme.palette.magnitude, x.left, state.scale);
  showImage(canvas, image);
  placeCanvas(canvas, x.left, 0, image.width / state.scale, layout.height);
  group(svg, 'axis').selectAll('text').data(layout.ticks).join('text').attr('x', x.left - 8).attr('y', (t) => t.y + 4).attr('text-anchor', 'end').text((t) => t.k);
  group(svg, 'axis-name').selectAll('text').data(['steps back, k']).join('text').attr('class', 'tick').attr('text-anchor', 'middle')
    .attr('transform', `translate(${frame.wide ? 10 : 9}, ${layout.height / 2}) rotate(-90)`).text(String);
  const lines = group(svg, 'lines');
  const paths = layout.contours.map(({ points }) => points);
  drawLines(lines, 'contour-halo', paths);
  drawLines(lines, 'contour', paths);
  drawNow(svg, layout.now, layout.height);
  drawEndLabels(svg, layout.labels);
  group(svg, 'end-labels').classed('on-map', layout.labelsInside);
}

/** The legend's bar: the palette from low to high. */
export function drawHorizonLegend(canvas: HTMLCanvasElement, table: Uint8Array): void {
  const bytes = new Uint8ClampedArray(256 * 4);
  for (let i = 0; i < 256; i++) bytes.set([table[3 * i] ?? 0, table[3 * i + 1] ?? 0, table[3 * i + 2] ?? 0, 255], 4 * i);
  showImage(canvas, { width: 256, height: 1, bytes });
}
