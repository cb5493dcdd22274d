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
const geometry = new Set(['x', 'y', 'x1', 'x2', 'y1', 'y2', 'cx', 'cy', 'r', 'rx', 'ry', 'd', 'width', 'height', 'points', 'transform', 'dx', 'dy', 'id', 'patternUnits', 'patternTransform', 'clip-path']);
const groups = new Set(['g', 'defs', 'pattern', 'clipPath']);

export function readPicture({ title, plots }: PictureParts): StandalonePicture {
  const shown = plots.filter((plot) => plot.getClientRects().length > 0);
  const body = getComputedStyle(document.body);
  const marks: Mark[] = [];
  let [left, top, right, bottom] = [0, 0, 0, 0];
  let below = 0;
  for (const plot of shown) {
    const place = plot.getBoundingClientRect();
    const inside: Mark[] = [];
    for (const canvas of plot.querySelectorAll('canvas')) {
      const image = canvas.width > 0 && canvas.height > 0 && canvas.getClientRects().length > 0 ? imageOf(canvas, plot, place) : undefined;
      if (image) inside.push(image);
    }
    for (const svg of plot.querySelectorAll('svg')) {
      const at = svg.getBoundingClientRect();
      const drawn = extent(svg);
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

/** What is seen of a drawing: a group that is cut counts as far as it is not cut off. */
function extent(svg: SVGSVGElement): { readonly x: number; readonly y: number; readonly width: number; readonly height: number } {
  let [left, top, right, bottom] = [0, 0, 0, 0];
  for (const child of svg.children) {
    if (!(child instanceof SVGGraphicsElement) || child instanceof SVGDefsElement) continue;
    const cut = /^url\("?#([\w-]+)"?\)$/.exec(child.getAttribute('clip-path') ?? '')?.[1];
    const frame = cut === undefined ? null : svg.querySelector<SVGGraphicsElement>(`#${cut} > rect`);
    const drawn = child.getBBox();
    if (drawn.width === 0 && drawn.height === 0) continue;
    const box = frame?.getBBox() ?? drawn;
    [left, right] = [Math.min(left, Math.max(box.x, drawn.x)), Math.max(right, Math.min(box.x + box.width, drawn.x + drawn.width))];
    [top, bottom] = [Math.min(top, Math.max(box.y, drawn.y)), Math.max(bottom, Math.min(box.y + box.height, drawn.y + drawn.height))];
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}

/** A canvas as far as the windows around it (`overflow: hidden`) show it, in whole texels; undefined when they show nothing. */
function imageOf(canvas: HTMLCanvasElement, plot: HTMLElement, place: DOMRect): Mark | undefined {
  const whole = canvas.getBoundingClientRect();
  let { left, top, right, bottom } = whole;
  for (let around = canvas.parentElement; around && around !== plot; around = around.parentElement) {
    if (getComputedStyle(around).overflowX !== 'hidden') continue;
    const window = around.getBoundingClientRect();
    [left, top, right, bottom] = [Math.max(left, window.left), Math.max(top, window.top), Math.min(right, window.right), Math.min(bottom, window.bottom)];
  }
  const [across, down] = [canvas.width / whole.width, canvas.height / whole.height];
  const [fromX, toX] = [Math.round((left - whole.left) * across), Math.round((right - whole.left) * across)];
  const [fromY, toY] = [Math.round((top - whole.top) * down), Math.round((bottom - whole.top) * down)];
  if (toX <= fromX || toY <= fromY) return undefined;
  const own = { x: String(whole.left + fromX / across - place.left), y: String(whole.top + fromY / down - place.top), width: String((toX - fromX) / across), height: String((toY - fromY) / down) };
  return { tag: 'image', attributes: { ...own, preserveAspectRatio: 'none', 'image-rendering': 'pixelated', href: cropped(canvas, fromX, fromY, toX - fromX, toY - fromY).toDataURL('image/png') }, children: [] };
}

function cropped(canvas: HTMLCanvasElement, x: number, y: number, width: number, height: number): HTMLCanvasElement {
  if (width === canvas.width && height === canvas.height) return canvas;
  const part = document.createElement('canvas');
  [part.width, part.height] = [width, height];
  part.getContext('2d')?.drawImage(canvas, x, y, width, height, 0, 0, width, height);
  return part;
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
