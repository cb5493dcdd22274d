// Draws which loss reaches which step: cells, the chosen row outlined, the cursor's column, the strongest link ringed, a cross-hair.
// Not the cells' pixels, which the layout makes.
import type { Triangle } from '../../../protocol/inspector-page';
import type { Image } from '../../picture/image';
import { showImage } from '../../picture/pixels';
import { layerOf } from '../../picture/svg-layer';
import type { ColorTable, Palette } from '../../theme/palettes';
import { powerOfTen } from '../../theme/numbers';
import { differencePixels, reachedSteps, triangleEnds, triangleLayout, trianglePixels, type TriangleDifference, type TriangleLayout } from '../layout/triangle';
import { strongestLink } from '../sentences';
import { placeCanvas, type Figure } from './figure';

const left = 30;

/** What is shown in the cells, and how their colours are read. */
export interface TrianglePicture {
  readonly losses: Int32Array;
  readonly reaches?: 'later' | 'all';
  readonly chosen: number;
  readonly pixels: (layout: TriangleLayout, palette: Palette) => Image;
  readonly colors: (palette: Palette) => ColorTable;
  readonly ends: readonly [string, string];
  readonly ring?: { readonly loss: number; readonly step: number };
}

export interface TriangleMarks {
  readonly cursor: number;
  readonly loss: number | null;
  readonly pointing: { readonly step: number; readonly row: number } | undefined;
}

export function triangleAt(losses: Int32Array, chosen: number, steps: number, width: number): { readonly layout: TriangleLayout; readonly left: number } {
  return { layout: triangleLayout({ losses }, steps, width - left - 8, chosen), left };
}

export function pictureOfTriangle(triangle: Triangle, steps: number): TrianglePicture {
  const ring = strongestLink(triangle, steps);
  return {
    losses: triangle.losses, ...(triangle.reaches ? { reaches: triangle.reaches } : {}), chosen: triangle.chosen, colors: ({ magnitude }) => magnitude, ends: triangleEnds(triangle, steps), ...(ring ? { ring } : {}),
    pixels: (layout, { magnitude }) => trianglePixels(triangle, layout, steps, magnitude),
  };
}

export function pictureOfDifference(difference: TriangleDifference, steps: number): TrianglePicture {
  const times = powerOfTen(difference.bound);
  return {
    losses: difference.losses, ...(difference.reaches ? { reaches: difference.reaches } : {}), chosen: difference.losses.length, colors: ({ signed }) => signed, ends: [`${times} × less`, `${times} × more`],
    pixels: (layout, { signed }) => differencePixels(difference, layout, steps, signed),
  };
}

export function drawTriangle(figure: Figure, picture: TrianglePicture, steps: number, width: number, palette: Palette, { cursor, loss, pointing }: TriangleMarks): void {
  const { layout } = triangleAt(picture.losses, picture.chosen, steps, width);
  const { svg } = figure;
  // One row leaves no room above the diagonal: its legend stands below.
  const strip = layout.height < 120 || picture.reaches === 'all';
  const later = picture.reaches === 'later';
  figure.size(width, layout.height + (strip ? 66 : 36));
  figure.canvas.hidden = false;
  showImage(figure.canvas, picture.pixels(layout, palette));
  placeCanvas(figure.canvas, left, 0, layout.width, layout.height);
  const x = (step: number): number => left + ((step - 1) / steps) * layout.width;
  const rowHeight = layout.height / Math.max(1, layout.rows);
  drawAxes(figure, picture.losses, steps, layout);
  const notes = layerOf(svg, 'notes');
  // The empty half: above the diagonal, or below it in a layer that walks from the end.
  const empty = later ? { x: left + 138, y: layout.height * 0.7 } : { x: left + layout.width - 4, y: layout.height * 0.3 };
  const words = strip ? [] : ([...(later ? [] : [['↓ loss at j', left + 26, 11, 'start'] as const]), ['a loss cannot reach', empty.x, empty.y, 'end'], [later ? 'an earlier step here' : 'a later step', empty.x, empty.y + 15, 'end']] as const);
  notes.selectAll('text').data(words).join('text').attr('class', 'tick').attr('x', (d) => d[1]).attr('y', (d) => d[2]).attr('text-anchor', (d) => d[3]).text((d) => d[0]);
  drawLegend(figure, picture, palette, strip ? left + layout.width - 134 : empty.x - 130, strip ? layout.height + 40 : Math.max(4, empty.y - 46));
  const marks = layerOf(svg, 'marks');
  const row = loss === null ? undefined : layout.rowOf(loss);
  const [from, to] = reachedSteps(picture, loss ?? 1, steps);
  marks.selectAll('rect.row').data(row === undefined ? [] : [row]).join('rect').attr('class', 'row').attr('x', x(from) - 0.5).attr('y', (r) => r * rowHeight - 0.5).attr('width', x(to + 1) - x(from) + 1).attr('height', rowHeight + 1);
  const crossing = [...picture.losses.keys()].filter((at) => {
    const [first, end] = reachedSteps(picture, picture.losses[at] ?? 0, steps);
    return cursor >= first && cursor <= end;
  });
  const span = crossing.length === 0 ? [] : [{ first: crossing[0] ?? 0, end: (crossing[crossing.length - 1] ?? 0) + 1 }];
  marks.selectAll('rect.column').data(span).join('rect').attr('class', 'column').attr('x', x(cursor)).attr('y', (s) => s.first * rowHeight).attr('width', Math.max(3, layout.width / steps)).attr('height', (s) => (s.end - s.first) * rowHeight);
  const { ring } = picture;
  const at = ring && layout.rowOf(ring.loss);
  const rings = ring && at !== undefined ? [6, 4.5].map((r) => ({ r, x: x(ring.step) + layout.width / steps / 2, y: (at + 0.5) * rowHeight })) : [];
  marks.selectAll('circle').data(rings).join('circle').attr('class', (_, i) => (i === 0 ? 'ring-halo' : 'ring')).attr('cx', (c) => c.x).attr('cy', (c) => c.y).attr('r', (c) => c.r);
  const seen = pointing ? [pointing] : [];
  const cross = layerOf(svg, 'cross-hair');
  cross.selectAll('line.vertical').data(seen).join('line').attr('class', 'cross vertical').attr('x1', (p) => x(p.step) + layout.width / steps / 2).attr('x2', (p) => x(p.step) + layout.width / steps / 2).attr('y1', 0).attr('y2', layout.height);
  cross.selectAll('line.horizontal').data(seen).join('line').attr('class', 'cross horizontal').attr('x1', left).attr('x2', left + layout.width).attr('y1', (p) => (p.row + 0.5) * rowHeight).attr('y2', (p) => (p.row + 0.5) * rowHeight);
}

