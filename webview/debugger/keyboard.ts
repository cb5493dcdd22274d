// Pointer, wheel and keys on the timeline, turned into moves of the cursor, picks and zooms.
// Not the debugger: a move is asked of the host. Inside the picture arrows with Alt move a cell cursor.
// Invariant: the keys reach every step and every unit that the pointer reaches.
import type { Store } from '../store';
import { derive, shownUnits } from './derive';
import { mostPicked } from './choose-group';
import { rowAt, under, unitAt } from './hover';
import { gotoFirst } from './page';
import type { DebuggerActions } from './page';
import { comparedLanes } from './compare/compared-lanes';
import type { DebuggerState } from './state';
import { layerLanes } from './lanes/layer-lanes';
import { unitsCrossing } from './lanes/threshold';
import { brushThreshold, dropThreshold, isOnThreshold, pickMatching, raiseThreshold, thresholdKey, thresholdShown } from './threshold';
import { edgeAt, overviewStep, stepX, type TimelineLayout, withTaller } from './timeline/layout';
import { layoutOf } from './timeline/layout-of';
import { linesLane, linesScale } from './view/lines';
import type { TimelineActions } from './view/timeline';

export function listenToTimeline(plot: HTMLElement, store: Store<DebuggerState>, act: DebuggerActions, timeline: TimelineActions): void {
  const place = (event: PointerEvent | MouseEvent): ReturnType<typeof under> => {
    const derived = derive(store.state);
    const box = plot.getBoundingClientRect();
    return derived && under(layoutOf(store.state, derived), event.clientX - box.left, event.clientY - box.top, derived.view.cursor.step);
  };
  /** A drag over the lines: its first step, and whether it moves the line of a threshold that is there. */
  let overLines: { readonly from: number; readonly raises: boolean } | undefined;
  /** A lane that is being dragged taller, where the pointer was last; `moved` keeps the click at its end from going anywhere. */
  let resizing: { readonly lane: string; readonly y: number } | undefined;
  let moved = false;
  /** Steps brushed on the axis, rows brushed in a lane. */
  let brushFrom: number | undefined;
  let rowsFrom: { readonly lane: string; readonly row: number } | undefined;
  const whole = (event: PointerEvent | MouseEvent): { readonly layout: TimelineLayout; readonly y: number } | undefined => {
    const derived = derive(store.state);
    return derived && { layout: layoutOf(store.state, derived), y: event.clientY - plot.getBoundingClientRect().top };
  };
  const onAxis = (event: PointerEvent | MouseEvent): boolean => {
    const at = whole(event);
    return at !== undefined && at.y >= at.layout.axis.y && at.y < at.layout.axis.y + at.layout.axis.height;
  };
  plot.addEventListener('pointerdown', (event) => {
    const at = place(event);
    const edge = whole(event);
    const lane = edge && edgeAt(edge.layout, edge.y);
    moved = false;
    const derived = derive(store.state);
    overLines = at?.lines === undefined || !derived || event.button !== 0 || (event.target instanceof Element && event.target.closest('[role=button]')) ? undefined : { from: at.step, raises: isOnThreshold(store.state, derived, layoutOf(store.state, derived), at.step, at.lines) };
    brushFrom = onAxis(event) ? at?.step : undefined;
    rowsFrom = at?.lane === undefined || at.row === undefined ? undefined : { lane: at.lane, row: at.row };
    if (!lane || event.button !== 0) return;
    rowsFrom = undefined;
    resizing = { lane: lane.name, y: event.clientY };
    plot.setPointerCapture(event.pointerId);
  });
  const endDrag = (event: PointerEvent): void => {
    resizing = undefined;
    const at = place(event);
    if (brushFrom !== undefined && at !== undefined && Math.abs(at.step - brushFrom) > 1) {
      moved = true;
      const derived = derive(store.state);
      if (derived) zoomTo(store, layoutOf(store.state, derived), Math.min(at.step, brushFrom), Math.max(at.step, brushFrom));
    }
    brushFrom = undefined;
    if (rowsFrom && at?.lane === rowsFrom.lane && at.row !== undefined && Math.abs(at.row - rowsFrom.row) >= leastBrush) moved = zoomRows(store, at.lane, Math.min(at.row, rowsFrom.row), Math.max(at.row, rowsFrom.row));
    rowsFrom = undefined;
    if (overLines && moved) pickMatching(store, act);
    overLines = undefined;
    if (moved) store.update(({ pointing: _, ...state }) => state);
  };
  plot.addEventListener('pointerup', endDrag);
  plot.addEventListener('pointercancel', () => {
    resizing = undefined;
    brushFrom = undefined;
    rowsFrom = undefined;
    overLines = undefined;
  });
  plot.addEventListener('pointermove', (event) => {
    const edge = whole(event);
    if (resizing && edge) {
      const by = event.clientY - resizing.y;
      const { lane } = resizing;
      resizing = { lane, y: event.clientY };
      moved = true;
      store.update(({ pointing: _, ...state }) => ({ ...state, laneHeights: withTaller(state.laneHeights, edge.layout, lane, by) }));
      return;
    }
    plot.style.cursor = edge && edgeAt(edge.layout, edge.y) ? 'ns-resize' : onAxis(event) ? 'ew-resize' : '';
    const at = place(event);
    const derived = derive(store.state);
    if (at?.lines !== undefined && derived && (overLines ?? { raises: isOnThreshold(store.state, derived, layoutOf(store.state, derived), at.step, at.lines) }).raises) plot.style.cursor = 'ns-resize';
    if (event.buttons === 1 && overLines && at?.lines !== undefined && (moved || overLines.raises || at.step !== overLines.from)) {
      moved = true;
      if (overLines.raises) raiseThreshold(store, at.lines);
      else brushThreshold(store, overLines.from, at.step, at.lines);
    }
    const from = event.buttons !== 1 ? undefined : at?.lines !== undefined ? overLines?.from : brushFrom;
    if (at) store.update((state) => ({ ...state, pointing: { ...at, ...(from === undefined ? {} : { from }), ...(event.buttons === 1 && rowsFrom && rowsFrom.lane === at.lane ? { fromRow: rowsFrom.row } : {}), pageX: event.clientX, pageY: event.clientY, byKeys: false } }));
    else if (store.state.pointing) store.update(({ pointing: _, ...state }) => state);
  });
  plot.addEventListener('pointerleave', () => store.update(({ pointing: _, ...state }) => state));
  plot.addEventListener('click', (event) => {
    if (moved) return;
    const at = place(event);
    const derived = derive(store.state);
    if (!derived) return;
    const box = plot.getBoundingClientRect();
    const { overview } = layoutOf(store.state, derived);
    if (overview && event.clientY - box.top < overview.y + overview.height + 3) return act.goto(overviewStep(layoutOf(store.state, derived), event.clientX - box.left, derived.view.trace.steps));
    if (!at) return;
    if (at.lines !== undefined) return pickCrossing(at.lines, store, act);
    if (at.lane === undefined) return act.goto(at.step);
    const other = layerLanes(derived, store.state.lanes).find(({ key }) => key === at.lane);
    if (other) return act.chooseLayer(other.layer);
    const unit = unitAt(derived, { ...at, pageX: 0, pageY: 0, byKeys: false }, layoutOf(store.state, derived));
    if (event.shiftKey || event.altKey) {
      if (unit !== undefined) timeline.pick(unit);
    } else if (at.step === derived.view.cursor.step && unit !== undefined) timeline.pick(unit);
    else act.goto(at.step);
  });
  plot.addEventListener('dblclick', (event) => {
    const edge = whole(event);
    const lane = edge && edgeAt(edge.layout, edge.y);
    if (lane) store.update((state) => ({ ...state, laneHeights: Object.fromEntries(Object.entries(state.laneHeights).filter(([name]) => name !== lane.name)) }));
    else store.update(({ columnWidth: _, zoomedRows: __, threshold: ___, ...state }) => ({ ...state, first: 0 }));
  });
  let zoomEnds: number | undefined;
  plot.addEventListener('wheel', (event) => {
    const derived = derive(store.state);
    if (!derived) return;
    const layout = layoutOf(store.state, derived);
    if (event.ctrlKey) {
      event.preventDefault();
      const at = place(event)?.step ?? derived.view.cursor.step;
      const column = Math.max(3, Math.min(28, layout.column * (event.deltaY < 0 ? 1.25 : 0.8)));
      // The step under the pointer stays under it.
      const first = at - 1 - ((at - 1 - layout.first) * layout.column) / column;
      store.update((state) => ({ ...state, columnWidth: column, first, zooming: true }));
      window.clearTimeout(zoomEnds);
      zoomEnds = window.setTimeout(() => store.update((state) => ({ ...state, zooming: false })), zoomPause);
    } else if (Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey) {
      event.preventDefault();
      const by = (event.deltaX === 0 ? event.deltaY : event.deltaX) / layout.column;
      store.update((state) => ({ ...state, first: Math.max(0, Math.min(derived.view.trace.steps - layout.visible, state.first + by)) }));
    }
  }, { passive: false });
  plot.addEventListener('keydown', (event) => {
    const derived = derive(store.state);
    if (!derived) return;
    // While a threshold is drawn by keys, they are for it.
    if (thresholdShown(derived, store.state)?.byKeys) return;
    if (event.altKey || store.state.pointing?.byKeys) {
      if (moveCell(event, plot, store, timeline)) return;
    }
    if (event.key === '[' || event.key === ']') {
      event.preventDefault();
      const { pointing } = store.state;
      const layout = layoutOf(store.state, derived);
      store.update((state) => ({ ...state, laneHeights: withTaller(state.laneHeights, layout, pointing?.byKeys ? pointing.lane : undefined, event.key === ']' ? 16 : -16) }));
    }
    if (event.key === 'Enter') {
      event.preventDefault();
      const first = derived.layer.lanes[0];
      if (first) store.update((state) => ({ ...state, pointing: { lane: first.name, row: 0, ...pageOf(plot, state, derived.view.cursor.step, first.name, 0), step: derived.view.cursor.step, byKeys: true } }));
    }
  });
}

