// Reads a picture off the page: the SVG's marks with the styles the theme resolved, canvases as images under them.
// Not the file's text (svg-text.ts). What only the pointer or the keyboard put there (cross-hair, focus) is left out.
import { plainColor } from './plain-color';
import type { Mark, StandalonePicture } from './svg-text';

export interface PictureParts {
  readonly title: string;
  /** Plots from top to bottom; one that is hidden is left out. */
  readonly plots: readonly HTMLElement[];
}

const margin = 12;
const titleHeight = 26;
/** What a mark says itself, besides its style: geometry. */
const geometry = new Set(['x', 'y', 'x1', 'x2', 'y1', 'y2', 'cx', 'cy', 'r', 'rx', 'ry', 'd', 'width', 'height', 'points', 'transform', 'dx', 'dy', 'id', 'patternUnits', 'patternTransform']);
const groups = new Set(['g', 'defs', 'pattern']);

export function readPicture({ title, plots }: PictureParts): StandalonePicture {
  const shown = plots.filter((plot) => plot.getClientRects().length > 0);
  const body = getComputedStyle(document.body);
  const marks: Mark[] = [];
  let [left, top, right, bottom] = [0, 0, 0, 0];
  let below = 0;
  for (const plot of shown) {
    const place = plot.getBoundingClientRect();
    const inside: Mark[] = [];
    for (const canvas of plot.querySelectorAll('canvas')) if (canvas.width > 0 && canvas.height > 0 && canvas.getClientRects().length > 0) inside.push(imageOf(canvas, place));
    for (const svg of plot.querySelectorAll('svg')) {
      const at = svg.getBoundingClientRect();
      const drawn = svg.getBBox();
      inside.push({ tag: 'g', attributes: { transform: `translate(${at.left - place.left} ${at.top - place.top})` }, children: childrenOf(svg) });
      [left, right] = [Math.min(left, drawn.x), Math.max(right, drawn.x + drawn.width)];
      [top, bottom] = [Math.min(top, below + drawn.y), Math.max(bottom, below + drawn.y + drawn.height)];
    }
    marks.push({ tag: 'g', attributes: { transform: `translate(0 ${below})` }, children: inside });
    below += place.height;
    [right, bottom] = [Math.max(right, place.width), Math.max(bottom, below)];
  }
  const box = { x: Math.floor(left - margin), y: Math.floor(top - margin - titleHeight), width: Math.ceil(right - left + 2 * margin), height: Math.ceil(bottom - top + 2 * margin + titleHeight) };
  const heading: Mark = {
    tag: 'text', children: [title],
    attributes: { x: String(box.x + margin), y: String(box.y + margin + 12), fill: plainColor(body.color).color, 'font-size': '14', 'font-weight': '600', 'font-family': body.fontFamily },
  };
  return { box, background: plainColor(body.backgroundColor).color, title, description: shown[0]?.getAttribute('aria-label') ?? '', marks: [heading, ...marks] };
}

function imageOf(canvas: HTMLCanvasElement, place: DOMRect): Mark {
  const at = canvas.getBoundingClientRect();
  const own = { x: String(at.left - place.left), y: String(at.top - place.top), width: String(at.width), height: String(at.height) };
  return { tag: 'image', attributes: { ...own, preserveAspectRatio: 'none', 'image-rendering': 'pixelated', href: canvas.toDataURL('image/png') }, children: [] };
}

function childrenOf(parent: Element): (Mark | string)[] {
  const made: (Mark | string)[] = [];
  for (const child of parent.childNodes) {
    if (child instanceof Text) {
      if (parent.tagName === 'text' || parent.tagName === 'tspan') made.push(child.data);
    } else if (child instanceof SVGElement) {
      const mark = markOf(child);
      if (mark) made.push(mark);
    }
  }
  return made;
}

function markOf(element: SVGElement): Mark | undefined {
  const style = getComputedStyle(element);
  const inDefinitions = element.closest('defs') !== null;
  if (element.classList.contains('cross') || element.classList.contains('cross-hair') || element.tagName === 'title') return undefined;
  if (!inDefinitions && (style.display === 'none' || style.visibility === 'hidden')) return undefined;
  const attributes: Record<string, string> = {};
  for (const { name, value } of element.attributes) if (geometry.has(name)) attributes[name] = value;
  if (style.opacity !== '1') attributes['opacity'] = style.opacity;
  if (!groups.has(element.tagName)) paint(attributes, style, element.tagName === 'text' || element.tagName === 'tspan');
  const children = childrenOf(element);
  return element.tagName === 'g' && children.length === 0 ? undefined : { tag: element.tagName, attributes, children };
}

/** Style as attributes: a page's policy, and other programs, know no style sheets here. */
function paint(attributes: Record<string, string>, style: CSSStyleDeclaration, isText: boolean): void {
  const fill = plainColor(style.fill);
  const stroke = plainColor(style.stroke);
  attributes['fill'] = fill.color;
  const put = (name: string, value: string, usual: string): void => {
    if (value !== usual) attributes[name] = value;
  };
  put('fill-opacity', String(Number(style.fillOpacity) * fill.opacity), '1');
  if (stroke.color !== 'none') {
    attributes['stroke'] = stroke.color;
    put('stroke-width', style.strokeWidth.replace(/px$/, ''), '1');
    put('stroke-opacity', String(Number(style.strokeOpacity) * stroke.opacity), '1');
    put('stroke-dasharray', style.strokeDasharray.replace(/px/g, ''), 'none');
    put('stroke-linejoin', style.strokeLinejoin, 'miter');
    put('stroke-linecap', style.strokeLinecap, 'butt');
    put('paint-order', style.paintOrder, 'normal');
  }
  put('shape-rendering', style.shapeRendering, 'auto');
  if (!isText) return;
  attributes['font-family'] = style.fontFamily;
  attributes['font-size'] = style.fontSize.replace(/px$/, '');
  put('font-weight', style.fontWeight, '400');
  put('font-style', style.fontStyle, 'normal');
  put('text-anchor', style.textAnchor, 'start');
  put('dominant-baseline', style.dominantBaseline, 'auto');
  attributes['xml:space'] = 'preserve';
}
