// Draws the shared iteration axis with the label of where we stand.
// Not the scale: where an iteration stands is computed in layout/frame.ts.
import { count } from '../../theme/numbers';
import { clearTicks, placeOf, type Frame, type IterationAxis } from '../layout/frame';
import { group, plot } from './plot';

export function drawAxis(host: HTMLElement, axis: IterationAxis, now: number, frame: Frame): void {
  const { svg, canvas } = plot(host, frame.width, 34);
  // Without cells: it would lie over what stands below the axis.
  canvas.hidden = true;
  const ticks = clearTicks(axis, now);
  group(svg, 'axis').selectAll('text.tick').data(ticks, String).join('text').attr('class', 'tick')
    .attr('x', (tick) => placeOf(axis, tick)).attr('y', 15)
    .attr('text-anchor', (tick) => (tick === 0 ? 'start' : placeOf(axis, tick) > axis.right - 16 ? 'end' : 'middle'))
    .text((tick) => count(tick));
  group(svg, 'axis-name').selectAll('text').data(['iteration']).join('text').attr('class', 'tick').attr('x', axis.right).attr('y', 31).attr('text-anchor', 'end').text(String);
  const text = count(now);
  const width = text.length * 7 + 12;
  const x = Math.min(axis.right - width / 2 + 8, Math.max(axis.left + width / 2 - 8, placeOf(axis, now)));
  const label = group(svg, 'now-label');
  label.selectAll('rect').data([x]).join('rect').attr('x', (d) => d - width / 2).attr('y', 2).attr('width', width).attr('height', 17).attr('rx', 2);
  label.selectAll('text').data([x]).join('text').attr('x', (d) => d).attr('y', 15).text(text);
}
