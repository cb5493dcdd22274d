// The few icons of the pages, drawn as lines on a 16 px grid in the text's colour.
// Not a font: nothing has to be loaded. Decoration only, hidden from screen readers.

const shapes = {
  pause: 'M5.5 3v10M10.5 3v10',
  play: 'M4.5 2.8v10.4L13 8z',
  stop: 'M4 4h8v8H4z',
  restart: 'M13 8a5 5 0 1 1-1.6-3.7M13 2.5v3h-3',
  debug: 'M8 5.2a2.8 2.8 0 0 1 2.8 2.8v2a2.8 2.8 0 0 1-5.6 0V8A2.8 2.8 0 0 1 8 5.2zM6 5l-.8-1.8M10 5l.8-1.8M5.2 8.6H2.5M13.5 8.6h-2.7M5.4 6.7 3.2 5.2M10.6 6.7l2.2-1.5M5.5 11l-2.1 1.8M10.5 11l2.1 1.8',
  stepBack: 'M10 3.5 5.5 8l4.5 4.5V3.5zM3.5 3.5v9M13 3.5v9',
  reverse: 'M11.5 3.2v9.6L4.5 8zM3 3.5v9',
  stepOver: 'M2.8 7.2a5.3 5.3 0 0 1 10-.9M13.2 2.8v3.7H9.5M8 11.7a1.3 1.3 0 1 0 .01 0',
  stepOverBack: 'M13.2 7.2a5.3 5.3 0 0 0-10-.9M2.8 2.8v3.7h3.7M8 11.7a1.3 1.3 0 1 0 .01 0',
  continue: 'M3.5 3v10M6.5 3.2v9.6L13.5 8z',
  continueBack: 'M12.5 3v10M9.5 3.2v9.6L2.5 8z',
  info: 'M8 2a6 6 0 1 0 .01 0M8 7.2v4M8 4.8v.4',
  warning: 'M8 2.5 14 13H2zM8 6.5v3.2M8 11.2v.4',
  error: 'M8 2a6 6 0 1 0 .01 0M5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4',
  compare: 'M4 3v7.5a2 2 0 0 0 2 2h3M12 13V5.5a2 2 0 0 0-2-2H7M9 10.5l2 2-2 2M7 1.5l-2 2 2 2',
  gradients: 'M2.5 2v11.5H14M5 4.5c1.6 0 1.8 5.5 8.5 6.3',
  lanes: 'M2.5 3.5h11M2.5 8h11M2.5 12.5h11',
  matrix: 'M2.5 2.5h11v11h-11zM2.5 6.2h11M2.5 9.8h11M6.2 2.5v11M9.8 2.5v11',
  save: 'M8 2.5v7.5M4.8 7 8 10.2 11.2 7M3 13h10',
  link: 'M6.8 9.2a2.6 2.6 0 0 0 3.7 0l2.2-2.2a2.6 2.6 0 0 0-3.7-3.7l-.9.9M9.2 6.8a2.6 2.6 0 0 0-3.7 0L3.3 9a2.6 2.6 0 0 0 3.7 3.7l.9-.9',
} as const;

export type IconName = keyof typeof shapes;

export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('width', '16');
  svg.setAttribute('height', '16');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', shapes[name]);
  svg.append(path);
  return svg;
}
