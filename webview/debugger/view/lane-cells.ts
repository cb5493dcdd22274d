// Shows the lanes' cells: one canvas a lane and tile, one texel a row and step, painted once and stretched by the browser.
// Not symbols, labels or the cursor, which lie above in the SVG.
// Invariant: a move of the cursor, a scroll and a zoom paint nothing: they shift and stretch what is painted.
import { element, setStyle, show } from '../../elements';
import { emptyImage } from '../../picture/image';
import { showImage } from '../../picture/pixels';
import { tileSteps } from '../../../protocol/tiles';
import { type Derived, shownUnits } from '../derive';
import { holdsSymbols } from '../lanes/broken-cells';
import { laneDomain } from '../lanes/domain';
import { paintProfile } from '../lanes/profile';
import { layerLanes } from '../lanes/layer-lanes';
import { lanePixels, type LaneValues } from '../lanes/raster';
import { rowsOf, unitsPerRow } from '../lanes/rows';
import type { DebuggerState } from '../state';
import type { LaneHeader } from '../../../protocol/trace-view';
import type { Block, TimelineLayout } from '../timeline/layout';

/** Milliseconds of painting in one frame; what is left waits for the next one. */
const paintingMs = 5;

interface CellCanvas {
  readonly full: HTMLCanvasElement;
  readonly faded: HTMLCanvasElement;
  /** What is painted on it. */
  key: string;
  /** Close enough to what is seen to be laid out. */
  near: boolean;
}

export interface LaneCells {
  /** In order of painting: the cells, then the profile at their right. */
  readonly parts: readonly HTMLElement[];
  /** Paints what changed, nearest to what is seen first; true when something is left for the next frame. */
  paint(layout: TimelineLayout, derived: Derived, state: DebuggerState): boolean;
  /** Moves what is painted to where the layout has it. */
  place(layout: TimelineLayout, steps: number): void;
  /** Shows in full colour what the pass has reached. */
  reach(layout: TimelineLayout, derived: Derived, state: DebuggerState): void;
  profile(layout: TimelineLayout, derived: Derived, state: DebuggerState): void;
  placeProfile(layout: TimelineLayout): void;
}

