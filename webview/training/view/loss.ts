// Draws the loss picture from its layout.
// Not the geometry (layout/loss.ts): it remembers nothing and computes no place.
import { showImage } from '../../picture/pixels';
import { rgbOf } from '../../theme/environment';
import type { LossLayout } from '../layout/loss';
import type { Frame, IterationAxis } from '../layout/frame';
import { dots } from '../raster/dots';
import type { TrainingState } from '../state';
import { drawEndLabels, drawLines, drawLogAxis, drawNow, group, placeCanvas, plot } from './plot';

export function drawLoss(host: HTMLElement, state: TrainingState, layout: LossLayout, x: IterationAxis, frame: Frame): void {
  const { canvas, svg } = plot(host, frame.width, layout.height);
  drawLogAxis(svg, layout.y, x.left, x.right);
  const color = rgbOf(state.theme.palette.run);
  showImage(canvas, dots([{ points: layout.dots, color, size: 1.5, opacity: state.theme.kind === 'light' ? 0.42 : 0.36 }], frame.width, layout.height, state.scale));
  placeCanvas(canvas, 0, 0, frame.width, layout.height);
  const guess = layout.guess ? [layout.guess] : [];
  const guessing = group(svg, 'guessing');
  guessing.selectAll('line').data(guess).join('line').attr('class', 'guess').attr('x1', x.left).attr('x2', x.right).attr('y1', (g) => g.y).attr('y2', (g) => g.y);
  guessing.selectAll('text').data(guess).join('text').attr('class', 'tick halo').attr('x', (g) => g.x).attr('y', (g) => g.y + 15).text((g) => g.text);
  const lines = group(svg, 'lines');
  drawLines(lines, 'average', layout.average);
  drawLines(lines, 'validation', layout.validation.length > 0 ? [layout.validation] : []);
  const marks = group(svg, 'marks');
  marks.selectAll('circle.ring').data(layout.rings).join('circle').attr('class', 'ring').attr('cx', (p) => p[0]).attr('cy', (p) => p[1]).attr('r', 2.75);
  marks.selectAll('circle.best').data(layout.best ? [layout.best] : []).join('circle').attr('class', 'best').attr('cx', (p) => p[0]).attr('cy', (p) => p[1]).attr('r', 3.5);
  marks.selectAll('text.broken').data(layout.broken).join('text').attr('class', 'broken').attr('x', (p) => p).attr('y', 10).text('×');
  drawNow(svg, layout.now, layout.height, frame.wide ? -6 : 0);
  drawEndLabels(svg, layout.labels);
}
