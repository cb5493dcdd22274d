// Reads what a picture shows outside its SVG and canvases: coloured boxes, borders and words of HTML elements, as SVG marks.
// Not a renderer of pages: controls, what is cut off with dots, shadows and background pictures are left out.
// Invariant: a word stands where it is seen; what is not seen, or is scrolled out of sight, is not in the file.
import { plainColor } from './plain-color';
import type { Mark } from './svg-text';

export interface HtmlMarks {
  /** Boxes and borders, to be painted before everything else. */
  readonly boxes: readonly Mark[];
  readonly words: readonly Mark[];
}

/** Nothing of these is part of a picture. */
const controls = 'button, input, select, vscode-dropdown, vscode-button, .save-menu, .unseen, .matrix-cursor, svg, canvas';

const sides = ['Top', 'Right', 'Bottom', 'Left'] as const;

/** @param origin of the marks' coordinates, in the window */
export function htmlMarks(root: HTMLElement, origin: { readonly left: number; readonly top: number }): HtmlMarks {
  const boxes: Mark[] = [];
  const words: Mark[] = [];
  const read = (element: Element, around: Sight): void => {
    if (!(element instanceof HTMLElement) || element.matches(controls)) return;
    const style = getComputedStyle(element);
    if (style.display === 'none' || style.visibility === 'hidden') return;
    const sight = element === root || style.overflowY === 'visible' ? around : within(around, element.getBoundingClientRect());
    // A gradient in a page, a pattern in a file: the timeline's own.
    if (element.classList.contains('hatch-sample')) {
      const { x, y, width, height } = element.getBoundingClientRect();
      boxes.push({ tag: 'rect', attributes: { x: String(x - origin.left), y: String(y - origin.top), width: String(width), height: String(height), fill: 'url(#hatch)' }, children: [] });
    }
    if (element !== root) boxes.push(...boxesOf(element, style, origin));
    for (const child of element.childNodes) {
      if (child instanceof Element) read(child, sight);
      else if (child instanceof Text && child.data.trim() !== '') words.push(...wordsOf(child, style, origin, sight));
    }
  };
  read(root, everything);
  return { boxes, words };
}

/** What the windows around an element let be seen, in the window's pixels. */
interface Sight {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

const everything: Sight = { left: -Infinity, top: -Infinity, right: Infinity, bottom: Infinity };

function within(a: Sight, b: Sight): Sight {
  return { left: Math.max(a.left, b.left), top: Math.max(a.top, b.top), right: Math.min(a.right, b.right), bottom: Math.min(a.bottom, b.bottom) };
}

function boxesOf(element: HTMLElement, style: CSSStyleDeclaration, { left, top }: { readonly left: number; readonly top: number }): readonly Mark[] {
  const { x, y, width, height } = element.getBoundingClientRect();
  if (width === 0 || height === 0) return [];
  const place = { x: String(x - left), y: String(y - top), width: String(width), height: String(height) };
  const made: Mark[] = [];
  const { color, opacity } = plainColor(style.backgroundColor);
  if (color !== 'none') made.push({ tag: 'rect', attributes: { ...place, fill: color, ...(opacity === 1 ? {} : { 'fill-opacity': String(opacity) }) }, children: [] });
  for (const side of sides) {
    const thick = Number.parseFloat(style[`border${side}Width`]);
    const line = style[`border${side}Style`];
    const stroke = plainColor(style[`border${side}Color`]);
    if (!(thick > 0) || line === 'none' || line === 'hidden' || stroke.color === 'none') continue;
    const [x1, x2] = side === 'Left' ? [x, x] : side === 'Right' ? [x + width, x + width] : [x, x + width];
    const [y1, y2] = side === 'Top' ? [y, y] : side === 'Bottom' ? [y + height, y + height] : [y, y + height];
    made.push({
      tag: 'line', children: [],
      attributes: { x1: String(x1 - left), x2: String(x2 - left), y1: String(y1 - top), y2: String(y2 - top), stroke: stroke.color, 'stroke-width': String(thick), ...(line === 'dashed' ? { 'stroke-dasharray': '3 2' } : {}) },
    });
  }
  return made;
}

/** The text, a mark a line of it. */
function wordsOf(text: Text, style: CSSStyleDeclaration, { left, top }: { readonly left: number; readonly top: number }, sight: Sight): readonly Mark[] {
  const { color, opacity } = plainColor(style.color);
  const ascent = ascentOf(style);
  return linesOf(text, sight).map(({ words, x, y }): Mark => ({
    tag: 'text', children: [words],
    attributes: {
      x: String(x - left), y: String(y - top + ascent), fill: color, ...(opacity === 1 ? {} : { 'fill-opacity': String(opacity) }), 'font-family': style.fontFamily, 'font-size': style.fontSize.replace(/px$/, ''),
      ...(style.fontWeight === '400' ? {} : { 'font-weight': style.fontWeight }), ...(style.fontStyle === 'normal' ? {} : { 'font-style': style.fontStyle }), 'xml:space': 'preserve',
    },
  }));
}

interface Line {
  words: string;
  readonly x: number;
  readonly y: number;
}

function linesOf(text: Text, sight: Sight): readonly Line[] {
  const range = document.createRange();
  const lines: Line[] = [];
  for (const { index, 0: word } of text.data.matchAll(/\s*\S+\s*/g)) {
    const from = index + (/\S/.exec(word)?.index ?? 0);
    range.setStart(text, from);
    range.setEnd(text, from + word.trim().length);
    const [box] = range.getClientRects();
    if (!box || box.width === 0) continue;
    // A line that is cut through, and a word that begins beyond the edge, are not seen whole.
    if (box.top < sight.top - 1 || box.bottom > sight.bottom + 1 || box.left < sight.left - 1 || box.left > sight.right) continue;
    const last = lines.at(-1);
    if (last && Math.abs(last.y - box.top) < 2) last.words += ` ${word.trim()}`;
    else lines.push({ words: word.trim(), x: box.left, y: box.top });
  }
  return lines;
}

let pen: CanvasRenderingContext2D | null | undefined;

/** From the top of a line's text to what it stands on. */
function ascentOf(style: CSSStyleDeclaration): number {
  return measured(style)?.fontBoundingBoxAscent ?? Number.parseFloat(style.fontSize);
}

/** Width of a text in a style. */
export function widthOf(text: string, style: { readonly fontStyle: string; readonly fontWeight: string; readonly fontSize: string; readonly fontFamily: string }): number {
  return measured(style, text)?.width ?? text.length * Number.parseFloat(style.fontSize) * 0.6;
}

function measured({ fontStyle, fontWeight, fontSize, fontFamily }: { readonly fontStyle: string; readonly fontWeight: string; readonly fontSize: string; readonly fontFamily: string }, text = ''): TextMetrics | undefined {
  pen ??= document.createElement('canvas').getContext('2d');
  if (!pen) return undefined;
  pen.font = `${fontStyle} ${fontWeight} ${fontSize} ${fontFamily}`;
  return pen.measureText(text);
}