/** Milliseconds without the wheel after which a zoom has ended. */
const zoomPause = 200;

/** Shows the steps from `a` to `b` as wide as they fit. */
function zoomTo(store: Store<DebuggerState>, layout: TimelineLayout, a: number, b: number): void {
  store.update((state) => ({ ...state, columnWidth: layout.plotWidth / (b - a + 1), first: a - 1 }));
}

/** Pixels from which on a drag over rows is a brush and no click. */
const leastBrush = 6;

/** Shows only the units between two pixels of a lane, in all lanes of its size; false when there is nothing left to show. */
function zoomRows(store: Store<DebuggerState>, lane: string, a: number, b: number): boolean {
  const derived = derive(store.state);
  const block = derived && layoutOf(store.state, derived).lanes.find(({ name }) => name === lane);
  const units = derived?.header(lane)?.units;
  if (!derived || !block || units === undefined || derived.order.length !== units) return false;
  const rows = shownUnits(derived, units).length;
  const first = derived.zoom?.from ?? 0;
  const [from, to] = [first + rowAt(a, block.height, rows), first + rowAt(b, block.height, rows) + 1];
  if (to - from < 2) return false;
  store.update((state) => ({ ...state, zoomedRows: { from, to } }));
  return true;
}

/** A click on the lines picks all units that cross there in any step. */
function pickCrossing(y: number, store: Store<DebuggerState>, act: DebuggerActions): void {
  const derived = derive(store.state);
  if (!derived) return;
  const scale = linesScale(layoutOf(store.state, derived), derived, store.state);
  const lane = scale && derived.lane(scale.name);
  if (!scale || !lane) return;
  dropThreshold(store);
  const units = unitsCrossing(lane, scale.valueAt(y), derived.view.trace.valid, mostPicked);
  if (units.length > 0) act.select(units);
}

