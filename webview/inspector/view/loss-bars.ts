// Draws the stacked bars of a short sequence: a band a loss, coloured by where its loss stands; one loss's bands brought out.
// Not their places, which the layout makes.
import type { Triangle } from '../../../protocol/inspector-page';
import { layerOf } from '../../picture/svg-layer';
import type { Palette } from '../../theme/palettes';
import { number } from '../../theme/numbers';
import { type LossBand, lossBarsLayout, type LossBarsLayout } from '../layout/loss-bars';
import type { Figure } from './figure';

export const barsLeft = 40;
const height = 220;

export function barsAt(triangle: Pick<Triangle, 'losses' | 'norm' | 'reaches'>, steps: number, width: number): LossBarsLayout {
  return lossBarsLayout(triangle, steps, width - barsLeft - 8, height);
}

export function drawLossBars(figure: Figure, triangle: Triangle, steps: number, width: number, { magnitude }: Palette, cursor: number, loss: number | null): void {
  const layout = barsAt(triangle, steps, width);
  figure.size(width, height + 62);
  figure.canvas.hidden = true;
  const { svg } = figure;
  const plot = width - barsLeft - 8;
  const column = plot / Math.max(1, steps);
  // From an eighth on, so that the first losses stand out from the background as well.
  const color = (j: number): string => {
    const entry = Math.round((0.15 + (0.85 * (j - 1)) / Math.max(1, steps - 1)) * 255) * 3;
    return `rgb(${[0, 1, 2].map((c) => magnitude[entry + c]).join()})`;
  };
  layerOf(svg, 'grid').selectAll('line').data([0, 0.5, 1]).join('line').attr('x1', barsLeft).attr('x2', barsLeft + plot).attr('y1', (p) => 4 + (1 - p) * height).attr('y2', (p) => 4 + (1 - p) * height);
  const axis = layerOf(svg, 'axis');
  axis.selectAll('text.y').data([0, 0.5, 1]).join('text').attr('class', 'y').attr('x', barsLeft - 6).attr('y', (p) => 8 + (1 - p) * height).attr('text-anchor', 'end').text((p) => (p === 0 ? '0' : number(p * layout.top)));
  const bands = layerOf(svg, 'bands').attr('transform', `translate(${barsLeft}, 4)`);
  bands.selectAll<SVGRectElement, LossBand>('rect').data(layout.bands, (b) => `${b.step}/${b.loss}`).join('rect').attr('x', (b) => b.x).attr('y', (b) => b.y).attr('width', (b) => b.width).attr('height', (b) => b.height)
    .attr('fill', (b) => color(b.loss)).attr('class', (b) => (loss === null ? '' : b.loss === loss ? 'chosen' : 'other'));
  const every = [1, 2, 4, 8, 16, 32].find((n) => n * column >= 32) ?? 64;
  const ticks = Array.from({ length: steps }, (_, i) => i + 1).filter((t) => t === 1 || t % every === 0);
  axis.selectAll('text.x').data(ticks).join('text').attr('class', 'x').attr('x', (t) => barsLeft + (t - 0.5) * column).attr('y', height + 19).attr('text-anchor', 'middle').text(String);
  axis.selectAll('text.name').data(['step t that is reached']).join('text').attr('class', 'name').attr('x', barsLeft + plot / 2).attr('y', height + 35).attr('text-anchor', 'middle').text(String);
  const cells = Array.from({ length: 32 }, (_, i) => i);
  layerOf(svg, 'bar').selectAll('rect').data(cells).join('rect').attr('x', (i) => barsLeft + i * 4).attr('y', height + 46).attr('width', 4.5).attr('height', 7).attr('fill', (i) => color(1 + (i / 31) * (steps - 1)));
  layerOf(svg, 'bar-words').selectAll('text').data([`loss at 1 … ${steps}; norms do not add up`]).join('text').attr('class', 'tick').attr('x', barsLeft + 138).attr('y', height + 53).text(String);
  layerOf(svg, 'cursor').selectAll('rect').data([cursor]).join('rect').attr('class', 'cursor-column').attr('x', (t) => barsLeft + (t - 1) * column).attr('y', 3).attr('width', Math.max(3, column)).attr('height', height + 2);
}
