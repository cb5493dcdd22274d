// Draws the parameters of one layer: a canvas a matrix under an SVG with names, symbols and edited cells, and a legend with where the colours end.
// Not the geometry (layout.ts), not where the numbers come from: both pages that show weights hand them in.
// Invariant: one tab stop; every cell the pointer reaches, the arrows reach; what is read out is a number that was received.
import type { ByRole, MatrixCells } from '../../protocol/weights-view';
import type { PlacedTensor } from '../../protocol/run';
import { element, setText } from '../elements';
import { showImage } from '../picture/pixels';
import { layerOf, newSvg } from '../picture/svg-layer';
import type { Theme } from '../theme/environment';
import { count, number } from '../theme/numbers';
import { matrixAt, type FoundNumber } from './cells';
import { type MatrixLayout, type MatrixPlace, moveCell } from './layout';
import { legendItems } from './legend';
import { matrixPixels, symbolsOf } from './raster';

export interface ShownMatrices {
  readonly layout: MatrixLayout;
  /** Undefined while they are not here: the matrix stays empty. */
  readonly cells: (name: string) => MatrixCells | undefined;
  readonly bounds: ByRole;
  readonly beyond: ByRole;
  /** Colours by the signed square root. */
  readonly root: boolean;
  /** Numbers that were changed by hand. */
  readonly edited?: readonly { readonly name: string; readonly row: number; readonly column: number }[];
  /** Follows the place and the number: ` at t = 31`. */
  readonly says?: string;
}

export interface MatrixPicture {
  readonly legend: HTMLElement;
  readonly readout: HTMLElement;
  show(shown: ShownMatrices | undefined, theme: Theme, width: number): void;
}

/** @param plot one tab stop, of the page's own making. */
export function matrixPicture(plot: HTMLElement): MatrixPicture {
  const svg = newSvg();
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('width', '100%');
  const cursor = element('div', 'matrix-cursor');
  cursor.style.display = 'none';
  const legendSvg = newSvg();
  legendSvg.setAttribute('aria-hidden', 'true');
  const legend = element('div', 'plot matrix-legend', legendSvg);
  const readout = element('div', 'matrix-readout');
  readout.setAttribute('aria-live', 'polite');
  let drawn: ShownMatrices | undefined;
  /** Pixel of the pointer, or of the cell cursor. */
  let at: readonly [number, number] | undefined;
  let isPointing = false;
  const point = (pointing: boolean): void => {
    isPointing = pointing;
    const found = pointing && drawn && at ? matrixAt(drawn.layout, drawn.cells, ...at) : undefined;
    setText(readout, found && drawn ? readoutText(found, drawn.says ?? '') : '');
    cursor.style.display = found ? '' : 'none';
    if (at) cursor.style.transform = `translate(${Math.round(at[0])}px, ${Math.round(at[1])}px)`;
  };
  plot.addEventListener('pointermove', (event) => {
    const box = plot.getBoundingClientRect();
    at = [event.clientX - box.left, event.clientY - box.top];
    point(true);
  });
  plot.addEventListener('pointerleave', () => point(false));
  plot.addEventListener('blur', () => point(false));
  plot.addEventListener('keydown', (event) => {
    const by: Readonly<Record<string, readonly [number, number]>> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const step = by[event.key];
    if (event.key === 'Escape') point(false);
    if (!step || !drawn) return;
    event.preventDefault();
    at = moveCell(drawn.layout, at ?? firstCell(drawn.layout), step, event.shiftKey ? 10 : 1);
    point(true);
  });
  return {
    legend, readout,
    show: (shown, theme, width) => {
      drawn = shown;
      if (!shown) return;
      plot.style.height = `${shown.layout.height}px`;
      plot.style.width = `${width}px`;
      svg.setAttribute('height', String(shown.layout.height));
      plot.replaceChildren(...shown.layout.places.flatMap((place) => canvasOf(place, shown, theme)), svg, cursor);
      drawWords(svg, shown);
      drawLegend(legend, legendSvg, shown, theme, width);
      point(isPointing);
    },
  };
}

function firstCell({ places: [first] }: MatrixLayout): readonly [number, number] {
  return first ? [first.x + first.width / first.columns / 2, first.y + first.height / first.rows / 2] : [0, 0];
}

