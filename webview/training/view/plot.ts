// The parts every picture of this page has: a canvas for dots and cells under an SVG for lines and words.
// Not a chart library: each view joins its own marks. Makes what is missing and leaves the rest.
import { select, type Selection } from 'd3-selection';
import { line } from 'd3-shape';
import { curveMonotoneX } from 'd3-shape';
import { number, powerOfTen } from '../../theme/numbers';
import type { LogAxis } from '../../picture/log-axis';
import { logPlace } from '../../picture/log-axis';
import type { Point } from '../layout/curve';
import type { EndLabel } from '../layout/end-labels';
import type { IterationAxis } from '../layout/frame';
import { placeOf } from '../layout/frame';
import type { PictureName, Pointing } from '../state';

export type Svg = Selection<SVGSVGElement, unknown, null, undefined>;
export type Group = Selection<SVGGElement, unknown, null, undefined>;

export interface Plot {
  readonly canvas: HTMLCanvasElement;
  readonly svg: Svg;
}

export function plot(host: HTMLElement, width: number, height: number): Plot {
  host.style.width = `${width}px`;
  host.style.height = `${height}px`;
  const canvas = host.querySelector('canvas') ?? host.appendChild(document.createElement('canvas'));
  const found = select(host).select<SVGSVGElement>('svg');
  const svg = found.empty() ? select(host).append('svg').attr('aria-hidden', 'true') : found;
  svg.attr('width', width).attr('height', height);
  return { canvas, svg };
}

/** A group of the SVG by name, made on first use so that the order of the first calls is the order of painting. */
export function group(svg: Svg, name: string): Group {
  const found = svg.select<SVGGElement>(`g.${name}`);
  return found.empty() ? svg.append('g').attr('class', name) : found;
}

export function placeCanvas(canvas: HTMLCanvasElement, left: number, top: number, width: number, height: number): void {
  canvas.style.left = `${left}px`;
  canvas.style.top = `${top}px`;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
}

export function drawLogAxis(svg: Svg, axis: LogAxis, left: number, right: number): void {
  const grid = group(svg, 'grid');
  const ticks = axis.ticks.map((value) => ({ value, y: Math.round(logPlace(axis, value)) }));
  grid.selectAll('line').data(ticks, (tick) => String((tick as { value: number }).value)).join('line')
    .attr('x1', left).attr('x2', right).attr('y1', (t) => t.y + 0.5).attr('y2', (t) => t.y + 0.5);
  const words = group(svg, 'axis');
  words.selectAll('text').data(ticks, (tick) => String((tick as { value: number }).value)).join('text')
    .attr('x', left - 8).attr('y', (t) => t.y + 4).attr('text-anchor', 'end').text((t) => tickText(t.value, axis.low < 0.005));
}

/** @param small the axis goes far below 1: all of its small numbers are powers, so that one way of writing stands beneath another. */
export function tickText(value: number, small = false): string {
  const exponent = Math.floor(Math.log10(value) + 1e-9);
  if (value < (small ? 0.0999 : 0.01) || value >= 10_000) {
    const mantissa = Number((value / 10 ** exponent).toPrecision(3));
    return mantissa === 1 ? powerOfTen(exponent) : `${mantissa}·${powerOfTen(exponent)}`;
  }
  return value >= 1000 ? number(value) : String(value);
}

const path = line<Point>((point) => point[0], (point) => point[1]);
const smooth = line<Point>((point) => point[0], (point) => point[1]).curve(curveMonotoneX);

export function drawLines(target: Group, className: string, pieces: readonly (readonly Point[])[], smoothed = false): void {
  target.selectAll<SVGPathElement, readonly Point[]>(`path.${className}`).data(pieces).join('path')
    .attr('class', className).attr('d', (piece) => (smoothed ? smooth : path)([...piece]));
}

export function drawNow(svg: Svg, x: number, height: number, top = 0): void {
  group(svg, 'now-line').selectAll('line').data([x]).join('line').attr('class', 'now')
    .attr('x1', (d) => d).attr('x2', (d) => d).attr('y1', top).attr('y2', height);
}

export function drawEndLabels(svg: Svg, labels: readonly EndLabel[]): void {
  group(svg, 'end-labels').classed('halo', true).selectAll<SVGTextElement, EndLabel>('text').data(labels, (label) => label.key).join('text')
    .attr('class', (label) => `label-${label.key}`)
    .attr('x', (label) => label.x).attr('y', (label) => label.y + 4)
    .attr('text-anchor', (label) => label.anchor).text((label) => label.text);
}

/** A 1 px cross-hair: the column in every picture, the row in the one that is pointed at. */
export function crossHair(host: HTMLElement, picture: PictureName, axis: IterationAxis, { pointing }: { readonly pointing?: Pointing }, height: number): void {
  const svg: Svg = select(host).select<SVGSVGElement>('svg');
  if (svg.empty()) return;
  const isHere = pointing?.picture === picture;
  const column = pointing ? [Math.round(placeOf(axis, pointing.iteration)) + 0.5] : [];
  const row = pointing && isHere && pointing.y !== undefined ? [Math.round(pointing.y) + 0.5] : [];
  const cross = group(svg, 'cross-hair');
  cross.selectAll('line.column').data(column).join('line').attr('class', 'cross column').attr('x1', (d) => d).attr('x2', (d) => d).attr('y1', 0).attr('y2', height);
  cross.selectAll('line.row').data(row).join('line').attr('class', 'cross row').attr('y1', (d) => d).attr('y2', (d) => d).attr('x1', axis.left).attr('x2', axis.right);
}
