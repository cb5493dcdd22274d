// A named group of a picture's SVG, made on first use: the order of first uses is the order of painting.
// Not a mark: views join their own into it.
import { select, type Selection } from 'd3-selection';
import './write-what-differs';

export type SvgLayer = Selection<SVGGElement, unknown, null, undefined>;

export function layerOf(svg: SVGSVGElement | SVGGElement, name: string): SvgLayer {
  const found = select<SVGSVGElement | SVGGElement, unknown>(svg).select<SVGGElement>(`g.${name}`);
  return found.empty() ? select<SVGSVGElement | SVGGElement, unknown>(svg).append('g').attr('class', name) : found;
}

export function newSvg(): SVGSVGElement {
  return document.createElementNS('http://www.w3.org/2000/svg', 'svg');
}
