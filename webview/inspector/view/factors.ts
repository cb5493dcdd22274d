// Draws the two factors of a plain recurrent cell's gradient where there is no highway to speak of: Wⁿ and ∏σ′.
// Not computed here: both curves are received.
import { line } from 'd3-shape';
import type { FactorCurves } from '../../../protocol/inspector-page';
import { layerOf } from '../../picture/svg-layer';
import { powerOfTen } from '../../theme/numbers';
import { stepLeft, type InspectorFrame } from '../layout/frame';
import { drawCursor } from './leads';

export function drawFactors(svg: SVGSVGElement, { weights, slopes }: FactorCurves, frame: InspectorFrame, cursor: number): void {
  const logs = [...weights, ...slopes].filter((v) => v > 0 && Number.isFinite(v)).map(Math.log10);
  const high = Math.max(0, Math.ceil(Math.max(0, ...logs)));
  const low = Math.min(-1, Math.max(high - 30, Math.floor(Math.min(0, ...logs))));
  const y = (v: number): number => 4 + ((high - Math.max(low, Math.log10(v))) / (high - low)) * (frame.pathHeight - 8);
  const every = Math.max(1, Math.ceil((high - low) / 3));
  const ticks = Array.from({ length: high - low + 1 }, (_, i) => high - i).filter((exponent) => exponent % every === 0);
  layerOf(svg, 'axis').selectAll('text').data(ticks).join('text').attr('x', frame.left - 8).attr('y', (e) => y(10 ** e) + 4).attr('text-anchor', 'end').text((e) => powerOfTen(e));
  layerOf(svg, 'grid').selectAll('line').data(ticks).join('line').attr('x1', frame.left).attr('x2', frame.left + frame.plotWidth).attr('y1', (e) => y(10 ** e)).attr('y2', (e) => y(10 ** e));
  const draw = line<number>((t) => stepLeft(frame, t) + frame.column / 2, (t) => t);
  const steps = Array.from({ length: frame.visible }, (_, i) => frame.first + i + 1);
  const curves = [{ className: 'run', name: 'Wⁿ', values: weights }, { className: 'highway', name: '∏σ′', values: slopes }];
  layerOf(svg, 'medians').selectAll('path').data(curves).join('path').attr('class', (c) => c.className)
    .attr('d', (c) => draw.defined((t) => (c.values[t - 1] ?? 0) > 0).y((t) => y(c.values[t - 1] ?? 1))(steps));
  layerOf(svg, 'names').selectAll('text').data(curves).join('text').attr('class', (c) => c.className).attr('x', frame.left + frame.plotWidth + 10).attr('y', (_, i) => 20 + i * 16).text((c) => c.name);
  drawCursor(svg, frame, cursor, -2, frame.pathHeight + 4);
}
