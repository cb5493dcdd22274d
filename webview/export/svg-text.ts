// A picture as the text of a self-contained SVG file: every colour and font written at its mark, images as data inside.
// Not how a picture on the page is read (read-picture.ts).
// Invariant: the text needs nothing but itself: no style sheet, no script, no address; text of a person's file stays text.

export interface Mark {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly (Mark | string)[];
}

export interface StandalonePicture {
  /** In CSS pixels; the drawing may begin left of or above its origin. */
  readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  readonly background: string;
  readonly title: string;
  /** What the picture shows, in words. */
  readonly description: string;
  readonly marks: readonly Mark[];
}

export function svgText({ box, background, title, description, marks }: StandalonePicture): string {
  const { x, y, width, height } = box;
  const own = { x: String(x), y: String(y), width: String(width), height: String(height) };
  const root: Mark = {
    tag: 'svg',
    attributes: { xmlns: 'http://www.w3.org/2000/svg', 'xmlns:xlink': 'http://www.w3.org/1999/xlink', width: own.width, height: own.height, viewBox: [x, y, width, height].join(' '), role: 'img' },
    children: [
      { tag: 'title', attributes: {}, children: [title] },
      ...(description === '' ? [] : [{ tag: 'desc', attributes: {}, children: [description] }]),
      { tag: 'rect', attributes: { ...own, fill: background }, children: [] },
      ...marks,
    ],
  };
  return `<?xml version="1.0" encoding="UTF-8"?>\n${write(root)}\n`;
}

function write(mark: Mark | string): string {
  if (typeof mark === 'string') return escape(mark);
  const attributes = Object.entries(mark.attributes).map(([name, value]) => ` ${name}="${escape(value)}"`).join('');
  return mark.children.length === 0 ? `<${mark.tag}${attributes}/>` : `<${mark.tag}${attributes}>${mark.children.map(write).join('')}</${mark.tag}>`;
}

/** What XML cannot hold at all becomes the replacement character. */
function escape(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd')
    .replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}
