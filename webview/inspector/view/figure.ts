// A picture's frame: title, how to read it, what this one shows, the plot. Made once; a sentence that cannot be said takes no room.
// Not the plot's marks.
import { element, setText, show } from '../../elements';
import { newSvg } from '../../picture/svg-layer';
import { plain, showRich, type Rich } from '../../rich-text';

export interface Figure {
  readonly section: HTMLElement;
  readonly plot: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  readonly svg: SVGSVGElement;
  /** @param howTo when it is to be read in another way than usual. */
  say(title: string, sentence: Rich | undefined, howTo?: string): void;
  size(width: number, height: number): void;
}

export function figure(className: string, title: string, howToRead: string): Figure {
  const name = element('span', 'title', title);
  const how = element('p', 'note how', `How to read: ${howToRead}`);
  const shows = element('p', 'shows');
  const canvas = element('canvas');
  // Until something is painted it takes no room: of itself a canvas is 300 px wide.
  canvas.width = canvas.height = 0;
  const svg = newSvg();
  const plot = element('div', `plot ${className}`, canvas, svg);
  plot.tabIndex = 0;
  plot.setAttribute('role', 'img');
  const section = element('section', 'figure', element('h2', '', name), how, shows, plot);
  return {
    section, plot, canvas, svg,
    say: (words, sentence, howTo = howToRead) => {
      setText(name, words);
      setText(how, `How to read: ${howTo}`);
      show(shows, sentence !== undefined);
      if (sentence) showRich(shows, sentence);
      const label = sentence ? `${words}. ${plain(sentence)}` : words;
      if (plot.getAttribute('aria-label') !== label) plot.setAttribute('aria-label', label);
    },
    size: (width, height) => {
      plot.style.width = `${width}px`;
      plot.style.height = `${height}px`;
      svg.setAttribute('width', String(width));
      svg.setAttribute('height', String(height));
    },
  };
}

/** Shows an image of texels stretched over a part of the plot. */
export function placeCanvas(canvas: HTMLCanvasElement, left: number, top: number, width: number, height: number): void {
  canvas.style.left = `${left}px`;
  canvas.style.top = `${top}px`;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
}
