// Draws which loss reaches which step: cells, the chosen row outlined, the cursor's column, the strongest link ringed.
// Not the cells' pixels, which the layout makes.
import type { Triangle } from '../../../protocol/inspector-page';
import { showImage } from '../../picture/pixels';
import { layerOf } from '../../picture/svg-layer';
import type { Palette } from '../../theme/palettes';
import { triangleEnds, triangleLayout, trianglePixels, type TriangleLayout } from '../layout/triangle';
import { strongestLink } from '../sentences';
import { placeCanvas, type Figure } from './figure';

const left = 30;

export function triangleAt(triangle: Triangle, steps: number, width: number): { readonly layout: TriangleLayout; readonly left: number } {
  return { layout: triangleLayout(triangle, steps, width - left - 8), left };
}

export function drawTriangle(figure: Figure, triangle: Triangle, steps: number, width: number, palette: Palette, cursor: number, loss: number | null): void {
  const { layout } = triangleAt(triangle, steps, width);
  figure.size(width, layout.height + 36);
  showImage(figure.canvas, trianglePixels(triangle, layout, steps, palette.magnitude));
  placeCanvas(figure.canvas, left, 0, layout.width, layout.height);
  const { svg } = figure;
  const x = (step: number): number => left + ((step - 1) / steps) * layout.width;
  const rowHeight = layout.height / Math.max(1, layout.rows);
  const every = [4, 8, 16, 32, 64, 128, 256].find((n) => (n / steps) * layout.width >= 40) ?? 512;
  const ticks = [1, ...Array.from({ length: Math.floor(steps / every) }, (_, i) => (i + 1) * every)];
  const axis = layerOf(svg, 'axis');
  axis.selectAll('text.x').data(ticks).join('text').attr('class', 'x').attr('x', (t) => x(t) + layout.width / steps / 2).attr('y', layout.height + 14).attr('text-anchor', 'middle').text(String);
  const rows = ticks.flatMap((t) => {
    const row = layout.rowOf(t);
    return row === undefined ? [] : [{ t, y: (row + 0.5) * rowHeight }];
  });
  axis.selectAll('text.y').data(rows).join('text').attr('class', 'y').attr('x', left - 6).attr('y', (r) => r.y + 4).attr('text-anchor', 'end').text((r) => r.t);
  axis.selectAll('text.name').data(['step t that is reached']).join('text').attr('class', 'name').attr('x', left + layout.width / 2).attr('y', layout.height + 30).attr('text-anchor', 'middle').text(String);
  const notes = layerOf(svg, 'notes');
  notes.selectAll('text').data([['↓ loss at j', left + 26, 11, 'start'], ['a loss cannot reach', left + layout.width - 4, layout.height * 0.3, 'end'], ['a later step', left + layout.width - 4, layout.height * 0.3 + 15, 'end']] as const).join('text')
    .attr('class', 'tick').attr('x', (d) => d[1]).attr('y', (d) => d[2]).attr('text-anchor', (d) => d[3]).text((d) => d[0]);
  // The legend stands where no loss reaches.
  const cells = Array.from({ length: 32 }, (_, i) => i);
  const barLeft = left + layout.width - 134;
  const table = palette.magnitude;
  layerOf(svg, 'bar').selectAll('rect').data(cells).join('rect').attr('x', (i) => barLeft + i * 4).attr('y', layout.height * 0.3 - 46).attr('width', 4.5).attr('height', 7)
    .attr('fill', (i) => `rgb(${[0, 1, 2].map((c) => table[Math.round((i / 31) * 255) * 3 + c]).join()})`);
  const [low, high] = triangleEnds(triangle, steps);
  layerOf(svg, 'bar-words').selectAll('text').data([[low, barLeft, 'start'], [high, barLeft + 130, 'end']] as const).join('text').attr('class', 'tick').attr('x', (d) => d[1]).attr('y', layout.height * 0.3 - 24).attr('text-anchor', (d) => d[2]).text((d) => d[0]);
  const marks = layerOf(svg, 'marks');
  const row = loss === null ? undefined : layout.rowOf(loss);
  marks.selectAll('rect.row').data(row === undefined ? [] : [row]).join('rect').attr('class', 'row').attr('x', left - 0.5).attr('y', (r) => r * rowHeight - 0.5).attr('width', x((loss ?? 0) + 1) - left + 1).attr('height', rowHeight + 1);
  const firstRow = triangle.losses.findIndex((j) => j >= cursor);
  marks.selectAll('rect.column').data(firstRow < 0 ? [] : [firstRow]).join('rect').attr('class', 'column').attr('x', x(cursor)).attr('y', (r) => r * rowHeight).attr('width', Math.max(3, layout.width / steps)).attr('height', (r) => layout.height - r * rowHeight);
  const link = strongestLink(triangle, steps);
  const at = link && layout.rowOf(link.loss);
  const rings = link && at !== undefined ? [6, 4.5].map((r) => ({ r, x: x(link.step) + layout.width / steps / 2, y: (at + 0.5) * rowHeight })) : [];
  marks.selectAll('circle').data(rings).join('circle').attr('class', (_, i) => (i === 0 ? 'ring-halo' : 'ring')).attr('cx', (c) => c.x).attr('cy', (c) => c.y).attr('r', (c) => c.r);
}
