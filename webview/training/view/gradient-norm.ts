// Draws the picture of the gradient's norm from its layout.
// Not the geometry (layout/gradient-norm.ts): it remembers nothing and computes no place.
import { showImage } from '../../picture/pixels';
import { rgbOf } from '../../theme/environment';
import type { Frame, IterationAxis } from '../layout/frame';
import type { NormLayout } from '../layout/gradient-norm';
import { dots } from '../raster/dots';
import type { TrainingState } from '../state';
import { drawEndLabels, drawLines, drawLogAxis, drawNow, group, placeCanvas, plot } from './plot';

export function drawNorm(host: HTMLElement, state: TrainingState, layout: NormLayout, x: IterationAxis, frame: Frame): void {
  const { canvas, svg } = plot(host, frame.width, layout.height);
  drawLogAxis(svg, layout.y, x.left, x.right);
  const { compared } = state.theme.palette;
  showImage(
    canvas,
    dots(
      [
        { points: layout.dots, color: rgbOf(compared), size: 1.5, opacity: 0.42 },
        { points: layout.clippedDots, color: state.theme.error, size: 1.6, opacity: 0.7 },
      ],
      frame.width, layout.height, state.scale,
    ),
  );
  placeCanvas(canvas, 0, 0, frame.width, layout.height);
  const threshold = layout.threshold === undefined ? [] : [layout.threshold];
  group(svg, 'limit').selectAll('line').data(threshold).join('line').attr('class', 'threshold').attr('x1', x.left).attr('x2', layout.now).attr('y1', (y) => y).attr('y2', (y) => y);
  drawLines(group(svg, 'lines'), 'average', layout.average);
  group(svg, 'marks').selectAll('circle').data(layout.rings, (ring) => String((ring as { iteration: number }).iteration)).join('circle')
    .attr('class', 'ring').attr('cx', (ring) => ring.at[0]).attr('cy', (ring) => ring.at[1]).attr('r', 4);
  drawNow(svg, layout.now, layout.height);
  drawEndLabels(svg, layout.labels);
}
