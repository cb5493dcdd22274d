// Reads a picture off the page: the SVG's marks with the styles the theme resolved, canvases as images under them, words and boxes beside them.
// Not the file's text (svg-text.ts). What only the pointer or the keyboard put there (cross-hair, focus) is left out.
import { plainColor } from './plain-color';
import { htmlMarks, widthOf } from './read-html';
import type { Mark, StandalonePicture } from './svg-text';

/** Rows of pixels of a plot, from its top. */
export interface Strip {
  readonly y: number;
  readonly height: number;
}

export interface PictureParts {
  readonly title: string;
  /** Plots from top to bottom; one that is hidden is left out. */
  readonly plots: readonly HTMLElement[];
  /** Only these strips of the first plot, one under another. */
  readonly strips?: readonly Strip[];
}

const margin = 12;
/** Between two strips. */
const gap = 4;
const titleHeight = 26;
/** What a mark says itself, besides its style: geometry. */
const geometry = new Set(['x', 'y', 'x1', 'x2', 'y1', 'y2', 'cx', 'cy', 'r', 'rx', 'ry', 'd', 'width', 'height', 'points', 'transform', 'dx', 'dy', 'id', 'patternUnits', 'patternTransform', 'clip-path']);
const groups = new Set(['g', 'defs', 'pattern', 'clipPath']);

export function readPicture({ title, plots, strips }: PictureParts): StandalonePicture {
  const shown = plots.filter((plot) => plot.getClientRects().length > 0);
  const body = getComputedStyle(document.body);
  const marks: Mark[] = [];
  let [left, top, right, bottom] = [0, 0, 0, 0];
  for (const [index, plot] of shown.entries()) {
    const place = plot.getBoundingClientRect();
    for (const strip of index === 0 && strips ? strips : [undefined]) {
      // What marks refer to is written once.
      const cut = strip && { top: place.top + strip.y, bottom: place.top + strip.y + strip.height, defined: strip !== strips?.[0] };
      const { boxes, words } = htmlMarks(plot, place);
      const drawn = [...plot.querySelectorAll('svg')].map((svg) => drawingOf(svg, place, cut));
      const images = [...plot.querySelectorAll('canvas')].flatMap((canvas) => (canvas.width > 0 && canvas.height > 0 && canvas.getClientRects().length > 0 ? (imageOf(canvas, plot, place, cut) ?? []) : []));
      const inside = [...boxes, ...images, ...drawn.map(({ mark }) => mark), ...words];
      if (strip) {
        marks.push({ tag: 'svg', attributes: { x: '0', y: String(bottom), width: String(place.width), height: String(strip.height), viewBox: [0, strip.y, place.width, strip.height].join(' ') }, children: inside });
        [right, bottom] = [Math.max(right, place.width), bottom + strip.height + gap];
        continue;
      }
      marks.push({ tag: 'g', attributes: { transform: `translate(0 ${bottom})` }, children: inside });
      for (const { box } of drawn) {
        [left, right] = [Math.min(left, box.x), Math.max(right, box.x + box.width)];
        top = Math.min(top, bottom + box.y);
      }
      const lowest = Math.max(0, ...drawn.map(({ box }) => box.y + box.height));
      [right, bottom] = [Math.max(right, place.width), bottom + (index === shown.length - 1 ? Math.max(lowest, place.height) : place.height)];
    }
  }
  const heading = { fontStyle: 'normal', fontWeight: '600', fontSize: '14px', fontFamily: body.fontFamily };
  // A small picture may be narrower than its title.
  right = Math.max(right, left + widthOf(title, heading));
  const box = { x: Math.floor(left - margin), y: Math.floor(top - margin - titleHeight), width: Math.ceil(right - left + 2 * margin), height: Math.ceil(bottom - top + 2 * margin + titleHeight) };
  const words: Mark = {
    tag: 'text', children: [title],
    attributes: { x: String(box.x + margin), y: String(box.y + margin + 12), fill: plainColor(body.color).color, 'font-size': '14', 'font-weight': '600', 'font-family': body.fontFamily },
  };
  return { box, background: plainColor(body.backgroundColor).color, title, description: shown[0]?.getAttribute('aria-label') ?? '', marks: [words, ...marks] };
}

