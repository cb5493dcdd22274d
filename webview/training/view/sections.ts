// The parts of the training page that stay: headings, places for the pictures, tables. Made once, filled by the views.
// Not drawn from data: nothing here holds a number.
import { element, heading } from '../../elements';

export interface Picture {
  readonly section: HTMLElement;
  readonly note: HTMLElement;
  /** One tab stop, described by title and sentence. */
  readonly plot: HTMLElement;
  /** Said in place of the picture until there is something to draw. */
  readonly waiting: HTMLElement;
}

export function picture(title: string, className: string): Picture {
  const note = element('span', 'note');
  const plot = element('div', `plot ${className}`);
  plot.tabIndex = 0;
  plot.setAttribute('role', 'img');
  const waiting = element('div', 'waiting');
  const section = element('section', 'picture', heading(title, note), plot, waiting);
  return { section, note, plot, waiting };
}

export interface Sections {
  readonly pictures: HTMLElement;
  readonly side: HTMLElement;
  readonly loss: Picture;
  readonly norm: Picture;
  readonly horizon: Picture;
  readonly horizonLegend: HTMLElement;
  readonly horizonBar: HTMLCanvasElement;
  readonly axis: HTMLElement;
  readonly validation: HTMLElement;
  readonly validationNote: HTMLElement;
  readonly numbers: HTMLElement;
  readonly validationWaiting: HTMLElement;
  readonly largest: HTMLElement;
  readonly largestNote: HTMLElement;
  /** Head of the table's column of norms. */
  readonly normHead: HTMLElement;
  readonly strip: HTMLElement;
  readonly largestBody: HTMLElement;
  readonly samples: HTMLElement;
  readonly samplesNote: HTMLElement;
  readonly sampleList: HTMLElement;
}

export function sections(): Sections {
  const loss = picture('Loss', 'loss');
  const norm = picture('Gradient norm', 'norm');
  const horizon = picture('How far back the gradient reaches', 'horizon');
  const axis = element('div', 'plot axis-strip');
  const horizonBar = element('canvas');
  horizonBar.style.width = '104px';
  horizonBar.style.height = '6px';
  const horizonLegend = element('div', 'horizon-legend', '10⁻⁶', horizonBar, '1, share left k steps back');
  const validationNote = element('span', 'note');
  const numbers = element('div', 'numbers');
  const validationWaiting = element('div', 'quiet');
  const validation = element('section', '', heading('Validation', validationNote), validationWaiting, numbers);
  const largestNote = element('span', 'note');
  const strip = element('div', 'plot');
  strip.tabIndex = 0;
  strip.setAttribute('role', 'img');
  const largestBody = element('tbody');
  const normHead = element('th');
  const head = element('thead', '', element('tr', '', element('th', '', 'iteration'), normHead, element('th', '', 'loss'), element('th')));
  const largest = element('section', 'largest', heading('Largest gradients', largestNote), strip, element('table', '', head, largestBody));
  const samplesNote = element('span', 'note');
  const sampleList = element('div');
  const samples = element('section', '', heading('Samples', samplesNote), sampleList);
  const pictures = element('div', 'pictures', loss.section, norm.section, horizon.section, axis, horizonLegend);
  const side = element('aside', 'side');
  return {
    pictures, side, loss, norm, horizon, horizonLegend, horizonBar, axis, validation, validationNote, numbers, validationWaiting,
    largest, largestNote, normHead, strip, largestBody, samples, samplesNote, sampleList,
  };
}