export function laneCells(): LaneCells {
  const beyond = element('div', 'strip-of-time');
  const shift = element('div', 'strip-of-time');
  const reached = element('div', 'reached', shift);
  const cells = element('div', 'cells', beyond, reached);
  const profile = element('canvas', 'profile');
  profile.getContext('2d', { willReadFrequently: true });
  let bars = emptyImage(0, 0);
  const canvases = new Map<string, CellCanvas>();

  const canvasOf = (shown: string, tile: number): CellCanvas => {
    const id = `${shown}/${tile}`;
    const known = canvases.get(id);
    if (known) return known;
    const made: CellCanvas = { full: element('canvas'), faded: element('canvas'), key: '', near: true };
    // Read by the browser's compositor only, never drawn onto: no graphics memory of its own.
    for (const canvas of [made.full, made.faded]) canvas.getContext('2d', { willReadFrequently: true });
    shift.append(made.full);
    beyond.append(made.faded);
    canvases.set(id, made);
    return made;
  };

  /** Steps in full colour, from 0, without the second. */
  let full: readonly [number, number] = [0, Infinity];
  /** A canvas that lies under another one, or outside its window, is a layer to the browser all the same. */
  const showNeeded = (): void => {
    for (const [id, canvas] of canvases) {
      const from = Number(split(id)[1]) * tileSteps;
      show(canvas.full, canvas.near && from < full[1] && from + tileSteps > full[0]);
      show(canvas.faded, canvas.near && !(from >= full[0] && from + tileSteps <= full[1]));
    }
  };

  return {
    parts: [cells, profile],
    paint: (layout, derived, state) => {
      const { view, what, layerIndex } = derived;
      const { theme } = state;
      const count = Math.ceil(view.trace.steps / tileSteps);
      const seen = (layout.first + layout.visible / 2) / tileSteps - 0.5;
      const tiles = Array.from({ length: count }, (_, tile) => tile).sort((a, b) => Math.abs(a - seen) - Math.abs(b - seen));
      const live = new Set<string>();
      const shown = lanesShown(layout, derived, state);
      const began = performance.now();
      let left = false;
      for (const tile of tiles) {
        for (const { id, lane, header, rows, block } of shown) {
          live.add(`${id}/${tile}`);
          const from = tile * tileSteps;
          const to = Math.min(lane.steps, from + tileSteps);
          const canvas = canvasOf(id, tile);
          // Where symbols stand, the cell is empty.
          const symbols = holdsSymbols(rows.length, block.height, layout.column);
          const key = [view.trace.traceId, layerIndex, what, theme.kind, theme.background.join(), state.rowValue, lane.have[from], header.gradientSpread, rowsKey(rows), symbols].join('/');
          if (canvas.key === key) continue;
          if (performance.now() - began > paintingMs) {
            left = true;
            continue;
          }
          canvas.key = key;
          const domain = laneDomain(header, derived.pass);
          const { full, faded } = lanePixels(lane, { table: theme.palette[domain.palette], entry: domain.entry, rows, how: state.rowValue, valid: view.trace.valid, background: theme.background, error: symbols ? theme.background : theme.error }, from, to);
          showImage(canvas.full, full);
          showImage(canvas.faded, faded);
        }
      }
      for (const [id, { full, faded }] of canvases) {
        if (live.has(id)) continue;
        full.remove();
        faded.remove();
        canvases.delete(id);
      }
      return left;
    },
    place: (layout, steps) => {
      const width = steps * layout.column;
      setStyle(cells, { left: `${layout.left}px`, width: `${layout.plotWidth}px`, height: `${layout.height}px` });
      for (const [id, canvas] of canvases) {
        const { full, faded } = canvas;
        const [name = '', tile = '0'] = split(id);
        const block = layout.lanes.find((lane) => lane.name === name) ?? layout.layers.find((lane) => lane.key === name);
        if (!block) continue;
        const from = Number(tile) * tileSteps;
        // What is far from what is seen need not be laid out.
        const near = from < layout.first + 2 * layout.visible && from + tileSteps > layout.first - layout.visible;
        canvas.near = near;
        if (!near) continue;
        // Tiles meet on whole device pixels: both edges are rounded alike.
        for (const each of [full, faded]) setStyle(each, { left: `${from * layout.column}px`, width: `${Math.min(tileSteps, steps - from) * layout.column}px`, top: `${block.y}px`, height: `${block.height}px` });
      }
      const moved = `translateX(${-layout.first * layout.column}px)`;
      setStyle(beyond, { width: `${width}px`, transform: moved });
      showNeeded();
    },
    reach: (layout, derived, state) => {
      const { step, pass } = derived.view.cursor;
      const width = derived.view.trace.steps * layout.column;
      const start = -layout.first * layout.column;
      // The window over the full colours is shifted and its content shifted back: nothing is laid out anew.
      const border = (at: number): number => Math.round(at * layout.column * state.scale) / state.scale;
      const by = showsAll(derived, state) ? 0 : pass === 'forward' ? border(step) - width : border(step - 1);
      setStyle(reached, { width: `${width}px`, transform: `translateX(${start + by}px)` });
      setStyle(shift, { width: `${width}px`, transform: `translateX(${-by}px)` });
      full = showsAll(derived, state) ? [0, Infinity] : pass === 'forward' ? [0, step] : [step - 1, Infinity];
      showNeeded();
    },
    profile: (layout, derived, state) => {
      const place = layout.profile;
      show(profile, place !== undefined);
      if (!place) return;
      // All lanes' bars on one canvas, in memory that is used again: they are painted for every step.
      const [width, height] = [Math.round(place.width * state.scale), Math.round(layout.height * state.scale)];
      if (bars.width === width && bars.height === height) bars.bytes.fill(0);
      else bars = emptyImage(width, height);
      const { step } = derived.view.cursor;
      const valid = derived.view.trace.valid[step - 1] === 1;
      for (const block of layout.lanes) {
        const header = derived.header(block.name);
        const values = derived.at(header?.kind === 'state' ? `${block.name}'` : block.name);
        if (!values || !valid || !header) continue;
        const [top, bottom] = [Math.round(block.y * state.scale), Math.round((block.y + block.height) * state.scale)];
        const domain = laneDomain(header, derived.pass);
        const rows = laneRows(derived, values.length, block.height, state.scale);
        const error = holdsSymbols(rows.length, block.height, place.width) ? state.theme.background : state.theme.error;
        paintProfile(bars, top, bottom - top, values, rows, state.rowValue, domain, state.theme.palette[domain.palette], error);
      }
      showImage(profile, bars);
    },
    placeProfile: ({ profile: place, height }) => {
      if (place) setStyle(profile, { left: `${place.x}px`, width: `${place.width}px`, height: `${height}px` });
    },
  };
}

interface ShownLane {
  /** Name of the lane, or key of another layer's. */
  readonly id: string;
  readonly lane: LaneValues;
  readonly header: LaneHeader;
  readonly rows: Rows;
  readonly block: Block;
}

/** Every lane whose values have begun to come. */
export function lanesShown(layout: TimelineLayout, derived: Derived, state: DebuggerState): readonly ShownLane[] {
  const own = layout.lanes.flatMap((block): readonly ShownLane[] => {
    const lane = derived.lane(block.name);
    const header = derived.header(block.name);
    return lane && header ? [{ id: block.name, lane, header, rows: laneRows(derived, lane.units, block.height, state.scale), block }] : [];
  });
  const others = layerLanes(derived, state.lanes).flatMap(({ key, lane, header, order }): readonly ShownLane[] => {
    const block = layout.layers.find((each) => each.key === key);
    return lane && block ? [{ id: key, lane, header, rows: rowsOf(order, unitsPerRow(order.length, block.height, state.scale)), block }] : [];
  });
  return [...own, ...others];
}

/** While the faded side is pointed at, it shows in full colour. */
export function showsAll({ view }: Derived, { pointing }: DebuggerState): boolean {
  if (!pointing) return false;
  return view.cursor.pass === 'forward' ? pointing.step > view.cursor.step : pointing.step < view.cursor.step;
}

type Rows = readonly (readonly number[])[];
/** Units of each row of a lane of so many units, from the top; the same object for the same order and height. */
export function laneRows(derived: Derived, units: number, height: number, scale: number): Rows {
  const shown = shownUnits(derived, units);
  return rowsOf(shown, unitsPerRow(shown.length, height, scale));
}

const keys = new WeakMap<Rows, number>();
let rowsKnown = 0;

function rowsKey(rows: Rows): number {
  const key = keys.get(rows) ?? ++rowsKnown;
  keys.set(rows, key);
  return key;
}

function split(id: string): readonly string[] {
  const at = id.lastIndexOf('/');
  return [id.slice(0, at), id.slice(at + 1)];
}
