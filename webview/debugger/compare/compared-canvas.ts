// Paints the compared pass's lanes on a canvas of their own: what the pass has reached in full colour, the rest faded.
// Not this pass's lanes (../view/lane-cells.ts). Images are kept until lane, theme or order change.
// Invariant: a move of the cursor paints only the columns between where it was and where it is.
import type { Image } from '../../picture/image';
import type { Derived } from '../derive';
import { holdsSymbols } from '../lanes/broken-cells';
import { laneDomain } from '../lanes/domain';
import { lanePixels, type LaneValues, presence } from '../lanes/raster';
import { rowsOf, unitsPerRow } from '../lanes/rows';
import type { DebuggerState } from '../state';
import type { TimelineLayout } from '../timeline/layout';
import { showsAll } from '../view/lane-cells';
import { comparedLanes, type ComparedLane } from './compared-lanes';

interface Kept {
  readonly key: string;
  readonly order: readonly number[];
  readonly full: HTMLCanvasElement;
  readonly faded: HTMLCanvasElement;
}

const kept = new WeakMap<LaneValues, Kept>();

/** Columns that stand in full colour, from 0, without `to`. */
interface Reach {
  readonly from: number;
  readonly to: number;
}

/** What was last painted in full colour on a canvas. */
const painted = new WeakMap<HTMLCanvasElement, Reach>();

export function paintCompared(canvas: HTMLCanvasElement, layout: TimelineLayout, derived: Derived, state: DebuggerState): void {
  const { scale } = state;
  const shown = layout.compared.length > 0;
  const [width, height] = shown ? [Math.round(layout.width * scale), Math.round(layout.height * scale)] : [0, 0];
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  canvas.hidden = !shown;
  canvas.style.width = `${layout.width}px`;
  canvas.style.height = `${layout.height}px`;
  const context = shown ? canvas.getContext('2d') : null;
  if (!context) return;
  context.clearRect(0, 0, width, height);
  paintLanes(context, layout, derived, state, reachOf(layout, derived, state));
}

/** After a move of the cursor: only the columns that it went over are painted, all else stays. */
export function moveComparedReach(canvas: HTMLCanvasElement, layout: TimelineLayout, derived: Derived, state: DebuggerState): void {
  const before = painted.get(canvas);
  const reach = reachOf(layout, derived, state);
  if (layout.compared.length === 0 || !before || (before.from === reach.from && before.to === reach.to)) return;
  const context = canvas.getContext('2d');
  if (!context) return;
  context.save();
  context.beginPath();
  for (const [a, b] of [[before.from, reach.from], [before.to, reach.to]] as const) {
    const left = pixelOf(layout, Math.min(a, b), state.scale);
    context.rect(left, 0, pixelOf(layout, Math.max(a, b), state.scale) - left, canvas.height);
  }
  context.clip();
  paintLanes(context, layout, derived, state, reach);
  context.restore();
}

function reachOf(layout: TimelineLayout, derived: Derived, state: DebuggerState): Reach {
  const { step, pass } = derived.view.cursor;
  const [from, to] = [layout.first, layout.first + layout.visible];
  if (showsAll(derived, state)) return { from, to };
  return pass === 'forward' ? { from, to: Math.max(from, Math.min(to, step)) } : { from: Math.min(to, Math.max(from, step - 1)), to };
}

const pixelOf = (layout: TimelineLayout, column: number, scale: number): number => Math.round((layout.left + (column - layout.first) * layout.column) * scale);

function paintLanes(context: CanvasRenderingContext2D, layout: TimelineLayout, derived: Derived, state: DebuggerState, reach: Reach): void {
  const { scale } = state;
  context.imageSmoothingEnabled = false;
  painted.set(context.canvas, reach);
  const [from, to] = [layout.first, layout.first + layout.visible];
  const lanes = comparedLanes(derived, state);
  for (const block of layout.compared) {
    const lane = lanes.find(({ key }) => key === block.key);
    const pictures = lane && picturesOf(lane, block.height, layout.column, derived, state);
    if (!pictures) continue;
    const draw = (image: HTMLCanvasElement, a: number, b: number): void => {
      if (b <= a || image.height === 0) return;
      const [x, right] = [pixelOf(layout, a, scale), pixelOf(layout, b, scale)];
      const [y, bottom] = [Math.round(block.y * scale), Math.round((block.y + block.height) * scale)];
      context.clearRect(x, y, right - x, bottom - y);
      context.drawImage(image, a, 0, b - a, image.height, x, y, right - x, bottom - y);
    };
    draw(pictures.faded, from, to);
    draw(pictures.full, reach.from, reach.to);
  }
}

function picturesOf({ lane, header, order }: ComparedLane, height: number, column: number, derived: Derived, { scale, theme, rowValue }: DebuggerState): Kept | undefined {
  if (lane === undefined) return undefined;
  const per = unitsPerRow(order.length, height, scale);
  const filled = lane.have.reduce((sum, have) => sum + (have === presence.exact ? 4 : have), 0);
  const rows = rowsOf(order, per);
  // Where symbols stand, the cell is empty.
  const error = holdsSymbols(rows.length, height, column) ? theme.background : theme.error;
  const key = `${derived.what}/${theme.kind}/${theme.background.join()}/${error.join()}/${per}/${filled}/${rowValue}`;
  const known = kept.get(lane);
  if (known?.key === key && sameOrder(known.order, order)) return known;
  const domain = laneDomain(header, derived.pass);
  const { full, faded } = lanePixels(lane, { table: theme.palette[domain.palette], entry: domain.entry, rows, how: rowValue, valid: derived.view.trace.valid, background: theme.background, error });
  const made = { key, order, full: canvasOf(full), faded: canvasOf(faded) };
  kept.set(lane, made);
  return made;
}

function sameOrder(a: readonly number[], b: readonly number[]): boolean {
  return a === b || (a.length === b.length && a.every((unit, row) => unit === b[row]));
}

function canvasOf({ width, height, bytes }: Image): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  if (width > 0 && height > 0) canvas.getContext('2d')?.putImageData(new ImageData(bytes, width, height), 0, 0);
  return canvas;
}