function drawAxes({ svg }: Figure, losses: Int32Array, steps: number, layout: TriangleLayout): void {
  const wide = layout.width / steps;
  const every = [4, 8, 16, 32, 64, 128, 256].find((n) => n * wide >= 40) ?? 512;
  const ticks = [1, ...Array.from({ length: Math.floor(steps / every) }, (_, i) => (i + 1) * every)];
  const axis = layerOf(svg, 'axis');
  const x = (t: number): number => left + (t - 0.5) * wide;
  axis.selectAll('text.x').data(ticks).join('text').attr('class', 'x').attr('x', x).attr('y', layout.height + 14).attr('text-anchor', 'middle').text(String);
  // The same numbers as below, of the losses that are there; where few of those are, rows are labelled with their own.
  const rowHeight = layout.height / Math.max(1, layout.rows);
  const labelEvery = Math.max(1, Math.ceil(32 / rowHeight));
  const known = ticks.flatMap((t) => { const row = losses.indexOf(t); return row < 0 ? [] : [{ t, y: (row + 0.5) * rowHeight }]; });
  const rows = known.length >= Math.min(3, ticks.length) ? known : [...losses].flatMap((t, row) => ((losses.length - 1 - row) % labelEvery === 0 ? [{ t, y: (row + 0.5) * rowHeight }] : []));
  axis.selectAll('text.y').data(rows).join('text').attr('class', 'y').attr('x', left - 6).attr('y', (r) => r.y + 4).attr('text-anchor', 'end').text((r) => r.t);
  axis.selectAll('text.name').data(['step t that is reached']).join('text').attr('class', 'name').attr('x', left + layout.width / 2).attr('y', layout.height + 30).attr('text-anchor', 'middle').text(String);
}

/** Stands where no loss reaches. */
function drawLegend({ svg }: Figure, { colors, ends }: TrianglePicture, palette: Palette, barLeft: number, top: number): void {
  const table = colors(palette);
  const cells = Array.from({ length: 32 }, (_, i) => i);
  layerOf(svg, 'bar').selectAll('rect').data(cells).join('rect').attr('x', (i) => barLeft + i * 4).attr('y', top).attr('width', 4.5).attr('height', 7)
    .attr('fill', (i) => `rgb(${[0, 1, 2].map((c) => table[Math.round((i / 31) * 255) * 3 + c]).join()})`);
  layerOf(svg, 'bar-words').selectAll('text').data([[ends[0], barLeft, 'start'], [ends[1], barLeft + 130, 'end']] as const).join('text').attr('class', 'tick').attr('x', (d) => d[1]).attr('y', top + 22).attr('text-anchor', (d) => d[2]).text((d) => d[0]);
}