/** What lies outside is left out; in the window's pixels. */
interface Cut {
  readonly top: number;
  readonly bottom: number;
  /** Definitions are in the file already. */
  readonly defined: boolean;
}

function drawingOf(svg: SVGSVGElement, place: DOMRect, cut: Cut | undefined): { readonly mark: Mark; readonly box: ReturnType<typeof extent> } {
  const at = svg.getBoundingClientRect();
  const [x, y] = [at.left - place.left, at.top - place.top];
  const own = extent(svg);
  return { mark: { tag: 'g', attributes: { transform: `translate(${x} ${y})` }, children: childrenOf(svg, cut) }, box: { ...own, x: own.x + x, y: own.y + y } };
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
function imageOf(canvas: HTMLCanvasElement, plot: HTMLElement, place: DOMRect, cut: Cut | undefined): Mark | undefined {
  const whole = canvas.getBoundingClientRect();
  let { left, top, right, bottom } = whole;
  for (let around = canvas.parentElement; around && around !== plot; around = around.parentElement) {
    if (getComputedStyle(around).overflowX !== 'hidden') continue;
    const window = around.getBoundingClientRect();
    [left, top, right, bottom] = [Math.max(left, window.left), Math.max(top, window.top), Math.min(right, window.right), Math.min(bottom, window.bottom)];
  }
  if (cut) [top, bottom] = [Math.max(top, cut.top), Math.min(bottom, cut.bottom)];
  const [across, down] = [canvas.width / whole.width, canvas.height / whole.height];
  const [fromX, toX] = [Math.round((left - whole.left) * across), Math.round((right - whole.left) * across)];
  const [fromY, toY] = [Math.round((top - whole.top) * down), Math.round((bottom - whole.top) * down)];
  if (toX <= fromX || toY <= fromY) return undefined;
  const own = { x: String(whole.left + fromX / across - place.left), y: String(whole.top + fromY / down - place.top), width: String((toX - fromX) / across), height: String((toY - fromY) / down) };
  return { tag: 'image', attributes: { ...own, preserveAspectRatio: 'none', 'image-rendering': 'pixelated', 'xlink:href': cropped(canvas, fromX, fromY, toX - fromX, toY - fromY).toDataURL('image/png') }, children: [] };
}

function cropped(canvas: HTMLCanvasElement, x: number, y: number, width: number, height: number): HTMLCanvasElement {
  if (width === canvas.width && height === canvas.height) return canvas;
  const part = document.createElement('canvas');
  [part.width, part.height] = [width, height];
  part.getContext('2d')?.drawImage(canvas, x, y, width, height, 0, 0, width, height);
  return part;
}

function childrenOf(parent: Element, cut?: Cut): (Mark | string)[] {
  const made: (Mark | string)[] = [];
  for (const child of parent.childNodes) {
    if (child instanceof Text) {
      if (parent.tagName === 'text' || parent.tagName === 'tspan') made.push(child.data);
    } else if (child instanceof SVGElement) {
      const mark = markOf(child, cut);
      if (mark) made.push(mark);
    }
  }
  return made;
}

function markOf(element: SVGElement, cut?: Cut): Mark | undefined {
  const style = getComputedStyle(element);
  const inDefinitions = element.closest('defs') !== null;
  if (element.classList.contains('cross') || element.classList.contains('cross-hair') || element.tagName === 'title') return undefined;
  if (!inDefinitions && (style.display === 'none' || style.visibility === 'hidden')) return undefined;
  if (cut?.defined === true && element.tagName === 'defs') return undefined;
  if (cut && !inDefinitions && !groups.has(element.tagName)) {
    const { top, bottom } = element.getBoundingClientRect();
    if (bottom < cut.top || top > cut.bottom) return undefined;
  }
  const attributes: Record<string, string> = {};
  for (const { name, value } of element.attributes) if (geometry.has(name)) attributes[name] = value;
  if (style.opacity !== '1') attributes['opacity'] = style.opacity;
  if (!groups.has(element.tagName)) paint(attributes, style, element.tagName === 'text' || element.tagName === 'tspan');
  const children = childrenOf(element, cut);
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