/** Arrows move the cell cursor by a unit or a step, Enter picks its unit, Escape leaves; true when the key was for it. */
function moveCell(event: KeyboardEvent, plot: HTMLElement, store: Store<DebuggerState>, timeline: TimelineActions): boolean {
  const derived = derive(store.state);
  const { pointing } = store.state;
  if (!derived || pointing?.lane === undefined) return false;
  const layout = layoutOf(store.state, derived);
  // From top to bottom, those of the compared pass among them.
  const compared = comparedLanes(derived, store.state);
  const blocks = [...layout.lanes, ...layout.compared.map(({ key, ...place }) => ({ name: key, ...place }))].sort((a, b) => a.y - b.y);
  const shownOf = (name: string): number | undefined => { const units = derived.header(name)?.units; return units === undefined ? undefined : shownUnits(derived, units).length; };
  const unitsOf = (name: string): number | undefined => shownOf(name) ?? compared.find(({ key }) => key === name)?.order.length;
  const index = blocks.findIndex(({ name }) => name === pointing.lane);
  const block = blocks[index];
  const units = block && unitsOf(block.name);
  if (!block || units === undefined) return false;
  const row = Math.floor(((pointing.row ?? 0) / block.height) * units);
  const go = (lane: string, newRow: number, step: number): boolean => {
    event.preventDefault();
    event.stopPropagation();
    const height = blocks.find(({ name }) => name === lane)?.height ?? block.height;
    const pixel = ((newRow + 0.5) / (unitsOf(lane) ?? units)) * height;
    store.update((state) => ({ ...state, pointing: { lane, row: pixel, step, byKeys: true, ...pageOf(plot, state, step, lane, pixel) } }));
    return true;
  };
  const by = event.shiftKey ? 10 : 1;
  const steps = derived.view.trace.steps;
  switch (event.key) {
    case 'ArrowLeft':
      return go(block.name, row, Math.max(1, pointing.step - by));
    case 'ArrowRight':
      return go(block.name, row, Math.min(steps, pointing.step + by));
    case 'ArrowUp':
    case 'ArrowDown': {
      const next = row + (event.key === 'ArrowUp' ? -by : by);
      const other = next < 0 ? blocks[index - 1] : next >= units ? blocks[index + 1] : undefined;
      if (other) return go(other.name, next < 0 ? (unitsOf(other.name) ?? 1) - 1 : 0, pointing.step);
      return go(block.name, Math.max(0, Math.min(units - 1, next)), pointing.step);
    }
    case 'z':
    case 'Z': {
      // A quarter of the rows around the cell cursor; 0 shows all again.
      event.preventDefault();
      event.stopPropagation();
      const [middle, reach] = [pointing.row ?? 0, block.height / 8];
      if (zoomRows(store, block.name, middle - reach, middle + reach)) go(block.name, Math.floor(units / 8), pointing.step);
      return true;
    }
    case 'g':
    case 'G': {
      event.preventDefault();
      event.stopPropagation();
      const unit = unitAt(derived, pointing, layout);
      const group = unit === undefined ? undefined : derived.groups.find(({ units: together }) => together.includes(unit));
      if (group) timeline.chooseGroup(group, event.shiftKey);
      return true;
    }
    case 'Enter': {
      event.preventDefault();
      const unit = unitAt(derived, pointing, layout);
      if (unit !== undefined) timeline.pick(unit);
      return true;
    }
    case 'Escape':
      event.stopPropagation();
      store.update(({ pointing: _, ...state }) => state);
      return true;
    default:
      return false;
  }
}