/** `r1.U_f[12, 3] · 0.0731`. */
export function readoutText({ name, row, column, value, shared }: FoundNumber, says: string): string {
  return `${name}[${row}, ${column}] · ${exact(value)}${says}${shared > 1 ? ` · the most extreme of ${count(shared)}` : ''}`;
}

function canvasOf(place: MatrixPlace, { cells, bounds, root }: ShownMatrices, theme: Theme): readonly HTMLCanvasElement[] {
  const canvas = element('canvas', 'matrix');
  const found = cells(place.tensor.name);
  if (found) showImage(canvas, matrixPixels(found, bounds[place.tensor.role], theme.palette.signed, root, symbolsOf(found, place) ? undefined : theme.error));
  else canvas.width = canvas.height = 1;
  Object.assign(canvas.style, { left: `${place.x}px`, top: `${place.y}px`, width: `${place.width}px`, height: `${place.height}px` });
  return [canvas];
}

function drawWords(svg: SVGSVGElement, { layout, cells, edited }: ShownMatrices): void {
  layerOf(svg, 'names').selectAll('text').data(layout.places).join('text').attr('class', 'row-name').attr('x', (p) => p.x).attr('y', (p) => p.y - 5).text((p) => p.label);
  const symbols = layout.places.flatMap((place) => {
    const found = cells(place.tensor.name);
    return found ? (symbolsOf(found, place) ?? []) : [];
  });
  layerOf(svg, 'symbols').selectAll('text').data(symbols).join('text').attr('class', 'broken').attr('x', (s) => s.x).attr('y', (s) => s.y + 4).text((s) => s.text);
  const marks = (edited ?? []).flatMap((edit) => {
    const place = layout.places.find(({ tensor }) => tensor.name === edit.name);
    const found = place && cells(edit.name);
    return found ? [middleOf(place, found, edit.row, edit.column)] : [];
  });
  for (const kind of ['edited-halo', 'edited']) layerOf(svg, kind).selectAll('path').data(marks).join('path').attr('class', kind).attr('d', ([x, y]) => `M${x - 5},${y} L${x},${y - 5} L${x + 5},${y} L${x},${y + 5} Z`);
}

/** The middle of the cell that a number stands in. */
function middleOf({ x, y, width, height, columns, perRow, perColumn }: MatrixPlace, { down, across, places }: MatrixCells, row: number, column: number): readonly [number, number] {
  // Ordered rows: the cell is found by its number, as far as it is the one that is shown.
  const own = perRow * perColumn === 1 ? places?.indexOf(row * columns + column) : undefined;
  const cell = own !== undefined && own >= 0 ? own : Math.floor(row / perRow) * across + Math.floor(column / perColumn);
  return [x + ((cell % across) + 0.5) * (width / across), y + (Math.floor(cell / across) + 0.5) * (height / down)];
}

function drawLegend(legend: HTMLElement, svg: SVGSVGElement, { layout, bounds, beyond, root }: ShownMatrices, theme: Theme, width: number): void {
  const roles = [...new Set(layout.places.map(({ tensor }): PlacedTensor['role'] => tensor.role))];
  const { items, height } = legendItems(roles, bounds, beyond, root, width);
  legend.style.width = `${width}px`;
  legend.style.height = `${height}px`;
  svg.setAttribute('width', String(width));
  svg.setAttribute('height', String(height));
  const bars = items.filter(({ bar }) => bar).map(({ x, y }) => {
    const canvas = element('canvas');
    const values = Float32Array.from({ length: 65 }, (_, i) => (i - 32) / 32);
    showImage(canvas, matrixPixels({ name: '', down: 1, across: values.length, values }, 1, theme.palette.signed, root, undefined));
    Object.assign(canvas.style, { left: `${x}px`, top: `${y + 4}px`, width: '56px', height: '8px' });
    return canvas;
  });
  legend.replaceChildren(...bars, svg);
  layerOf(svg, 'legend-words').selectAll('text').data(items).join('text').attr('class', 'tick').attr('x', ({ x, bar }) => x + (bar ? 64 : 0)).attr('y', ({ y }) => y + 12).text(({ text }) => text);
}

/** As few digits as give the float32 back. */
export function exact(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '−Infinity';
  for (let digits = 1; digits < 9; digits++) if (Math.fround(Number(value.toPrecision(digits))) === value) return value.toPrecision(digits).replace('-', '−');
  return number(value);
}