function pageOf(plot: HTMLElement, state: DebuggerState, step: number, lane: string, row: number): { pageX: number; pageY: number } {
  const derived = derive(state);
  const box = plot.getBoundingClientRect();
  if (!derived) return { pageX: box.left, pageY: box.top };
  const layout = layoutOf(state, derived);
  return { pageX: box.left + stepX(layout, step), pageY: box.top + ((layout.lanes.find(({ name }) => name === lane) ?? layout.compared.find(({ key }) => key === lane))?.y ?? 0) + row };
}

/** Keys of the whole page, as far as no control has taken them. @param step that was asked for last, or the session stands at */
export function pageKey(event: KeyboardEvent, store: Store<DebuggerState>, act: DebuggerActions, step: number): boolean {
  const derived = derive(store.state);
  if (!derived) return false;
  if (thresholdKey(event, store, act)) return true;
  const { steps } = derived.view.trace;
  const by = event.shiftKey ? 10 : 1;
  switch (event.key) {
    case 'ArrowLeft':
      act.goto(Math.max(1, step - by));
      return true;
    case 'ArrowRight':
      act.goto(Math.min(steps, step + by));
      return true;
    case 'Home':
      act.goto(1);
      return true;
    case 'End':
      act.goto(steps);
      return true;
    case ' ':
      act.play();
      return true;
    case 'f':
    case 'F':
      act.setPass('forward');
      return true;
    case 'd':
    case 'D':
      gotoFirst(store.state, act.goto);
      return true;
    case 'b':
    case 'B':
      act.setPass('backward');
      return true;
    case 'l':
    case 'L': {
      // Of the lane the cell cursor stands in, else of the next one.
      const names = derived.layer.lanes.map(({ name }) => name);
      const { pointing } = store.state;
      const next = pointing?.byKeys && pointing.lane !== undefined && names.includes(pointing.lane) ? pointing.lane : names[(names.indexOf(linesLane(derived, store.state)) + 1) % names.length];
      if (next !== undefined) store.update((state) => ({ ...state, linesOf: next }));
      return true;
    }
    case 'n':
    case 'N': {
      const first = derived.layer.lanes.flatMap(({ nonFinite }) => (nonFinite ? [nonFinite.step] : []));
      if (first.length > 0) act.goto(derived.layer.reversed ? Math.max(...first) : Math.min(...first));
      return true;
    }
    case 'w':
    case 'W':
      store.update(({ pointing: _, ...state }) => ({ ...state, shown: state.shown === 'weights' ? 'time' : 'weights' }));
      return true;
    case 'm':
    case 'M':
      store.update((state) => ({ ...state, rowValue: state.rowValue === 'extreme' ? 'mean' : 'extreme' }));
      return true;
    case '0':
      store.update(({ columnWidth: _, zoomedRows: __, ...state }) => ({ ...state, first: 0 }));
      return true;
    case '+':
    case '-': {
      const layout = layoutOf(store.state, derived);
      store.update((state) => ({ ...state, columnWidth: layout.column * (event.key === '+' ? 1.25 : 0.8) }));
      return true;
    }
    default:
      return false;
  }
}
